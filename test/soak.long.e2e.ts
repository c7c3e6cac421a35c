import { withCall, type Priority } from '@holdline/core';
import { expect, onTestFinished, test } from 'vitest';
import { ends, expectQuiet, guarded, mostInWindow, seeded, simulate, sleep, times, until } from './support.js';

/** Answers until the token is revoked. */
const ANSWERS_PER_TOKEN = 400;

// The timeout is for a busy machine; alone the test takes 10 to 20 s.
test(
  '2,000 mixed calls with everything going wrong at once: each ends, nothing twice, nothing left behind',
  { timeout: 180_000 },
  async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled));

    const random = seeded(20261122);
    const simulator = await simulate({
      seed: 7,
      serviceMs: { min: 0, max: 30 },
      limits: [
        { name: 'token.rate.per.minute', per: 'client', limit: 200, windowMs: 400, enforcement: 'sliding' },
        {
          name: 'hidden',
          per: 'route',
          match: 'GET /api/v2/users/:id',
          limit: 40,
          windowMs: 300,
          enforcement: 'fixed',
        },
      ],
      retryAfter: 'float',
      tokens: { lifetimeMs: 3000 },
      faults: [
        { kind: 'drop-after', rate: 0.04 },
        { kind: 'drop-before', rate: 0.03 },
        { kind: 'truncate', rate: 0.03 },
        { kind: 'status', status: 502, rate: 0.03 },
        { kind: 'status', status: 503, headers: { 'retry-after': '0.2' }, rate: 0.02 },
        { kind: 'malformed-headers', rate: 0.02 },
        { kind: 'delay', rate: 0.05, delayMs: 120 },
        { kind: 'drop-after', match: 'POST /oauth/token', every: 5 },
      ],
    });
    const { client, users, routing, contacts, sdk, line } = await guarded(simulator, {
      governor: { quotas: [{ name: 'token.rate.per.minute', limit: 200, windowMs: 400 }] },
      retry: { maxAttempts: 12, baseDelayMs: 50, maxDelayMs: 1000, budget: { capacity: 2000 } },
      bulkhead: { maxConcurrent: 120 },
    });
    const quality = new sdk.QualityApi(client);
    const priorities: Priority[] = ['interactive', 'normal', 'batch', 'background'];
    const writes = { called: 0, answered: 0 };
    const write = async (call: Promise<unknown>): Promise<unknown> => {
      writes.called++;
      const answer = await call;
      writes.answered++;
      return answer;
    };
    const aborts: AbortController[] = [];
    const make = (i: number): Promise<unknown> => {
      switch (i % 8) {
        case 0:
          return users.getUsersMe();
        case 1:
        case 2:
          return users.getUser(`0000-${i}-4711`);
        case 3:
          return routing.getRoutingQueues();
        case 4:
        case 5:
          return write(contacts.postExternalcontactsContacts({ lastName: `Contact ${i}` }));
        case 6:
          return write(quality.postQualityConversationEvaluations(`0000-${i}-4711`, { score: i }));
        default:
          return new sdk.AnalyticsApi(client).postAnalyticsConversationsDetailsQuery({ interval: `${i}` });
      }
    };
    // Revocations follow the answers, not the clock: each call meets as many of them on a slow machine as on a fast one.
    let isCalling = true;
    const revocations = (async () => {
      for (let next = ANSWERS_PER_TOKEN; ; next += ANSWERS_PER_TOKEN) {
        await until(() => !isCalling || simulator.stats().answered >= next);
        if (!isCalling) return;
        simulator.revokeTokens();
      }
    })();
    const started = performance.now();
    const results = await Promise.allSettled(
      times(2000, async (i) => {
        await sleep(random() * 2500);
        const context = {
          priority: priorities[Math.floor(random() * 4)] as Priority,
          tenant: `tenant-${Math.floor(random() * 3)}`,
        };
        const chance = random();
        if (chance < 0.05) {
          const abort = new AbortController();
          aborts.push(abort);
          setTimeout(() => abort.abort(), random() * 1000);
          return withCall({ ...context, signal: abort.signal }, () => make(i));
        }
        if (chance < 0.1) return withCall({ ...context, totalTimeoutMs: 50 + random() * 2000 }, () => make(i));
        return withCall(context, () => make(i));
      }),
    );
    isCalling = false;
    await revocations;
    const tookMs = performance.now() - started;
    const counted = ends(results);
    expect(results).toHaveLength(2000);
    const { duplicateWrites, executedWrites } = simulator.stats();
    // Who has no time left for another attempt gets what the last one came to: `undefined` is the SDK's own word for half an answer.
    const last = ['ECONNRESET', 'undefined', 'status 401', 'status 429', 'status 502', 'status 503'];
    const known = ['ok', 'OutcomeUnknownError', 'DeadlineError', 'AbortError', ...last];
    expect(Object.keys(counted).filter((name) => !known.includes(name))).toEqual([]);
    expect(counted['ok']).toBeGreaterThan(1600);
    // An attempt is replayed once; this many may have met a second revocation.
    expect(counted['status 401'] ?? 0).toBeLessThanOrEqual(40);
    expect(duplicateWrites).toBe(0);
    expect(executedWrites).toBeGreaterThanOrEqual(writes.answered);
    expect(executedWrites).toBeLessThanOrEqual(writes.called);
    // 200, and the few that were given up while their request was still on its way: those arrive after their end.
    const arrived = simulator.wire().filter(({ path }) => path !== '/oauth/token');
    expect(mostInWindow(arrived, 400)).toBeLessThanOrEqual(205);
    expect(tookMs).toBeLessThan(120_000);
    // What a caller gave up may still be ending on the wire.
    while (line.snapshot().inFlight > 0) await sleep(10);
    expectQuiet(line);
    await sleep(50);
    expect(unhandled).toEqual([]);
  },
);
