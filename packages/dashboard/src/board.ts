import type { Clock } from '@holdline/core';
import type { Monitor } from '@holdline/monitor';
import { lineView } from './state/line-view.js';
import type { DashboardLine, DashboardState } from './state/types.js';

/** A state is reused for so many times as long as it took to read it. */
const REUSE_FACTOR = 5;

/** A line on the page. */
export interface Place {
  readonly id: number;
  /** The name of the monitor, or with a number if another line has this name. */
  readonly name: string;
  readonly monitor: Monitor;
  /** The last state of a closed line. */
  last: DashboardLine | undefined;
}

/** The lines of a dashboard. */
export class Board {
  readonly #places = new Map<number, Place>();
  #lastId = 0;
  #lines: { readonly lines: DashboardLine[]; readonly freshUntil: number } | undefined;

  constructor(private readonly clock: Clock) {}

  get places(): Place[] {
    return [...this.#places.values()];
  }

  add(monitor: Monitor): number {
    const id = ++this.#lastId;
    this.#places.set(id, { id, name: this.#freeName(monitor.name), monitor, last: undefined });
    this.#lines = undefined;
    return id;
  }

  remove(id: number): void {
    this.#places.delete(id);
    this.#lines = undefined;
  }

  /** Keeps the last state of a line that was closed. */
  noteClosed(id: number): void {
    const place = this.#places.get(id);
    if (place && !place.last) place.last = { ...this.#view(place), closedAt: this.clock.wall() };
    this.#lines = undefined;
  }

  /** Returns a line; without an id, the first one. */
  place(id: number | undefined): Place | undefined {
    return id === undefined ? this.places[0] : this.#places.get(id);
  }

  state(notices: string[]): DashboardState {
    const from = this.clock.now();
    if (this.#lines && from < this.#lines.freshUntil)
      return { at: this.clock.wall(), lines: this.#lines.lines, notices };
    const lines = this.places.map((place) => place.last ?? this.#view(place));
    const to = this.clock.now();
    // Many requests at once read a large state only once.
    this.#lines = { lines, freshUntil: to + (to - from) * REUSE_FACTOR };
    return { at: this.clock.wall(), lines, notices };
  }

  #freeName(name: string): string {
    const names = new Set(this.places.map((place) => place.name));
    let free = name;
    for (let i = 2; names.has(free); i++) free = `${name} (${i})`;
    return free;
  }

  #view({ id, name, monitor }: Place): DashboardLine {
    const view = { ...lineView(monitor, this.clock.wall()), id, name };
    return monitor.closedAt === undefined ? view : { ...view, closedAt: monitor.closedAt };
  }
}
