import type { CallContext, CallRequest, Clock, ReadRefusal } from '@holdline/core';

/**
 * Options for an adapter that builds on the fetch adapter.
 * @public
 */
export interface FetchOptions {
  /**
   * Selects guarded requests by absolute URL; other requests go to the native function untouched.
   * @defaultValue all requests are guarded
   */
  governs?: (url: string) => boolean;
  /**
   * Selects requests by URL that go directly to the native function, for example token requests.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /**
   * Reads the vendor's rate limit details from the text of a 429 response.
   * @defaultValue none; no body is read
   */
  readRefusal?: ReadRefusal;
  /**
   * Clock for the time limit on reading that text.
   * @defaultValue the system clock
   */
  clock?: Clock | undefined;
  /**
   * Returns the origin of the API that a request to `url` belongs to.
   * @defaultValue in browsers the page's origin; elsewhere none
   */
  ownOrigin?: (url: string) => string | undefined;
  /**
   * Tells whether an Authorization header is the request's own credential, which the line's token does not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
  /**
   * Identifies the owner of an Authorization header: a credential name that outlives the token, and the tenant.
   * @defaultValue none; the header itself identifies the credential
   */
  identify?: (authorization: string | undefined) => Pick<CallRequest, 'credential' | 'tenant'> | undefined;
  /**
   * Returns the checked call context of one request, as for `withCall`; the request's `holdline` option overrides it.
   * @defaultValue none
   */
  context?: (request: Pick<CallRequest, 'method' | 'url' | 'headers'>) => CallContext | undefined;
  /**
   * The guarded client that owns the dead letters.
   * @defaultValue the guarded function
   */
  owner?: object;
  /**
   * Sender name under which dead letters are stored and replayed.
   * @defaultValue 'fetch'
   */
  name?: string;
  /**
   * Whether the signal of the line replaces the caller's signal in each attempt. A closing line can then end the attempt. After an abort,
   * the caller gets the reason of its signal instead of the native error.
   * @defaultValue false
   */
  replaceSignal?: boolean;
  /**
   * Returns the Authorization header of a dead letter to `url` if the line has no token.
   * @defaultValue none
   */
  authorization?: (url: string) => string | undefined;
}
