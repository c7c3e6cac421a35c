import { createRequire } from 'node:module';
import { bottleneck } from '@holdline/bottleneck';
import { guardAxios } from '@holdline/axios';
import { createHoldline, withCall, type Holdline } from '@holdline/core';
import axios from 'axios';
import Bottleneck from 'bottleneck';
import { describe, expect, onTestFinished, test } from 'vitest';
import { catchFailure, mostInWindow, sleep, times, until } from '../support.js';
import { countRefusals, importBoth, runBoth, type Both } from './both.js';
import { membersOf, MigrationPage, versionOf } from './page.js';
import { startScripted, startServer } from './server.js';
import { FIVE, getUsers, NEARLY_A_WINDOW_MS, type Users } from './users.js';

const page = new MigrationPage('bottleneck');

describe('the page about bottleneck', () => {
  test('names the tested version', () => {
    expect(page.intro()).toContain(`bottleneck ${versionOf('bottleneck')}`);
  });

  test('has every option and method of the library', () => {
    const types = "import('bottleneck').default";
    const defaults = createRequire(import.meta.url)('bottleneck') as {
      prototype: Record<
        | 'jobDefaults'
        | 'storeDefaults'
        | 'localStoreDefaults'
        | 'redisStoreDefaults'
        | 'instanceDefaults'
        | 'stopDefaults',
        object
      >;
      Batcher: { prototype: { defaults: object } };
    };
    const { jobDefaults, stopDefaults, ...limiter } = defaults.prototype;
    const limiterDefaults = ['storeDefaults', 'localStoreDefaults', 'redisStoreDefaults', 'instanceDefaults'] as const;
    page.expectOptions(
      [...membersOf(`${types}.ConstructorOptions`), ...limiterDefaults.flatMap((name) => Object.keys(limiter[name]))],
      'Limiter',
    );
    page.expectOptions([...membersOf(`${types}.JobOptions`), ...Object.keys(jobDefaults)], 'Job');
    page.expectOptions([...membersOf(`${types}.StopOptions`), ...Object.keys(stopDefaults)], '`stop()`');
    page.expectOptions(
      [...membersOf(`${types}.BatcherOptions`), ...Object.keys(defaults.Batcher.prototype.defaults)],
      'Batcher',
    );
    page.expectOptions(
      [...membersOf(`${types}.RedisConnectionOptions`), ...membersOf(`${types}.IORedisConnectionOptions`)],
      'Redis connections',
    );
    page.expectOptions(membersOf(types), 'Methods');
  });

  test('names what Holdline has', () => page.expectAnswers());
});

describe('before and after', () => {
  test('six calls under a quota of five: five at once, one later', async () => {
    const { before, after } = await runBoth<Users>(
      page,
      [200],
      async (side) => {
        const calls = getUsers(side, 6);
        const first = await Promise.all(calls.slice(0, 5));
        const started = performance.now();
        await calls[5];
        return { first: first.length, waitedMs: performance.now() - started };
      },
      FIVE,
    );
    for (const { requests, result } of [before, after]) {
      expect(requests).toBe(6);
      expect((result as { waitedMs: number }).waitedMs).toBeGreaterThan(300);
    }
  });

  test('a success after 429 and 503', async () => {
    const { before, after } = await runBoth<Users>(page, [[429, { 'retry-after': '1' }], 503, 200], (side) =>
      side.getUser('7'),
    );
    for (const run of [before, after]) expect(run).toMatchObject({ requests: 3, result: { data: { name: 'Ada' } } });
  });

  test('no more than maxConcurrent requests at once', async () => {
    const most = async (side: keyof Both<Users>): Promise<number> => {
      let open = 0;
      let most = 0;
      const server = await startServer(async () => {
        most = Math.max(most, ++open);
        await sleep(50);
        open--;
        return 200;
      });
      const both = await importBoth<Users>(page, server, { 'maxConcurrent: 10': 'maxConcurrent: 3' });
      await Promise.all(getUsers(both[side], 9));
      return most;
    };
    expect(await Promise.all([most('before'), most('after')])).toEqual([3, 3]);
  });
});

describe('differences', () => {
  test('a retry costs no permit before, one after', async () => {
    const inFirstWindow = async (side: keyof Both<Users>): Promise<number> => {
      const seen = new Set<string>();
      const server = await startServer(({ url }) =>
        seen.has(url) ? 200 : (seen.add(url), [503, { 'retry-after': '0.01' }]),
      );
      const both = await importBoth<Users>(page, server, FIVE);
      await Promise.all(getUsers(both[side], 5));
      return mostInWindow(server.requests as never, NEARLY_A_WINDOW_MS);
    };
    expect(await Promise.all([inFirstWindow('before'), inFirstWindow('after')])).toEqual([10, 5]);
  });

  test('a retry keeps its slot before, and gives it back after', async () => {
    const order = async (side: keyof Both<Users>): Promise<string[]> => {
      const server = await startServer((_, before) => (before === 0 ? 503 : 200));
      const both = await importBoth<Users>(page, server, { 'maxConcurrent: 10': 'maxConcurrent: 1' });
      const first = both[side].getUser('1');
      await until(() => server.requests.length > 0);
      await Promise.all([first, both[side].getUser('2')]);
      return server.requests.map(({ url }) => url);
    };
    expect(await order('before')).toEqual(['/users/1', '/users/1', '/users/2']);
    // The delay of Holdline is random and can be near zero.
    const orders = await Promise.all(times(8, () => order('after')));
    expect(orders).toContainEqual(['/users/1', '/users/2', '/users/1']);
  });

  test('a 429 stops only its own job before, all calls after', async () => {
    expect(await countRefusals<Users>(page, ({ getUser }, id) => getUser(id))).toEqual({ before: 6, after: 1 });
  });

  test('around a refresh, up to twice the amount before, the limit after', async () => {
    const most = async (side: keyof Both<Users>): Promise<number> => {
      const server = await startScripted(200);
      const client = (await importBoth<Users>(page, server, FIVE))[side];
      await sleep(1_800);
      await Promise.all(getUsers(client, 10));
      return mostInWindow(server.requests as never, NEARLY_A_WINDOW_MS);
    };
    const [before, after] = await Promise.all([most('before'), most('after')]);
    expect(before).toBe(10);
    expect(after).toBe(5);
  });

  test('an aborted call settles in its turn before, at once after', async () => {
    const msToEnd = async (side: keyof Both<Users>): Promise<number> => {
      const server = await startScripted(200);
      const client = (await importBoth<Users>(page, server, FIVE))[side];
      await Promise.all(getUsers(client, 5));
      const abort = new AbortController();
      const call = catchFailure(client.getUser('6', abort.signal));
      await sleep(50);
      const started = performance.now();
      abort.abort();
      await call;
      return performance.now() - started;
    };
    const [before, after] = await Promise.all([msToEnd('before'), msToEnd('after')]);
    expect(before).toBeGreaterThan(700);
    expect(after).toBeLessThan(700);
  });

  test('the lowest priority starves behind a steady stream before, not after', async () => {
    const sent = async (
      run: (priority: 'normal' | 'background', url: string) => Promise<unknown>,
    ): Promise<boolean> => {
      const server = await startScripted(200);
      let isOver = false;
      const stream = times(3, async () => {
        while (!isOver) await run('normal', `${server.url}/stream`);
      });
      await until(() => server.requests.length > 2);
      const low = run('background', `${server.url}/low`);
      await sleep(2_500);
      const wasSent = server.requests.some(({ url }) => url === '/low');
      isOver = true;
      await Promise.all([...stream, low]);
      return wasSent;
    };
    const limiter = new Bottleneck({ minTime: 50, maxConcurrent: 1 });
    const api = guardAxios(axios.create(), { governor: { ratePerSec: 20 } });
    const [before, after] = await Promise.all([
      sent((priority, url) => limiter.schedule({ priority: priority === 'normal' ? 5 : 9 }, () => axios.get(url))),
      sent((priority, url) => api.get(url, { holdline: { priority } })),
    ]);
    expect({ before, after }).toEqual({ before: false, after: true });
  });

  test('after its expiration, a request runs on before, and ends after', async () => {
    const isAbandoned = async (run: (url: string) => Promise<unknown>): Promise<boolean> => {
      const server = await startServer(async () => {
        await sleep(600);
        return 200;
      });
      await catchFailure(run(server.url));
      await until(() => server.requests.every(({ isEnded }) => isEnded));
      return server.requests.every(({ isAbandoned }) => isAbandoned);
    };
    const limiter = new Bottleneck();
    const api = guardAxios(axios.create(), { deadline: { attemptTimeoutMs: 200 }, retry: false });
    const [before, after] = await Promise.all([
      isAbandoned((url) => limiter.schedule({ expiration: 200 }, () => axios.get(url))),
      isAbandoned((url) => api.get(url)),
    ]);
    expect({ before, after }).toEqual({ before: false, after: true });
  });

  test('a full queue refuses a call with QueueFullError, and `shed` makes room for a more important one', async () => {
    const server = await startScripted('silence');
    const make = (
      overflow: 'reject' | 'shed',
    ): { line: Holdline; call: (priority: 'normal' | 'background') => Promise<unknown> } => {
      const line = createHoldline({ governor: { maxQueued: 1, overflow }, bulkhead: { maxConcurrent: 1 } });
      onTestFinished(() => line.close({ timeoutMs: 1 }));
      const api = guardAxios(axios.create(), line);
      return { line, call: (priority) => catchFailure(api.get(server.url, { holdline: { priority } })) };
    };
    const reject = make('reject');
    void reject.call('normal');
    void reject.call('background');
    expect(await reject.call('normal')).toMatchObject({ name: 'QueueFullError' });
    const shed = make('shed');
    void shed.call('normal');
    const waiting = shed.call('background');
    void shed.call('normal');
    expect(await waiting).toMatchObject({ name: 'QueueFullError' });
  });
});

test('a group becomes a quota of each tenant', async () => {
  const server = await startScripted(200);
  const api = guardAxios(axios.create(), {
    governor: { quotas: [{ limit: 1, windowMs: 60_000, scope: 'tenant', enforcement: 'sliding' }] },
    deadline: { totalTimeoutMs: 1_000 },
  });
  const get = (tenant: string): Promise<unknown> => withCall({ tenant }, () => api.get(server.url));
  await Promise.all([get('acme'), get('umbrella')]);
  expect(await catchFailure(get('acme'))).toMatchObject({ name: 'DeadlineError' });
});

test('during the move, the limiter is the engine, and each attempt is a job', async () => {
  const server = await startScripted(503, 200);
  const limiter = new Bottleneck({ maxConcurrent: 1 });
  let jobs = 0;
  limiter.on('done', () => jobs++);
  const line = createHoldline({ governor: { engine: bottleneck(limiter) } });
  await guardAxios(axios.create(), line).get(server.url);
  await until(() => jobs === 2);
  expect(line.explain({ method: 'GET', url: server.url }).engines.governor).toBe('bottleneck');
});

test('around a guarded client, the listener `failed` starts all attempts again', async () => {
  const server = await startScripted(503);
  const api = guardAxios(axios.create(), { retry: { maxAttempts: 5, baseDelayMs: 1 } });
  const limiter = new Bottleneck();
  limiter.on('failed', (_, { retryCount }) => (retryCount === 0 ? 0 : null));
  await catchFailure(limiter.schedule(() => api.get(server.url)));
  expect(server.requests).toHaveLength(10);
});

test('the state shows the quota, as the page says', async () => {
  const server = await startScripted(200);
  const { line, getUser } = await page.importSnippet<Users & { line: Holdline }>('After', {
    'https://api.example.com': server.url,
  });
  const { engines, now } = line.explain({ method: 'GET', url: `${server.url}/users/7` });
  expect({ governor: engines.governor, waitMs: now.waitMs }).toEqual({ governor: 'holdline', waitMs: 0 });
  await getUser('7');
  expect(line.snapshot().scopes[0]?.quotas[0]).toMatchObject({ given: 300, limit: 300, windowMs: 60_000, used: 1 });
});
