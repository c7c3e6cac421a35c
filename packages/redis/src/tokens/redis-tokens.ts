import {
  ListenersByName,
  tokenSharing,
  type SharedToken,
  type TokenClaim,
  type Tokens,
  type TokenSharing,
  type Undo,
} from '@holdline/core';
import type { Cipher } from '@holdline/core/node';
import type { Link } from '../connection/link.js';
import { makeKeys } from '../scripts/keys.js';
import { CLAIM_TOKEN, PUT_TOKEN, REMOVE_TOKEN, RELEASE_TOKEN_LOCK, RENEW_TOKEN_LOCK } from './token-scripts.js';

/** Access tokens that all processes share, encrypted in Redis. */
export class RedisTokens implements Tokens {
  readonly sharing: TokenSharing = tokenSharing;
  readonly #listeners = new ListenersByName();
  readonly #link: Link;
  readonly #prefix: string;
  readonly #channel: string;
  readonly #cipher: Cipher;

  constructor(link: Link, prefix: string, channel: string, cipher: Cipher) {
    this.#link = link;
    this.#prefix = prefix;
    this.#channel = channel;
    this.#cipher = cipher;
  }

  async claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim> {
    const args = [String(epoch), String(Math.ceil(forMs))];
    const reply = await this.#link.run(CLAIM_TOKEN, this.#keys(credential), args);
    const [kind, first, encrypted, leftMs] = (reply as unknown[]).map(String) as [string, string, string, string];
    if (kind === 'wait') return { waitMs: Number(first) };
    if (kind === 'fence' && encrypted === '') return { fence: Number(first) };
    const decrypted = this.#cipher.decrypt(this.#nameOf(credential), encrypted) as
      { accessToken: string; refreshToken?: string } | undefined;
    if (!decrypted) {
      if (kind === 'fence') await this.release(credential, Number(first));
      // The token is unreadable here, so each process fetches its own.
      throw new Error('the token in the store was encrypted with another key: give all processes the same `key`');
    }
    const { accessToken, refreshToken } = decrypted;
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
    const encrypted = this.#cipher.encrypt(this.#nameOf(credential), { accessToken, refreshToken });
    const isRefreshable = refreshToken === undefined ? '0' : '1';
    const numbers = [String(fence), String(epoch)];
    const args = [...numbers, encrypted, String(expiresInMs ?? -1), this.#channel, credential, isRefreshable];
    const next = await this.#link.run(PUT_TOKEN, this.#keys(credential), args);
    return next === null || next === undefined ? undefined : { ...token, epoch: Number(next) };
  }

  async remove(credential: string, epoch: number): Promise<void> {
    await this.#link.run(REMOVE_TOKEN, this.#keys(credential), [String(epoch)]);
  }

  async renew(credential: string, fence: number, forMs: number): Promise<boolean> {
    const args = [String(fence), String(Math.ceil(forMs))];
    return Number(await this.#link.run(RENEW_TOKEN_LOCK, this.#keys(credential), args)) === 1;
  }

  async release(credential: string, fence: number): Promise<void> {
    await this.#link.run(RELEASE_TOKEN_LOCK, this.#keys(credential), [String(fence), this.#channel, credential]);
  }

  listen(credential: string, fn: () => void): Undo {
    return this.#listeners.add(credential, fn);
  }

  /** Notifies all listeners: the store can be used again, and messages may have been missed. */
  onReady(): void {
    this.#listeners.notifyAll();
  }

  /** Notifies the listeners of one credential: its token or its lock changed. */
  onMessage(credential: string): void {
    this.#listeners.notify(credential);
  }

  #keys(credential: string): string[] {
    return makeKeys(this.#prefix, this.#nameOf(credential), ['state']);
  }

  #nameOf(credential: string): string {
    return `token:${credential}`;
  }
}
