import type { Clock, Undo } from '../contract/clock.js';
import type { SessionClaim, SessionKeys, SessionPlace } from '../contract/sessions.js';
import { digestParts } from '../crypto/digest.js';
import { ListenersByName } from '../runtime/listeners-by-name.js';
import { noRows, type Rows } from './rows.js';

/** How long the last fence of a key is kept, ms. */
const KEEP_MS = 86_400_000;

/** The row of a key: its last fence, and the wall ms of that fence. */
interface SessionRow {
  readonly last: number;
  readonly at: number;
}

/** One session key. Times in monotonic ms. */
interface Entry {
  /** The session that holds the key, and its fence; '' if the key is free. */
  holder: string;
  fence: number;
  heldUntil: number;
  /** Fence of the last session, and of the last one that takes the place of others. */
  last: number;
  newest: number;
  /** Until then a session may wait for the key. */
  waitsUntil: number;
  keepUntil: number;
}

/**
 * Session keys in the memory of the process, shared by its lines. With rows, later sessions have higher numbers after a restart too.
 * Rows have digests of the keys only, because a key may name a user.
 */
export class MemorySessions implements SessionKeys {
  readonly onLoss = 'share';
  readonly #clock: Clock;
  readonly #rows: Rows;
  readonly #listeners: ListenersByName;
  /** By the digest of the key. The key with the oldest last fence comes first. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, rows: Rows = noRows, listeners = new ListenersByName()) {
    this.#clock = clock;
    this.#rows = rows;
    this.#listeners = listeners;
    const [now, wall] = [clock.now(), clock.wall()];
    for (const [name, row] of rows.load()) {
      const { last, at } = row as SessionRow;
      this.#entries.set(name, { ...makeEntry(), last, keepUntil: now + at + KEEP_MS - wall });
    }
  }

  async claim(key: string, { session, fence = 0, forMs, replaces }: SessionClaim): Promise<SessionPlace> {
    const now = this.#clock.now();
    const name = digestOf(key);
    const entry = this.#entryOf(name);
    if (entry.heldUntil <= now && entry.holder !== session) entry.holder = '';
    // The answer to the first claim of this session may have been lost.
    let own = fence === 0 && entry.holder === session ? entry.fence : fence;
    const isNew = own === 0;
    if (isNew) own = Math.max(entry.last + 1, Math.floor(this.#clock.wall()));
    entry.last = Math.max(entry.last, own);
    if (isNew && replaces) {
      entry.newest = own;
      if (entry.holder !== '' || entry.waitsUntil > now) this.#listeners.notify(key);
    }
    const has = entry.holder === session || (entry.holder === '' && own >= entry.newest);
    if (has) Object.assign(entry, { holder: session, fence: own, heldUntil: now + forMs });
    else entry.waitsUntil = now + 2 * forMs;
    const heldForMs = Math.max(0, Math.ceil(entry.heldUntil - now));
    const place = { fence: own, has, replaced: own < entry.newest, heldForMs };
    if (isNew) await this.#keepFence(name, entry, now);
    return place;
  }

  leave(key: string, session: string): Promise<void> {
    const entry = this.#entries.get(digestOf(key));
    if (entry?.holder === session) {
      entry.holder = '';
      if (entry.waitsUntil > this.#clock.now()) this.#listeners.notify(key);
    }
    return Promise.resolve();
  }

  listen(key: string, fn: () => void): Undo {
    return this.#listeners.add(key, fn);
  }

  #entryOf(name: string): Entry {
    let entry = this.#entries.get(name);
    if (!entry) this.#entries.set(name, (entry = makeEntry()));
    return entry;
  }

  /** Keeps the last fence of a key, and forgets keys that nobody claimed for a long time. */
  async #keepFence(name: string, entry: Entry, now: number): Promise<void> {
    for (const [old, { keepUntil, heldUntil }] of this.#entries) {
      if (keepUntil > now) break;
      if (heldUntil > now) continue;
      this.#entries.delete(old);
      void this.#rows.delete(old).catch(() => undefined);
    }
    entry.keepUntil = now + KEEP_MS;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    const row: SessionRow = { last: entry.last, at: this.#clock.wall() };
    await this.#rows.set(name, row);
  }
}

function makeEntry(): Entry {
  return { holder: '', fence: 0, heldUntil: 0, last: 0, newest: 0, waitsUntil: 0, keepUntil: 0 };
}

function digestOf(key: string): string {
  return digestParts('session', key).slice(0, 32);
}
