import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundle, openPage, startChromium } from './chromium.js';
import { FETCH_CASES, type Places } from './fetch-cases.js';
import { CONFIGS, startPlaces } from './fetch-places.js';
import type * as InPage from './fetch-page.js';

declare const page: typeof InPage;

let browser: Browser;
let script: string;
let at: Places;
let stop: () => Promise<unknown>;
beforeAll(async () => {
  [browser, script, { at, stop }] = await Promise.all([
    startChromium(),
    bundle('fetch-page.ts', 'page'),
    startPlaces(),
  ]);
});
afterAll(() => Promise.all([browser.close(), stop()]));

/** Opens a page with the exports of fetch-page.ts. */
async function guardedPage(): Promise<Page> {
  const opened = await openPage(browser, at.home);
  await opened.addScriptTag({ content: script });
  return opened;
}

describe.each(CONFIGS)('guarded in Chromium, %s', (_, config) => {
  // All cases share one page, because opening a page takes longer than a case.
  let opened: Page;
  beforeAll(async () => void (opened = await guardedPage()));

  test.each(FETCH_CASES.map((one, index) => ({ ...one, index })))('$name', async ({ index, streams }) => {
    const { bare, guarded } = await opened.evaluate(([...args]) => page.compare(...args), [index, config, at] as const);
    if (streams && config.retry !== false) expect(guarded).toMatchObject({ name: 'OutcomeUnknownError' });
    else expect(guarded).toEqual(bare);
  });
});

describe('a page', () => {
  let opened: Page;
  beforeEach(async () => void (opened = await guardedPage()));
  afterEach(() => opened.context().close());

  test('waits for the default time where CORS hides Retry-After, and for the Retry-After time elsewhere', async () => {
    const waited = await opened.evaluate(async ({ away, hidden }) => {
      const seen: [string, number | undefined, boolean, string | undefined][] = [];
      const guarded = page.guardFetch(fetch, { retry: { baseDelayMs: 300, maxAttempts: 3 } });
      for (const place of [away, hidden]) {
        const from = performance.now();
        const response = await guarded(`${place}/busy/${Math.random()}?retry-after=1`);
        const info = page.callInfo(response);
        seen.push([
          await response.text(),
          info?.attempts,
          performance.now() - from >= 1000,
          info?.headers['content-type'],
        ]);
      }
      return seen;
    }, at);
    expect(waited[0]?.slice(0, 3)).toEqual(['at last', 2, true]);
    expect(waited[1]?.slice(0, 2)).toEqual(['at last', 2]);
  });

  test('sends the token only to its own origin, with relative URLs and redirects included', async () => {
    const seen = await opened.evaluate(async ({ away, hidden }) => {
      const grant = (): Promise<{ accessToken: string }> => Promise.resolve({ accessToken: 'line' });
      const guarded = page.guardFetch(fetch, { token: { grant } });
      const to = encodeURIComponent(`${away}/echo`);
      const authorizations: unknown[] = [];
      for (const url of [
        '/echo',
        new URL('/echo', location.href),
        `${away}/echo`,
        `${hidden}/echo`,
        '/redirect/302?to=/echo',
        `/redirect/307?to=${to}`,
      ]) {
        for (const input of [url, new Request(url)]) {
          const response = await guarded(input, { method: 'POST', body: 'x' });
          const { headers } = (await response.json()) as { headers: Record<string, string> };
          authorizations.push(headers['authorization']);
        }
      }
      return authorizations;
    }, at);
    const [own, none] = ['Bearer line', undefined];
    expect(seen).toEqual([own, own, own, own, none, none, none, none, own, own, none, none]);
  });

  test('makes one refresh for all calls and one replay per call', async () => {
    const seen = await opened.evaluate(async (home) => {
      let granted = 0;
      const grant = (): Promise<{ accessToken: string }> => Promise.resolve({ accessToken: `t${(granted += 1)}` });
      const undo = page.installFetch({ origins: [home], token: { grant } });
      const calls = Array.from({ length: 8 }, (_, i) => fetch('/token/t2', { method: 'POST', body: `${i}` }));
      const texts = await Promise.all(calls.map(async (call) => (await call).text()));
      undo();
      return { granted, texts, bare: (await fetch('/token/t2')).status };
    }, at.home);
    expect(seen).toEqual({ granted: 2, texts: Array.from({ length: 8 }, (_, i) => `t2 ${i}`), bare: 401 });
  });
});
