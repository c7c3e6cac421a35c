import type { Attributes } from '@opentelemetry/api';

/** The value of an attribute above the limit of series. */
export const OTHER = 'other';

/** Makes the attributes of a series from the two values that identify it. */
export type Describe<B> = (a: string, b: B) => Attributes;

/** One series of a counter, or the attributes of one series of a histogram. */
export interface Series {
  readonly attributes: Attributes;
  count: number;
}

/**
 * The series of one instrument. Two values identify a series: a free one, such as a route, and one from a fixed set. Above the limit of
 * series, the free value becomes `other`.
 */
export class SeriesTable<B extends string | number> {
  readonly #rows = new Map<string, Map<B, Series>>();
  #size = 0;

  constructor(private readonly describe: Describe<B>) {}

  /** Finds or makes a series. Finding one makes no object and no string. */
  find(a: string, b: B, maxSeries: number): Series {
    return this.#rows.get(a)?.get(b) ?? this.#add(this.#size < maxSeries ? a : OTHER, b);
  }

  *all(): Iterable<Series> {
    for (const row of this.#rows.values()) yield* row.values();
  }

  #add(a: string, b: B): Series {
    let row = this.#rows.get(a);
    if (!row) this.#rows.set(a, (row = new Map()));
    let series = row.get(b);
    if (!series) {
      row.set(b, (series = { attributes: this.describe(a, b), count: 0 }));
      this.#size++;
    }
    return series;
  }
}

/** One series of a gauge. */
export interface Gauge {
  readonly attributes: Attributes;
  value: number;
  /** Whether a line gave a value since the last reset. */
  isFresh: boolean;
}

/**
 * The series of one gauge. An SDK repeats the last value of a series that is no longer observed, so a table remembers its series and reports
 * zero for those whose subject has gone.
 */
export class GaugeTable {
  readonly #rows = new Map<string, Map<string, Gauge>>();
  #size = 0;

  constructor(
    private readonly describe: Describe<string>,
    /** Whether a series without a subject is reported as zero. Otherwise it keeps its last value. */
    private readonly isZeroWhenGone: boolean,
  ) {}

  /** Starts a collection. */
  reset(): void {
    for (const row of this.#rows.values()) {
      for (const gauge of row.values()) {
        gauge.value = 0;
        gauge.isFresh = false;
      }
    }
  }

  /** Finds a series as {@link GaugeTable.find}, but makes none. */
  peek(a: string, b: string): Gauge | undefined {
    return this.#rows.get(a)?.get(b) ?? this.#rows.get(OTHER)?.get(b);
  }

  /** Finds or makes a series. */
  find(a: string, b: string, maxSeries: number): Gauge {
    return this.#rows.get(a)?.get(b) ?? this.#add(this.#size < maxSeries ? a : OTHER, b);
  }

  add(a: string, b: string, value: number, maxSeries: number): void {
    const gauge = this.find(a, b, maxSeries);
    gauge.value += value;
    gauge.isFresh = true;
  }

  /** Sets a series to the largest of the values of a collection. */
  max(a: string, b: string, value: number, maxSeries: number): void {
    const gauge = this.find(a, b, maxSeries);
    gauge.value = gauge.isFresh ? Math.max(gauge.value, value) : value;
    gauge.isFresh = true;
  }

  /** Sets a series to the smallest of the values of a collection. */
  min(a: string, b: string, value: number, maxSeries: number): void {
    const gauge = this.find(a, b, maxSeries);
    gauge.value = gauge.isFresh ? Math.min(gauge.value, value) : value;
    gauge.isFresh = true;
  }

  /** Calls `report` with each series that has something to report. */
  report(report: (value: number, attributes: Attributes) => void): void {
    for (const row of this.#rows.values()) {
      for (const { value, attributes, isFresh } of row.values())
        if (isFresh || this.isZeroWhenGone) report(value, attributes);
    }
  }

  #add(a: string, b: string): Gauge {
    let row = this.#rows.get(a);
    if (!row) this.#rows.set(a, (row = new Map()));
    let gauge = row.get(b);
    if (!gauge) {
      row.set(b, (gauge = { attributes: this.describe(a, b), value: 0, isFresh: false }));
      this.#size++;
    }
    return gauge;
  }
}
