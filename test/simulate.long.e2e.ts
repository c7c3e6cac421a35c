import { createHoldline, type Holdline, type Priority } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { startSimulator, type Limit, type Simulator } from '@holdline/simulator';
import { simulate, type GroupResult, type PlatformLimit, type Scenario } from 'holdline';
import { describe, expect, onTestFinished, test } from 'vitest';

/** Largest relative difference between a prediction and the run in real time. */
const TOLERANCE = 0.1;
/**
 * Absolute tolerance in ms. A gate opens after a random delay of up to 100 ms, and timers and sockets of a busy machine are late by some
 * tens of milliseconds. The waits that the test compares are seconds.
 */
const SLACK_MS = 150;

/**
 * Where in a fixed window a load begins. The limits below are used up some 300 ms later. 2.2 s of the window are left then, and a refusal
 * names 3 whole seconds. If the rest were close to a whole second, some milliseconds would change all waits by a second.
 */
const START_IN_WINDOW = 0.15;

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

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const read = (response: Promise<Response>): Promise<unknown> => response.then((answer) => answer.arrayBuffer());

/**
 * Finds an edge of the fixed windows that a simulator counts, in ms of `performance.now()`. A refused request names the rest of its window.
 * The requests also open the first connections, and let the code be compiled.
 */
async function findEdge(simulator: Simulator, windowMs: number, request: () => Promise<Response>): Promise<number> {
  const limit: Limit = { name: 'edge', per: 'token', limit: 20, windowMs, enforcement: 'fixed', phaseMs: 0 };
  simulator.set({ limits: [limit], retryAfter: 'float' });
  for (;;) {
    const response = await request();
    await response.arrayBuffer();
    const arrivedAt = simulator.wire().at(-1)?.at;
    if (response.status === 429 && arrivedAt !== undefined)
      return arrivedAt + Number(response.headers.get('retry-after')) * 1_000;
  }
}

/** Runs a case over real sockets in real time. */
async function measure(one: Case): Promise<Map<Priority, Measured>> {
  const { limit, groups, credentials = 1, serviceMs, others } = one;
  const simulator = await startSimulator({ platform: 'genesys', limits: [], serviceMs });
  onTestFinished(() => simulator.stop());
  const tokens = await Promise.all(Array.from({ length: credentials }, (_, i) => login(simulator, `client-${i}`)));
  const stranger = await login(simulator, 'stranger');
  const url = `${simulator.url}/api/v2/users/`;
  const askAsStranger = () => fetch(`${url}0`, { headers: bearer(stranger) });
  const edge = await findEdge(simulator, limit.window, askAsStranger);
  simulator.set({ limits: [limitOf(limit)], retryAfter: 'seconds' });
  simulator.resetStats();
  const line = createLine(one, simulator, tokens);
  onTestFinished(() => line.close());
  const guarded = guardFetch(fetch, line);
  const measured = new Map<Priority, Measured>();
  // The load begins at the same place of a window in each run. Otherwise an edge may divide the burst, and milliseconds would decide.
  const startedAt = edge + START_IN_WINDOW * limit.window;
  await waitUntil(startedAt);
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
        const headers = credentials === 1 ? bearer(tokens[0] ?? '') : {};
        calls.push(read(guarded(`${url}${++id}`, { headers, holdline: { priority: group.priority } })));
      }
    }),
  );
  let isOver = false;
  const strangers = (async () => {
    if (!others) return;
    for (let n = 1; !isOver; n++) {
      await waitUntil(startedAt + (n * others.window) / others.count);
      await read(askAsStranger());
    }
  })();
  await Promise.all(arrived);
  await Promise.all(calls);
  isOver = true;
  await strangers;
  return measured;
}

function createLine(one: Case, simulator: Simulator, tokens: readonly string[]): Holdline {
  const { limit, windowMs, scope, enforcement, burst } = quotaOf(one.limit);
  const quota = { limit, windowMs, scope, ...(enforcement && { enforcement }), ...(burst && { burst }) };
  return createHoldline({
    governor: { quotas: [quota] },
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

function scenarioOf({ limit, groups, credentials, serviceMs, others }: Case): Scenario {
  const platformLimit = limit.counts === 'fixed' ? { ...limit, phase: (1 - START_IN_WINDOW) * limit.window } : limit;
  return {
    platform: { limits: [platformLimit], service: serviceMs, ...(others && { others: { ...others, route: ROUTE } }) },
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
    limit: { limit: 50, window: 3_000, counts: 'fixed' },
    groups: [{ name: 'agents', count: 30, withinMs: 500, times: 5, priority: 'normal' }],
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
    limit: { limit: 40, window: 3_000, counts: 'fixed' },
    groups: [{ name: 'agents', count: 48, withinMs: 600, times: 5, priority: 'normal' }],
    credentials: 2,
    serviceMs: 60,
  },
  'a token bucket, of which the line knows only the rate, with refusals': {
    limit: { limit: 40, window: 2_000, counts: 'bucket' },
    groups: [{ name: 'jobs', count: 140, withinMs: 500, times: 1, priority: 'normal' }],
    serviceMs: 60,
  },
  'a limit that other clients use too, with a few refusals': {
    limit: { limit: 40, window: 2_000, counts: 'fixed', per: 'org' },
    groups: [{ name: 'jobs', count: 130, withinMs: 500, times: 1, priority: 'normal' }],
    others: { count: 5, window: 1_000 },
    serviceMs: 60,
  },
};

describe('simulate predicts a run over real sockets', () => {
  test.each(Object.entries(CASES))('%s', async (_, one) => {
    const real = await measure(one);
    const { base } = await simulate(scenarioOf(one));
    for (const group of base.groups) compare(group, real.get(group.priority));
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
