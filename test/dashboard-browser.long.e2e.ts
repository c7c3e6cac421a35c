import type { Browser, Page } from 'playwright-core';
import { memoryStore } from '@holdline/core';
import { redisStore } from '@holdline/redis';
import { startRedis } from '@holdline/test-servers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startChromium } from './chromium.js';
import {
  findViolations,
  openDashboard,
  readFirstLine,
  serveDashboard,
  watchedLine,
  type Watched,
} from './dashboard-support.js';
import { until } from './support.js';

const USERS = 'GET /api/v2/users/:id';
const FLOWS = 'GET /api/v2/flows';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

/** The texts of the rows of a panel. */
const rowsOf = (page: Page, panel: string): Promise<string[]> =>
  page
    .locator(`#${panel} tbody tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim()).join(' | ')));

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent()) ?? '';

/** Waits until a panel has a row with the text. */
const waitForRow = (page: Page, panel: string, text: string): Promise<void> =>
  page.locator(`#${panel} tbody tr`, { hasText: text }).first().waitFor();

/**
 * A line in trouble: its quota of 8 a minute is used, the platform refused `flows` for a minute, the circuit of `broken` is open, a token is
 * in use, one dead letter is kept, and calls of two tenants wait.
 */
async function troubledLine(): Promise<Watched & { waiting: Promise<boolean>[] }> {
  const watched = watchedLine(
    {
      store: memoryStore(),
      governor: { quotas: [{ limit: 100, windowMs: 60_000, enforcement: 'sliding' }] },
      retry: { maxAttempts: 2, baseDelayMs: 1 },
      breaker: { minAttempts: 4, openMs: 600_000 },
      token: { grant: () => Promise.resolve({ accessToken: 'secret-access-token-1', expiresInMs: 3_600_000 }) },
    },
    (path) => {
      if (path.includes('broken')) return { status: 500 };
      return path.includes('flows') ? { status: 429, retryAfter: 60 } : { status: 200 };
    },
  );
  for (let i = 0; i < 6; i++) await watched.call('GET', `/api/v2/users/${i}`, { tenant: 'acme' });
  for (let i = 0; i < 6; i++) await watched.call('POST', '/api/v2/broken');
  const waiting = [
    watched.call('GET', '/api/v2/flows', { tenant: 'acme' }),
    watched.call('GET', '/api/v2/flows', { tenant: 'globex', priority: 'low' }),
    watched.call('GET', '/api/v2/flows', { tenant: 'globex', priority: 'high' }),
  ];
  return { ...watched, waiting };
}

describe('the overview', () => {
  test('shows every part of the state of a line in trouble', async () => {
    const { line, call } = await troubledLine();
    const { url, monitors } = await serveDashboard(line, { alerts: false });
    const [monitor] = monitors;
    if (!monitor) throw new Error('no monitor');
    // The monitor counts from now on.
    for (let i = 0; i < 4; i++) await call('GET', `/api/v2/users/${i}`, { tenant: 'acme' });
    await call('POST', '/api/v2/broken');
    void call('GET', '/api/v2/flows', { tenant: 'initech' });
    const { page, problems } = await openDashboard(browser, url);
    await waitForRow(page, 'gates', 'route');

    // The gate stays closed for a minute, so from here on nothing moves.
    await until(async () => (await textOf(page, '#tile-waiting .tile-value')) === String(line.snapshot().queued));
    const snapshot = line.snapshot();
    const { lastMinute, ...totals } = monitor.totals();
    const glance = await textOf(page, '.glance');
    expect(await textOf(page, '#tile-requests .tile-value')).toBe(String(lastMinute.attempts));
    expect(glance).toContain(`${snapshot.calls} calls active`);
    expect(await textOf(page, '#tile-waiting .tile-value')).toBe(String(snapshot.queued));
    expect(await textOf(page, '#tile-token .tile-value')).toBe('valid');
    expect(await textOf(page, '#tile-success')).toContain(`1 of ${lastMinute.calls} calls failed`);
    expect(await textOf(page, '#tile-alerts')).toContain('1 gate closed, 1 breaker open');

    const gate = snapshot.scopes.find((scope) => scope.gate === 'closed');
    const [gateRow = ''] = await rowsOf(page, 'gates');
    expect(gateRow).toContain(FLOWS);
    expect(gateRow).toMatch(/in \d+\.\d s/);
    expect(gateRow).toMatch(new RegExp(`\\| ${gate?.waiting}$`));
    const [seconds = '0'] = /\d+\.\d(?= s)/.exec(gateRow) ?? [];
    expect(Math.abs((gate?.retryAt ?? 0) - Date.now() - Number(seconds) * 1000)).toBeLessThan(5_000);

    const credential = snapshot.scopes.find(({ quotas }) => quotas.length > 0);
    const quota = credential?.quotas[0];
    expect((await rowsOf(page, 'quotas')).join('\n')).toContain(`${quota?.used} of ${quota?.limit} per min`);

    const queue = await rowsOf(page, 'queue');
    for (const priority of ['high', 'normal', 'low', 'background'] as const) {
      const n = snapshot.queues.reduce((sum, { waiting }) => sum + waiting[priority], 0);
      expect(queue.find((row) => row.startsWith(priority))).toMatch(new RegExp(`\\| ${n}$`));
    }
    expect(queue).toEqual(expect.arrayContaining(['globex | 2', 'acme | 1', 'initech | 1']));

    const breakers = await rowsOf(page, 'breakers');
    expect(breakers[0]).toMatch(/^POST \/api\/v2\/broken \| open, probe in (9|10) min/);
    const quiet = snapshot.breakers.filter(
      ({ state, failed, throttled }) => state === 'closed' && failed + throttled === 0,
    ).length;
    expect(breakers.length + quiet).toBe(snapshot.breakers.length);
    expect(await textOf(page, '#breakers-quiet')).toContain(`${quiet} more circuit`);

    const endpoints = await rowsOf(page, 'endpoints');
    for (const { route, calls, failed } of monitor.routes())
      expect(endpoints.find((row) => row.startsWith(route))).toContain(`${route} | ${calls} | ${failed} |`);
    expect(await textOf(page, '#refusals')).toContain('refused by the line: HOLDLINE_CIRCUIT_OPEN1');
    expect(await textOf(page, '#fact-kept')).toBe(String(totals.deadLetters.kept));
    expect((await rowsOf(page, 'tokens'))[0]).toMatch(/^of the line \| valid \| 1 \|/);
    expect(await textOf(page, '#fleet')).toContain('This line shares no quota');
    expect((await rowsOf(page, 'recent'))[0]).toContain(FLOWS);

    expect(await page.content()).not.toContain('secret-access-token');
    expect(problems).toEqual([]);
  });

  test('follows the line: a refresh of the token, an opened gate, a closed line', async () => {
    let isRefused = true;
    let tokens = 0;
    const { line, call } = watchedLine(
      {
        retry: { maxAttempts: 3, baseDelayMs: 1 },
        token: { grant: () => Promise.resolve({ accessToken: `t-${++tokens}`, expiresInMs: 3_600_000 }) },
      },
      (path) =>
        path.includes('flows') && isRefused
          ? { status: 429, retryAfter: 2 }
          : path.includes('expired') && tokens < 2
            ? { status: 401 }
            : { status: 200 },
    );
    const { url } = await serveDashboard(line);
    const { page, problems } = await openDashboard(browser, url);
    await page.getByText('No call yet.').first().waitFor();
    const done = call('GET', '/api/v2/flows');
    await waitForRow(page, 'gates', FLOWS);
    isRefused = false;
    await done;
    await page.getByText('No gate is closed.').waitFor();
    await call('GET', '/api/v2/expired');
    await page
      .locator('#tokens tbody tr', { hasText: '| 2' })
      .or(page.locator('#tokens td', { hasText: /^2$/ }))
      .first()
      .waitFor();
    expect(await textOf(page, '#tokens .panel-note')).toBe(
      '1 renewed, 0 failed'.replace('1', String((await readFirstLine(url)).totals.tokenRefreshes)),
    );
    await line.close();
    await page.locator('.banner', { hasText: 'This line was closed at' }).waitFor();
    expect(await textOf(page, '#endpoints')).toContain(FLOWS);
    expect(problems).toEqual([]);
  });

  test('shows a lost Redis, and that it is back', async () => {
    const redis = await startRedis();
    const store = redisStore({ url: redis.url, timeoutMs: 500 });
    onTestFinished(() => store.close());
    const { line, call } = watchedLine({ store, governor: { quotas: [{ limit: 50, windowMs: 10_000 }] } }, () => ({
      status: 200,
    }));
    await call('GET', '/api/v2/users/1');
    const { url } = await serveDashboard(line);
    const { page } = await openDashboard(browser, url);
    await waitForRow(page, 'fleet', 'connected');
    expect((await rowsOf(page, 'fleet'))[0]).toMatch(/connected \| 1 \| 50 per 10 s/);
    await redis.kill();
    await call('GET', '/api/v2/users/2');
    await waitForRow(page, 'fleet', 'lost');
    expect((await readFirstLine(url)).fleet[0]?.isLost).toBe(true);
    await redis.start();
    await waitForRow(page, 'fleet', 'connected');
  });

  test('says that the process does not answer, and goes on when it is back', async () => {
    const { line, call } = watchedLine({}, () => ({ status: 200 }));
    const first = await serveDashboard(line);
    const { page } = await openDashboard(browser, first.url);
    await page.locator('#status[data-state=live]').waitFor();
    await first.close();
    await page.locator('#status', { hasText: /Reconnecting, last data \d+ s old/ }).waitFor();
    await page.locator('.banner', { hasText: 'The process does not answer.' }).waitFor();
    await serveDashboard(line, { port: Number(new URL(first.url).port) });
    await page.locator('#status[data-state=live]').waitFor();
    await call('GET', '/api/v2/users/1');
    await waitForRow(page, 'endpoints', USERS);
    expect(await page.locator('.banner').isHidden()).toBe(true);
  });
});

describe('the way through the page', () => {
  test('every number leads to its calls, and a call to its timeline', async () => {
    const { line, call } = watchedLine({ retry: { maxAttempts: 2, baseDelayMs: 1 } }, (path) =>
      path.endsWith('/3') ? { status: 404 } : { status: 200 },
    );
    const { url, monitors } = await serveDashboard(line);
    for (let i = 0; i < 5; i++) await call('GET', `/api/v2/users/${i}`, { tenant: 'acme' });
    await call('GET', '/api/v2/flows');
    const { page, problems } = await openDashboard(browser, url);
    await waitForRow(page, 'endpoints', USERS);
    await page.locator('#endpoints tbody tr', { hasText: USERS }).locator('td a').nth(1).click();
    await page.locator('.chip', { hasText: 'failed' }).waitFor();
    const table = page.locator('main tbody tr');
    await table.filter({ hasText: '404' }).waitFor();
    expect(await table.count()).toBe(1);
    await table.locator('a').first().click();
    await page.locator('.timeline').waitFor();
    const [trace] = monitors[0]?.calls({ outcome: 'failed' }) ?? [];
    expect(await page.locator('.timeline-rows li').count()).toBe(trace?.steps.length);
    expect(await textOf(page, '.sentences')).toMatch(/Attempt 1 at .*answered 404/);
    await page.goBack();
    await page.locator('.chip', { hasText: 'route' }).click();
    await table.filter({ hasText: '404' }).waitFor();
    await page.getByRole('link', { name: 'Scopes' }).click();
    await page.getByLabel('Search').fill('flows');
    await page.keyboard.press('Enter');
    await table.filter({ hasText: 'flows' }).first().waitFor();
    expect(await table.filter({ hasText: 'users' }).count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test('the keyboard reaches the content, a call and the theme, and the focus is visible', async () => {
    const { line, call } = watchedLine({}, () => ({ status: 200 }));
    const { url } = await serveDashboard(line);
    await call('GET', '/api/v2/users/1');
    const { page } = await openDashboard(browser, url);
    await waitForRow(page, 'recent', USERS);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
    expect(outline).toBe('solid');
    // The focus stays while the table changes below it.
    await page.locator('#recent tbody th a').first().focus();
    await call('GET', '/api/v2/flows');
    await waitForRow(page, 'recent', FLOWS);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('A');
    await page.keyboard.press('Enter');
    await page.locator('.timeline').waitFor();
    await page.getByRole('button', { name: 'Switch to dark colours' }).focus();
    await page.keyboard.press('Space');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });

  test('a reader with a token signs in once, and the address never has the token', async () => {
    const token = 'token-of-this-test-1';
    const { line } = watchedLine({}, () => ({ status: 200 }));
    const { url } = await serveDashboard(line, { token });
    const { page } = await openDashboard(browser, url);
    expect(await findViolations(page)).toEqual([]);
    await page.getByLabel('Token of this dashboard').fill('wrong-token-of-a-test');
    await page.keyboard.press('Enter');
    await page.getByText('This token is not the token of the dashboard.').waitFor();
    await page.getByLabel('Token of this dashboard').fill(token);
    await page.keyboard.press('Enter');
    await page.locator('#status[data-state=live]').waitFor();
    expect(page.url()).toBe(url);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookie?.value + (await page.content())).not.toContain(token);
  });
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  test('axe-core finds nothing in any view', async () => {
    const { line, call } = await troubledLine();
    const { url, monitors } = await serveDashboard(line);
    await call('GET', '/api/v2/users/1');
    void call('GET', '/api/v2/flows');
    await call('POST', '/api/v2/broken');
    const { page, problems } = await openDashboard(browser, url, { colorScheme });
    await waitForRow(page, 'gates', 'route');
    await page.locator('.chart-host canvas').first().waitFor();
    await page.locator('.chart-table summary').first().click();
    expect(await findViolations(page)).toEqual([]);
    const callId = monitors[0]?.calls({ outcome: 'ok' })[0]?.callId;
    for (const [hash, selector] of [
      [`#/call/${callId}`, '.timeline'],
      ['#/alerts', 'main tbody tr'],
      ['#/calls?outcome=active', 'main tbody tr'],
      ['#/scopes', 'main tbody tr'],
    ] as const) {
      await page.evaluate((to) => void (location.hash = to), hash);
      await page.locator(selector).first().waitFor();
      expect(await findViolations(page)).toEqual([]);
    }
    expect(problems).toEqual([]);
  });
});

test.each([360, 768])('a screen of %i pixels needs no horizontal scroll in any view', async (width) => {
  const { line, call } = await troubledLine();
  const { url, monitors } = await serveDashboard(line);
  await call('GET', '/api/v2/users/1', { tenant: 'a-tenant-with-a-rather-long-name-of-its-own' });
  await call('GET', `/api/v2/${'averylongsegmentwithoutanyplacetobreak'.repeat(3)}/x`);
  void call('GET', '/api/v2/flows');
  const { page, problems } = await openDashboard(browser, url, { viewport: { width, height: 740 } });
  await waitForRow(page, 'gates', 'route');
  const callId = monitors[0]?.calls({ outcome: 'ok' })[0]?.callId;
  for (const hash of ['#/', `#/call/${callId}`, '#/calls', '#/scopes', '#/alerts']) {
    await page.evaluate((to) => void (location.hash = to), hash);
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(300);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter(
          (element) =>
            !element.closest('.skip, .hidden, .scroll, .u-wrap') &&
            element.scrollWidth > element.clientWidth + 1 &&
            element.clientWidth > 0,
        )
        .filter((element) => getComputedStyle(element).display !== 'inline')
        .map((element) => `${element.tagName}.${element.className} ${element.scrollWidth} > ${element.clientWidth}`),
    );
    expect([hash, wide]).toEqual([hash, []]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  expect(problems).toEqual([]);
});
