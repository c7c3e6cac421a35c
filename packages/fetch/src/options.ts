import type { CallContext, CallRequest, Clock, ReadRefusal } from '@holdline/core';

/** What an adapter that builds on this one may say about its requests. */
export interface FetchOptions {
  /**
   * Requests that are guarded at all, by their absolute URL. All others go to the native function untouched.
   * @defaultValue all
   */
  governs?: (url: string) => boolean;
  /**
   * Requests that go straight to the native function, for example those for tokens.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /**
   * Looks for the vendor's words in the text of a 429.
   * @defaultValue none; then no body is looked at
   */
  readRefusal?: ReadRefusal;
  /**
   * Bounds the time for which that text is waited for.
   * @defaultValue the system's
   */
  clock?: Clock | undefined;
  /**
   * Origin of the API that a request to `url` belongs to.
   * @defaultValue the page's, in browsers
   */
  ownOrigin?: (url: string) => string | undefined;
  /**
   * Whether an Authorization header is a credential of its own, which the line's token must not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
  /**
   * Whose an Authorization header is, where that can be told: a name of the credential that outlives its token, and the tenant.
   * @defaultValue none: the header itself is the credential
   */
  identify?: (authorization: string | undefined) => Pick<CallRequest, 'credential' | 'tenant'> | undefined;
  /**
   * What `withCall` would say, for one request, already checked. What the request itself says in `holdline` goes over it.
   * @defaultValue none
   */
  context?: (request: Pick<CallRequest, 'method' | 'url' | 'headers'>) => CallContext | undefined;
  /**
   * The guarded client, by which dead letters are known to be its own.
   * @defaultValue the guarded function
   */
  owner?: object;
  /**
   * Name under which dead letters are kept, and sent again.
   * @defaultValue 'fetch'
   */
  name?: string;
  /**
   * The Authorization header with which a dead letter to `url` is sent where the line has no token.
   * @defaultValue none
   */
  authorization?: (url: string) => string | undefined;
}
