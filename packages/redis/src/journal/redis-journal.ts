import type { Journal, JournalEntry } from '@holdline/core';
import type { Link } from '../connection/link.js';
import { makeKeys } from '../scripts/keys.js';
import { defineScript } from '../scripts/script.js';

/** Platforms honour an idempotency key for a day. The entry is kept for another day, to show that its key has rotated. */
const KEEP_MS = 2 * 86_400_000;

const GET_ENTRY = defineScript(`return redis.call('GET', KEYS[1])`);
const PUT_ENTRY = defineScript(`return redis.call('SET', KEYS[1], ARGV[1], 'PX', ${KEEP_MS})`);
const DELETE_ENTRY = defineScript(`return redis.call('DEL', KEYS[1])`);

/** Idempotency keys that all processes share. Redis holds digests and keys, and no payload. */
export class RedisJournal implements Journal {
  // Private, so that a printed store does not show the connection.
  readonly #link: Link;

  constructor(
    link: Link,
    readonly prefix: string,
  ) {
    this.#link = link;
  }

  async get(step: string): Promise<JournalEntry | undefined> {
    const found = await this.#link.run(GET_ENTRY, this.#keys(step), []);
    return typeof found === 'string' ? (JSON.parse(found) as JournalEntry) : undefined;
  }

  async put(step: string, entry: JournalEntry): Promise<void> {
    await this.#link.run(PUT_ENTRY, this.#keys(step), [JSON.stringify(entry)]);
  }

  async delete(step: string): Promise<void> {
    await this.#link.run(DELETE_ENTRY, this.#keys(step), []);
  }

  #keys(step: string): string[] {
    return makeKeys(this.prefix, `journal:${step}`, ['entry']);
  }
}
