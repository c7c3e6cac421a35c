import type { SharedToken, TokenClaim, Tokens, Undo } from '@holdline/core';
import { keysOf } from './keys.js';
import type { Link } from './link.js';
import type { Seal } from './seal.js';
import { TOKEN_CLAIM, TOKEN_PUT, TOKEN_RELEASE } from './scripts/tokens.js';

type Listener = () => void;

/** Access tokens of a fleet, encrypted in Redis. */
export class RedisTokens implements Tokens {
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(
    readonly link: Link,
    readonly prefix: string,
    readonly channel: string,
    readonly seal: Seal,
  ) {}

  async claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim> {
    const reply = await this.link.run(TOKEN_CLAIM, this.#keys(credential), [String(epoch), String(Math.ceil(forMs))]);
    const [kind, first, sealed, leftMs] = (reply as unknown[]).map(String) as [string, string, string, string];
    if (kind === 'wait') return { waitMs: Number(first) };
    if (kind === 'fence') return { fence: Number(first) };
    const opened = this.seal.open(this.#name(credential), sealed) as
      { accessToken: string; refreshToken?: string } | undefined;
    // Of another key: to us it is as if there were none. Everybody then fetches its own.
    if (!opened) throw new Error('the token in the store was encrypted with another key');
    const { accessToken, refreshToken } = opened;
    const expiresInMs = Number(leftMs) < 0 ? undefined : Number(leftMs);
    return { token: { accessToken, refreshToken, expiresInMs, epoch: Number(first) } };
  }

  async put(
    credential: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined> {
    const { accessToken, refreshToken, expiresInMs } = token;
    const sealed = this.seal.close(this.#name(credential), { accessToken, refreshToken });
    const args = [String(fence), String(epoch), sealed, String(expiresInMs ?? -1), this.channel, credential];
    const next = await this.link.run(TOKEN_PUT, this.#keys(credential), args);
    return next === null || next === undefined ? undefined : { ...token, epoch: Number(next) };
  }

  async release(credential: string, fence: number): Promise<void> {
    await this.link.run(TOKEN_RELEASE, this.#keys(credential), [String(fence), this.channel, credential]);
  }

  listen(credential: string, fn: () => void): Undo {
    let listeners = this.#listeners.get(credential);
    if (!listeners) this.#listeners.set(credential, (listeners = new Set()));
    const entry: Listener = () => fn();
    listeners.add(entry);
    return () => {
      listeners.delete(entry);
    };
  }

  /** News of a credential's token. */
  heard(credential: string): void {
    for (const listener of [...(this.#listeners.get(credential) ?? [])]) listener();
  }

  #keys(credential: string): string[] {
    return keysOf(this.prefix, this.#name(credential), ['state']);
  }

  #name(credential: string): string {
    return `token:${credential}`;
  }
}
