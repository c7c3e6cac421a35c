import type { Clock } from '@holdline/core';
import type { Kind } from './kinds.js';
import { isSameValue } from './same-value.js';
import type { LiveChange } from './types.js';

/** Notifications that one read remembers. With more of them, the value is read again. */
const MAX_REMEMBERED = 1_000;
/** Time between two reads that notifications lead to, and before an older answer is read again, in ms. */
const AGAIN_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** Time for the subscription before a value is read without it, in ms. */
const SUBSCRIBE_MS = 5_000;

/** What a cell needs. */
export interface CellHost {
  readonly clock: Clock;
  readonly maxStaleMs: number;
  /** Monotonic time of the last message on the channel of a topic; undefined while no open socket carries the topic. */
  heardAt(topic: string): number | undefined;
  requestRead(cell: LiveCell): void;
}

/** Receives what happens to a cell. */
export interface CellWatcher {
  changed(change: LiveChange<unknown>): void;
  failed(error: unknown): void;
  /** The topic of a value that nothing reads is subscribed to. */
  subscribed(): void;
}

/** A read under way. */
interface Reading {
  /** Monotonic ms. */
  readonly startedAt: number;
  readonly doubts: number;
  /** Notifications since then. */
  readonly events: unknown[];
  isOverflown: boolean;
}

const NO_READ: Reading = { startedAt: -Infinity, doubts: -1, events: [], isOverflown: true };

/**
 * One value of the platform, shared by all that watch it.
 *
 * Notifications and reads may cross. A value with a version (a date of its last change) takes neither an older notification nor an older
 * read. For a value without one, notifications that arrive during a read are applied over its answer.
 */
export class LiveCell {
  current: unknown;
  error: unknown;
  /** Whether notifications of the topic arrive. */
  isPushed = false;
  readonly watchers = new Set<CellWatcher>();
  /** Number of those who hold the cell. */
  holders = 0;
  /** Monotonic time of the last proof of the value by a read or a notification. */
  #provenAt = -Infinity;
  /** Counts what may have lost notifications: a read from before the last one does not count. */
  #doubts = 0;
  /** Whether only a read can confirm the value. */
  #needsRead = true;
  /** Whether the value is read, although notifications confirm it. */
  #isRequested = false;
  #readableAt: number;
  #reading: Reading | undefined;
  #failures = 0;
  /** Whether the subscription was tried. */
  #isSettled: boolean;
  #olderReads = 0;

  constructor(
    readonly host: CellHost,
    readonly kind: Kind,
    readonly topic: string | undefined,
    /** Values of the parameters of the topic or path. */
    readonly parameters: readonly string[],
  ) {
    this.#isSettled = topic === undefined;
    this.#readableAt = host.clock.now() + (topic === undefined ? 0 : SUBSCRIBE_MS);
  }

  /** Id of the user or queue. */
  get id(): string {
    return this.parameters[0] ?? '';
  }

  get isRead(): boolean {
    return this.kind.read.by !== 'events';
  }

  /** Milliseconds since the platform confirmed the value. */
  get ageMs(): number {
    if (this.current === undefined) return Infinity;
    const { topic, host } = this;
    const isConfirmed = this.isPushed && (!this.#needsRead || !this.isRead);
    const heardAt = isConfirmed && topic !== undefined ? host.heardAt(topic) : undefined;
    return host.clock.now() - Math.max(this.#provenAt, heardAt ?? -Infinity);
  }

  get isStale(): boolean {
    return this.ageMs > this.host.maxStaleMs;
  }

  /** The topic is subscribed to from now on, or for now it is not: the value is read. */
  setPushed(isPushed: boolean): void {
    if (this.#isSettled && !isPushed && !this.isPushed) return;
    this.#isSettled = true;
    this.isPushed = isPushed;
    if (isPushed && !this.isRead) for (const watcher of [...this.watchers]) watcher.subscribed();
    this.#readableAt = this.host.clock.now();
    this.readAgain();
  }

  /** Notifications may be lost until now. */
  readAgain(): void {
    this.#doubts++;
    this.#needsRead = true;
    if (this.isDue()) this.host.requestRead(this);
  }

  /** Reads the value, although nothing is known to be lost. */
  reconcile(): void {
    if (!this.#isSettled) return;
    this.#isRequested = true;
    if (this.isDue()) this.host.requestRead(this);
  }

  /** Whether a read has to start now. */
  isDue(): boolean {
    if (!this.isRead || this.#reading || this.host.clock.now() < this.#readableAt) return false;
    return this.#needsRead || this.#isRequested || this.ageMs >= this.host.maxStaleMs;
  }

  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  beginRead(): void {
    this.#reading = { startedAt: this.host.clock.now(), doubts: this.#doubts, events: [], isOverflown: false };
  }

  /** @returns false if the answer does not have the value. */
  completeRead(body: unknown): boolean {
    const { kind, current } = this;
    const value = kind.fromRead(body, current);
    if (value === undefined) return false;
    const { startedAt, doubts, events, isOverflown } = this.#reading ?? NO_READ;
    this.#reading = undefined;
    this.error = undefined;
    this.#failures = 0;
    if (this.#isOlder(value) && ++this.#olderReads < 2) {
      // One answer may come from a server that lags behind. The second one in a row tells that the value went back.
      this.#postpone(AGAIN_MS);
      this.#isRequested = true;
      return true;
    }
    this.#olderReads = 0;
    const next = events.reduce((result, event) => this.#applyEvent(event, result), value);
    const isEnough = doubts === this.#doubts && !isOverflown;
    this.#needsRead = !isEnough;
    this.#isRequested = false;
    this.#provenAt = Math.max(this.#provenAt, startedAt);
    this.#set(next, 'read');
    if (!isEnough) this.#postpone(AGAIN_MS);
    return true;
  }

  failRead(error: unknown): number {
    this.#reading = undefined;
    this.#isRequested = true;
    const retryInMs = Math.min(MAX_RETRY_MS, AGAIN_MS * 2 ** Math.min(this.#failures++, 10));
    this.#postpone(retryInMs);
    this.fail(error);
    return retryInMs;
  }

  /** Reports an error to all that watch. */
  fail(error: unknown): void {
    this.error = error;
    for (const watcher of [...this.watchers]) watcher.failed(error);
  }

  receive(event: unknown): void {
    if (!this.kind.fromEvent) {
      const sinceMs = this.host.clock.now() - this.#provenAt;
      if (sinceMs < AGAIN_MS) this.#postpone(AGAIN_MS - sinceMs);
      this.readAgain();
      return;
    }
    const reading = this.#reading;
    if (reading) {
      if (reading.events.length < MAX_REMEMBERED) reading.events.push(event);
      else reading.isOverflown = true;
    }
    this.#olderReads = 0;
    const next = this.#applyEvent(event, this.current);
    // An older notification proves nothing.
    if (next === undefined || next === this.current) return;
    // After a gap, a part of a value or an event without a date does not prove the whole value.
    if (!this.#needsRead || !this.isRead || this.kind.versionOf) this.#provenAt = this.host.clock.now();
    this.#set(next, 'event');
  }

  #applyEvent(event: unknown, value: unknown): unknown {
    const next = this.kind.fromEvent?.(event, value);
    if (next === undefined) {
      // Without a value, the first read is under way or comes.
      if (value !== undefined) this.#needsRead = true;
      return value;
    }
    return this.#isOlderThan(next, value) ? value : next;
  }

  #isOlder(value: unknown): boolean {
    return this.#isOlderThan(value, this.current);
  }

  #isOlderThan(value: unknown, other: unknown): boolean {
    if (other === undefined || !this.kind.versionOf) return false;
    // An unknown version compares as not older.
    return this.kind.versionOf(value) < this.kind.versionOf(other);
  }

  #postpone(ms: number): void {
    this.#readableAt = Math.max(this.#readableAt, this.host.clock.now() + ms);
  }

  #set(value: unknown, by: 'event' | 'read'): void {
    const previous = this.current;
    if (value === undefined || isSameValue(value, previous)) return;
    this.current = value;
    const change: LiveChange<unknown> = { current: value, previous, at: this.host.clock.wall(), by };
    for (const watcher of [...this.watchers]) watcher.changed(change);
  }
}
