import { transactionSteps, type Journal, type JournalEntry } from '@holdline/core';
import { deriveKeys } from '@holdline/core/node';
import type { Link } from '../connection/link.js';
import { makeKeys } from '../scripts/keys.js';
import { defineScript } from '../scripts/script.js';

/** Platforms honour an idempotency key for a day. The entry is kept for another day, to show that its key has rotated. */
const KEEP_MS = 2 * 86_400_000;

const GET_ENTRY = defineScript(`return redis.call('GET', KEYS[1])`);
const PUT_ENTRY = defineScript(`return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`);
// '' stands for no entry.
const REPLACE_ENTRY = defineScript(`
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);
const DELETE_ENTRY = defineScript(`return redis.call('DEL', KEYS[1])`);

/**
 * Idempotency keys and steps of transactions that all processes share. Redis holds digests, keys and encrypted answers, and no payload.
 * The encryption keys derive from those of the store, so that a key of the answers decrypts no token.
 */
export class RedisJournal implements Journal {
  readonly steps = transactionSteps;
  // Private, so that a printed store shows neither a key nor the connection.
  readonly #keys: readonly Uint8Array[];
  readonly #link: Link;

  constructor(
    link: Link,
    readonly prefix: string,
    keys: readonly Uint8Array[],
  ) {
    this.#link = link;
    this.#keys = deriveKeys(keys, 'journal');
  }

  get keys(): readonly Uint8Array[] {
    return this.#keys;
  }

  async get(step: string): Promise<JournalEntry | undefined> {
    const found = await this.#link.run(GET_ENTRY, this.#nameOf(step), []);
    return typeof found === 'string' ? (JSON.parse(found) as JournalEntry) : undefined;
  }

  async put(step: string, entry: JournalEntry): Promise<void> {
    await this.#link.run(PUT_ENTRY, this.#nameOf(step), toArgs(entry));
  }

  async replace(step: string, known: JournalEntry | undefined, entry: JournalEntry): Promise<boolean> {
    const before = known ? JSON.stringify(known) : '';
    return (await this.#link.run(REPLACE_ENTRY, this.#nameOf(step), [...toArgs(entry), before])) === 1;
  }

  async delete(step: string): Promise<void> {
    await this.#link.run(DELETE_ENTRY, this.#nameOf(step), []);
  }

  #nameOf(step: string): string[] {
    return makeKeys(this.prefix, `journal:${step}`, ['entry']);
  }
}

function toArgs(entry: JournalEntry): string[] {
  return [JSON.stringify(entry), String(Math.ceil(entry.keepMs ?? KEEP_MS))];
}
