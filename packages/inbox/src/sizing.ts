import { check } from '@holdline/core';

/**
 * The volume of one planning interval, such as 15 minutes of a day.
 * @public
 */
export interface VolumeInterval {
  /** Number of agents at work. */
  agents: number;
  /** Interactions of one agent in this interval. */
  interactionsPerAgent: number;
}

/**
 * Options of {@link sizing}.
 * @public
 */
export interface SizingOptions {
  /** The intervals of a day in their order, or the busiest of them. */
  intervals: readonly VolumeInterval[];
  /**
   * Length of an interval in ms.
   * @defaultValue 900,000 (ours: workforce plans have intervals of 15 minutes)
   */
  intervalMs?: number;
  /** Events of one interaction, over all topics that send to this inbox. */
  eventsPerInteraction: number;
  /**
   * Ratio of the highest rate within an interval to its average.
   * @defaultValue 3 (ours: events of an interval arrive in bursts; replace it by a measured value)
   */
  peakFactor?: number;
  /**
   * Time in ms for which no event is handled, and the inbox keeps all.
   * @defaultValue 3,600,000 (ours: one hour)
   */
  outageMs?: number;
  /**
   * Average size of a stored event in bytes.
   * @defaultValue 2,048 (ours: events of Genesys have 0.5 to 4 KiB)
   */
  eventBytes?: number;
  /**
   * Time in ms for which the inbox remembers the identifiers of handled events.
   * @defaultValue 86,400,000 (EventBridge repeats for a day)
   */
  rememberMs?: number;
  /**
   * Part of the result that is added as a reserve.
   * @defaultValue 0.2 (ours)
   */
  reserve?: number;
}

/**
 * The result of {@link sizing}.
 * @public
 */
export interface Sizing {
  /** Events per second in the busiest interval, on average. */
  readonly averagePerSecond: number;
  /** Events per second in the peak of the busiest interval. */
  readonly peakPerSecond: number;
  /** For the option `quota` of an inbox. */
  readonly quota: { readonly limit: number; readonly windowMs: number };
  /** For the option `maxEvents` of an inbox. */
  readonly maxEvents: number;
  /** Size of the store in bytes: waiting events and remembered identifiers. */
  readonly storeBytes: number;
}

/** Defaults of {@link SizingOptions}. */
export const SIZING_DEFAULTS = {
  intervalMs: 900_000,
  peakFactor: 3,
  outageMs: 3_600_000,
  eventBytes: 2_048,
  rememberMs: 86_400_000,
  reserve: 0.2,
};

/** Size of a remembered identifier in bytes: its key, its expiry and the overhead of the store. */
const ID_BYTES = 160;

const notNegative = check.number({ min: 0 });
const positive = check.number({ above: 0 });

const checkOptions = check.shape<SizingOptions>({
  intervals: check.list(check.shape<VolumeInterval>({ agents: notNegative, interactionsPerAgent: notNegative })),
  intervalMs: positive,
  eventsPerInteraction: positive,
  peakFactor: check.number({ min: 1 }),
  outageMs: notNegative,
  eventBytes: positive,
  rememberMs: notNegative,
  reserve: notNegative,
});

/**
 * Computes the quota and the store of an inbox from the volume of a contact center.
 *
 * - `average` of an interval = agents × interactionsPerAgent × eventsPerInteraction ÷ interval
 * - `quota.limit` = the largest average × peakFactor × (1 + reserve), in events per second
 * - `maxEvents` = the most events that can arrive in any period of `outageMs`, × (1 + reserve). In an interval they arrive with at most
 *   average × peakFactor, and never more than the interval has. A period can therefore have the events of one more interval than its
 *   length. The last interval is followed by the first.
 * - `storeBytes` = maxEvents × eventBytes + the events of `rememberMs` × 160 bytes × (1 + reserve)
 *
 * @param options - All numbers describe one inbox.
 * @throws ConfigError for numbers that make no sense.
 * @example
 * ```ts
 * import { sizing } from '@holdline/inbox';
 *
 * const { quota, maxEvents } = sizing({
 *   intervals: [{ agents: 400, interactionsPerAgent: 3 }],
 *   eventsPerInteraction: 12,
 * });
 * console.info(quota.limit, maxEvents); // 58 86400
 * ```
 * @public
 */
export function sizing(options: SizingOptions): Sizing {
  const given = checkOptions(options, 'sizing');
  const { intervals, intervalMs, eventsPerInteraction, peakFactor, outageMs, eventBytes, rememberMs, reserve } = {
    ...SIZING_DEFAULTS,
    ...given,
  };
  if (!intervals || intervals.length === 0)
    check.refuse('sizing.intervals', intervals, 'a list with at least one interval');
  positive(eventsPerInteraction, 'sizing.eventsPerInteraction');
  const volumes = intervals.map(
    ({ agents, interactionsPerAgent }, i) =>
      notNegative(agents, `sizing.intervals[${i}].agents`) *
      notNegative(interactionsPerAgent, `sizing.intervals[${i}].interactionsPerAgent`) *
      eventsPerInteraction,
  );
  const averagePerSecond = (Math.max(...volumes) / intervalMs) * 1_000;
  const peakPerSecond = averagePerSecond * peakFactor;
  const withReserve = (events: number): number => Math.max(1, roundUp(events * (1 + reserve)));
  const maxEvents = withReserve(mostEventsIn(outageMs, volumes, intervalMs, peakFactor));
  const remembered = withReserve(mostEventsIn(rememberMs, volumes, intervalMs, peakFactor));
  return {
    averagePerSecond,
    peakPerSecond,
    quota: { limit: withReserve(peakPerSecond), windowMs: 1_000 },
    maxEvents,
    storeBytes: roundUp(maxEvents * eventBytes) + remembered * ID_BYTES,
  };
}

/** Rounds up. A sum such as 57.60000000000001 counts as 57.6, and 58.00000000000001 as 58. */
const roundUp = (value: number): number => Math.ceil(value * (1 - 1e-12));

/**
 * The most events in any period of `lengthMs`. Part of an interval has at most its share × `peakFactor`, and at most all events of the
 * interval. The sum changes linearly with the start of the period between a few starts, so these starts are enough.
 */
function mostEventsIn(lengthMs: number, volumes: readonly number[], intervalMs: number, peakFactor: number): number {
  const perDay = volumes.reduce((sum, volume) => sum + volume, 0);
  // Whole days in the middle of a period add the same to each. One day stays, because a period has a start and an end.
  const length = lengthMs / intervalMs;
  const days = Math.max(0, Math.floor(length / volumes.length) - 1);
  const rest = length - days * volumes.length;

  const eventsFrom = (start: number): number => {
    const end = start + rest;
    let events = 0;
    for (let i = Math.floor(start); i < end; i++) {
      const share = Math.min(i + 1, end) - Math.max(i, start);
      const volume = volumes[((i % volumes.length) + volumes.length) % volumes.length] as number;
      events += volume * Math.min(1, Math.max(0, share) * peakFactor);
    }
    return events;
  };
  let most = 0;
  for (let i = 0; i < volumes.length; i++) {
    // The period starts or ends at a border of an interval, or where the peak of an interval is complete.
    for (const start of [i, i - rest, i + 1 - 1 / peakFactor, i + 1 / peakFactor - rest])
      most = Math.max(most, eventsFrom(start));
  }
  return days * perDay + most;
}
