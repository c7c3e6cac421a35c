import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { guardAxios } from '@holdline/axios';
import { createHoldline, type Holdline } from '@holdline/core';
import { attempt, opossum } from '@holdline/opossum';
import axios, { type AxiosResponse } from 'axios';
import CircuitBreaker from 'opossum';
import { describe, expect, test } from 'vitest';
import { catchFailure, sleep, times, until } from '../support.js';
import { importBoth, muteWarnings, type Both } from './both.js';
import { membersOf, MigrationPage, versionOf } from './page.js';
import { startScripted, startServer, type Answer, type ScriptedServer } from './server.js';

const page = new MigrationPage('opossum');

interface Side {
  getUser(id: string): Promise<AxiosResponse>;
  breaker: CircuitBreaker;
  line: Holdline;
}

muteWarnings();

const isOpen = ({ breaker, line }: Side): boolean =>
  breaker ? breaker.opened : line.snapshot().breakers.some(({ state }) => state === 'open');

async function onBoth<R>(
  answers: Answer[],
  run: (side: Side, server: ScriptedServer) => Promise<R>,
  replaced?: Record<string, string>,
): Promise<Both<R>> {
  const one = async (side: keyof Both<Side>): Promise<R> => {
    const server = await startScripted(...answers);
    const client = (await importBoth<Side>(page, server, replaced))[side];
    return run(client, server);
  };
  const [before, after] = await Promise.all([one('before'), one('after')]);
  return { before, after };
}

/** Makes calls one after the other and returns the number of requests, and whether the circuit is open. */
const callInTurn =
  (count: number) =>
  async (client: Side, server: ScriptedServer): Promise<[requests: number, isOpen: boolean]> => {
    for (let i = 0; i < count; i++) await client.getUser('7').catch(() => undefined);
    return [server.requests.length, isOpen(client)];
  };

describe('the page about opossum', () => {
  test('names the tested version', () => {
    expect(page.intro()).toContain(`opossum ${versionOf('opossum')}`);
  });

  test('has every option, member and event of the library', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('opossum/lib/circuit.js'), 'utf8');
    // The types of opossum lack some options that its code reads. `coalesceCache` is written by opossum itself.
    const read = [...source.matchAll(/\boptions\.(\w+)/g)].map(([, name]) => name as string);
    page.expectOptions(
      [...membersOf("import('opossum').Options"), ...read.filter((name) => name !== 'coalesceCache')],
      '`new CircuitBreaker(action, options)`',
    );
    const members = [
      ...Object.getOwnPropertyNames(CircuitBreaker.prototype),
      ...Object.getOwnPropertyNames(CircuitBreaker).filter((name) => /^[a-z]+[A-Z]/.test(name)),
    ];
    page.expectOptions(
      members.filter((name) => name !== 'constructor' && !name.startsWith('_')),
      'Members of a breaker',
    );
    const events = [...source.matchAll(/this\.emit\('(\w+)'|circuit\.emit\('(\w+)'/g)].map(([, a, b]) => a ?? b);
    expect(events.length).toBeGreaterThan(10);
    const listed = page.section('Options').split('The events:')[1];
    for (const event of events) expect(listed).toContain(`\`${event}\``);
  });

  test('names what Holdline has', () => page.expectAnswers());
});

describe('before and after', () => {
  test('ten failures open the circuit, and further calls are refused', async () => {
    const { before, after } = await onBoth([503], callInTurn(12));
    expect({ before, after }).toEqual({ before: [10, true], after: [10, true] });
  });

  test('nine failures do not', async () => {
    const { before, after } = await onBoth([503], callInTurn(9));
    expect({ before, after }).toEqual({ before: [9, false], after: [9, false] });
  });

  test('a success after the time closes the circuit', async () => {
    const { before, after } = await onBoth(
      [...times(10, () => 503), 200],
      async (client) => {
        for (let i = 0; i < 10; i++) await client.getUser('7').catch(() => undefined);
        const wasOpen = isOpen(client);
        await until(() => client.getUser('7').then(Boolean, () => false));
        return [wasOpen, isOpen(client)];
      },
      { '5_000': '1_000' },
    );
    expect({ before, after }).toEqual({ before: [true, false], after: [true, false] });
  });

  test('an open circuit refuses with the errors that the page names', async () => {
    const { before, after } = await onBoth([503], async (client, server) => {
      await callInTurn(10)(client, server);
      return catchFailure(client.getUser('7'));
    });
    expect(before).toMatchObject({ code: 'EOPENBREAKER' });
    expect(after).toMatchObject({ name: 'CircuitOpenError', retryAt: expect.any(Number) as number });
  });
});

describe('differences', () => {
  test('404 opens the circuit before, not after', async () => {
    const { before, after } = await onBoth([404], callInTurn(12));
    expect({ before, after }).toEqual({ before: [10, true], after: [12, false] });
  });

  test('429 opens the circuit before, not after', async () => {
    const { before, after } = await onBoth([[429, { 'retry-after': '30' }]], async (client) => {
      await Promise.allSettled(times(12, (i) => client.getUser(String(i))));
      return isOpen(client);
    });
    expect({ before, after }).toEqual({ before: true, after: false });
  });

  test('after a timeout, the request runs on before, and ends after', async () => {
    const isAbandoned = async (side: keyof Both<Side>): Promise<boolean> => {
      const server = await startServer(async () => {
        await sleep(600);
        return 200;
      });
      const client = (await importBoth<Side>(page, server, { '3_000': '200' }))[side];
      await catchFailure(client.getUser('7'));
      await until(() => server.requests[0]?.isEnded === true);
      return (server.requests[0] as { isAbandoned: boolean }).isAbandoned;
    };
    expect(await Promise.all([isAbandoned('before'), isAbandoned('after')])).toEqual([false, true]);
  });

  test('calls beyond the capacity are failures before, and wait after', async () => {
    const server = await startServer(async () => {
      await sleep(50);
      return 200;
    });
    const breaker = new CircuitBreaker(() => axios.get(server.url), { capacity: 1 });
    const before = await Promise.allSettled(times(5, () => breaker.fire()));
    expect(before.map(({ status }) => status)).toEqual(['fulfilled', ...times(4, () => 'rejected')]);
    expect(breaker.stats.failures).toBeGreaterThan(0);
    expect(breaker.opened).toBe(true);
    const api = guardAxios(axios.create(), { bulkhead: { maxConcurrent: 1 } });
    expect(await Promise.all(times(5, () => api.get(server.url)))).toHaveLength(5);
  });

  test('one function is one circuit before, each endpoint has one after', async () => {
    const server = await startServer(({ url }) => (url.startsWith('/users') ? 503 : 200));
    const breaker = new CircuitBreaker((path: string) => axios.get(`${server.url}${path}`), { volumeThreshold: 10 });
    const line = createHoldline({ breaker: { minAttempts: 10 }, retry: false });
    const api = guardAxios(axios.create({ baseURL: server.url }), line);
    for (let i = 0; i < 10; i++) {
      await catchFailure(breaker.fire('/users/7'));
      await catchFailure(api.get('/users/7'));
    }
    expect(await catchFailure(breaker.fire('/orders/7'))).toMatchObject({ code: 'EOPENBREAKER' });
    expect(await catchFailure(api.get('/users/7'))).toMatchObject({ name: 'CircuitOpenError' });
    expect((await api.get('/orders/7')).status).toBe(200);
  });

  test('one success closes before; after, as many as `probes`', async () => {
    const server = await startServer((_, before) => (before < 2 ? 503 : 200));
    const line = createHoldline({ breaker: { minAttempts: 2, openMs: 100 }, retry: false });
    const api = guardAxios(axios.create(), line);
    for (let i = 0; i < 2; i++) await catchFailure(api.get(server.url));
    await sleep(150);
    const states: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      await api.get(server.url);
      states.push(line.snapshot().breakers[0]?.state);
    }
    expect(states).toEqual(['half-open', 'half-open', 'closed']);
  });
});

describe('both during the move', () => {
  test('as an engine, the breaker sees each attempt', async () => {
    const server = await startScripted(503, 200);
    const breaker = new CircuitBreaker(attempt, { timeout: false, volumeThreshold: 10 });
    const line = createHoldline({ breaker: { engine: opossum(breaker) } });
    await guardAxios(axios.create(), line).get(server.url);
    expect(breaker.stats).toMatchObject({ fires: 2, failures: 1, successes: 1 });
    expect(line.explain({ method: 'GET', url: server.url }).engines.breaker).toBe('opossum');
  });

  test('around a guarded client, waiting counts as a failure, and the request is sent later', async () => {
    const server = await startScripted([429, { 'retry-after': '1' }], 200);
    const api = guardAxios(axios.create(), {});
    const breaker = new CircuitBreaker(() => api.get(server.url), { timeout: 300 });
    expect(await catchFailure(breaker.fire())).toMatchObject({ code: 'ETIMEDOUT' });
    expect(breaker.opened).toBe(true);
    await until(() => server.requests.length === 2);
  });

  test('an error that errorFilter accepts closes a half-open breaker', async () => {
    const breaker = new CircuitBreaker(() => Promise.reject(new Error('refused')), {
      errorFilter: ({ message }: Error) => message === 'refused',
      resetTimeout: 50,
    });
    breaker.open();
    await until(() => breaker.halfOpen);
    await catchFailure(breaker.fire());
    expect(breaker.closed).toBe(true);
  });
});

test('the state and an isolation are as the page says', async () => {
  const server = await startScripted(200);
  const line = createHoldline({ breaker: { failureRatio: 0.5, minAttempts: 10, openMs: 5_000, probes: 1 } });
  const api = guardAxios(axios.create({ baseURL: server.url }), line);
  await api.get('/users/7');
  const { engines, now } = line.explain({ method: 'GET', url: `${server.url}/users/7` });
  expect({ breaker: engines.breaker, circuit: now.circuit }).toEqual({ breaker: 'holdline', circuit: 'closed' });
  const scope = `${server.url} GET /users/:id`;
  expect(line.snapshot().breakers).toMatchObject([{ scope, state: 'closed', succeeded: 1 }]);
  const undo = line.isolate('GET /users/:id');
  expect(await catchFailure(api.get('/users/7'))).toMatchObject({ name: 'CircuitOpenError' });
  undo();
  await api.get('/users/7');
});
