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

/** Starts a simulator and its page, and signs in. */
async function startPage(): Promise<{
  running: Running;
  page: Page & { errors: Error[] };
  send: (path: string, body?: string) => Promise<number>;
}> {
  const running = start(['simulator', '--limit', '3/60s,enforcement=sliding,name=three'], makeProject({}, []));
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

test.each(['light', 'dark'] as const)('axe finds nothing in %s, and the page fits a phone', async (colorScheme) => {
  const { page, send } = await startPage();
  await page.emulateMedia({ colorScheme });
  for (const body of ['{"n":1}', '{"n":1}']) await send(CONTACTS, body);
  for (const path of ['/api/v2/users/me', '/api/v2/groups']) await send(path);
  await page.locator('tr.refused').waitFor();
  await page.evaluate(AXE);
  const found = await page.evaluate(async () =>
    (
      await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe.run()
    ).violations.map(({ id }) => id),
  );
  expect(found).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  if (process.env['SHOTS']) await page.setViewportSize({ width: 1200, height: 500 });
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/wire-${colorScheme}.png` });
});
