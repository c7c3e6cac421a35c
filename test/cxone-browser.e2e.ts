import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CxoneSimulator, WireEntry } from '@holdline/simulator';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundle, openPage, startChromium } from './chromium.js';
import type * as InPage from './cxone-page.js';
import { simulateCxone } from './nice.js';
import { sleep, until } from './support.js';

declare const page: typeof InPage;

const POLL = 'GET /incontactapi/services/agent-sessions/:sessionId/get-next-event';
const ROUTE = 'GET /agent-sessions/:sessionId/get-next-event';
const soon = { status: 429, headers: { 'Retry-After': '1' } };

let browser: Browser;
let script: string;
let rxjs: string;
let home: Server;
beforeAll(async () => {
  [browser, script, rxjs] = await Promise.all([
    startChromium(),
    bundle('cxone-page.ts', 'page'),
    readFile(join(import.meta.dirname, 'node_modules/rxjs-6/bundles/rxjs.umd.min.js'), 'utf8'),
  ]);
  home = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
  await new Promise<void>((resolve) => home.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await browser.close();
  home.closeAllConnections();
  home.close();
});

interface Session {
  simulator: CxoneSimulator;
  opened: Page;
  sessionId: string;
  poll(): Promise<void>;
  polls(): WireEntry[];
}

/** Opens a page with the signed-in real SDK and an agent session at a simulator of another origin. */
async function agentPage(guarded: Parameters<typeof InPage.start>[1]): Promise<Session> {
  const simulator = await simulateCxone({ cors: { exposeHeaders: ['Retry-After'] } });
  const opened = await openPage(browser, `http://127.0.0.1:${(home.address() as AddressInfo).port}/`);
  onTestFinished(() => opened.context().close());
  // The workers of the vendor load this script from an unreachable host.
  await opened.context().route('https://cdnjs.cloudflare.com/**', (route) =>
    route.fulfill({
      body: rxjs,
      contentType: 'text/javascript',
      headers: { 'Access-Control-Allow-Origin': '*' },
    }),
  );
  await opened.addScriptTag({ content: script });
  const sessionId = await opened.evaluate(([...args]) => page.start(...args), [simulator.url, guarded] as [
    string,
    typeof guarded,
  ]);
  simulator.resetStats();
  return {
    simulator,
    opened,
    sessionId,
    poll: () => opened.evaluate(([...args]) => page.poll(...args), [simulator.url, sessionId] as const),
    /** Poll requests so far. */
    polls: () => simulator.wire().filter(({ method, path }) => method === 'GET' && path.includes('/get-next-event')),
  };
}

const waiting = ({ simulator, sessionId }: Session): boolean =>
  simulator.sessions().some(({ id, waiting: n }) => id === sessionId && n > 0);

describe('get-next-event in the worker of the SDK', () => {
  test('control: the page sees no request of the worker, and the SDK reports an error after one 429', async () => {
    const { simulator, opened, poll, polls } = await agentPage(false);
    await opened.evaluate(() => {
      const native = globalThis.fetch;
      globalThis.fetch = (...args) => {
        page.events.push('seen');
        return native(...args);
      };
    });
    simulator.script(POLL, [soon]);
    await poll();
    await until(() => polls().length > 0);
    await opened.waitForFunction(() => page.heard.length > 0);
    expect(await opened.evaluate(() => [page.heard, page.events])).toEqual([[{ data: { status: 429 } }], []]);
    expect(polls()).toHaveLength(1);
  });

  test('a poll waits after a 429, the line makes every attempt, and the SDK gets the events', async () => {
    const { simulator, opened, sessionId, poll, polls } = await agentPage({});
    simulator.script(POLL, [soon]);
    await poll();
    await opened.waitForFunction(() => page.heard.length > 0);
    expect(await opened.evaluate(() => page.heard[0])).toMatchObject({ sessionId, events: [{}, {}] });
    const seen = polls();
    expect(seen.slice(0, 2).map(({ status }) => status)).toEqual([429, 200]);
    expect((seen[1]?.at as number) - (seen[0]?.at as number)).toBeGreaterThanOrEqual(990);
    expect(await opened.evaluate(() => page.attempts.slice(0, 2))).toEqual([ROUTE, ROUTE]);
    expect(await opened.evaluate(() => page.events.length)).toBeGreaterThan(0);
  });

  test('the page renews a revoked token, and the poll continues with the new token', async () => {
    const { simulator, opened, sessionId, poll, polls } = await agentPage({});
    simulator.revokeTokens();
    await poll();
    await opened.waitForFunction(() => page.heard.length > 0);
    expect(await opened.evaluate(() => page.heard[0])).toMatchObject({ sessionId });
    expect(
      polls()
        .slice(0, 2)
        .map(({ status }) => status),
    ).toEqual([401, 200]);
    expect(simulator.stats().tokenRequests).toBe(1);
  });

  test('a waiting poll takes no slot and no quota from the calls of the page', async () => {
    const session = await agentPage({
      bulkhead: { maxConcurrent: 1 },
      governor: { quotas: [{ limit: 1, windowMs: 60_000, enforcement: 'sliding' }] },
    });
    const { simulator, opened, poll } = session;
    await poll();
    await until(() => waiting(session));
    const url = `${simulator.url}/incontactapi/services/v23.0/agents`;
    expect(await opened.evaluate((to) => page.get(to), url)).toEqual({ status: 200, attempts: 1 });
    expect(waiting(session)).toBe(true);
  });

  test('a worker terminated on the wire or behind a gate leaves no call behind', async () => {
    const session = await agentPage({});
    const { simulator, opened, poll, polls } = session;
    const nothing = { calls: 0, queued: 0, inFlight: 0, slots: 0 };
    await poll();
    await until(() => waiting(session));
    expect(await opened.evaluate(() => page.left())).toMatchObject({ calls: 1, inFlight: 1 });
    await opened.evaluate(() => page.stopPolling());
    await opened.waitForFunction(() => page.left().calls === 0);
    expect(await opened.evaluate(() => page.left())).toEqual(nothing);
    await until(() => !waiting(session));

    simulator.script(POLL, [{ status: 429, headers: { 'Retry-After': '100' } }]);
    const before = polls().length;
    await poll();
    await opened.waitForFunction(() => page.left().queued === 1);
    await opened.evaluate(() => page.stopPolling());
    await opened.waitForFunction(() => page.left().calls === 0);
    expect(await opened.evaluate(() => page.left())).toEqual(nothing);
    expect(polls()).toHaveLength(before + 1);
  });

  test('a 409 ends the session: the SDK gets the error, and no poll follows', async () => {
    const session = await agentPage({});
    const { simulator, opened, sessionId, poll, polls } = session;
    await poll();
    await until(() => waiting(session));
    simulator.endSession(sessionId);
    await opened.waitForFunction(() => JSON.stringify(page.heard.at(-1)) === '{"data":{"status":409}}');
    const n = polls().length;
    expect(JSON.stringify(await opened.evaluate(() => page.events.at(-1)))).toMatch(/AgentSessionEnd/);
    await sleep(500);
    expect(polls()).toHaveLength(n);
  });
});
