import type { Journal, JournalEntry } from '@holdline/core';
import { keysOf } from './keys.js';
import { scriptOf, type Link } from './link.js';

/** An entry is of use as long as the platform honours its key, which is a day. Then it is kept a while, to know that it rotated. */
const KEEP_MS = 2 * 86_400_000;

const GET = scriptOf(`return redis.call('GET', KEYS[1])`);
const PUT = scriptOf(`return redis.call('SET', KEYS[1], ARGV[1], 'PX', ${KEEP_MS})`);
const DELETE = scriptOf(`return redis.call('DEL', KEYS[1])`);

/** Idempotency keys of a fleet. Holds digests and keys, no payload. */
export class RedisJournal implements Journal {
  // Whoever prints a store does not see the way to Redis.
  readonly #link: Link;

  constructor(
    link: Link,
    readonly prefix: string,
  ) {
    this.#link = link;
  }

  async get(step: string): Promise<JournalEntry | undefined> {
    const found = await this.#link.run(GET, this.#keys(step), []);
    return typeof found === 'string' ? (JSON.parse(found) as JournalEntry) : undefined;
  }

  async put(step: string, entry: JournalEntry): Promise<void> {
    await this.#link.run(PUT, this.#keys(step), [JSON.stringify(entry)]);
  }

  async delete(step: string): Promise<void> {
    await this.#link.run(DELETE, this.#keys(step), []);
  }

  #keys(step: string): string[] {
    return keysOf(this.prefix, `journal:${step}`, ['entry']);
  }
}
