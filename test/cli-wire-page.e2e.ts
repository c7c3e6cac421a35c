import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, startChromium } from './chromium.js';
import { makeProject, type Running, start } from './cli-support.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

const LIMIT = ['--limit', '3/60s,enforcement=sliding,name=three'];

/** Starts a simulator and its page, and signs in. */
async function startPage(args: readonly string[] = LIMIT): Promise<{
  running: Running;
  page: Page & { errors: Error[] };
  send: (path: string, body?: string) => Promise<number>;
}> {
  const running = start(['simulator', ...args], makeProject({}, []));
  const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
  const [, address = ''] = await running.finds(/Wire log: (http:\S+)/);
  const page = await openPage(browser, address);
  const grant = new URLSearchParams({ grant_type: 'client_credentials' });
  const login = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('id:secret')}` },
    body: grant,
  });
  const { access_token } = (await login.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const send = async (path: string, body?: string): Promise<number> =>
    (await fetch(url + path, { headers, ...(body !== undefined && { method: 'POST', body }) })).status;
  return { running, page, send };
}

const CONTACTS = '/api/v2/externalcontacts/contacts';
const rowsOf = (page: Page): Promise<string[]> => page.locator('#rows tr').allInnerTexts();

test('the page shows requests, limits and duplicate writes live, and filters them', async () => {
  const { page, send } = await startPage();
  await send(CONTACTS, '{"firstName":"a"}');
  await send(CONTACTS, '{"firstName":"a"}');
  await send('/api/v2/users/me?access_token=secret');
  expect(await send('/api/v2/groups?pageSize=25')).toBe(429);
  await page.locator('tr.refused').waitFor();
  const rows = await rowsOf(page);
  expect(rows).toHaveLength(5);
  expect(rows[0]).toMatch(/GET\s+\/api\/v2\/groups\?pageSize=25\s+429\s+three/);
  expect(rows[1]).toContain('/api/v2/users/me?access_token=…');
  expect(rows[2]).toMatch(/duplicate write$/);
  expect(await page.locator('#total-refused').innerText()).toBe('1');
  expect(await page.locator('#total-duplicateWrites').innerText()).toBe('1');

  await page.getByLabel('only 429s').check();
  expect(await rowsOf(page)).toHaveLength(1);
  await page.getByLabel('only 429s').uncheck();
  await page.getByLabel('only executed writes').check();
  expect(await rowsOf(page)).toHaveLength(2);
  await page.getByLabel('only executed writes').uncheck();
  await page.getByLabel('Filter').fill('users/me');
  expect(await rowsOf(page)).toHaveLength(1);
  await page.getByLabel('Filter').fill('');

  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  await send('/api/v2/stations');
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  expect(await rowsOf(page)).toHaveLength(5);
  await page.getByRole('button', { name: 'Go on' }).press('Enter');
  await page.locator('#rows tr', { hasText: '/api/v2/stations' }).waitFor();
  expect(page.errors).toEqual([]);
});

test('the page shows the load: rates, latency, limits, tokens and routes', async () => {
  const { page, send } = await startPage();
  for (let n = 0; n < 6; n++) await send(`/api/v2/users/u${n}`);
  await page.locator('#callers tr').waitFor();
  await page.waitForFunction(() => document.querySelector('#callers td:nth-child(2)')?.textContent === '3');
  expect(await page.locator('#limits tr').innerText()).toMatch(/^three\s+100 %\s+3\s+3 in 60 s per token$/);
  expect(await page.locator('#limits meter').getAttribute('aria-label')).toBe('three is full to 100 %');
  expect(await page.locator('#callers tr').innerText()).toMatch(/^t1\s+3\s+0\s+id\s+me$/);
  expect(await page.locator('#routes tr').innerText()).toMatch(/^GET \/api\/v2\/users\/:id\s+6\s+3\s/);
  await page.waitForFunction(() => document.querySelector('#chart .requests')?.getAttribute('d') !== '');
  expect(await page.locator('#chart').getAttribute('aria-label')).toMatch(/^Requests per second of the last \d+ s: at/);
  expect(await page.locator('#load-p99').innerText()).toMatch(/ ms$/);
  expect(await page.locator('#mode').innerText()).toBe('');
  expect(page.errors).toEqual([]);
});

test('in shadow mode the page marks requests that would have been refused', async () => {
  const { page, send } = await startPage([...LIMIT, '--shadow']);
  for (let n = 0; n < 5; n++) expect(await send(`/api/v2/users/u${n}`)).toBe(200);
  await page.locator('tr.shadow').first().waitFor();
  await page.locator('#load-shadow', { hasText: '2' }).waitFor();
  expect(await page.locator('#mode').innerText()).toBe('shadow mode: nothing is refused');
  await page.getByLabel('only 429s').check();
  expect((await rowsOf(page))[0]).toContain('would refuse: three');
  expect(await rowsOf(page)).toHaveLength(2);
});

test.each(['light', 'dark'] as const)('axe finds nothing in %s, and the page fits a phone', async (colorScheme) => {
  const { page, send } = await startPage();
  await page.emulateMedia({ colorScheme });
  for (const body of ['{"n":1}', '{"n":1}']) await send(CONTACTS, body);
  for (const path of ['/api/v2/users/me', '/api/v2/groups']) await send(path);
  await page.locator('tr.refused').waitFor();
  await page.locator('#callers tr').waitFor();
  await page.waitForFunction(() => document.querySelector('#chart .requests')?.getAttribute('d') !== '');
  await page.evaluate(AXE);
  const found = await page.evaluate(async () =>
    (
      await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe.run()
    ).violations.map(({ id }) => id),
  );
  expect(found).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/phone-${colorScheme}.png` });
  if (process.env['SHOTS']) await page.setViewportSize({ width: 1200, height: 800 });
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/wire-${colorScheme}.png` });
});
