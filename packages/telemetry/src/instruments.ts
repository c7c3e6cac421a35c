import { ValueType, type Attributes, type Histogram, type Meter, type Observable } from '@opentelemetry/api';

/** Boundaries of `http.client.request.duration` in s, as the semantic conventions give them. */
export const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Boundaries of waits and of whole calls in s. A call may wait for a minute of quota, and a batch for hours. */
export const WAIT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 1_800];

interface Definition {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Histograms. They are recorded at once. */
const HISTOGRAMS = {
  httpDuration: {
    name: 'http.client.request.duration',
    unit: 's',
    description: 'Duration of HTTP client requests.',
    buckets: HTTP_BUCKETS,
  },
  callDuration: {
    name: 'holdline.call.duration',
    unit: 's',
    description: 'Duration of calls, with all waits and attempts.',
    buckets: WAIT_BUCKETS,
  },
  queueWait: {
    name: 'holdline.queue.wait.duration',
    unit: 's',
    description: 'Time that attempts waited in the queue until they got a permit.',
    buckets: WAIT_BUCKETS,
  },
} as const satisfies Record<string, Definition & { buckets: readonly number[] }>;

/** Counters. The package counts itself, and reports the counts when they are collected. */
const COUNTERS = {
  calls: { name: 'holdline.calls', unit: '{call}', description: 'Calls that ended.' },
  attempts: { name: 'holdline.attempts', unit: '{attempt}', description: 'Requests on the wire that ended.' },
  refusals: {
    name: 'holdline.refusals',
    unit: '{attempt}',
    description: 'Attempts that the platform refused: 429, or 503 with a wait.',
  },
  rejections: {
    name: 'holdline.rejections',
    unit: '{call}',
    description: 'Calls that the line refused before anything was sent.',
  },
  retries: { name: 'holdline.retries', unit: '{attempt}', description: 'Attempts that repeat an earlier one.' },
  giveUps: { name: 'holdline.give_ups', unit: '{call}', description: 'Calls that got no further attempt.' },
  saved: { name: 'holdline.calls.saved', unit: '{call}', description: 'Calls that were answered without a request.' },
  refreshes: {
    name: 'holdline.token.refreshes',
    unit: '{refresh}',
    description: 'Refreshes of an access token that ended.',
  },
  deadLetters: { name: 'holdline.dead_letters', unit: '{letter}', description: 'Changes of dead letters.' },
  storeFailures: {
    name: 'holdline.store.failures',
    unit: '{operation}',
    description: 'Operations of the store that failed.',
  },
} as const satisfies Record<string, Definition>;

/** Gauges of the state of the lines. */
const GAUGES = {
  queueLength: { name: 'holdline.queue.length', unit: '{call}', description: 'Calls that wait for a permit.' },
  tenantQueueLength: {
    name: 'holdline.queue.tenant.length',
    unit: '{call}',
    description: 'Calls of a tenant that wait for a permit.',
  },
  activeCalls: { name: 'holdline.calls.active', unit: '{call}', description: 'Calls that have not ended.' },
  activeAttempts: { name: 'holdline.attempts.active', unit: '{attempt}', description: 'Attempts on the wire.' },
  quotaUsed: {
    name: 'holdline.quota.used',
    unit: '{permit}',
    description: 'Permits in use, in the fullest scope of the series.',
  },
  quotaLimit: {
    name: 'holdline.quota.limit',
    unit: '{permit}',
    description: 'Limit in force, in the fullest scope of the series.',
  },
  gateClosed: {
    name: 'holdline.gate.closed',
    unit: '{gate}',
    description: 'Gates that are closed because the platform requested a wait.',
  },
  gateTimeToOpen: {
    name: 'holdline.gate.time_to_open',
    unit: 's',
    description: 'Longest time until a closed gate may open.',
  },
  retryBudgetLeft: {
    name: 'holdline.retry.budget.left',
    unit: '{retry}',
    description: 'Retries that the retry budget of a host allows now.',
  },
  circuits: { name: 'holdline.breaker.circuits', unit: '{circuit}', description: 'Circuits by state.' },
  tokenAge: { name: 'holdline.token.age', unit: 's', description: 'Age of the oldest access token.' },
  tokenTimeToExpiry: {
    name: 'holdline.token.time_to_expiry',
    unit: 's',
    description: 'Time until the next access token expires.',
  },
  storeLost: { name: 'holdline.store.lost', unit: '{store}', description: 'Stores that cannot be reached.' },
} as const satisfies Record<string, Definition>;

/** Key of a histogram. */
export type HistogramName = keyof typeof HISTOGRAMS;
/** Key of a counter. */
export type CounterName = keyof typeof COUNTERS;
/** Key of a gauge. */
export type GaugeName = keyof typeof GAUGES;

/** All instruments with their names and units, for tests and docs. */
export const INSTRUMENTS: readonly Definition[] = [
  ...Object.values(HISTOGRAMS),
  ...Object.values(COUNTERS),
  ...Object.values(GAUGES),
];

/** The instruments of one meter. */
export interface Instruments {
  readonly histograms: Record<HistogramName, Histogram>;
  readonly counters: Record<CounterName, Observable>;
  readonly gauges: Record<GaugeName, Observable>;
  /** Counters and gauges together. */
  readonly observables: Observable<Attributes>[];
}

/** Makes all instruments of a meter. */
export function createInstruments(meter: Meter): Instruments {
  const histograms = mapValues(HISTOGRAMS, ({ name, unit, description, buckets }) =>
    meter.createHistogram(name, {
      unit,
      description,
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: [...buckets] },
    }),
  );
  const counters = mapValues(COUNTERS, ({ name, ...options }) =>
    meter.createObservableCounter(name, { ...options, valueType: ValueType.INT }),
  );
  const gauges = mapValues(GAUGES, ({ name, ...options }) => meter.createObservableGauge(name, options));
  return { histograms, counters, gauges, observables: [...Object.values(counters), ...Object.values(gauges)] };
}

function mapValues<K extends string, V, R>(record: Record<K, V>, map: (value: V) => R): Record<K, R> {
  return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, map(value)])) as Record<K, R>;
}
