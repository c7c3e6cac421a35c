import { createNoopMeter, type BatchObservableCallback, type MeterProvider } from '@opentelemetry/api';
import { createInstruments, type Instruments } from './instruments.js';
import { isHttpMeasuredElsewhere } from './other-instrumentation.js';
import { OTHER } from './tables.js';
import { Tally } from './tally.js';
import { VERSION } from './version.js';

/** A line as its hub sees it. */
export interface Source {
  readonly tally: Tally | undefined;
  /** Adds the state of the line to its tally. */
  addState(): void;
}

/** Number of names of lines above which further names are counted together. */
const MAX_NAMES = 1_000;
/** Number of lines at which the first sweep removes collected ones. The next sweep follows when the rest has doubled. */
const FIRST_SWEEP = 100;

/**
 * All lines that report to one meter provider. They share the instruments and one callback, so that lines that come and go leave nothing
 * behind. The counts of ended lines stay, because a counter never falls.
 */
export class Hub {
  readonly instruments: Instruments;
  /** Whether an instrumentation records the duration of requests. Checked before each collection. */
  isHttpMeasuredElsewhere: boolean;
  readonly #tallies = new Map<string | undefined, Tally>();
  /** Weak, because a line that nobody uses any more must not stay in memory. */
  readonly #sources = new Set<WeakRef<Source>>();
  #sweepAt = FIRST_SWEEP;
  readonly #provider: WeakRef<MeterProvider>;

  constructor(provider: MeterProvider, meter: ReturnType<MeterProvider['getMeter']>) {
    this.#provider = new WeakRef(provider);
    this.isHttpMeasuredElsewhere = isHttpMeasuredElsewhere(provider);
    this.instruments = createInstruments(meter);
    meter.addBatchObservableCallback(this.#collect, this.instruments.observables);
  }

  /** Returns the tally of a name. */
  tally(name: string | undefined, maxSeries: number): Tally {
    const known = this.#tallies.has(name) || this.#tallies.size < MAX_NAMES ? name : OTHER;
    let tally = this.#tallies.get(known);
    if (!tally) this.#tallies.set(known, (tally = new Tally(known)));
    tally.maxSeries = Math.max(tally.maxSeries, maxSeries);
    return tally;
  }

  /** Adds a line. The returned function removes it. */
  add(source: Source): () => void {
    const ref = new WeakRef(source);
    this.#sources.add(ref);
    if (this.#sources.size >= this.#sweepAt) {
      for (const one of this.#sources) if (!one.deref()) this.#sources.delete(one);
      this.#sweepAt = Math.max(FIRST_SWEEP, this.#sources.size * 2);
    }
    return () => void this.#sources.delete(ref);
  }

  /** Number of lines, for tests. */
  get size(): number {
    return this.#sources.size;
  }

  readonly #collect: BatchObservableCallback = (result) => {
    const provider = this.#provider.deref();
    if (provider) this.isHttpMeasuredElsewhere = isHttpMeasuredElsewhere(provider);
    for (const tally of this.#tallies.values()) for (const gauge of Object.values(tally.gauges)) gauge.reset();
    for (const ref of this.#sources) {
      const source = ref.deref();
      if (source) source.addState();
      else this.#sources.delete(ref);
    }
    for (const tally of this.#tallies.values()) tally.report(result, this.instruments);
  };
}

// One state for all copies of this version, such as its ESM and its CommonJS build. Two copies would report the same series twice.
const KEY = Symbol.for(`@holdline/telemetry@${VERSION}/hubs`);
const realm = globalThis as { [KEY]?: WeakMap<object, Hub> };
const hubs = (realm[KEY] ??= new WeakMap<object, Hub>());

/** Returns the hub of a meter provider; undefined for a provider that records nothing. */
export function hubOf(provider: MeterProvider): Hub | undefined {
  let hub = hubs.get(provider);
  if (!hub) {
    const meter = provider.getMeter('holdline', VERSION);
    if (meter === createNoopMeter()) return undefined;
    hubs.set(provider, (hub = new Hub(provider, meter)));
  }
  return hub;
}
