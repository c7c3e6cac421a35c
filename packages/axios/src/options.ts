import type { ReadRefusal } from '@holdline/core';

/**
 * Options for an adapter that builds on the axios adapter.
 * @public
 */
export interface AttachOptions {
  /**
   * Selects requests by URL that go directly to the native adapter, for example token requests.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /**
   * Reads the vendor's rate limit details from the text of a 429 response.
   * @defaultValue none
   */
  readRefusal?: ReadRefusal;
  /**
   * Returns the origin of the client's own API.
   * @defaultValue the origin of the instance's `defaults.baseURL`; the page's origin if `baseURL` is relative
   */
  ownOrigin?: () => string;
  /**
   * Tells whether an Authorization header is the request's own credential, which the line's token does not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
  /**
   * The guarded client, as passed to `line.deadLetters.sendBy`.
   * @defaultValue the instance
   */
  owner?: object;
  /**
   * Sender name of the dead letters. Pass the same name to `line.deadLetters.sendBy`.
   * @defaultValue 'axios'
   */
  name?: string;
}
