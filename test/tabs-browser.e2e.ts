import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { bundle, startChromium } from './chromium.js';
import type * as InPage from './tabs-page.js';

declare const page: typeof InPage;

// Issue 13, b04: the tabs of a browser share rotating refresh tokens.
let browser: Browser;
let script: string;
let server: Server;
let home: string;

/** Number of the refresh token that the login host accepts next, and of the access token that the API accepts. */
let valid = 0;
/** Access tokens up to this one are revoked. */
let revoked = 0;
const logins: { refreshToken: string; accepted: boolean }[] = [];
/** Holds the next login back. */
let onLogin: (() => Promise<void>) | undefined;

beforeAll(async () => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://host');
    if (pathname === '/api') {
      const isRight = request.headers.authorization === `Bearer at-${valid}` && valid > revoked;
      response.writeHead(isRight ? 200 : 401).end();
    } else if (pathname === '/login') {
      const held = onLogin;
      onLogin = undefined;
      await held?.();
      const refreshToken = search.slice(1);
      const accepted = refreshToken === `rt-${valid}`;
      logins.push({ refreshToken, accepted });
      if (accepted) valid++;
      const token = { accessToken: `at-${valid}`, refreshToken: `rt-${valid}` };
      response.writeHead(accepted ? 200 : 400).end(JSON.stringify(accepted ? token : {}));
    } else if (pathname === '/revoke') {
      revoked = Number(search.slice('?at-'.length));
      response.end();
    } else response.setHeader('Content-Type', 'text/html').end('<!doctype html>');
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  [browser, script] = await Promise.all([startChromium(), bundle('tabs-page.ts', 'page')]);
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  valid = revoked = 0;
  logins.length = 0;
  onLogin = undefined;
});

/** Tabs of one browser. */
async function createTabs(): Promise<{ context: BrowserContext; open(options?: object): Promise<Page> }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return {
    context,
    async open(options = {}) {
      const tab = await context.newPage();
      await tab.goto(home);
      await tab.addScriptTag({ content: script });
      await tab.evaluate((given) => page.start(given), options);
      return tab;
    },
  };
}

const call = (tab: Page, count = 1): Promise<(number | string)[]> => tab.evaluate((n) => page.call(n), count);

/** Holds the next login back. */
function holdLogin(): { began: Promise<void>; letGo: () => void } {
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  const began = new Promise<void>((resolve) => {
    onLogin = () => {
      resolve();
      return gone;
    };
  });
  return { began, letGo };
}

// Issue 16, 4.
test("a logout revokes the token of the other tabs only with 'shared', and then no tab has it", async () => {
  const { open } = await createTabs();
  const [one, two, three] = [await open(), await open(), await open()];
  expect([await call(one), await call(two), await call(three)]).toEqual([[200], [200], [200]]);
  expect(await one.evaluate(() => page.logOut(true))).toEqual(['shared']);
  expect(await call(two)).toEqual([200]);
  expect(logins).toHaveLength(1);
  expect(await two.evaluate(() => page.logOut('shared'))).toEqual(['revoked']);
  expect(revoked).toBe(1);
  // A new tab gets neither the token nor its refresh token. It has its own, which is spent.
  const four = await open();
  expect(await call(four)).toEqual([expect.stringContaining('refused')]);
  expect(logins.at(-1)).toEqual({ refreshToken: 'rt-0', accepted: false });
});

describe('tabs of one origin', () => {
  test('log in once, and each refresh uses the latest refresh token', async () => {
    const { open } = await createTabs();
    const [a, b] = [await open(), await open()];
    expect(await Promise.all([call(a, 10), call(b, 10)])).toEqual([Array(10).fill(200), Array(10).fill(200)]);
    expect(logins).toEqual([{ refreshToken: 'rt-0', accepted: true }]);
    for (const tab of [b, a, a, b]) {
      // The access token is revoked; the refresh token is not.
      revoked = valid;
      const refreshToken = `rt-${valid}`;
      expect(await call(tab, 5)).toEqual(Array(5).fill(200));
      expect(logins.at(-1)).toEqual({ refreshToken, accepted: true });
    }
    expect(logins).toHaveLength(5);
    expect(await Promise.all([call(a), call(b)])).toEqual([[200], [200]]);
  });

  test('share the token with a later tab without a login', async () => {
    const { open } = await createTabs();
    const a = await open();
    expect(await call(a)).toEqual([200]);
    expect(await call(await open())).toEqual([200]);
    expect(logins).toHaveLength(1);
  });

  test('do not wait for a tab that closes during its login', async () => {
    const { open } = await createTabs();
    const [a, b] = [await open(), await open()];
    const { began, letGo } = holdLogin();
    const lost = call(a).catch(() => 'closed');
    await began;
    const waiting = call(b);
    // The closed tab never gets a response to its login.
    await a.close();
    expect(await waiting).toEqual([200]);
    letGo();
    expect(await lost).toBe('closed');
  });

  test('overtake a tab that freezes during its login, and the frozen tab later uses the token of the other', async () => {
    const { open } = await createTabs();
    const [a, b] = [await open({ stealAfterMs: 2_500 }), await open({ stealAfterMs: 2_500 })];
    const { began, letGo } = holdLogin();
    const late = call(a);
    await began;
    const frozen = a.evaluate(() => page.block(5_000));
    expect(await call(b)).toEqual([200]);
    letGo();
    await frozen;
    expect(await late).toEqual([200]);
    expect(logins).toEqual([
      { refreshToken: 'rt-0', accepted: true },
      { refreshToken: 'rt-0', accepted: false },
    ]);
    expect(await Promise.all([call(a), call(b)])).toEqual([[200], [200]]);
  });

  test('keep tokens in memory only', async () => {
    const { open } = await createTabs();
    const [a, b] = [await open(), await open()];
    await Promise.all([call(a), call(b)]);
    for (const tab of [a, b]) expect(await tab.evaluate(() => page.kept())).not.toMatch(/at-|rt-|alice/);
  });

  test('have separate tokens for two users', async () => {
    const { open } = await createTabs();
    const a = await open();
    expect(await call(a)).toEqual([200]);
    const b = await open();
    await b.evaluate(() => page.start({}, 'bob'));
    await call(b);
    expect(logins.length).toBeGreaterThan(1);
  });
});

test.each([
  ['locks', /^ConfigError: tabStore needs Web Locks \(navigator\.locks\), which is missing/],
  ['BroadcastChannel', /^ConfigError: tabStore needs BroadcastChannel, which is missing/],
] as const)('tabStore without %s throws a ConfigError that names it', async (what, said) => {
  const { open } = await createTabs();
  const tab = await open();
  expect(await tab.evaluate((name) => page.without(name), what)).toMatch(said);
});
