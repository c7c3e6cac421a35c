import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

export { startChromium } from './launch.mjs';

/** A page of its own at `url`, gone with the test. What the page throws fails the test. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const errors: Error[] = [];
  onTestFinished(async () => {
    await context.close();
    if (errors[0]) throw errors[0];
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(url);
  return page;
}

/** Bundles a module of this directory for browsers; what it exports is then `globalThis[name]`. */
export async function bundle(file: string, name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: name,
    target: 'es2022',
    define: { global: 'globalThis' },
  });
  return outputFiles[0]?.text ?? '';
}
