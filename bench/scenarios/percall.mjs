// Row 6: the cost of one call that does not wait, over a transport that does nothing.
import { answered, createHoldline } from '@holdline/core';
import Bottleneck from 'bottleneck';
import {
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { TokenBucket } from 'limiter';
import CircuitBreaker from 'opossum';
import PQueue from 'p-queue';
import pThrottle from 'p-throttle';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { runInChild } from '../support/child.mjs';
import { table } from '../support/report.mjs';
import { spread, times, withSpread } from '../support/stats.mjs';

export const title = '6. Cost of a call when nothing waits';
export const alone = true;

const VALUE = { ok: true };
const nothing = async () => VALUE;
/** A limit so high that no call waits. */
const MUCH = 1_000_000;

function holdline(config, context) {
  const line = createHoldline({ governor: { quotas: [{ limit: MUCH, windowMs: 1_000 }] }, ...config });
  const header = () => undefined;
  const headers = { get: () => undefined, set: () => undefined };
  const request = {
    method: 'GET',
    url: 'https://api.example.com/api/v2/users/me',
    headers,
    replayable: true,
    ownOrigin: 'https://api.example.com',
    send: async () => answered(VALUE, { status: 200, header }),
    context,
  };
  return () => line.run(request);
}

function cockatiel() {
  return wrap(
    retry(handleAll, { maxAttempts: 4, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, {
      halfOpenAfter: 10_000,
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000 }),
    }),
    timeout(30_000, TimeoutStrategy.Cooperative),
  );
}

const bucketOf = () => {
  const bucket = new TokenBucket({ bucketSize: MUCH, tokensPerInterval: MUCH, interval: 10 });
  bucket.content = MUCH;
  return bucket;
};

/** Name, kind (bare, ours or peer), and a function that creates the call. */
const CONTESTANTS = [
  ['bare await', 'bare', () => nothing],
  ['Holdline, all default policies, one quota', 'ours', () => holdline({})],
  [
    'Holdline, the same with a token to sign',
    'ours',
    () => holdline({ token: { grant: async () => ({ accessToken: 'bench', expiresInMs: 3_600_000 }) } }),
  ],
  [
    'Holdline, the same with tenant, priority and a budget of 30 s',
    'ours',
    () => holdline({}, { tenant: 'acme', priority: 'high', totalTimeoutMs: 30_000 }),
  ],
  [
    'cockatiel wrap(retry, breaker, timeout)',
    'peer',
    () => {
      const policy = cockatiel();
      return () => policy.execute(nothing);
    },
  ],
  [
    'cockatiel the same behind a limiter bucket',
    'nearest',
    () => {
      const policy = cockatiel();
      const bucket = bucketOf();
      return async () => {
        await bucket.removeTokens(1);
        return policy.execute(nothing);
      };
    },
  ],
  [
    'opossum, timeout: false',
    'peer',
    () => {
      const breaker = new CircuitBreaker(nothing, { timeout: false });
      return () => breaker.fire();
    },
  ],
  ['p-throttle strict', 'peer', () => pThrottle({ limit: 1e9, interval: 1, strict: true })(nothing)],
  [
    'limiter bucket',
    'peer',
    () => {
      const bucket = bucketOf();
      return async () => {
        await bucket.removeTokens(1);
        return nothing();
      };
    },
  ],
  [
    'rate-limiter-flexible, memory',
    'peer',
    () => {
      const limiter = new RateLimiterMemory({ points: 1e9, duration: 1 });
      return async () => {
        await limiter.consume('key');
        return nothing();
      };
    },
  ],
  [
    'p-queue, concurrency 10',
    'peer',
    () => {
      const queue = new PQueue({ concurrency: 10 });
      return () => queue.add(nothing);
    },
  ],
  [
    'bottleneck, no limits',
    'peer',
    () => {
      const limiter = new Bottleneck();
      return () => limiter.schedule(nothing);
    },
  ],
];

async function measureTime(call, n) {
  const from = performance.now();
  for (let i = 0; i < n; i++) await call();
  return performance.now() - from;
}

/** Measures in a separate process, so that no contestant suffers from how V8 optimised shared code for another. */
export async function measure({ name, roundMs }) {
  const [, , make] = CONTESTANTS.find(([one]) => one === name);
  const call = make();
  // Estimates the number of calls per round and warms up the code.
  let n = 8;
  while ((await measureTime(call, n)) < roundMs / 2 && n < 1e7) n *= 2;
  globalThis.gc();
  const ms = await measureTime(call, n * 2);
  return (ms * 1_000) / (n * 2);
}

export async function run({ short }) {
  const rounds = short ? 3 : 5;
  const rows = CONTESTANTS.map(([name, role]) => ({ name, role, us: [] }));
  // The contestants take turns, so that a busy second of the machine does not affect only one of them.
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      if (row.broken) continue;
      try {
        const argument = { name: row.name, roundMs: short ? 60 : 400 };
        row.us.push(await runInChild('percall', 'measure', argument, { timeoutMs: 60_000 }));
      } catch (error) {
        row.broken = String(error.message).split('\n')[0];
      }
    }
  }
  return { rounds, rows: rows.map((row) => ({ ...row, us: row.broken ? undefined : spread(row.us) })) };
}

export function render({ rounds, rows }) {
  const good = rows.filter(({ us }) => us);
  const bare = good.find(({ role }) => role === 'bare')?.us.median;
  const best = Math.min(...good.filter(({ role }) => role === 'peer' || role === 'nearest').map(({ us }) => us.median));
  const nearest = good.find(({ role }) => role === 'nearest')?.us.median;
  const body = rows.map(({ name, us, broken }) =>
    us
      ? [name, withSpread(us), times(us.median / bare), times(us.median / best), times(us.median / nearest)]
      : [name, `failed: ${broken}`, '–', '–', '–'],
  );
  const head = [
    '',
    `µs per call, median of ${rounds} (min–max)`,
    ': bare await',
    ': best peer',
    ': cockatiel + limiter',
  ];
  const note =
    'Sequential calls. Each peer does a part of the work. "cockatiel the same behind a limiter bucket" is closest to a whole ' +
    'pipeline: it has quota, retry, breaker and timeout, but no queue, priorities, gate or outcome classes.';
  return `${table(head, body)}\n\n${note}`;
}
