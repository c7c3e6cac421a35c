/** Tokens of the past that a queued request may still carry. */
const TOKENS_REMEMBERED = 8;

/** Tells a client's own tokens, also earlier ones, from other credentials. */
export class OwnTokens {
  readonly #known: string[] = [];

  constructor(readonly current: () => string | undefined) {}

  add(token: string): void {
    if (this.#known.includes(token)) return;
    this.#known.push(token);
    if (this.#known.length > TOKENS_REMEMBERED) this.#known.shift();
  }

  has(token: string | undefined): boolean {
    const current = this.current();
    if (current) this.add(current);
    return token !== undefined && this.#known.includes(token);
  }
}
