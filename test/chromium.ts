import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';

export { startChromium } from './launch.mjs';

/** Opens `url` in a new context. `errors` has the uncaught errors of the page. The caller closes the context or the browser. */
export async function openPage(browser: Browser, url: string): Promise<Page & { errors: Error[] }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: Error[] = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(url);
  return Object.assign(page, { errors });
}

/** Bundles a module of this directory for browsers. The page finds its exports in `globalThis[name]`. */
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
