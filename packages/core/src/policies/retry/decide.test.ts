import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, failed, type OutcomeClass } from '../../index.js';
import { headers } from '../../line/transport.fixture.js';
import { decideRetry, type RetryContext } from './decide.js';
import { RETRY_DEFAULTS, type ResolvedRetry } from './options.js';

const none = headers({});
const outcomes: Record<OutcomeClass, ReturnType<typeof failed>> = {
  ok: answered({}, { status: 200, header: none }),
  rejected: answered({}, { status: 404, header: none }),
  unauthorized: answered({}, { status: 401, header: none }),
  refused: answered({}, { status: 429, header: none }),
  'not-sent': failed(new Error(), 'not-sent'),
  local: failed(new Error(), 'local'),
  unknown: failed(new Error(), 'unknown'),
  cancelled: failed(new Error(), 'cancelled'),
};
const context: RetryContext = {
  attempts: 1,
  elapsedMs: 0,
  remainingMs: Infinity,
  repeatable: true,
  isConflict: false,
  replayable: true,
  retryAfterMs: undefined,
  gated: false,
  chance: 0.5,
};
const options: ResolvedRetry = { ...RETRY_DEFAULTS, jitter: 'none', baseDelayMs: 100 };
const decide = (kind: OutcomeClass, over: Partial<RetryContext> = {}, chosen: Partial<ResolvedRetry> = {}) =>
  decideRetry(outcomes[kind], { ...context, ...over }, { ...options, ...chosen });

describe('the class of the outcome decides', () => {
  const retry = { after: 100 };
  it.each<[OutcomeClass, boolean, boolean, object]>([
    // class, repeatable, replayable
    ['ok', true, true, { giveUp: 'answered' }],
    ['rejected', true, true, { giveUp: 'answered' }],
    ['unauthorized', true, true, { giveUp: 'answered' }],
    ['cancelled', true, true, { giveUp: 'cancelled' }],
    // Issue 13, a02: a failure of the caller itself is never retried.
    ['local', true, true, { giveUp: 'local failure' }],
    ['local', false, false, { giveUp: 'local failure' }],
    ['refused', true, true, retry],
    ['refused', false, true, retry],
    ['refused', true, false, { giveUp: 'body cannot be sent twice' }],
    ['refused', false, false, { giveUp: 'body cannot be sent twice' }],
    ['not-sent', true, true, retry],
    ['not-sent', false, true, retry],
    ['not-sent', true, false, { giveUp: 'body cannot be sent twice' }],
    ['not-sent', false, false, { giveUp: 'body cannot be sent twice' }],
    ['unknown', true, true, retry],
    ['unknown', false, true, { giveUp: 'not repeatable' }],
    ['unknown', true, false, { giveUp: 'body cannot be sent twice' }],
    ['unknown', false, false, { giveUp: 'not repeatable' }],
  ])('%s, repeatable %s, replayable %s', (kind, repeatable, replayable, decision) => {
    expect(decide(kind, { repeatable, replayable })).toEqual(decision);
  });

  it('a status in `statuses` is retried if a repetition is safe', () => {
    const outcome = answered({}, { status: 500, header: none });
    const listed = { ...options, statuses: [500] };
    expect(decideRetry(outcome, context, options)).toEqual({ giveUp: 'answered' });
    expect(decideRetry(outcome, context, listed)).toEqual(retry);
    expect(decideRetry(outcome, { ...context, repeatable: false }, listed)).toEqual({ giveUp: 'not repeatable' });
  });
});

describe('delays', () => {
  const delaysOf = (chosen: Partial<ResolvedRetry>, chance = 0.5) =>
    Array.from({ length: 5 }, (_, i) => {
      const decision = decide('unknown', { attempts: i + 1, chance }, { maxAttempts: 99, ...chosen });
      return 'after' in decision ? decision.after : decision.giveUp;
    });

  it.each<[string, Partial<ResolvedRetry>, number, unknown[]]>([
    ['exponential up to maxDelayMs', { maxDelayMs: 500 }, 0.5, [100, 200, 400, 500, 500]],
    [
      'full jitter takes a random share of the maximum',
      { jitter: 'full', maxDelayMs: 500 },
      0.5,
      [50, 100, 200, 250, 250],
    ],
    ['full jitter with the smallest random number', { jitter: 'full' }, 0, [0, 0, 0, 0, 0]],
    [
      'a list repeats its last delay, without jitter by default',
      { jitter: undefined as never, backoff: [3_000, 9_000, 27_000] },
      0.5,
      [3_000, 9_000, 27_000, 27_000, 27_000],
    ],
    ['a list with jitter', { jitter: 'full', backoff: [3_000] }, 0.5, [1_500, 1_500, 1_500, 1_500, 1_500]],
    ['an empty list gives the exponential delays', { backoff: [] }, 0.5, [100, 200, 400, 800, 1_600]],
    ['a function of the number of the retry', { backoff: (n) => n * 10 }, 0.5, [10, 20, 30, 40, 50]],
    [
      'Infinity from a function gives up',
      { backoff: (n) => (n > 2 ? Infinity : 1) },
      0.5,
      [1, 1, 'time used up', 'time used up', 'time used up'],
    ],
    ['NaN from a function gives the exponential delays', { backoff: () => NaN }, 0.5, [100, 200, 400, 800, 1_600]],
    ['a negative delay gives the exponential delays', { backoff: () => -5 }, 0.5, [100, 200, 400, 800, 1_600]],
    ['a string gives the exponential delays', { backoff: () => '1' as never }, 0.5, [100, 200, 400, 800, 1_600]],
    [
      'a function that throws gives the exponential delays',
      {
        backoff: () => {
          throw new Error('no');
        },
      },
      0.5,
      [100, 200, 400, 800, 1_600],
    ],
  ])('%s', (_, chosen, chance, delays) => expect(delaysOf(chosen, chance)).toEqual(delays));

  it('are never NaN, even after many attempts (cockatiel#86), and stay within the limits of full jitter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (attempts, chance) => {
          const decision = decide('unknown', { attempts, chance }, { maxAttempts: Infinity, jitter: 'full' });
          const { after } = decision as { after: number };
          return after >= 0 && after <= Math.min(30_000, 100 * 2 ** (attempts - 1));
        },
      ),
    );
  });
});

describe('limits', () => {
  it.each<[string, Partial<RetryContext>, Partial<ResolvedRetry>, object]>([
    ['the last attempt', { attempts: 5 }, {}, { giveUp: 'attempts used up' }],
    ['the attempt before the last', { attempts: 4 }, {}, { after: 800 }],
    ['Retry-After replaces a shorter backoff', { retryAfterMs: 5_000 }, {}, { after: 5_000 }],
    ['a backoff replaces a shorter Retry-After', { retryAfterMs: 50 }, {}, { after: 100 }],
    ['Retry-After equal to maxRetryAfterMs', { retryAfterMs: 180_000 }, {}, { after: 180_000 }],
    ['Retry-After above maxRetryAfterMs', { retryAfterMs: 180_001 }, {}, { giveUp: 'Retry-After too long' }],
    [
      'maxRetryAfterMs Infinity accepts any Retry-After',
      { retryAfterMs: 3e9 },
      { maxRetryAfterMs: Infinity },
      { after: 3e9 },
    ],
    ['behind a gate the governor waits, not the retry', { retryAfterMs: 5_000, gated: true }, {}, { after: 0 }],
    [
      'behind a gate the deadline still applies',
      { retryAfterMs: 5_000, gated: true, remainingMs: 4_999 },
      {},
      { giveUp: 'time used up' },
    ],
    ['a delay up to the deadline', { remainingMs: 100 }, {}, { after: 100 }],
    ['a delay past the deadline', { remainingMs: 99 }, {}, { giveUp: 'time used up' }],
    ['a delay up to maxElapsedMs', { elapsedMs: 900 }, { maxElapsedMs: 1_000 }, { after: 100 }],
    ['a delay past maxElapsedMs', { elapsedMs: 901 }, { maxElapsedMs: 1_000 }, { giveUp: 'time used up' }],
  ])('%s', (_, over, chosen, decision) => expect(decide('refused', over, chosen)).toEqual(decision));
});
