import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, openPage, startChromium } from './chromium.js';
import { WEBSOCKET_CASES } from './websocket-cases.js';
import type * as InPage from './websocket-page.js';
import { LIMIT, startWebSocketServer } from './websocket-server.js';

declare const page: typeof InPage;

let browser: Browser;
let opened: Page;
let server: Awaited<ReturnType<typeof startWebSocketServer>>;
beforeAll(async () => {
  const [started, script] = await Promise.all([startChromium(), bundle('websocket-page.ts', 'page')]);
  browser = started;
  server = await startWebSocketServer();
  opened = await openPage(browser, server.page);
  await opened.addScriptTag({ content: script });
});
afterAll(() => Promise.all([browser.close(), server.stop()]));

describe('the guarded WebSocket of Chromium', () => {
  test.each(WEBSOCKET_CASES.map((one, index) => ({ ...one, index })))('$name', async ({ index, expected }) => {
    const got = await opened.evaluate(([i, url]) => page.run(i, url), [index, server.url] as const);
    expect(got).toEqual(expected);
  });

  // This test has no control. Chromium makes one handshake per host at a time, so it usually stays below the limit.
  test('opens 60 simultaneous sockets under a limit without a refusal', async () => {
    const all = await opened.evaluate(
      ([url, { perSec: limit, burst }]) => {
        const quotas = [{ limit, windowMs: 1_000, enforcement: 'bucket' as const, burst }];
        return page.openMany(page.guardWebSocket(WebSocket, { handshakes: { quotas } }), url, 60);
      },
      [`${server.url}/limited/guarded`, LIMIT] as const,
    );
    expect(all).toBe(60);
    expect(server.refused('guarded')).toBe(0);
  });
});
