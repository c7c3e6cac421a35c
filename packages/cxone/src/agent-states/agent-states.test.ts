import { createHoldline, withCall } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { guardFetch } from '@holdline/fetch';
import { describe, expect, onTestFinished, test } from 'vitest';
import { agentStates, cxone, type AgentStateChange, type AgentStatesOptions } from '../index.js';

const BASE = 'https://api-na1.niceincontact.com';

/** A token whose claims name a user of a tenant. */
const tokenOf = (tenantId: string, sub: string): string =>
  `e30.${Buffer.from(JSON.stringify({ tenantId, sub })).toString('base64url')}.x`;

interface Poll {
  since: string | null;
  authorization: string | null;
  signal: AbortSignal | undefined;
}

/** A platform with the states of two agents, and a guarded fetch to it. */
function createPlatform() {
  const clock = new VirtualClock();
  const polls: Poll[] = [];
  const platform = {
    clock,
    polls,
    states: [
      { agentId: 1, agentStateName: 'Available' },
      { agentId: 2, agentStateName: 'Unavailable' },
    ] as object[],
    /** Replaces the next answers. */
    answers: [] as (Response | Promise<Response> | Error | 'never')[],
    lastPollTime: 'T1' as string | undefined,
  };
  const native = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { searchParams } = new URL(String(url));
    polls.push({
      since: searchParams.get('updatedSince'),
      authorization: new Headers(init?.headers).get('authorization'),
      signal: init?.signal ?? undefined,
    });
    const next = platform.answers.shift();
    if (next === 'never')
      return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    if (next instanceof Error) throw next;
    if (next) return next;
    return Response.json({ resultSet: { agentState: platform.states, lastPollTime: platform.lastPollTime } });
  };
  const line = createHoldline({ ...cxone({ retry: false }), clock });
  onTestFinished(() => line.close());
  const api = guardFetch(native as typeof fetch, line);
  const watch = (options: AgentStatesOptions = {}) => {
    const states = agentStates(api, { baseUri: BASE, clock, ...options });
    const changes: AgentStateChange[] = [];
    states.on('change', (change) => changes.push(change));
    return Object.assign(states, { changes });
  };
  return { ...platform, platform, line, api, watch };
}

const EVER = new Date(0).toISOString();

describe('polls', () => {
  test('fifty watches share one poll per interval', async () => {
    const { watch, clock, polls } = createPlatform();
    const watches = Array.from({ length: 50 }, () => watch());
    await clock.advance(20_000);
    expect(polls.map(({ since }) => since)).toEqual([EVER, 'T1', 'T1', 'T1', 'T1']);
    for (const one of watches) {
      expect(one.current?.get(1)).toEqual({ agentId: 1, agentStateName: 'Available' });
      expect(one.changes).toHaveLength(2);
    }
  });

  test('serve all watches at the shortest interval among them', async () => {
    const { watch, clock, polls } = createPlatform();
    watch({ intervalMs: 10_000 });
    await clock.advance(10);
    const fast = watch({ intervalMs: 1_000 });
    await clock.advance(3_000);
    expect(polls).toHaveLength(4);
    fast.close();
    await clock.advance(10_000);
    expect(polls).toHaveLength(5);
  });

  test('end with the last watch, and abort the request that is active', async () => {
    const { watch, clock, platform, polls } = createPlatform();
    const [one, other] = [watch(), watch()];
    await clock.advance(5_000);
    one.close();
    platform.answers.push('never');
    await clock.advance(5_000);
    expect(polls).toHaveLength(3);
    other.close();
    await clock.advance(60_000);
    expect(polls).toHaveLength(3);
    expect(polls[2]?.signal?.aborted).toBe(true);
  });

  test('end with the line, together with the iterators', async () => {
    const { watch, clock, line, polls } = createPlatform();
    const states = watch();
    const reading = (async () => {
      const seen: number[] = [];
      for await (const { agentId } of states) seen.push(agentId);
      return seen;
    })();
    await clock.advance(1_000);
    const closing = line.close();
    await clock.advance(10_000);
    await closing;
    expect(await reading).toEqual([1, 2]);
    expect(polls).toHaveLength(1);
  });

  test('share nothing across tokens, tenants, bases and fields', async () => {
    const { watch, clock, polls } = createPlatform();
    const [a, b] = [() => tokenOf('acme', 'ada'), () => tokenOf('globex', 'bob')];
    watch({ accessToken: a });
    watch({ accessToken: a });
    watch({ accessToken: b });
    withCall({ tenant: 'x' }, () => watch());
    watch({ baseUri: 'https://api-eu1.niceincontact.com' });
    watch({ fields: ['agentStateName'] });
    await clock.advance(1);
    expect(polls.map(({ authorization }) => authorization)).toEqual([
      `Bearer ${a()}`,
      `Bearer ${b()}`,
      null,
      null,
      null,
    ]);
  });

  test('have no signal, budget or transaction of the code that made the watch', async () => {
    const { watch, clock, polls } = createPlatform();
    const abort = new AbortController();
    withCall({ signal: abort.signal, totalTimeoutMs: 1, transaction: 't' }, () => watch());
    abort.abort();
    await clock.advance(10_000);
    expect(polls).toHaveLength(3);
  });

  test('leave with the priority background', async () => {
    const { watch, clock, line } = createPlatform();
    const priorities: unknown[] = [];
    line.on('call', ({ priority }) => priorities.push(priority));
    watch();
    await clock.advance(1);
    expect(priorities).toEqual(['background']);
  });

  test('ask for all agents again after resyncMs, and report agents that are gone', async () => {
    const { watch, clock, platform, polls } = createPlatform();
    const states = watch({ resyncMs: 15_000 });
    await clock.advance(10_000);
    platform.states.pop();
    await clock.advance(5_000);
    expect(polls.map(({ since }) => since)).toEqual([EVER, 'T1', 'T1', EVER]);
    expect([...(states.current ?? [])].map(([id]) => id)).toEqual([1]);
    expect(states.changes.at(-1)).toMatchObject({ agentId: 2, state: undefined });
  });

  test('ask for all agents again if the platform gives no time', async () => {
    const { watch, clock, platform, polls } = createPlatform();
    platform.lastPollTime = undefined;
    watch();
    await clock.advance(5_000);
    expect(polls.map(({ since }) => since)).toEqual([EVER, EVER]);
  });
});

describe('states', () => {
  test('change once per change, for listeners and iterators', async () => {
    const { watch, clock, platform } = createPlatform();
    const states = watch();
    const reader = states[Symbol.asyncIterator]();
    await clock.advance(1);
    for (const name of ['Working', 'LoggedOut']) {
      platform.states = [{ agentId: 1, agentStateName: name }];
      await clock.advance(10_000);
    }
    expect(states.changes.map(({ state }) => state?.agentStateName)).toEqual([
      'Available',
      'Unavailable',
      'Working',
      'LoggedOut',
    ]);
    // The reader was slow: it gets the last state of each agent.
    expect((await reader.next()).value).toMatchObject({ agentId: 1, state: { agentStateName: 'LoggedOut' } });
    expect((await reader.next()).value).toMatchObject({ agentId: 2 });
    expect(states.current?.size).toBe(2);
    states.close();
    expect((await reader.next()).done).toBe(true);
  });

  test('of some agents are those of the watch only', async () => {
    const { watch, clock } = createPlatform();
    const states = watch({ agentIds: [2, 3] });
    expect([states.current, states.at]).toEqual([undefined, undefined]);
    await clock.advance(1);
    expect([...(states.current?.keys() ?? [])]).toEqual([2]);
    expect(states.changes.map(({ agentId }) => agentId)).toEqual([2]);
  });

  test.each([204, 304])('stay when the platform answers %i, and are not stale', async (status) => {
    const { watch, clock, platform, polls } = createPlatform();
    const states = watch();
    await clock.advance(1);
    platform.answers = Array.from({ length: 10 }, () => new Response(null, { status }));
    await clock.advance(50_000);
    expect(states.current?.size).toBe(2);
    expect(states.isStale).toBe(false);
    expect(polls.at(-1)?.since).toBe('T1');
  });

  test('stay after failures, are stale then, and the polls continue', async () => {
    const { watch, clock, platform, polls } = createPlatform();
    const states = watch();
    const failures: (number | undefined)[] = [];
    states.on('pollFailed', ({ status }) => failures.push(status));
    await clock.advance(1);
    const at = states.at;
    platform.answers = [
      new TypeError('fetch failed'),
      new Response('', { status: 403 }),
      new Response('no json'),
      new Response('', { status: 500 }),
    ];
    await clock.advance(20_000);
    expect(failures).toEqual([undefined, 403, undefined, 500]);
    expect([states.current?.size, states.at, states.isStale]).toEqual([2, at, true]);
    await clock.advance(5_000);
    expect(states.isStale).toBe(false);
    expect(polls.at(-1)?.since).toBe('T1');
  });

  test('are not stuck behind a request without an answer', async () => {
    const { watch, clock, platform, polls } = createPlatform();
    watch();
    platform.answers.push('never');
    await clock.advance(66_000);
    expect(polls.length).toBeGreaterThan(1);
  });

  test('are dropped at once when another user logs in or out, and stay when the token is renewed', async () => {
    const { watch, clock, platform, polls } = createPlatform();
    let token: string | undefined = tokenOf('acme', 'ada');
    const states = watch({ accessToken: () => token });
    await clock.advance(1);
    token += 'renewed';
    expect(states.current?.size).toBe(2);
    token = tokenOf('globex', 'bob');
    expect([states.current, states.at]).toEqual([undefined, undefined]);
    platform.states = [{ agentId: 7, agentStateName: 'Available' }];
    await clock.advance(5_000);
    expect(polls.at(-1)?.since).toBe(EVER);
    expect([...(states.current?.keys() ?? [])]).toEqual([7]);
    token = undefined;
    expect(states.current).toBeUndefined();
    await clock.advance(5_000);
    expect(polls).toHaveLength(2);
  });

  test('of the user before do not arrive late', async () => {
    const { watch, clock, platform } = createPlatform();
    let token = 'opaque-1';
    const states = watch({ accessToken: () => token });
    let answer: (response: Response) => void = () => undefined;
    platform.answers.push(new Promise((resolve) => (answer = resolve)));
    await clock.advance(1);
    token = 'opaque-2';
    answer(Response.json({ resultSet: { agentState: platform.states, lastPollTime: 'T1' } }));
    await clock.advance(1);
    expect([states.current, states.changes]).toEqual([undefined, []]);
  });
});

describe('agentStates', () => {
  test('refuses a client that is not guarded, a missing base and wrong options', () => {
    const { api } = createPlatform();
    expect(() => agentStates(fetch)).toThrow('must be an SDK that guardCxone has guarded');
    expect(() => agentStates(undefined as never)).toThrow('must be an SDK that guardCxone has guarded');
    expect(() => agentStates(api)).toThrow('baseUri must be a URL');
    expect(() => agentStates(api, { baseUri: 'na1' })).toThrow('baseUri must be a URL');
    expect(() => agentStates(api, { intervalMs: 5 })).toThrow('intervalMs');
    expect(() => agentStates(api, { every: 5 } as never)).toThrow('every is not known');
  });
});
