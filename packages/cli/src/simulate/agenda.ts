import type { Clock, Undo } from '@holdline/core';

interface Entry {
  at: number;
  order: number;
  run: () => void;
}

/**
 * Everything that the simulation will do, in the order of time. It keeps one timer on the clock, because a `VirtualClock` searches all its
 * timers at each step. Entries of the same time run in the order in which they were added.
 */
export class Agenda {
  readonly #heap: Entry[] = [];
  #order = 0;
  #timer: { at: number; undo: Undo } | undefined;

  constructor(readonly clock: Clock) {}

  /** Number of entries. */
  get size(): number {
    return this.#heap.length;
  }

  /** Runs `run` at the time `at`, or at once if that time has passed. */
  add(at: number, run: () => void): void {
    const heap = this.#heap;
    const entry = { at, order: this.#order++, run };
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[i] = heap[parent] as Entry;
      i = parent;
    }
    heap[i] = entry;
    if (i === 0) this.#arm();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (this.#timer && this.#timer.at <= (first?.at ?? Infinity)) return;
    this.#timer?.undo();
    if (!first) return;
    const undo = this.clock.setTimer(first.at - this.clock.now(), () => this.#runDue());
    this.#timer = { at: first.at, undo };
  }

  #runDue(): void {
    this.#timer = undefined;
    const now = this.clock.now();
    for (let first = this.#heap[0]; first && first.at <= now; first = this.#heap[0]) {
      this.#removeFirst();
      first.run();
    }
    this.#arm();
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = last;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
