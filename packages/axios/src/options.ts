import type { ReadRefusal } from '@holdline/core';

/** What an adapter that builds on this one may say about its client. */
export interface AttachOptions {
  /**
   * Requests that go straight to the native adapter, for example those for tokens.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /**
   * Looks for the vendor's words in the text of a 429.
   * @defaultValue none
   */
  readRefusal?: ReadRefusal;
  /**
   * Origin of the client's own API.
   * @defaultValue the origin of the instance's `defaults.baseURL`; that of the page where it is relative
   */
  ownOrigin?: () => string;
  /**
   * Whether an Authorization header is a credential of its own, which the line's token must not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
  /**
   * The guarded client, as `line.deadLetters.sendBy` is told.
   * @defaultValue the instance
   */
  owner?: object;
  /**
   * Name under which dead letters are kept: `line.deadLetters.sendBy` has to be told the same.
   * @defaultValue 'axios'
   */
  name?: string;
}
