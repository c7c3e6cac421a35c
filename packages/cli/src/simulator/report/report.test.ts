import { createHoldline, type HoldlineConfig } from '@holdline/core';
import { simulatorProfile, PROFILE_NAMES, type LimitLoad, type WireEntry } from '@holdline/simulator';
import { describe, expect, test } from 'vitest';
import { styleOf } from '../../terminal/style.js';
import { LoadBuilder } from './load.fixture.js';
import { pacingConfigOf } from './pacing-config.js';
import { renderRunReport } from './report-text.js';
import { buildReport } from './run-report.js';
import { findSavings, savedByCache } from './savings.js';
import { runOfWire } from './wire-run.js';

const plain = styleOf({ colour: false });
const limitOf = (more: Partial<LimitLoad> & Pick<LimitLoad, 'name'>): LimitLoad =>
  new LoadBuilder().limit(more).report.limits[0] as LimitLoad;

/** Reads printed source code back. The text is our own. */
const evaluate = (lines: string): HoldlineConfig => new Function(`return { ${lines} };`)() as HoldlineConfig;

describe('the configuration that keeps a limit', () => {
  test.each<[string, Partial<LimitLoad>, object]>([
    ['token', {}, { governor: { quotas: [{ name: 'l', limit: 300, windowMs: 60_000, scope: 'credential' }] } }],
    ['tenant', { per: 'tenant' }, { governor: { quotas: [{ scope: 'tenant' }] } }],
    ['client', { per: 'client' }, { governor: { quotas: [{ scope: 'host' }] } }],
    ['user', { per: 'user' }, { governor: { quotas: [{ scope: 'credential' }] } }],
    ['every route', { per: 'route' }, { governor: { quotas: [{ scope: expect.any(Function) as () => string }] } }],
    [
      'one route',
      { per: 'route', match: ['PUT /api/v2/architect/ivrs/:id'] },
      { endpoints: { 'PUT /api/v2/architect/ivrs/:id': { governor: { quotas: [{ limit: 300, scope: 'host' }] } } } },
    ],
    [
      'several routes together',
      { per: 'route', match: ['GET /a/:id', 'POST /a/**'] },
      {
        endpoints: {
          'GET /a/:id': { governor: { quotas: [{ name: 'l', scope: 'host' }] } },
          'POST /a/**': { governor: { quotas: [{ name: 'l', scope: 'host' }] } },
        },
      },
    ],
    [
      'entity',
      { per: 'entity', match: ['PUT /dfo/3.0/contacts/:contactId/**'] },
      { endpoints: { 'PUT /dfo/3.0/contacts/:contactId/**': { governor: { quotas: [{ key: 'contactId' }] } } } },
    ],
    [
      'bucket',
      {
        enforcement: 'bucket',
        limit: 17,
        burst: 250,
        pacing: { ratePerSec: 0.2833, burst: 250, requests: 9, delayed: 1, waitP95Ms: 0, waitMaxMs: 5 },
      },
      { governor: { quotas: [{ limit: 17, enforcement: 'bucket', burst: 250 }] } },
    ],
    [
      'smoothed quota, where its longest wait is shorter',
      { pacing: { ...(limitOf({ name: 'l' }).pacing as never as object), waitMaxMs: 10 } as never },
      { governor: { quotas: [{ limit: 300, shape: 'smooth', burst: 30, ratePerSec: 4.5 }] } },
    ],
  ])('per %s is accepted by a line, and its text means the same', (_, more, expected) => {
    const config = pacingConfigOf(limitOf({ name: 'l', ...more }));
    expect(config?.part).toBe('line');
    expect(config?.config).toMatchObject(expected);
    const isSame = JSON.stringify(evaluate(config?.lines ?? '')) === JSON.stringify(config?.config);
    expect(isSame, config?.lines).toBe(true);
    createHoldline(evaluate(config?.lines ?? ''))
      .close()
      .catch(() => undefined);
    createHoldline(config?.config)
      .close()
      .catch(() => undefined);
  });

  test('of every documented limit of the profiles is accepted by a line', async () => {
    for (const name of PROFILE_NAMES) {
      for (const { match, ...limit } of simulatorProfile(name).options.limits ?? []) {
        const patterns = typeof match === 'string' ? [match] : match;
        const config = pacingConfigOf(limitOf({ ...limit, ...(patterns && { match: patterns }) }));
        await createHoldline(evaluate(config?.lines ?? '')).close();
      }
    }
  });

  test('of upgrades and frames belongs to guardWebSocket', () => {
    expect(pacingConfigOf(limitOf({ name: 'u', of: 'upgrades', per: 'org' }))).toMatchObject({
      part: 'handshakes',
      lines: "handshakes: { quotas: [{ name: 'u', limit: 300, windowMs: 60000 }] }",
    });
    expect(pacingConfigOf(limitOf({ name: 'f', of: 'frames', per: 'socket' }))?.part).toBe('frames');
  });

  test('does not exist for a limit that refused nothing', () => {
    const { pacing, ...limit } = limitOf({ name: 'l' });
    expect(pacing).toBeDefined();
    expect(pacingConfigOf(limit)).toBeUndefined();
  });
});

function wire(entries: readonly (Partial<WireEntry> & { at: number })[]): WireEntry[] {
  return entries.map((entry, index) => ({
    finishedAt: entry.at + 20,
    id: index,
    method: 'GET',
    path: '/api/v2/users/u1',
    route: 'GET /api/v2/users/:id',
    token: 't1',
    status: 200,
    outcome: 'answered',
    executed: true,
    bodyHash: '',
    ...entry,
  }));
}

describe('savings', () => {
  test('a cache answers later identical reads of the same token, also those under way', () => {
    const { cache, lookedAt } = findSavings(
      wire([
        { at: 0 },
        { at: 10 },
        { at: 1_000 },
        { at: 2_000, token: 't2' },
        { at: 59_000 },
        { at: 70_000 },
        { at: 70_100, method: 'POST', route: 'POST /api/v2/users' },
        { at: 70_200, outcome: 'token', route: 'POST /oauth/token' },
      ]),
      1e12,
    );
    expect(lookedAt).toBe(7);
    expect(cache).toEqual([{ route: 'GET /api/v2/users/:id', requests: 3, share: 3 / 7 }]);
    expect(savedByCache({ cache } as never)).toBe(3);
  });

  test('failed reads are not answered from a cache', () => {
    expect(findSavings(wire([{ at: 0, status: 503 }, { at: 100 }, { at: 200 }]), 0).cache).toEqual([
      { route: 'GET /api/v2/users/:id', requests: 1, share: 1 / 3 },
    ]);
  });

  test('the checks of doctor find single reads that a list answers', () => {
    const reads = Array.from({ length: 60 }, (_, n) => ({ at: n, path: `/api/v2/users/u${n}` }));
    const { findings } = findSavings(wire(reads), 0);
    expect(findings).toMatchObject([{ check: 'single-reads', saving: { requests: 58 } }]);
    expect(findings[0]?.fix).toContain('GET /api/v2/users?id=a,b');
  });

  test('requests without an end are no calls', () => {
    const [open] = wire([{ at: 0 }]) as [WireEntry];
    delete open.finishedAt;
    expect(runOfWire([open], 0)).toMatchObject({ calls: [], requests: 0, from: 0 });
  });
});

describe('the text of a report', () => {
  const load = new LoadBuilder()
    .with({
      requests: 1_000,
      throttled: 10,
      meanPerSec: 16.7,
      peakPerSec: 40,
      early: 3,
      throttledCallers: 12,
      latency: { count: 990, p50Ms: 1.234, p95Ms: 120, p99Ms: 450.6, maxMs: 1_500 },
      routes: [
        {
          route: 'GET /a/:id',
          requests: 1_000,
          throttled: 10,
          latency: { count: 990, p50Ms: 1, p95Ms: 2, p99Ms: 3, maxMs: 4 },
        },
      ],
      routeCount: 3,
      callers: [
        {
          token: 't1',
          client: 'ours',
          user: 'me',
          tenant: 'org',
          requests: 400,
          throttled: 10,
          byLimit: { 'token.rate.per.minute': 10 },
          early: 3,
          earliestByMs: 900,
        },
      ],
    })
    .limit({ name: 'token.rate.per.minute' })
    .limit({
      name: 'scripts',
      per: 'route',
      match: ['GET /api/v2/scripts/:id'],
      limit: 60,
      pacing: {
        ratePerSec: 0.5,
        burst: 30,
        requests: 200,
        delayed: 170,
        waitP95Ms: 160_000,
        waitMaxMs: 180_000,
        rampUp: { agents: 200, requestsPerAgent: 1, overMs: 198_000 },
      },
    }).report;

  test('says what was refused, to whom, and which pace would avoid it', () => {
    const profile = simulatorProfile('genesys-default');
    const report = buildReport({ platform: 'genesys', profile, startedAt: 0, load, savings: undefined });
    const text = renderRunReport(report, plain);
    expect(text).toContain('1,000 requests, 16.7/s on average, 40 in the busiest second; limits refused 10 (1 %)');
    expect(text).toContain('latency of answers: p50 1.23 ms, p95 120 ms, p99 451 ms, max 1.5 s');
    expect(text).toMatch(/token\.rate\.per\.minute\s+300 in 60 s per token\s+1,000\s+10\s+310 \(103 %\)\s+1 of 4/);
    expect(text).toMatch(/t1\s+ours\s+me\s+org\s+400\s+10\s+3\s+token\.rate\.per\.minute\n {2}and 11 more tokens/);
    expect(text).toContain('3 requests came before the time that Retry-After had named');
    expect(text.replace(/\n\s+/g, ' ')).toContain(
      'token.rate.per.minute: at most 4.5/s with bursts of 30, for each token. Of 990 requests, 120 wait: 1.2 s at most in 95 % of the cases, 2.4 s the longest.',
    );
    expect(text).toContain("createHoldline: governor: { quotas: [{ name: 'token.rate.per.minute', limit: 300");
    expect(text).toContain('Ramp-up: let 200 agents start over 3.3 min; each begins with 1 such request.');
    expect(text).toContain('scripts: at most 0.5/s (30/min) with bursts of 30, in all.');
    expect(text).toContain('  latency: assumed. the vendor publishes no latencies');
    expect(report).toMatchObject({ version: 1, startedAt: '1970-01-01T00:00:00.000Z', pacing: [{}, {}] });
  });

  test('of shadow mode says who would have been throttled', () => {
    const shadow = { ...load, enforced: false };
    const text = renderRunReport(
      buildReport({ platform: 'genesys', profile: undefined, startedAt: 0, load: shadow, savings: undefined }),
      plain,
    );
    expect(text.replace(/\n\s+/g, ' ')).toContain('limits would have refused (shadow mode: nothing was refused) 10');
    expect(text).toContain('Who would have been throttled in production');
    expect(text).toContain('would refuse');
    expect(text).not.toContain('Numbers of the profile');
  });

  test('of an empty run is short', () => {
    const empty = new LoadBuilder().report;
    const savings = findSavings([], 0);
    const text = renderRunReport(
      buildReport({ platform: 'cxone', profile: undefined, startedAt: 0, load: empty, savings }),
      plain,
    );
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain('latency of answers: none');
  });
});
