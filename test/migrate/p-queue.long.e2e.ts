import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardAxios } from '@holdline/axios';
import { createHoldline, type Holdline } from '@holdline/core';
import axios from 'axios';
import PQueue, { TimeoutError } from 'p-queue';
import { describe, expect, test } from 'vitest';
import { catchFailure, mostInWindow, sleep, times, until } from '../support.js';
import { countRefusals, importBoth, runBoth, statusOf, type Both } from './both.js';
import { membersOf, MigrationPage, versionOf } from './page.js';
import { startScripted, startServer } from './server.js';
import { FIVE, getUsers, NEARLY_A_WINDOW_MS, type Users } from './users.js';

const page = new MigrationPage('p-queue');

describe('the page about p-queue', () => {
  test('names the tested version', () => {
    expect(page.intro()).toContain(`p-queue ${versionOf('p-queue')}`);
  });

  test('has every option, member and event of the library', () => {
    page.expectOptions(membersOf("import('p-queue').Options<never, never>"), '`new PQueue(options)`');
    page.expectOptions(membersOf("import('p-queue').QueueAddOptions"), '`queue.add(fn, options)`');
    const members = Object.getOwnPropertyNames(PQueue.prototype).filter((name) => name !== 'constructor');
    page.expectOptions([...members, 'timeout'], 'Members of a queue');
    const types = readFileSync(join(import.meta.dirname, '../node_modules/p-queue/dist/index.d.ts'), 'utf8');
    const events = /type EventName = (.*);/.exec(types)?.[1]?.match(/\w+/g) ?? [];
    expect(events.length).toBeGreaterThan(5);
    const listed = page.section('Options').split('The events of the queue:')[1];
    for (const event of events) expect(listed).toContain(`\`${event}\``);
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
        await Promise.all(calls.slice(0, 5));
        const started = performance.now();
        await calls[5];
        return performance.now() - started;
      },
      FIVE,
    );
    for (const { requests, result } of [before, after]) {
      expect(requests).toBe(6);
      expect(result).toBeGreaterThan(300);
    }
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
      await Promise.all(getUsers((await importBoth<Users>(page, server, { ': 10': ': 3' }))[side], 9));
      return most;
    };
    expect(await Promise.all([most('before'), most('after')])).toEqual([3, 3]);
  });

  test('an aborted call leaves the queue at once', async () => {
    const sent = async (side: keyof Both<Users>): Promise<number> => {
      const server = await startScripted(200);
      const client = (await importBoth<Users>(page, server, { '300': '5', '60_000': '30_000' }))[side];
      await Promise.all(getUsers(client, 5));
      const abort = new AbortController();
      const call = catchFailure(client.getUser('6', abort.signal));
      await sleep(20);
      abort.abort();
      await call;
      return server.requests.length;
    };
    expect(await Promise.all([sent('before'), sent('after')])).toEqual([5, 5]);
  });
});

describe('differences', () => {
  test('a 429 and a 503 reject before, and are retried after', async () => {
    const { before, after } = await runBoth<Users>(page, [[429, { 'retry-after': '1' }], 503, 200], (side) =>
      side.getUser('7'),
    );
    expect(before.requests).toBe(1);
    expect(statusOf(before.result)).toBe(429);
    expect(after).toMatchObject({ requests: 3, result: { status: 200 } });
  });

  test('a 429 stops no other job before, all calls after', async () => {
    expect(await countRefusals<Users>(page, ({ getUser }, id) => getUser(id))).toEqual({ before: 6, after: 1 });
  });

  test('a job with two requests counts once before, twice after', async () => {
    const before = await startScripted(200);
    const after = await startScripted(200);
    const queue = new PQueue({ intervalCap: 5, interval: 3_000 });
    const api = guardAxios(axios.create(), {
      governor: { quotas: [{ limit: 5, windowMs: 3_000, enforcement: 'sliding' }] },
    });
    await Promise.all([
      ...times(5, () => queue.add(async () => [await axios.get(before.url), await axios.get(before.url)])),
      ...times(5, async () => [await api.get(after.url), await api.get(after.url)]),
    ]);
    expect(mostInWindow(before.requests as never, NEARLY_A_WINDOW_MS)).toBe(10);
    expect(mostInWindow(after.requests as never, NEARLY_A_WINDOW_MS)).toBe(5);
  });

  test('around the end of an interval, nearly twice the cap before, the limit after', async () => {
    const most = async (side: keyof Both<Users>): Promise<number> => {
      // The first answer is late, so most of the first interval is unused at its end.
      const server = await startServer(async (_, before) => {
        if (before === 0) await sleep(2_000);
        return 200;
      });
      const client = (await importBoth<Users>(page, server, { ...FIVE, ': 10': ': 1' }))[side];
      await Promise.all(getUsers(client, 10));
      return mostInWindow(server.requests as never, NEARLY_A_WINDOW_MS);
    };
    const [before, after] = await Promise.all([most('before'), most('after')]);
    expect(before).toBeGreaterThan(5);
    expect(after).toBeLessThanOrEqual(5);
  });

  test('after its timeout, a request runs on before, and ends after', async () => {
    const isAbandoned = async (side: keyof Both<Users>): Promise<boolean> => {
      const server = await startServer(async () => {
        await sleep(600);
        return 200;
      });
      const client = (await importBoth<Users>(page, server, { '30_000': '200' }))[side];
      void catchFailure(client.getUser('7'));
      await until(() => server.requests[0]?.isEnded === true);
      return (server.requests[0] as { isAbandoned: boolean }).isAbandoned;
    };
    expect(await Promise.all([isAbandoned('before'), isAbandoned('after')])).toEqual([false, true]);
  });

  test('a lower priority starves behind a steady stream before, not after', async () => {
    const isSent = async (side: keyof Both<Users>): Promise<boolean> => {
      const server = await startServer(async () => {
        await sleep(20);
        return 200;
      });
      const client = (await importBoth<Users>(page, server, { ': 10': ': 1', '300': '100_000' }))[side];
      let isOver = false;
      const stream = times(3, async (i) => {
        while (!isOver) await client.getUser(String(i));
      });
      await until(() => server.requests.length > 2);
      const low = client.getReport('1');
      await sleep(2_500);
      const isSent = server.requests.some(({ url }) => url.startsWith('/reports'));
      isOver = true;
      await Promise.all([...stream, low]);
      return isSent;
    };
    expect(await Promise.all([isSent('before'), isSent('after')])).toEqual([false, true]);
  });
});

describe('both during the move', () => {
  test('the timeout of the queue includes the wait in Holdline, and the request is sent later', async () => {
    const server = await startScripted(200);
    const api = guardAxios(axios.create(), {
      governor: { quotas: [{ limit: 1, windowMs: 1_000, enforcement: 'sliding' }] },
    });
    const queue = new PQueue({ concurrency: 10, timeout: 300 });
    await queue.add(() => api.get(server.url));
    expect(await catchFailure(queue.add(() => api.get(server.url)))).toBeInstanceOf(TimeoutError);
    expect(server.requests).toHaveLength(1);
    await until(() => server.requests.length === 2);
  });

  test('drain() ends when all calls have ended, and the state is as the page says', async () => {
    const server = await startScripted(200);
    const line: Holdline = createHoldline({
      governor: { quotas: [{ limit: 300, windowMs: 60_000, enforcement: 'sliding' }] },
      bulkhead: { maxConcurrent: 10 },
    });
    const api = guardAxios(axios.create({ baseURL: server.url }), line);
    const calls = Promise.all(times(50, (i) => api.get(`/users/${i}`)));
    await line.drain();
    expect(server.requests).toHaveLength(50);
    await calls;
    const { queued, inFlight, scopes } = line.snapshot();
    expect({ queued, inFlight, used: scopes[0]?.quotas[0]?.used }).toEqual({ queued: 0, inFlight: 0, used: 50 });
  });
});
