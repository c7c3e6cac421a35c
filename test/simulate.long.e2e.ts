import { createHoldline, type Holdline, type HoldlineConfig, type Priority } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { startSimulator, type Limit, type Simulator } from '@holdline/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
// The sources run on the published @holdline/core, as the built package does.
import { simulate } from '../packages/cli/src/simulate/simulate.js';
import type { GroupResult, PlatformLimit, Scenario, SimulatedConfig } from '../packages/cli/src/simulate/types.js';

/** Largest relative difference between a prediction and the run in real time. */
const TOLERANCE = 0.1;
/**
 * Absolute tolerance in ms. A gate opens after a random delay of up to 100 ms, and timers and sockets of a busy machine are late by some
 * tens of milliseconds. The waits that the test compares are seconds.
 */
const SLACK_MS = 150;

interface Group {
  name: string;
  count: number;
  withinMs: number;
  times: number;
  priority: Priority;
}

interface Case {
  limit: PlatformLimit & { window: number };
  groups: Group[];
  credentials?: number;
  serviceMs: number;
  others?: { count: number; window: number };
  config?: SimulatedConfig;
}

interface Measured {
  priority: Priority;
  waits: number[];
  lastEndedMs: number;
}

const ROUTE = 'GET /api/v2/users/:id';

function limitOf({ limit, window, counts = 'fixed', per = 'token', burst }: Case['limit']): Limit {
  const phase = counts === 'fixed' ? { phaseMs: 0 } : {};
  return { name: 'tested', per, limit, windowMs: window, enforcement: counts, ...phase, ...(burst && { burst }) };
}

async function login(simulator: Simulator, client: string): Promise<string> {
  const response = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client}:any`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Runs a case over real sockets in real time. */
async function measure(one: Case): Promise<{ phaseMs: number; groups: Map<Priority, Measured>; refused: number }> {
  const { limit, groups, credentials = 1, serviceMs, others, config } = one;
  const beforeStart = performance.now();
  const simulator = await startSimulator({ platform: 'genesys', limits: [], serviceMs });
  onTestFinished(() => simulator.stop());
  const tokens = await Promise.all(Array.from({ length: credentials }, (_, i) => login(simulator, `client-${i}`)));
  const stranger = await login(simulator, 'stranger');
  const url = `${simulator.url}/api/v2/users/`;
  // The first connections and the first compilation of the code are no part of the load.
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      fetch(`${url}${i}`, { headers: { authorization: `Bearer ${stranger}` } }).then((answer) => answer.arrayBuffer()),
    ),
  );
  simulator.set({ limits: [limitOf(limit)] });
  simulator.resetStats();
  const line = createLine(one, simulator, tokens, config);
  onTestFinished(() => line.close());
  const guarded = guardFetch(fetch, line);
  const measured = new Map<Priority, Measured>();
  const startedAt = performance.now();
  line.on('call', ({ priority, waitedMs }) => {
    const group = measured.get(priority) ?? { priority, waits: [], lastEndedMs: 0 };
    measured.set(priority, group);
    group.waits.push(waitedMs);
    group.lastEndedMs = performance.now() - startedAt;
  });
  const calls: Promise<unknown>[] = [];
  const arrivals = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, i) => ({ group, at: (i * group.withinMs) / group.count })),
  );
  let id = 0;
  const arrived = arrivals.map(({ group, at }) =>
    waitUntil(startedAt + at).then(() => {
      for (let i = 0; i < group.times; i++) {
        const headers = credentials === 1 ? { authorization: `Bearer ${tokens[0]}` } : {};
        const call = guarded(`${url}${++id}`, { headers, holdline: { priority: group.priority } });
        calls.push(call.then((answer) => answer.arrayBuffer()));
      }
    }),
  );
  let isOver = false;
  const strangers = (async () => {
    if (!others) return;
    for (let n = 1; !isOver; n++) {
      await waitUntil(startedAt + (n * others.window) / others.count);
      await fetch(`${url}stranger`, { headers: { authorization: `Bearer ${stranger}` } }).then((a) => a.arrayBuffer());
    }
  })();
  await Promise.all(arrived);
  await Promise.all(calls);
  isOver = true;
  await strangers;
  const phaseMs = limit.window - ((startedAt - beforeStart) % limit.window);
  return { phaseMs, groups: measured, refused: simulator.stats().refused };
}

function createLine(one: Case, simulator: Simulator, tokens: readonly string[], config: HoldlineConfig = {}): Holdline {
  const { limit, windowMs, scope, enforcement, burst } = quotaOf(one.limit);
  const quota = { limit, windowMs, scope, ...(enforcement && { enforcement }), ...(burst && { burst }) };
  return createHoldline({
    governor: { quotas: [quota] },
    ...config,
    ...(tokens.length > 1 && {
      token: {
        origins: [simulator.url],
        pool: tokens.map((accessToken, i) => ({ name: `credential ${i + 1}`, grant: async () => ({ accessToken }) })),
      },
    }),
  });
}

function quotaOf({ limit, window, per = 'token', burst }: Case['limit']) {
  const scope = per === 'token' ? ('credential' as const) : ('host' as const);
  const enforcement = burst === undefined ? undefined : ('bucket' as const);
  return { limit, windowMs: window, scope, enforcement, burst };
}

const waitUntil = (at: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(part * values.length) - 1)] ?? 0;

function scenarioOf({ limit, groups, credentials, serviceMs, others, config }: Case, phaseMs: number): Scenario {
  const platformLimit = limit.counts === 'fixed' ? { ...limit, phase: phaseMs } : limit;
  return {
    platform: { limits: [platformLimit], service: serviceMs, ...(others && { others: { ...others, route: ROUTE } }) },
    ...(config && { holdline: config }),
    ...(credentials && { credentials }),
    load: groups.map(({ name, count, withinMs, times, priority }) => ({
      name,
      count,
      within: withinMs,
      arrival: 'even',
      priority,
      calls: [{ route: ROUTE, times }],
    })),
    whatIf: [],
  };
}

function expectClose(real: number, predicted: number, what: string): void {
  const allowed = TOLERANCE * real + SLACK_MS;
  expect(Math.abs(predicted - real), `${what}: predicted ${predicted}, in real time ${real}`).toBeLessThanOrEqual(
    allowed,
  );
}

const CASES: Record<string, Case> = {
  'a login in a burst, with fixed windows': {
    limit: { limit: 50, window: 2_500, counts: 'fixed' },
    groups: [{ name: 'agents', count: 40, withinMs: 500, times: 5, priority: 'normal' }],
    serviceMs: 60,
  },
  'a steady load above the limit of a sliding window': {
    limit: { limit: 40, window: 2_000, counts: 'sliding' },
    groups: [{ name: 'jobs', count: 150, withinMs: 4_000, times: 1, priority: 'normal' }],
    serviceMs: 60,
  },
  'two priorities': {
    limit: { limit: 40, window: 2_000, counts: 'sliding' },
    groups: [
      { name: 'agents', count: 60, withinMs: 4_500, times: 1, priority: 'high' },
      { name: 'reports', count: 100, withinMs: 1_000, times: 1, priority: 'low' },
    ],
    serviceMs: 60,
  },
  'two credentials': {
    limit: { limit: 40, window: 2_500, counts: 'fixed' },
    groups: [{ name: 'agents', count: 60, withinMs: 600, times: 5, priority: 'normal' }],
    credentials: 2,
    serviceMs: 60,
  },
  'a token bucket that other clients use too, with refusals': {
    limit: { limit: 40, window: 2_000, counts: 'bucket', per: 'org' },
    groups: [{ name: 'jobs', count: 120, withinMs: 500, times: 1, priority: 'normal' }],
    others: { count: 4, window: 1_000 },
    serviceMs: 60,
  },
};

describe('simulate predicts a run over real sockets', () => {
  test.each(Object.entries(CASES))('%s', async (_, one) => {
    const real = await measure(one);
    const { base } = await simulate(scenarioOf(one, real.phaseMs));
    for (const group of base.groups) compare(group, real.groups.get(group.priority));
    expect(base.groups.length).toBe(one.groups.length);
    expect(Math.max(...base.groups.map(({ waits }) => waits.p95))).toBeGreaterThan(1_500);
  });
});

function compare(predicted: GroupResult, real: Measured | undefined): void {
  const { waits = [], lastEndedMs = 0 } = real ?? {};
  const { group } = predicted;
  expect(waits.length, group).toBe(predicted.calls);
  expectClose(quantile(waits, 0.5), predicted.waits.p50, `${group}, median wait`);
  expectClose(quantile(waits, 0.95), predicted.waits.p95, `${group}, 95th percentile`);
  expectClose(lastEndedMs, predicted.lastEndedMs, `${group}, end`);
}
