import type { UsageReport, Place } from './usage-report.js';

/** Attempts in flight, oldest first, and the ledger places of their permits. */
export class InFlightPermits {
  /** Places by the order of the attempt. */
  readonly #places = new Map<number, readonly Place[]>();

  constructor(readonly report: UsageReport) {}

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  /** Permits of all attempts in flight. */
  get count(): number {
    let count = 0;
    for (const places of this.#places.values()) for (const one of places) count += one.count;
    return count;
  }

  /** Place of the oldest attempt; 0 where the ledger does not know the attempt. */
  get firstPlace(): number | undefined {
    for (const places of this.#places.values()) return places[0]?.place ?? 0;
    return undefined;
  }

  /** Whether an attempt is a trial beyond the known limit. */
  isTrial(order: number): boolean {
    return this.#places.get(order)?.some(({ isTrial }) => isTrial) ?? false;
  }

  add(order: number, places: readonly Place[]): void {
    this.#places.set(order, places);
  }

  /** Ends an attempt. Returns its places; undefined where the attempt is unknown. */
  end(order: number): readonly Place[] | undefined {
    const places = this.#places.get(order);
    this.#places.delete(order);
    return places;
  }

  /** Takes over the attempts of another ledger. */
  adopt(other: InFlightPermits): void {
    for (const [order, places] of other.#places) this.#places.set(order, places);
    this.clearPlaces();
  }

  /** Clears the places: the ledger does not know them. */
  clearPlaces(): void {
    for (const [order, places] of this.#places)
      this.#places.set(
        order,
        places.map(({ count }) => ({ count, place: 0, tick: 0 })),
      );
  }

  /** Reports a place for the attempts that the ledger does not know. */
  place(at: number): void {
    for (const [order, places] of this.#places) {
      if (places.every(({ place }) => place > 0)) continue;
      for (const { place, count } of places) if (place === 0) this.report.move(0, at, count);
      this.#places.set(
        order,
        places.map((one) => (one.place > 0 ? one : { count: one.count, place: at, tick: 0 })),
      );
    }
  }

  /** Moves the places of long attempts. Returns whether there were any. */
  extend(to: number, isDue: (place: number) => boolean): boolean {
    let hasExtended = false;
    for (const [order, places] of this.#places) {
      const { place = 0 } = places[0] ?? {};
      if (place === 0) continue;
      if (!isDue(place)) break;
      for (const one of places) this.report.move(one.place, to, one.count);
      // The attempt moves to the end: its place is now the latest.
      this.#places.delete(order);
      this.#places.set(
        order,
        places.map((one) => ({ ...one, place: to })),
      );
      hasExtended = true;
    }
    return hasExtended;
  }
}
