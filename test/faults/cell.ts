import { memoryStore, mergeConfig, withCall, withTransaction, type HoldlineConfig } from '@holdline/core';
import { assertNoStalledCalls } from '@holdline/core/testing';
import { expect } from 'vitest';
import { sleep } from '../support.js';
import { CLIENTS, WARM_UP, type Source } from './clients.js';
import { LeapingClock } from './clock.js';
import { settle } from './outcome.js';
import { Platform } from './platform.js';
import { SCENARIOS, trustEverything, type Scenario } from './scenarios.js';
import type { ClientName, Duration, Operation, Outcome } from './table.mjs';

/** The number of attempts of every cell. */
const MAX_ATTEMPTS = 3;

/** Time in ms for handles to close on a busy machine. The SDK of CXone starts a timer of 1 s after a refusal. */
const CLOSE_MS = 5_000;

let cells = 0;

/** Plays one cell and compares it with the table. */
export async function checkCell(
  client: ClientName,
  fault: string,
  duration: Duration,
  operation: Operation,
  expected: Outcome,
): Promise<void> {
  const scenario = SCENARIOS[fault] as Scenario;
  const before = countResources();
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  try {
    expect(await playCell(client, scenario, duration, operation)).toEqual(expected);
    // A handle closes in one of the next turns of the event loop.
    for (const end = performance.now() + CLOSE_MS; hasLeaks(before) && performance.now() < end;) await sleep(10);
    expect(findLeaks(before)).toEqual({});
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', onUnhandled);
    scenario.end?.();
  }
}

async function playCell(
  client: ClientName,
  scenario: Scenario,
  duration: Duration,
  operation: Operation,
): Promise<Outcome> {
  const { tls = false, host, calls = 1, isTransaction = false } = scenario;
  const platform = new Platform({ tls });
  const clock = new LeapingClock();
  trustEverything(tls);
  await platform.open();
  const opened = await scenario.openStore?.();
  const config: HoldlineConfig = {
    clock,
    store: opened?.store ?? memoryStore(),
    governor: { quotas: [{ limit: 1_000, windowMs: 60_000 }], defaultRetryAfterMs: 100, gateJitterMs: 0 },
    retry: { maxAttempts: MAX_ATTEMPTS, backoff: [100] },
    deadline: { attemptTimeoutMs: 30_000 },
  };
  const started = await CLIENTS[client](platform.url(host), mergeConfig(config, scenario.config ?? {}));
  const { line } = started;
  try {
    await withCall({ totalTimeoutMs: 30_000 }, () => started.call('read', WARM_UP));
    const retried = new Promise<void>((resolve) => {
      for (const event of ['retry', 'call'] as const) line.on(event, () => resolve());
    });
    const attempts: number[] = [];
    line.on('call', (call) => void attempts.push(call.attempts));
    let lost = 0;
    line.on('deadLetter', ({ what }) => void (lost += Number(what === 'lost')));
    platform.reset();
    const stage = { platform, clock, duration, retried, opened };
    const source =
      scenario.source && ((): ReturnType<Source> => (scenario.source as NonNullable<Scenario['source']>)(stage));
    await scenario.start(stage);
    const ids = Array.from({ length: calls }, () => `write-${cells++}`);
    const make = (id: string): Promise<unknown> => started.call(operation, id, source);
    const makeStep = (id: string): Promise<unknown> => withTransaction(id, () => make(id));
    const ends = await Promise.all(ids.map((id) => settle(isTransaction ? makeStep(id) : make(id))));
    expect(new Set(ends).size).toBe(1);
    // An inbox may make a call twice.
    const made = attempts.reduce((sum, n) => sum + n, 0) / calls;
    await line.drain();
    assertNoStalledCalls(line);
    const { calls: active, queued, inFlight } = line.snapshot();
    expect({ active, queued, inFlight }).toEqual({ active: 0, queued: 0, inFlight: 0 });
    expect(platform.arrivals).toHaveLength(calls * (scenario.arrivals?.(made, duration) ?? made));
    const tokenRequests = scenario.tokenRequests ? scenario.tokenRequests(duration, operation, client) : 0;
    if (tokenRequests !== undefined) expect(platform.tokenRequests).toBe(tokenRequests);
    expect(platform.duplicates).toEqual([]);
    const executions = ids.map((id) => platform.executions(id));
    expect(new Set(executions).size).toBe(1);
    return {
      caller: ends[0] as string,
      attempts: made,
      executions: executions[0] as number,
      ...(lost > 0 && { lost }),
      letters: opened ? 0 : (await line.deadLetters.list()).letters.length / calls,
    };
  } finally {
    await line.close();
    await started.release();
    await opened?.close();
    await platform.close();
  }
}

/** Resources that a call may leave behind. Vitest itself uses pipes and message ports. */
const RESOURCES = /^(Timeout|Immediate|TCP\w*|TLS\w*|HTTP\w*|FSReq\w*|GetAddrInfo\w*|DNS\w*|ProcessWrap)$/;

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo())
    if (RESOURCES.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const hasLeaks = (before: ReadonlyMap<string, number>): boolean => Object.keys(findLeaks(before)).length > 0;

/** Counts resources that exist now and did not exist before. */
function findLeaks(before: ReadonlyMap<string, number>): Record<string, number> {
  const leaks: Record<string, number> = {};
  for (const [name, count] of countResources()) {
    const more = count - (before.get(name) ?? 0);
    if (more > 0) leaks[name] = more;
  }
  return leaks;
}
