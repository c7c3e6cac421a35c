import { tokenSharing, type SharedToken, type TokenClaim, type Tokens, type Undo } from '@holdline/core';
import { keysOf } from './keys.js';
import type { Link } from './link.js';
import type { Seal } from './seal.js';
import { TOKEN_CLAIM, TOKEN_PUT, TOKEN_RELEASE, TOKEN_RENEW } from './scripts/tokens.js';

type Listener = () => void;

/** Access tokens of a fleet, encrypted in Redis. */
export class RedisTokens implements Tokens {
  readonly sharing = tokenSharing;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #link: Link;
  readonly #prefix: string;
  readonly #channel: string;
  readonly #seal: Seal;

  constructor(link: Link, prefix: string, channel: string, seal: Seal) {
    this.#link = link;
    this.#prefix = prefix;
    this.#channel = channel;
    this.#seal = seal;
  }

  async claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim> {
    const reply = await this.#link.run(TOKEN_CLAIM, this.#keys(credential), [String(epoch), String(Math.ceil(forMs))]);
    const [kind, first, sealed, leftMs] = (reply as unknown[]).map(String) as [string, string, string, string];
    if (kind === 'wait') return { waitMs: Number(first) };
    if (kind === 'fence' && sealed === '') return { fence: Number(first) };
    const opened = this.#seal.open(this.#nameOf(credential), sealed) as
      { accessToken: string; refreshToken?: string } | undefined;
    if (!opened) {
      if (kind === 'fence') await this.release(credential, Number(first));
      // Of another key: to us it is as if there were none. Everybody then fetches its own.
      throw new Error('the token in the store was encrypted with another key');
    }
    const { accessToken, refreshToken } = opened;
    if (kind === 'fence') return { fence: Number(first), refreshToken };
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
    const sealed = this.#seal.close(this.#nameOf(credential), { accessToken, refreshToken });
    const lasts = refreshToken === undefined ? '0' : '1';
    const args = [String(fence), String(epoch), sealed, String(expiresInMs ?? -1), this.#channel, credential, lasts];
    const next = await this.#link.run(TOKEN_PUT, this.#keys(credential), args);
    return next === null || next === undefined ? undefined : { ...token, epoch: Number(next) };
  }

  async renew(credential: string, fence: number, forMs: number): Promise<boolean> {
    const args = [String(fence), String(Math.ceil(forMs))];
    return Number(await this.#link.run(TOKEN_RENEW, this.#keys(credential), args)) === 1;
  }

  async release(credential: string, fence: number): Promise<void> {
    await this.#link.run(TOKEN_RELEASE, this.#keys(credential), [String(fence), this.#channel, credential]);
  }

  listen(credential: string, fn: () => void): Undo {
    let listeners = this.#listeners.get(credential);
    if (!listeners) this.#listeners.set(credential, (listeners = new Set()));
    const entry: Listener = () => fn();
    listeners.add(entry);
    return () => {
      listeners.delete(entry);
      if (listeners.size === 0 && this.#listeners.get(credential) === listeners) this.#listeners.delete(credential);
    };
  }

  /** The store can be used, for the first time or again: news may have been missed. */
  ready(): void {
    for (const credential of [...this.#listeners.keys()]) this.heard(credential);
  }

  /** News of a credential's token. */
  heard(credential: string): void {
    for (const listener of [...(this.#listeners.get(credential) ?? [])]) listener();
  }

  #keys(credential: string): string[] {
    return keysOf(this.#prefix, this.#nameOf(credential), ['state']);
  }

  #nameOf(credential: string): string {
    return `token:${credential}`;
  }
}
