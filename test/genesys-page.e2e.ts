import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Simulator } from '@holdline/simulator';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChromium } from './chromium.js';
import type { Library } from './pages/genesys/main.js';
import { mostInWindow, simulate, until, wireLog } from './support.js';
import { buildPage, openForTest, servePage, type BuiltPage } from './vite.js';

declare const library: Library;

const SDK = dirname(createRequire(import.meta.url).resolve('purecloud-platform-client-v2/package.json'));
const NAME = 'purecloud-platform-client-v2';
const ME = 'GET /api/v2/users/me';

/** The three builds of the SDK for pages. */
const BUILDS: Record<string, () => Promise<BuiltPage>> = {
  'dist/web-cjs, bundled': () =>
    buildPage('genesys', { resolve: { alias: { [NAME]: `${NAME}/dist/web-cjs/bundle.js` } } }),
  'src, bundled': () => buildPage('genesys', { resolve: { mainFields: ['module', 'browser', 'main'] } }),
  'dist/web-cjs, minified, by a script tag': async () => {
    const page = await buildPage('genesys', {
      resolve: { alias: { [NAME]: join(import.meta.dirname, 'pages/genesys/script.ts') } },
      plugins: [
        {
          name: 'script',
          transformIndexHtml: () => [{ tag: 'script', attrs: { src: '/sdk.js' }, injectTo: 'head-prepend' }],
        },
      ],
    });
    return new Map([...page, ['/sdk.js', readFileSync(join(SDK, 'dist/web-cjs', `${NAME}.min.js`))]]);
  },
};

let chromium: Browser;
beforeAll(async () => {
  chromium = await startChromium();
}, 120_000);
afterAll(() => chromium.close());

const exposed = (seconds: number, expose: string | undefined): { status: number; headers: Record<string, string> } => ({
  status: 429,
  headers: {
    'Retry-After': String(seconds),
    ...(expose !== undefined && { 'Access-Control-Expose-Headers': expose }),
  },
});

describe.each(Object.entries(BUILDS))('the Genesys SDK in Chromium, from %s', (_, build) => {
  let url: string;
  beforeAll(async () => {
    const server = await servePage(await build());
    url = server.url;
    return server.stop;
  }, 120_000);

  /** Opens a page with the SDK and the token of a public client at `simulator`. `guard` guards the SDK. */
  async function open(simulator: Simulator, guard = true, more: object = {}): Promise<Page> {
    const page = await openForTest(chromium, url);
    const { hostname: host, port, origin: loginUrl } = new URL(simulator.url);
    const redirectUri = url;
    await page.evaluate(
      async ({ host, port, loginUrl, redirectUri, guard, more }) => {
        const { platformClient, guardGenesys, authorizationCode } = library;
        const client = platformClient.ApiClient.instance;
        client.setGateway({ host, port: Number(port), protocol: 'http' });
        const login = { clientId: 'page', code: 'code', redirectUri, codeVerifier: 'verifier', loginUrl };
        const grant = authorizationCode(login);
        if (guard)
          guardGenesys(client, { governor: { quotas: [], defaultRetryAfterMs: 300 }, token: { grant }, ...more });
        else client.setAccessToken(((await grant()) as { accessToken: string }).accessToken);
      },
      { host, port, loginUrl, redirectUri, guard, more },
    );
    return page;
  }

  it('waits after a 429 as long as Retry-After says, if CORS exposes the header', async () => {
    const simulator = await simulate();
    simulator.script(ME, [exposed(1, 'Retry-After'), 'pass']);
    const page = await open(simulator);
    const answer = await page.evaluate(async () => {
      const { platformClient, callInfo } = library;
      const me = await new platformClient.UsersApi().getUsersMe();
      const { attempts, status, waitedMs } = callInfo(me) ?? {};
      return { id: me.id, attempts, status, waitedMs };
    });
    expect(answer).toMatchObject({ id: expect.any(String) as string, attempts: 2, status: 200 });
    expectWait(simulator, 1_000, answer.waitedMs);
    expect(api(simulator)).toEqual([`${ME} 429 t1`, `${ME} 200 t1`]);
  });

  it('waits the default time where CORS hides Retry-After', async () => {
    const simulator = await simulate();
    simulator.script(ME, [{ ...exposed(600, undefined), body: {} }, 'pass']);
    const page = await open(simulator);
    const waitedMs = await page.evaluate(async () => {
      const { platformClient, callInfo } = library;
      return callInfo(await new platformClient.UsersApi().getUsersMe())?.waitedMs;
    });
    expectWait(simulator, 300, waitedMs);
    expect(api(simulator)).toEqual([`${ME} 429 t1`, `${ME} 200 t1`]);
  });

  it('waits as long as the body of a 429 says, which CORS does not hide', async () => {
    const simulator = await simulate();
    simulator.script(ME, [{ status: 429, body: { message: 'Retry the request in [1] seconds' } }, 'pass']);
    const page = await open(simulator);
    const waitedMs = await page.evaluate(async () => {
      const { platformClient, callInfo } = library;
      return callInfo(await new platformClient.UsersApi().getUsersMe())?.waitedMs;
    });
    expectWait(simulator, 1_000, waitedMs);
    expect(api(simulator)).toEqual([`${ME} 429 t1`, `${ME} 200 t1`]);
  });

  it('control: the unguarded SDK rejects a 429 with its body at once', async () => {
    const simulator = await simulate();
    simulator.script(ME, [{ ...exposed(1, 'Retry-After'), body: { status: 429, code: 'too.many.requests' } }]);
    const page = await open(simulator, false);
    const error = await page.evaluate(() =>
      new library.platformClient.UsersApi().getUsersMe().catch((reason: unknown) => reason),
    );
    expect(error).toEqual({ status: 429, code: 'too.many.requests' });
    expect(api(simulator)).toEqual([`${ME} 429 t1`]);
  });

  it('fetches one token for all calls with a revoked token, and each call gets its own response', async () => {
    const simulator = await simulate();
    const page = await open(simulator);
    const all = (): Promise<unknown> =>
      page.evaluate(async () => {
        const users = new library.platformClient.UsersApi();
        const ids = Array.from({ length: 20 }, (_, i) => `user-${i}`);
        const answers = await Promise.all(ids.map((id) => users.getUser(id)));
        return answers.every(({ id }, i) => id === ids[i]);
      });
    expect(await all()).toBe(true);
    simulator.revokeTokens();
    simulator.resetStats();
    // The grant knows the rotated refresh token.
    expect(await all()).toBe(true);
    const { tokenRequests, unauthorized, answered } = simulator.stats();
    expect({ tokenRequests, answered }).toEqual({ tokenRequests: 1, answered: 20 });
    expect(unauthorized).toBeGreaterThan(0);
  });

  it('ends an aborted call that waits at a closed gate, and never sends it', async () => {
    const simulator = await simulate();
    simulator.script(ME, [exposed(60, 'Retry-After')]);
    const page = await open(simulator);
    const name = await page.evaluate(async () => {
      const { platformClient, holdlineOf, withCall } = library;
      const abort = new AbortController();
      holdlineOf(platformClient.ApiClient.instance)?.on('gateClosed', () => abort.abort());
      const call = withCall({ signal: abort.signal }, () => new platformClient.UsersApi().getUsersMe());
      return call.catch((error: unknown) => (error as Error).name);
    });
    expect(name).toBe('AbortError');
    expect(api(simulator)).toEqual([`${ME} 429 t1`]);
  });

  it('cancels an aborted request on the wire', async () => {
    const simulator = await simulate({ faults: [{ kind: 'delay', match: ME, delayMs: 600_000 }] });
    const page = await open(simulator);
    const call = page.evaluate(async () => {
      const { platformClient, withCall } = library;
      const abort = new AbortController();
      Object.assign(globalThis, { abort });
      const { signal } = abort;
      return withCall({ signal }, () => new platformClient.UsersApi().getUsersMe()).catch(
        (error: unknown) => (error as Error).name,
      );
    });
    const ofCall = (): string[] =>
      simulator
        .wire()
        .filter(({ method, path }) => `${method} ${path}` === ME)
        .map(({ outcome }) => outcome);
    await until(() => ofCall().includes('open'));
    await page.evaluate(() => (globalThis as unknown as { abort: AbortController }).abort.abort());
    expect(await call).toBe('AbortError');
    await until(() => ofCall().includes('aborted'));
  });

  it('keeps within a quota that the simulator counts', async () => {
    const quota = { limit: 10, windowMs: 1_000 };
    const simulator = await simulate({
      limits: [{ name: 'token', per: 'token', enforcement: 'sliding', ...quota }],
    });
    const page = await open(simulator, true, { governor: { quotas: [quota], enforcement: 'sliding' } });
    const answered = await page.evaluate(async () => {
      const users = new library.platformClient.UsersApi();
      return (await Promise.all(Array.from({ length: 25 }, (_, i) => users.getUser(`user-${i}`)))).length;
    });
    expect(answered).toBe(25);
    expect(simulator.stats().refused).toBe(0);
    const requests = simulator.wire().filter(({ path }) => path.startsWith('/api/'));
    expect(
      mostInWindow(
        requests.filter(({ method }) => method !== 'OPTIONS'),
        quota.windowMs,
      ),
    ).toBeLessThanOrEqual(10);
  });

  /** Sends a POST whose response is lost after the simulator has executed it. Resolves with `ok` or the name of the error. */
  const lostWrite = (page: Page): Promise<string> =>
    page.evaluate(() =>
      new library.platformClient.RoutingApi().postRoutingQueues({ name: 'Once' }).then(
        () => 'ok',
        (error: unknown) => (error as Error).name,
      ),
    );

  it('sends a POST with a truncated response once and rejects with OutcomeUnknownError', async () => {
    const simulator = await simulate({
      faults: [{ kind: 'truncate', match: 'POST /api/v2/routing/queues', times: 1 }],
    });
    expect(await lostWrite(await open(simulator))).toBe('OutcomeUnknownError');
    expect(simulator.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
  });

  // A page can neither see nor prevent this repetition. It does not happen over HTTP/2, which the platform uses.
  it.each([false, true])(
    'cannot keep Chromium from repeating a POST on a reused connection (guarded: %s)',
    async (guard) => {
      const simulator = await simulate();
      const page = await open(simulator, guard);
      simulator.script('POST /api/v2/routing/queues', [{ status: 200, drop: 'after' }]);
      expect(await lostWrite(page)).toBe('ok');
      expect(simulator.stats()).toMatchObject({ executedWrites: 2, duplicateWrites: 1 });
    },
  );

  it('is unguarded after a release', async () => {
    const simulator = await simulate();
    simulator.script(ME, [exposed(1, 'Retry-After')]);
    const page = await open(simulator);
    const left = await page.evaluate(async () => {
      const { platformClient, release } = library;
      const client = platformClient.ApiClient.instance;
      await new platformClient.UsersApi().getUser('someone');
      release(client);
      const own = ['getHttpClient', 'callApi', 'setAccessToken'].filter((name) => Object.hasOwn(client, name));
      const status = await new platformClient.UsersApi().getUsersMe().catch((body: { status: number }) => body.status);
      return { own, status };
    });
    expect(left).toEqual({ own: [], status: 429 });
  });
});

/**
 * Checks that the second attempt arrived at least `ms` after the first. `waitedMs` starts shortly after the gate closes, so `waitedMs`
 * may be a little shorter.
 */
function expectWait(simulator: Simulator, ms: number, waitedMs: number | undefined): void {
  const [refused, next] = simulator.wire().filter(({ method, path }) => `${method} ${path}` === ME);
  expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(ms);
  expect(waitedMs).toBeGreaterThan(ms - 20);
}

/** The requests on the wire without logins and preflights. */
function api(simulator: Simulator): string[] {
  return wireLog(simulator).filter((line) => !/^OPTIONS|\/oauth\//.test(line));
}
