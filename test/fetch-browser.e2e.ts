import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

async function guardedPage(): Promise<Page> {
  const opened = await openPage(browser, at.home);
  await opened.addScriptTag({ content: script });
  return opened;
}

describe.each(CONFIGS)('guarded in Chromium, %s', (_, config) => {
  test.each(FETCH_CASES.map(({ name }, index) => ({ name, index })))('$name', async ({ index }) => {
    const opened = await guardedPage();
    const { bare, guarded } = await opened.evaluate(([...args]) => page.compare(...args), [index, config, at] as const);
    expect(guarded).toEqual(bare);
  });
});
