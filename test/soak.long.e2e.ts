import { withCall, type Priority } from '@holdline/core';
import { expect, onTestFinished, test } from 'vitest';
import {
  countOutcomes,
  expectQuiet,
  createGuarded,
  mostInWindow,
  seeded,
  simulate,
  sleep,
  times,
  until,
} from './support.js';

/** Number of responses after which the test revokes the token. */
const ANSWERS_PER_TOKEN = 400;

// On an idle machine, the test takes 10 to 20 s.
test(
  'each of 2,000 mixed calls under all faults ends, no write is executed twice, and no call is left behind',
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
      tokens: { expiresInMs: 3000 },
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
    const { client, users, routing, contacts, sdk, line } = await createGuarded(simulator, {
      governor: { quotas: [{ name: 'token.rate.per.minute', limit: 200, windowMs: 400 }] },
      retry: { maxAttempts: 12, baseDelayMs: 50, maxDelayMs: 1000, budget: { capacity: 2000 } },
      bulkhead: { maxConcurrent: 120 },
    });
    const quality = new sdk.QualityApi(client);
    const priorities: Priority[] = ['high', 'normal', 'low', 'background'];
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
    // Revocations depend on the number of responses, not on time. So a call meets equally many on a slow and a fast machine.
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
    const counted = countOutcomes(results);
    expect(results).toHaveLength(2000);
    const { duplicateWrites, executedWrites } = simulator.stats();
    // A call without time for another attempt ends with the result of its last attempt. The SDK rejects a truncated response with
    // `undefined`.
    const last = ['ECONNRESET', 'undefined', 'status 401', 'status 429', 'status 502', 'status 503'];
    const known = ['ok', 'OutcomeUnknownError', 'DeadlineError', 'AbortError', ...last];
    expect(Object.keys(counted).filter((name) => !known.includes(name))).toEqual([]);
    expect(counted['ok']).toBeGreaterThan(1600);
    // A call is replayed once after a 401. At most 40 calls may meet a second revocation.
    expect(counted['status 401'] ?? 0).toBeLessThanOrEqual(40);
    expect(duplicateWrites).toBe(0);
    expect(executedWrites).toBeGreaterThanOrEqual(writes.answered);
    expect(executedWrites).toBeLessThanOrEqual(writes.called);
    // 200 aborted calls, and a few more whose request was already on the wire and arrives after the call ended.
    const arrived = simulator.wire().filter(({ path }) => path !== '/oauth/token');
    expect(mostInWindow(arrived, 400)).toBeLessThanOrEqual(205);
    expect(tookMs).toBeLessThan(120_000);
    // Requests of aborted calls may still be on the wire.
    while (line.snapshot().inFlight > 0) await sleep(10);
    expectQuiet(line);
    await sleep(50);
    expect(unhandled).toEqual([]);
  },
);
