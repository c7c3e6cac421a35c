import { check, ClosedError, ConfigError, Listeners, type Undo } from '@holdline/core';
import type { CellWatcher, LiveCell } from './cell.js';
import type { LiveChange, LiveValue } from './types.js';

/** Changes that one loop buffers. Beyond it the oldest are dropped: the newest has the value. */
const MAX_BUFFERED = 100;

const closedError = (): ClosedError => new ClosedError('the live value was closed (close)');
const checkEvent = check.oneOf('change');

/** Where a value gets its cell. */
export interface CellSource {
  readonly isClosed: boolean;
  find(): LiveCell | undefined;
  /** Makes the cell if nobody watches it yet. */
  hold(): LiveCell;
  /** Ends one `hold`. */
  release(): void;
}

/** A live value as one user sees it. It holds the cell while it watches. */
export class WatchedValue<T> implements LiveValue<T>, CellWatcher {
  readonly #listeners = new Listeners<{ change: LiveChange<T> }>({ change: true });
  readonly #loops = new Set<Loop<T>>();
  /** Calls of `ready()` without a value. */
  readonly #waiting = new Set<{ resolve: (value: T) => void; reject: (error: unknown) => void }>();
  #cell: LiveCell | undefined;
  #listenerCount = 0;
  /** Whether `ready()` keeps the cell until `close()`. */
  #isKept = false;
  #isClosed = false;

  constructor(
    readonly cells: CellSource,
    readonly wall: () => number,
    readonly onWatch: (value: { close(): void }, isWatching: boolean) => void,
  ) {}

  get current(): T | undefined {
    return this.#find()?.current as T | undefined;
  }

  get at(): number | undefined {
    const ageMs = this.#find()?.ageMs ?? Infinity;
    return ageMs === Infinity ? undefined : this.wall() - ageMs;
  }

  get isStale(): boolean {
    return this.#find()?.isStale ?? true;
  }

  get source(): 'push' | 'poll' {
    return this.#find()?.isPushed ? 'push' : 'poll';
  }

  get error(): unknown {
    return this.#find()?.error;
  }

  ready(): Promise<T> {
    if (this.#isClosed || this.cells.isClosed) return Promise.reject(closedError());
    this.#isKept = true;
    const { current, isRead, isPushed } = this.#watch();
    if (current !== undefined || (!isRead && isPushed)) return Promise.resolve(current as T);
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  on(event: 'change', listener: (change: LiveChange<T>) => void): Undo {
    checkEvent(event, 'event');
    if (this.#isClosed || this.cells.isClosed) throw new ConfigError('the live value was closed');
    const remove = this.#listeners.on('change', listener);
    this.#listenerCount++;
    this.#watch();
    let isRemoved = false;
    return () => {
      if (isRemoved) return;
      isRemoved = true;
      remove();
      this.#listenerCount--;
      this.#unwatch();
    };
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<LiveChange<T>> {
    const loop = new Loop<T>(() => {
      this.#loops.delete(loop);
      this.#unwatch();
    });
    if (this.#isClosed || this.cells.isClosed) loop.end();
    else {
      this.#loops.add(loop);
      this.#watch();
    }
    return loop;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isKept = false;
    this.#listenerCount = 0;
    for (const loop of this.#loops) loop.end();
    this.#loops.clear();
    for (const { reject } of this.#waiting) reject(closedError());
    this.#waiting.clear();
    this.#unwatch();
  }

  changed(change: LiveChange<unknown>): void {
    for (const { resolve } of this.#waiting) resolve(change.current as T);
    this.#waiting.clear();
    if (this.#listenerCount > 0) this.#listeners.emit('change', change as LiveChange<T>);
    for (const loop of this.#loops) loop.push(change as LiveChange<T>);
  }

  subscribed(): void {
    for (const { resolve } of this.#waiting) resolve(undefined as T);
    this.#waiting.clear();
  }

  failed(error: unknown): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #find(): LiveCell | undefined {
    return this.#cell ?? (this.#isClosed ? undefined : this.cells.find());
  }

  #watch(): LiveCell {
    if (!this.#cell) {
      this.#cell = this.cells.hold();
      this.#cell.watchers.add(this);
      this.onWatch(this, true);
    }
    return this.#cell;
  }

  #unwatch(): void {
    if (!this.#cell || this.#isKept || this.#listenerCount > 0 || this.#loops.size > 0) return;
    this.#cell.watchers.delete(this);
    this.#cell = undefined;
    this.cells.release();
    this.onWatch(this, false);
  }
}

/** One loop over the changes of a value. */
class Loop<T> implements AsyncIterableIterator<LiveChange<T>> {
  readonly #changes: LiveChange<T>[] = [];
  readonly #waiting: ((result: IteratorResult<LiveChange<T>>) => void)[] = [];
  #isEnded = false;

  constructor(readonly onReturn: () => void) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(change: LiveChange<T>): void {
    const waiting = this.#waiting.shift();
    if (waiting) return waiting({ done: false, value: change });
    this.#changes.push(change);
    if (this.#changes.length > MAX_BUFFERED) this.#changes.shift();
  }

  next(): Promise<IteratorResult<LiveChange<T>>> {
    const value = this.#changes.shift();
    if (value) return Promise.resolve({ done: false, value });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<LiveChange<T>>> {
    this.#changes.length = 0;
    this.end();
    this.onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the loop. Buffered changes can still be read. */
  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }
}
