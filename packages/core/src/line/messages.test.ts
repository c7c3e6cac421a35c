import { describe, expect, it } from 'vitest';
import { durationInWords } from '../contract/duration.js';
import { isHoldlineError, memoryStore, type HoldlineConfig, type HoldlineErrorCode } from '../index.js';
import { type Asked, type Setup, setup, type Step } from './transport.fixture.js';

const perMinute = (limit: number, more = {}): HoldlineConfig => ({
  retry: false,
  governor: { quotas: [{ limit, windowMs: 60_000, enforcement: 'sliding', ...more }], gateJitterMs: 0 },
});
const write = { method: 'POST', payload: '{}', context: { transaction: 't', step: 's' } };
const failing = () => Promise.reject(new Error('down'));

/** Causes an error: the configuration, the answers, earlier calls, the call, and what happens during the call. */
interface Cause {
  config?: HoldlineConfig;
  script?: Step[];
  before?: Asked[];
  prepare?: (it: Setup) => unknown;
  asked?: Asked;
  during?: (it: Setup) => unknown;
}

const CAUSES: [name: string, code: HoldlineErrorCode, message: string, cause: Cause][] = [
  [
    'a quota that frees a slot after the deadline',
    'HOLDLINE_DEADLINE',
    'GET /a was not sent: the quota of the credential (1 in 60 s) frees a slot in 60 s, after totalTimeoutMs (1 s)',
    { config: { ...perMinute(1), deadline: { totalTimeoutMs: 1_000 } }, before: [{}] },
  ],
  [
    'a quota of a tenant',
    'HOLDLINE_DEADLINE',
    'GET /a was not sent: the quota of the tenant (2 in 60 s) frees a slot in 50.2 s, after totalTimeoutMs (250 ms)',
    {
      config: perMinute(2, { scope: 'tenant' }),
      before: [{ context: { tenant: 'acme' } }, { context: { tenant: 'acme' } }],
      prepare: ({ clock }) => clock.advance(9_800),
      asked: { context: { tenant: 'acme', totalTimeoutMs: 250 } },
    },
  ],
  [
    'a quota with a name and a key of the user',
    'HOLDLINE_DEADLINE',
    'GET /a was not sent: the quota of reports (1 in 60 s) frees a slot in 60 s, after totalTimeoutMs (1 s)',
    {
      config: perMinute(1, { scope: () => 'PRIVATE', name: 'reports' }),
      before: [{}],
      asked: { context: { totalTimeoutMs: 1_000 } },
    },
  ],
  [
    'a gate that opens after the deadline',
    'HOLDLINE_DEADLINE',
    'GET /a was not sent: the closed gate of the route opens in 90 s, after totalTimeoutMs (1 s)',
    {
      config: { retry: false, governor: { gateJitterMs: 0 } },
      script: [{ status: 429, headers: { 'retry-after': '90' } }],
      before: [{}],
      asked: { context: { totalTimeoutMs: 1_000 } },
    },
  ],
  [
    'a gate that is closed for too long',
    'HOLDLINE_THROTTLED',
    'GET /a was not sent: the closed gate of the route opens in 60 min, after maxRetryAfterMs (10 min)',
    {
      config: { retry: { maxRetryAfterMs: 600_000 }, governor: { gateJitterMs: 0 } },
      script: [{ status: 429, headers: { 'retry-after': '3600' } }],
      before: [{}],
    },
  ],
  [
    'a full queue',
    'HOLDLINE_QUEUE_FULL',
    'GET /a was not sent: the queue is full (0 calls, maxQueued)',
    { config: { ...perMinute(1), governor: { ...perMinute(1).governor, maxQueued: 0 } }, before: [{}] },
  ],
  [
    'a weight above a quota',
    'HOLDLINE_QUEUE_FULL',
    'GET /a was not sent: its weight 5 is above the quota of the credential (3 permits in 60 s)',
    { config: perMinute(3), before: [{}], asked: { context: { weight: 5 } } },
  ],
  [
    'a weight above a quota of one',
    'HOLDLINE_QUEUE_FULL',
    'GET /a was not sent: its weight 2 is above the quota of the credential (1 permit in 60 s)',
    { config: perMinute(1), before: [{}], asked: { context: { weight: 2 } } },
  ],
  [
    'a place that a more important call takes',
    'HOLDLINE_QUEUE_FULL',
    "GET /a was not sent: a call of higher priority took its place in the full queue (1 call, overflow: 'shed')",
    {
      config: { ...perMinute(1), governor: { ...perMinute(1).governor, maxQueued: 1, overflow: 'shed' } },
      before: [{}],
      asked: { context: { priority: 'low' } },
      during: ({ start }) => start({ context: { priority: 'high' } }),
    },
  ],
  [
    'an open circuit',
    'HOLDLINE_CIRCUIT_OPEN',
    'GET /a was not sent: its circuit at https://api.test is open for 9.8 s more (breaker.openMs)',
    {
      config: { retry: false, governor: false, breaker: { minAttempts: 1, openMs: 10_000 } },
      script: [500],
      before: [{}],
      prepare: ({ clock }) => clock.advance(200),
    },
  ],
  [
    'an isolated route',
    'HOLDLINE_CIRCUIT_OPEN',
    'GET /a was not sent: its circuit at https://api.test is isolated (line.isolate)',
    { prepare: ({ line }) => line.isolate('GET /a') },
  ],
  [
    'a budget that ends on the wire',
    'HOLDLINE_DEADLINE',
    'GET /a got no answer within totalTimeoutMs (1.5 s)',
    { config: { deadline: { totalTimeoutMs: 1_500 } }, script: ['deaf'] },
  ],
  [
    'an attempt without an answer',
    'HOLDLINE_ATTEMPT_TIMEOUT',
    'attempt 1 of GET /a got no answer within deadline.attemptTimeoutMs (300 ms)',
    { config: { retry: false, deadline: { attemptTimeoutMs: 300 } }, script: ['deaf'] },
  ],
  [
    'a lost answer',
    'HOLDLINE_OUTCOME_UNKNOWN',
    'POST /a may or may not have been executed; a retry could execute it twice (retry.verify)',
    { script: ['reset'], asked: { method: 'POST' } },
  ],
  [
    'another payload under the same key',
    'HOLDLINE_IDEMPOTENCY_CONFLICT',
    'POST /a was not sent: an earlier call had another payload under the same idempotencyKey or step',
    { before: [write], asked: { ...write, payload: '{"n":2}' } },
  ],
  [
    'a step that is done',
    'HOLDLINE_STEP_DONE',
    'POST /a was not sent: an earlier run executed the step at 2026-01-01T00:00:00.000Z with status 200, which is not kept (idempotency.maxAnswerBytes)',
    { config: { store: memoryStore(), idempotency: { maxAnswerBytes: 0 } }, before: [write], asked: write },
  ],
  [
    'a journal that cannot be written',
    'HOLDLINE_STORE_LOST',
    'POST /a was not sent: the journal of the store cannot be read, and an earlier run may have executed the step',
    {
      config: { store: { ...memoryStore(), journal: { ...memoryStore().journal, get: failing } } },
      asked: write,
    },
  ],
  [
    'an engine that fails',
    'HOLDLINE_ENGINE',
    'GET /a was not sent: mine gave no slot (governor.engine): down',
    { config: { governor: { engine: { name: 'mine', acquire: failing } } } },
  ],
  [
    'a grant that fails',
    'HOLDLINE_TOKEN_REFRESH',
    'GET /a was not sent: token.grant gave no access token (next try in 875 ms): down',
    { config: { token: { grant: failing }, random: { next: () => 0.5 } } },
  ],
  [
    'a closed line',
    'HOLDLINE_CLOSED',
    'GET /a was not sent: the line was closed (close)',
    { prepare: ({ line }) => line.close() },
  ],
  [
    'a line that closes during an attempt',
    'HOLDLINE_CLOSED',
    'GET /a got no answer before the line was closed (timeoutMs of close)',
    {
      config: { deadline: { totalTimeoutMs: 60_000 } },
      script: ['deaf'],
      during: ({ line }) => line.close({ timeoutMs: 100 }),
    },
  ],
];

/** Codes of errors that no call of core ends with. `test/errors-page.e2e.ts` has them. */
const ELSEWHERE: HoldlineErrorCode[] = [
  'HOLDLINE_CONFIG',
  'HOLDLINE_NOT_SENT',
  'HOLDLINE_CHUNK',
  'HOLDLINE_PAGING',
  'HOLDLINE_JOB',
];

/** Names that only the code of the line knows: scopes, fingerprints and steps. */
const INTERNAL = /credential:|route:|bulkhead\/|tenant:|host:|key\d|PRIVATE|#[0-9a-f]{6}/;

describe('the message of an error', () => {
  it.each(CAUSES)('of %s says the route, the reason, the time and the option', async (_, code, message, cause) => {
    const it = setup(cause.config, cause.script);
    for (const asked of cause.before ?? []) {
      const call = it.start(asked);
      await it.clock.advance(0);
      expect(call.at).toBe(0);
    }
    await cause.prepare?.(it);
    const call = it.start(cause.asked);
    await it.clock.advance(0);
    void cause.during?.(it);
    await it.clock.advance(3_000);
    const { error } = call;
    if (!isHoldlineError(error)) throw error;
    expect(error).toMatchObject({ code, message, route: `${cause.asked?.method ?? 'GET'} /a` });
    expect(error.message).not.toMatch(INTERNAL);
  });

  it('is checked for every code', () => {
    const all = Object.keys(CODES_BY_USE) as HoldlineErrorCode[];
    expect([...new Set(CAUSES.map(([, code]) => code)), ...ELSEWHERE].sort()).toEqual(all.sort());
  });
});

/** A missing or a new code is an error of the compiler. */
const CODES_BY_USE: Record<HoldlineErrorCode, true> = {
  HOLDLINE_CONFIG: true,
  HOLDLINE_CIRCUIT_OPEN: true,
  HOLDLINE_OUTCOME_UNKNOWN: true,
  HOLDLINE_DEADLINE: true,
  HOLDLINE_ATTEMPT_TIMEOUT: true,
  HOLDLINE_THROTTLED: true,
  HOLDLINE_QUEUE_FULL: true,
  HOLDLINE_TOKEN_REFRESH: true,
  HOLDLINE_IDEMPOTENCY_CONFLICT: true,
  HOLDLINE_STEP_DONE: true,
  HOLDLINE_NOT_SENT: true,
  HOLDLINE_CHUNK: true,
  HOLDLINE_PAGING: true,
  HOLDLINE_JOB: true,
  HOLDLINE_STORE_LOST: true,
  HOLDLINE_ENGINE: true,
  HOLDLINE_CLOSED: true,
};

describe('a duration in words', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [0.2, '1 ms'],
    [250, '250 ms'],
    [999, '999 ms'],
    [999.5, '1 s'],
    [1_000, '1 s'],
    [9_840, '9.8 s'],
    [60_000, '60 s'],
    [180_000, '3 min'],
    [3_600_000, '60 min'],
    [7_200_000, '2 h'],
    [82_800_000, '23 h'],
    [Infinity, 'an unknown time'],
  ])('of %d ms is %s', (ms, words) => expect(durationInWords(ms)).toBe(words));
});
