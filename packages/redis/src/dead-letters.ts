import { createHmac } from 'node:crypto';
import { deadLetterWriter, type DeadLetter, type DeadLetters, type LetterClaim, type LetterPage } from '@holdline/core';
import { keysOf } from './keys.js';
import type { Link } from './link.js';
import {
  LETTER_CLAIM,
  LETTER_DELETE,
  LETTER_LIST,
  LETTER_PUT,
  LETTER_RENEW,
  LETTER_SETTLE,
} from './scripts/dead-letters.js';

/**
 * Dead letters of a fleet. What is secret in them is encrypted before it comes here, with keys that are made of the store's: what a
 * letter is opened with opens no token.
 */
export class RedisDeadLetters implements DeadLetters {
  readonly writer = deadLetterWriter;
  // Whoever prints a store sees neither a key nor the way to Redis.
  readonly #keys: readonly Uint8Array[];
  readonly #link: Link;
  readonly #redisKeys: readonly string[];

  constructor(
    link: Link,
    prefix: string,
    keys: readonly Uint8Array[],
    readonly maxLetters: number,
  ) {
    this.#link = link;
    this.#keys = keys.map((key) => new Uint8Array(createHmac('sha256', key).update('dead letters').digest()));
    this.#redisKeys = keysOf(prefix, 'dead-letters', ['order', 'letters', 'expiry', 'holders']);
  }

  get keys(): readonly Uint8Array[] {
    return this.#keys;
  }

  async put(letter: DeadLetter, forMs: number): Promise<string[]> {
    const args = [letter.id, JSON.stringify(letter), String(forMs), String(this.maxLetters)];
    return ((await this.#link.run(LETTER_PUT, this.#redisKeys, args)) as unknown[]).map(String);
  }

  async list(after: string, limit: number): Promise<LetterPage> {
    const reply = await this.#link.run(LETTER_LIST, this.#redisKeys, [after === '' ? '0' : after, String(limit)]);
    const [next = '', ...letters] = (reply as unknown[]).map(String);
    return { letters: letters.map(read), next: next === '' ? undefined : next };
  }

  async claim(id: string, forMs: number): Promise<LetterClaim | undefined> {
    const reply = await this.#link.run(LETTER_CLAIM, this.#redisKeys, [id, String(Math.ceil(forMs))]);
    if (!Array.isArray(reply)) return undefined;
    const [letter, fence, before] = reply.map(String) as [string, string, string];
    return { letter: read(letter), fence: Number(fence), wasDropped: before !== '' };
  }

  async renew(id: string, fence: number, forMs: number): Promise<boolean> {
    return this.#does(
      await this.#link.run(LETTER_RENEW, this.#redisKeys, [id, String(fence), String(Math.ceil(forMs))]),
    );
  }

  async settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean> {
    const args = [id, String(fence), letter ? JSON.stringify(letter) : ''];
    return this.#does(await this.#link.run(LETTER_SETTLE, this.#redisKeys, args));
  }

  async delete(id: string): Promise<boolean> {
    return this.#does(await this.#link.run(LETTER_DELETE, this.#redisKeys, [id]));
  }

  #does(reply: unknown): boolean {
    return Number(reply) === 1;
  }
}

/** A letter as it was written; what was undefined is left out there. */
function read(text: string): DeadLetter {
  const absent = {
    credential: undefined,
    from: undefined,
    tenant: undefined,
    sealed: undefined,
    transaction: undefined,
    key: undefined,
  };
  return { ...absent, ...(JSON.parse(text) as DeadLetter) };
}
