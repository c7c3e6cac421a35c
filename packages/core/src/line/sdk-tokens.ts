/** Earlier tokens that a queued request may still carry. */
const MAX_TOKENS = 8;

/**
 * For adapters: the access tokens of one SDK client, the current one and the last ones before it. An adapter uses it to recognise
 * requests with another credential, such as a guest's JWT.
 *
 * @example
 * ```ts
 * import { SdkTokens } from '@holdline/core';
 *
 * declare const client: { accessToken?: string };
 * const tokens = new SdkTokens(() => client.accessToken);
 * const ownCredential = tokens.isForeign('Bearer guest');
 * ```
 * @public
 */
export class SdkTokens {
  readonly #readCurrent: () => string | undefined;
  readonly #tokens: string[] = [];

  /** @param readCurrent - Reads the access token that the client has now. */
  constructor(readCurrent: () => string | undefined) {
    this.#readCurrent = readCurrent;
  }

  /** Adds a new token of the client. */
  add(token: string): void {
    if (this.#tokens.includes(token)) return;
    this.#tokens.push(token);
    if (this.#tokens.length > MAX_TOKENS) this.#tokens.shift();
  }

  /** Whether the token is the current token of the client, or one of the last ones. */
  has(token: string | undefined): boolean {
    const current = this.#readCurrent();
    if (current) this.add(current);
    return token !== undefined && this.#tokens.includes(token);
  }

  /** Whether an `Authorization` header carries another credential. Without a header the answer is no. */
  isForeign(authorization: string | undefined): boolean {
    const isOwn = this.has(authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined);
    return authorization !== undefined && !isOwn;
  }
}
