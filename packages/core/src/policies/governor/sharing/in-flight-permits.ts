import type { UsageReport, Place } from './usage-report.js';

/** Attempts that are out, the oldest first, and where the ledger counts their permits. */
export class InFlightPermits {
  /** By order. */
  readonly #places = new Map<number, readonly Place[]>();

  constructor(readonly account: UsageReport) {}

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  /** Permits of all of them. */
  get count(): number {
    let count = 0;
    for (const places of this.#places.values()) for (const one of places) count += one.count;
    return count;
  }

  /** The place of the one that has to be told of first; 0 where the ledger knows nothing of it. */
  get first(): number | undefined {
    for (const places of this.#places.values()) return places[0]?.place ?? 0;
    return undefined;
  }

  /** Whether an attempt went beyond what is known to pass. */
  isTrial(order: number): boolean {
    return this.#places.get(order)?.some(({ isTrial }) => isTrial) ?? false;
  }

  add(order: number, places: readonly Place[]): void {
    this.#places.set(order, places);
  }

  /** It ended. Undefined where it was out before there was a lease, or after. */
  end(order: number): readonly Place[] | undefined {
    const places = this.#places.get(order);
    this.#places.delete(order);
    return places;
  }

  /** Takes over those of another ledger. */
  adopt(other: InFlightPermits): void {
    for (const [order, places] of other.#places) this.#places.set(order, places);
    this.forgotten();
  }

  /** The ledger knows nothing of them. */
  forgotten(): void {
    for (const [order, places] of this.#places)
      this.#places.set(
        order,
        places.map(({ count }) => ({ count, place: 0, tick: 0 })),
      );
  }

  /** Gives those that the ledger does not know a place in it. */
  place(at: number): void {
    for (const [order, places] of this.#places) {
      if (places.every(({ place }) => place > 0)) continue;
      for (const { place, count } of places) if (place === 0) this.account.move(0, at, count);
      this.#places.set(
        order,
        places.map((one) => (one.place > 0 ? one : { count: one.count, place: at, tick: 0 })),
      );
    }
  }

  /** Keeps the places of those that are out for long. Returns whether there were any. */
  extend(to: number, isDue: (place: number) => boolean): boolean {
    let extended = false;
    for (const [order, places] of this.#places) {
      const { place = 0 } = places[0] ?? {};
      if (place === 0) continue;
      if (!isDue(place)) break;
      for (const one of places) this.account.move(one.place, to, one.count);
      // At the end, as the one that has to be told of last.
      this.#places.delete(order);
      this.#places.set(
        order,
        places.map((one) => ({ ...one, place: to })),
      );
      extended = true;
    }
    return extended;
  }
}
