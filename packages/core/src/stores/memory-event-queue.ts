import type { Clock, Undo } from '../contract/clock.js';
import type { EventClaim, EventCounts, EventEnd, EventQueue, StoredEvent } from '../contract/inbox.js';
import { Heap, type HeapItem } from '../policies/governor/queue/heap.js';
import { RememberedIds, type RememberedRow } from './remembered-ids.js';
import type { Rows } from './rows.js';

/** The row of an event. It says what a restart has to know. */
interface EventRow {
  readonly event: StoredEvent;
  /** Position in the queue, or among the dead letters. */
  readonly place: number;
  readonly state: 'waiting' | 'claimed' | 'dead';
  readonly fence: number;
  readonly drops: number;
  /** Wall time before which the event is not offered, and the length of that wait. */
  readonly dueAt: number;
  readonly waitMs: number;
}

/** An event in memory. */
interface Entry extends HeapItem {
  event: StoredEvent;
  place: number;
  state: EventRow['state'];
  /** Number of the last claim. An expired claim stays valid until another claim replaces it. */
  fence: number;
  drops: number;
  /** The heap that holds the entry: `ready` by place, `timed` by time. None while its row is written, or an earlier event has its key. */
  heap: Heap<Entry> | undefined;
  /** The next event with the same key. */
  next: Entry | undefined;
  /** Settles when the event is durable. */
  stored: Promise<void> | undefined;
  /** Whether a dead letter is being revived or deleted. */
  isTaken: boolean;
}

/** The events of one key, oldest first. */
interface Lane {
  head: Entry;
  tail: Entry;
}

/**
 * The events of one inbox in memory. Each operation first writes its row, and takes effect when the row is durable. No operation takes
 * longer in a longer queue, except for the logarithmic time of a heap.
 */
export class MemoryEventQueue implements EventQueue {
  readonly #clock: Clock;
  readonly #rows: Rows;
  readonly #entries = new Map<string, Entry>();
  /** Oldest first. */
  readonly #dead = new Map<string, Entry>();
  readonly #lanes = new Map<string, Lane>();
  readonly #remembered: RememberedIds;
  /** Events that may be claimed, by place. */
  readonly #ready = new Heap<Entry>();
  /** Claimed events and events that wait for a retry, by the monotonic time at which they may be claimed. */
  readonly #timed = new Heap<Entry>();
  readonly #listeners = new Set<() => void>();
  #lastPlace = 0;
  #lastFence: number;

  constructor(clock: Clock, rows: Rows) {
    this.#clock = clock;
    this.#rows = rows;
    this.#remembered = new RememberedIds(clock, rows);
    // Fences follow the clock, so that a deleted row does not take its number with it.
    this.#lastFence = Math.floor(clock.wall());
    this.#load();
  }

  async add(event: StoredEvent, maxEvents: number): Promise<'added' | 'known' | 'full'> {
    const known = this.#entries.get(event.id);
    if (known || this.#remembered.has(event.id)) {
      // The sender may hear about the first event only when it is durable.
      await known?.stored;
      return 'known';
    }
    if (this.#entries.size >= maxEvents) return 'full';
    const entry = makeEntry({
      event,
      place: ++this.#lastPlace,
      state: 'waiting',
      fence: 0,
      drops: 0,
      dueAt: 0,
      waitMs: 0,
    });
    this.#entries.set(event.id, entry);
    entry.stored = this.#write(entry);
    try {
      await entry.stored;
    } catch (error) {
      this.#entries.delete(event.id);
      throw error;
    }
    this.#append(entry, 0);
    return 'added';
  }

  async claim(limit: number, forMs: number): Promise<{ claims: EventClaim[]; nextInMs: number | undefined }> {
    const start = this.#clock.now();
    for (let entry = this.#timed.peek(); entry && entry.key <= start; entry = this.#timed.peek())
      this.#makeReady(entry);
    const taken: Entry[] = [];
    for (let entry = this.#ready.peek(); entry && taken.length < limit; entry = this.#ready.peek()) {
      this.#leaveHeap(entry);
      if (entry.state === 'claimed') entry.drops++;
      entry.state = 'claimed';
      entry.fence = ++this.#lastFence;
      taken.push(entry);
    }
    const written = await Promise.allSettled(taken.map((entry) => this.#write(entry)));
    const failure = written.find((result) => result.status === 'rejected');
    const now = this.#clock.now();
    for (const entry of taken) {
      // Nobody handles these events, so the claims do not count.
      if (failure) Object.assign(entry, { state: 'waiting', fence: 0 });
      this.#offer(entry, failure ? 0 : now + forMs);
    }
    if (failure) throw failure.reason;
    const first = this.#timed.peek();
    return {
      claims: taken.map(({ event, fence, drops }) => ({ event, fence, drops })),
      nextInMs: this.#ready.size > 0 ? 0 : first && Math.max(0, first.key - now),
    };
  }

  renew(id: string, fence: number, forMs: number): Promise<boolean> {
    const entry = this.#findClaimed(id, fence);
    if (!entry) return Promise.resolve(false);
    this.#leaveHeap(entry);
    this.#offer(entry, this.#clock.now() + forMs);
    return Promise.resolve(true);
  }

  async settle(id: string, fence: number, end: EventEnd): Promise<boolean> {
    const entry = this.#findClaimed(id, fence);
    if (!entry) return false;
    const claimedUntil = entry.heap === this.#timed ? entry.key : 0;
    this.#leaveHeap(entry);
    const inMs = end.kind === 'retry' ? end.inMs : 0;
    try {
      if (end.kind === 'done') await this.#rows.set(id, this.#remembered.rowOf(end.rememberMs));
      else await this.#writeAs(entry, { event: end.event, drops: 0, ...this.#stateAfter(end) }, inMs);
    } catch (error) {
      this.#offer(entry, claimedUntil);
      throw error;
    }
    if (end.kind === 'retry') {
      this.#offer(entry, this.#clock.now() + inMs);
      this.#notify();
      return true;
    }
    if (end.kind === 'dead') this.#dead.set(id, entry);
    else {
      this.#entries.delete(id);
      this.#remembered.add(id, end.rememberMs, end.maxRemembered);
    }
    this.#advanceLane(entry);
    return true;
  }

  listDead(after: string, limit: number): Promise<{ events: StoredEvent[]; next: string | undefined }> {
    const page: Entry[] = [];
    for (const entry of this.#dead.values()) {
      if (entry.place <= Number(after)) continue;
      if (page.length === limit)
        return Promise.resolve({ events: page.map(({ event }) => event), next: String(page.at(-1)?.place) });
      page.push(entry);
    }
    return Promise.resolve({ events: page.map(({ event }) => event), next: undefined });
  }

  async revive(id: string): Promise<boolean> {
    const entry = await this.#takeDead(id, (letter) => {
      const event = { ...letter.event, attempts: 0 };
      return this.#writeAs(letter, { event, state: 'waiting', place: ++this.#lastPlace }, 0);
    });
    if (entry) this.#append(entry, 0);
    return entry !== undefined;
  }

  async deleteDead(id: string): Promise<boolean> {
    const entry = await this.#takeDead(id, () => this.#rows.delete(id));
    if (entry) this.#entries.delete(id);
    return entry !== undefined;
  }

  counts(): Promise<EventCounts> {
    return Promise.resolve({ pending: this.#entries.size - this.#dead.size, dead: this.#dead.size });
  }

  listen(fn: () => void): Undo {
    const listener = (): void => fn();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #load(): void {
    const entries: Entry[] = [];
    const [now, wall] = [this.#clock.now(), this.#clock.wall()];
    for (const [id, row] of this.#rows.load()) {
      if (this.#remembered.load(id, row as RememberedRow)) continue;
      const { dueAt, waitMs } = row as EventRow;
      const entry = makeEntry(row as EventRow);
      // The wall clock may have jumped. The wait is never longer than the one that was asked for.
      entry.key = now + Math.max(0, Math.min(waitMs, dueAt - wall));
      entries.push(entry);
    }
    for (const entry of entries.sort((a, b) => a.place - b.place)) {
      this.#entries.set(entry.event.id, entry);
      this.#lastPlace = entry.place;
      this.#lastFence = Math.max(this.#lastFence, entry.fence);
      if (entry.state === 'dead') this.#dead.set(entry.event.id, entry);
      else this.#append(entry, entry.key);
    }
  }

  /** Adds an event to the end of its lane. The first event of a lane is offered from a monotonic time on. */
  #append(entry: Entry, from: number): void {
    const { key } = entry.event;
    const lane = key === undefined ? undefined : this.#lanes.get(key);
    entry.next = undefined;
    entry.key = from;
    if (lane) {
      lane.tail.next = entry;
      lane.tail = entry;
      return;
    }
    if (key !== undefined) this.#lanes.set(key, { head: entry, tail: entry });
    this.#offer(entry, from);
    this.#notify();
  }

  /** Removes the first event of a lane, and offers the next one. */
  #advanceLane({ event: { key }, next }: Entry): void {
    if (key === undefined) return;
    if (!next) return void this.#lanes.delete(key);
    (this.#lanes.get(key) as Lane).head = next;
    this.#offer(next, next.key);
    this.#notify();
  }

  /** Offers an event from a monotonic time on. */
  #offer(entry: Entry, from: number): void {
    if (from <= this.#clock.now()) return this.#makeReady(entry);
    entry.key = from;
    entry.heap = this.#timed;
    this.#timed.push(entry);
  }

  #makeReady(entry: Entry): void {
    this.#leaveHeap(entry);
    entry.key = entry.place;
    entry.heap = this.#ready;
    this.#ready.push(entry);
  }

  #leaveHeap(entry: Entry): void {
    entry.heap?.remove(entry);
    entry.heap = undefined;
  }

  /** Finds the event of a claim. Undefined while its row is written. */
  #findClaimed(id: string, fence: number): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry?.fence === fence && entry.state === 'claimed' && entry.heap ? entry : undefined;
  }

  /** Takes a dead letter out of the list when `write` has changed its row. Of two concurrent calls, the second finds no letter. */
  async #takeDead(id: string, write: (letter: Entry) => Promise<void>): Promise<Entry | undefined> {
    const letter = this.#dead.get(id);
    if (!letter || letter.isTaken) return undefined;
    letter.isTaken = true;
    try {
      await write(letter);
    } finally {
      letter.isTaken = false;
    }
    this.#dead.delete(id);
    return letter;
  }

  /** Dead letters are listed in the order of their ends. */
  #stateAfter({ kind }: EventEnd): Partial<Entry> {
    return kind === 'dead' ? { state: 'dead', place: ++this.#lastPlace } : { state: 'waiting' };
  }

  #write(entry: Entry): Promise<void> {
    return this.#writeAs(entry, {}, 0);
  }

  /** Writes the row of an event with changes. The changes take effect when the row is durable. */
  async #writeAs(entry: Entry, changes: Partial<Entry>, waitMs: number): Promise<void> {
    const { event, place, state, fence, drops } = { ...entry, ...changes };
    const row: EventRow = { event, place, state, fence, drops, dueAt: this.#clock.wall() + waitMs, waitMs };
    await this.#rows.set(event.id, row);
    Object.assign(entry, changes);
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function makeEntry({ event, place, state, fence, drops }: EventRow): Entry {
  const links = { key: 0, at: -1, heap: undefined, next: undefined, stored: undefined, isTaken: false };
  return { event, place, state, fence, drops, ...links };
}
