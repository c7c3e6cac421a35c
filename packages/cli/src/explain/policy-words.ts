import type {
  BreakerOptions,
  DeadLetterOptions,
  DeadlineOptions,
  Explanation,
  GovernorOptions,
  IdempotencyOptions,
  RetryOptions,
} from '@holdline/core';
import { count, counted, duration, listed, percent } from '../terminal/words.js';

/** The policies of a request in sentences. Custom policies are named in the last one. */
export function describePolicies({ policies, priority }: Explanation): string[] {
  const own: string[] = [];
  const sentences = policies.flatMap(({ name, phase, options }) => {
    const words = WORDS[name];
    if (!words) own.push(`${name} (${phase})`);
    return words?.(options) ?? [];
  });
  const governed = policies.some(({ name }) => name === 'governor');
  return [
    ...sentences,
    ...(governed
      ? [`If it has to wait, its priority is ${priority}.`]
      : ['The governor is off: the request waits for no permit.']),
    ...(own.length > 0 ? [`Further policies: ${listed(own)}.`] : []),
  ];
}

const WORDS: Record<string, (options: unknown) => string[]> = {
  'dead-letters': (options) => {
    const { keepMs } = options as Required<DeadLetterOptions>;
    return [`If it fails for good, the store keeps it for ${duration(keepMs)} where the rules of dead letters say so.`];
  },
  deadline: (options) => {
    const { totalTimeoutMs, attemptTimeoutMs } = options as Required<DeadlineOptions>;
    return [
      totalTimeoutMs === Infinity
        ? 'The call has no time budget.'
        : `The call has ${duration(totalTimeoutMs)} for all waits and attempts.`,
      ...(attemptTimeoutMs === Infinity ? [] : [`One attempt may take ${duration(attemptTimeoutMs)}.`]),
    ];
  },
  idempotency: (options) => {
    const { header, always } = options as Required<IdempotencyOptions>;
    return always ? [`It carries the idempotency key in the header ${header}, if it is a write.`] : [];
  },
  retry: (options) => {
    const { baseDelayMs, maxDelayMs, backoff, budget } = options as RetryOptions & {
      baseDelayMs: number;
      maxDelayMs: number;
    };
    const delays = Array.isArray(backoff)
      ? `Retries wait at most ${listed((backoff as number[]).map(duration))}.`
      : `The first retry waits at most ${duration(baseDelayMs)}, and no delay is above ${duration(maxDelayMs)}.`;
    return [
      typeof backoff === 'function' ? 'A function of the configuration sets the delays of retries.' : delays,
      ...(budget ? [`The host has a budget of ${counted(budget.capacity ?? 0, 'retry', 'retries')}.`] : []),
    ];
  },
  authorize: () => ['After a 401, the line refreshes the token once and sends the request again.'],
  breaker: (options) => {
    const { windowMs, failureRatio, minAttempts, openMs, engine } = options as Required<BreakerOptions>;
    if (typeof engine === 'string') return [`The breaker ${engine as string} decides by its own numbers.`];
    return [
      `Its circuit opens for ${duration(openMs)} when ${percent(failureRatio)} of at least ${count(minAttempts)} attempts fail within ${duration(windowMs)}.`,
    ];
  },
  governor: (options) => {
    const { maxQueued, ratePerSec, apart, engine } = options as Required<GovernorOptions> & { apart: boolean };
    return [
      ...(apart ? ['It spends no quota of the line and waits in a queue of its own.'] : []),
      ...(ratePerSec === Infinity ? [] : [`Attempts leave at most ${ratePerSec} times a second.`]),
      ...(typeof engine === 'string' ? [`The limiter ${engine as string} has to agree to each attempt.`] : []),
      `At most ${counted(maxQueued, 'call')} of a credential may wait.`,
    ];
  },
  sign: () => [],
};
