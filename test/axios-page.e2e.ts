import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startChromium } from './chromium.js';
import type { Library } from './pages/genesys/main.js';
import { serve } from './support.js';
import { buildPage, openForTest, servePage } from './vite.js';

declare const library: Library;

/** Requests at both origins: method, origin, path and token. */
let arrived: string[] = [];
let foreign = '';

const answer =
  (place: 'own' | 'foreign') =>
  ({ method, url = '', headers }: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization');
    if (method === 'OPTIONS') return void response.writeHead(204).end();
    arrived.push(`${method} ${place} ${url} ${headers.authorization ?? 'without a token'}`);
    if (url.endsWith('/moved')) return void response.writeHead(307, { Location: `${foreign}/elsewhere` }).end();
    response.setHeader('Content-Type', 'application/json').end('{}');
  };

let chromium: Browser;
let url: string;
let stop: () => void;
beforeAll(async () => {
  chromium = await startChromium();
  const alias = { 'purecloud-platform-client-v2': 'purecloud-platform-client-v2/dist/web-cjs/bundle.js' };
  ({ url, stop } = await servePage(await buildPage('genesys', { resolve: { alias } }), answer('own')));
}, 120_000);
afterAll(async () => {
  stop();
  await chromium.close();
});
beforeEach(async () => {
  arrived = [];
  foreign = (await serve(answer('foreign'))).url;
});

/** Sends GET requests one after the other from a guarded instance whose line has a token. */
async function get(page: Page, baseURL: string | undefined, paths: string[], adapter = 'xhr'): Promise<void> {
  await page.evaluate(
    async ({ baseURL, paths, adapter }) => {
      const instance = library.axios.create({ adapter, ...(baseURL !== undefined && { baseURL }) });
      const line = library.guardAxios(instance, {
        retry: false,
        token: { grant: () => Promise.resolve({ accessToken: 'secret' }) },
      });
      for (const path of paths) await line.get(path);
    },
    { baseURL, paths, adapter },
  );
}

describe('the token of an axios instance in a page', () => {
  it.each(['/api', 'api', './api'])('goes only to the origin of the page for the base URL %s', async (base) => {
    await get(await openForTest(chromium, url), base, ['/users', `${foreign}/users`, `${url}config`]);
    expect(arrived).toEqual([
      'GET own /api/users Bearer secret',
      'GET foreign /users without a token',
      'GET own /config Bearer secret',
    ]);
  });

  it('goes to the origin of an absolute base URL, and not to the origin of the page', async () => {
    await get(await openForTest(chromium, url), foreign, ['/users', `${url}config`]);
    expect(arrived).toEqual(['GET foreign /users Bearer secret', 'GET own /config without a token']);
  });

  it('goes to no origin without a base URL, because the origin of the API is unknown', async () => {
    await get(await openForTest(chromium, url), undefined, ['/config', `${foreign}/users`]);
    expect(arrived).toEqual(['GET own /config without a token', 'GET foreign /users without a token']);
  });

  it.each(['xhr', 'fetch'])('does not follow a redirect to another origin (%s)', async (adapter) => {
    await get(await openForTest(chromium, url), '/api', ['/moved'], adapter);
    expect(arrived).toEqual(['GET own /api/moved Bearer secret', 'GET foreign /elsewhere without a token']);
  });
});

describe('a guarded axios instance in a page', () => {
  it('rejects a write that CORS forbids with OutcomeUnknownError, because the write looks like a lost one', async () => {
    const page = await openForTest(chromium, url);
    const name = await page.evaluate(async (baseURL) => {
      // The preflight response allows only the header Authorization.
      const config = { idempotency: { always: true } };
      const instance = library.guardAxios(library.axios.create({ baseURL }), config);
      return instance.post('/users', {}).catch((error: unknown) => (error as Error).name);
    }, foreign);
    expect(name).toBe('OutcomeUnknownError');
    expect(arrived).toEqual([]);
  });

  it('has one scope per host for relative and absolute URLs', async () => {
    const page = await openForTest(chromium, url);
    const hosts = await page.evaluate(async () => {
      const line = library.createHoldline({ governor: { quotas: [{ limit: 100, windowMs: 60_000, scope: 'host' }] } });
      const instance = library.guardAxios(library.axios.create({ baseURL: '/api' }), line);
      await instance.get('/users');
      await instance.get(`${location.origin}/api/queues`);
      return line
        .snapshot()
        .scopes.map(({ scope }) => scope)
        .filter((scope) => scope.startsWith('host:'));
    });
    expect(hosts).toEqual([`host:${new URL(url).origin}`]);
  });

  it('derives the route from a path that is relative to the page', async () => {
    const page = await openForTest(chromium, url);
    const route = await page.evaluate(async () => {
      const instance = library.guardAxios(library.axios.create({ baseURL: './api' }));
      return library.callInfo(await instance.get('users/4711'))?.route;
    });
    expect(route).toBe('GET /api/users/:id');
  });
});
