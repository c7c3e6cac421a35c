import {
  deadLetterWriter,
  restoreLetter,
  type DeadLetter,
  type DeadLetters,
  type LetterClaim,
  type LetterPage,
} from '@holdline/core';
import { deriveKeys } from '@holdline/core/node';
import type { Link } from '../connection/link.js';
import { makeKeys } from '../scripts/keys.js';
import {
  CLAIM_LETTER,
  DELETE_LETTER,
  LETTER_KEYS,
  LIST_LETTERS,
  PUT_LETTER,
  RENEW_LETTER,
  SETTLE_LETTER,
} from './dead-letter-scripts.js';

/**
 * Dead letters that all processes share. Core encrypts their secret parts before it stores them. The keys for that derive from those
 * of the store, so that a key of the letters decrypts no token.
 */
export class RedisDeadLetters implements DeadLetters {
  readonly writer = deadLetterWriter;
  // Private, so that a printed store shows neither a key nor the connection.
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
    this.#keys = deriveKeys(keys, 'dead letters');
    this.#redisKeys = makeKeys(prefix, 'dead-letters', LETTER_KEYS);
  }

  get keys(): readonly Uint8Array[] {
    return this.#keys;
  }

  async put(letter: DeadLetter, forMs: number): Promise<string[]> {
    const args = [letter.id, JSON.stringify(letter), String(forMs), String(this.maxLetters)];
    return ((await this.#link.run(PUT_LETTER, this.#redisKeys, args)) as unknown[]).map(String);
  }

  async list(after: string, limit: number): Promise<LetterPage> {
    const reply = await this.#link.run(LIST_LETTERS, this.#redisKeys, [after === '' ? '0' : after, String(limit)]);
    const [next = '', ...letters] = (reply as unknown[]).map(String);
    return { letters: letters.map(parseLetter), next: next === '' ? undefined : next };
  }

  async claim(id: string, forMs: number): Promise<LetterClaim | undefined> {
    const reply = await this.#link.run(CLAIM_LETTER, this.#redisKeys, [id, String(Math.ceil(forMs))]);
    if (!Array.isArray(reply)) return undefined;
    const [letter, fence, wasHeld] = reply.map(String) as [string, string, string];
    return { letter: parseLetter(letter), fence: Number(fence), wasDropped: wasHeld !== '' };
  }

  async renew(id: string, fence: number, forMs: number): Promise<boolean> {
    const args = [id, String(fence), String(Math.ceil(forMs))];
    return Number(await this.#link.run(RENEW_LETTER, this.#redisKeys, args)) === 1;
  }

  async settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean> {
    const args = [id, String(fence), letter ? JSON.stringify(letter) : ''];
    return Number(await this.#link.run(SETTLE_LETTER, this.#redisKeys, args)) === 1;
  }

  async delete(id: string): Promise<boolean> {
    return Number(await this.#link.run(DELETE_LETTER, this.#redisKeys, [id])) === 1;
  }
}

function parseLetter(text: string): DeadLetter {
  return restoreLetter(JSON.parse(text) as DeadLetter);
}
