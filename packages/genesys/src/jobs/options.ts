import { check, isAbortSignal, systemClock, type Clock } from '@holdline/core';

/**
 * Options of {@link jobs}. All are optional.
 * @public
 */
export interface JobOptions {
  /**
   * Maximum time in ms that one `wait()` waits for the end of the job. After that it rejects with a `DeadlineError`, and the job goes on.
   * @defaultValue 3,600,000 (ours: one hour)
   */
  totalTimeoutMs?: number;
  /**
   * Wait between the start and the first question for the state, in ms. Each further wait is half as long again; after a wait of 0 they
   * grow from 1,000. The state of a resumed job is read at once.
   * @defaultValue 1,000 (ours)
   */
  firstDelayMs?: number;
  /**
   * Longest wait between two questions, in ms.
   * @defaultValue 30,000 (ours)
   */
  maxDelayMs?: number;
  /**
   * Ends the waiting, and requests in flight of a guarded client. The job goes on.
   * @defaultValue none
   */
  signal?: AbortSignal;
  /** Source of time. @defaultValue the system clock */
  clock?: Clock;
}

const checkOptions = check.shape<JobOptions>({
  totalTimeoutMs: check.number({ above: 0 }),
  firstDelayMs: check.number({ min: 0 }),
  maxDelayMs: check.number({ above: 0 }),
  signal: (value, key) => (isAbortSignal(value) ? value : check.refuse(key, value, 'an AbortSignal')),
  clock: (value, key) => (check.isRecord(value) ? (value as never) : check.refuse(key, value, 'a clock')),
});

/** Options of a job with their defaults. */
export type ResolvedJobOptions = Required<Omit<JobOptions, 'signal'>> & Pick<JobOptions, 'signal'>;

/** Checks the options and adds the defaults. */
export function resolveJobOptions(options: unknown): ResolvedJobOptions {
  return {
    totalTimeoutMs: 3_600_000,
    firstDelayMs: 1_000,
    maxDelayMs: 30_000,
    clock: systemClock,
    ...checkOptions(options ?? {}, 'options'),
  };
}
