import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown, type UserConfig } from 'vite';
import { expect, onTestFinished } from 'vitest';
import { refuseWebStorage } from '../scripts/web-storage/vite-plugin.mjs';
import { openPage } from './chromium.js';

/** A page built by Vite: contents by path. */
export type BuiltPage = ReadonlyMap<string, string | Uint8Array>;

/** Builds a page of `pages/` with Vite, like an application. Vite writes nothing to disk. */
export async function buildPage(name: string, config: UserConfig = {}): Promise<BuiltPage> {
  // Vite reads this variable, and the test runner sets another value.
  process.env['NODE_ENV'] = 'production';
  const { output } = (await build({
    ...config,
    plugins: [config.plugins, refuseWebStorage()],
    root: join(import.meta.dirname, 'pages', name),
    configFile: false,
    logLevel: 'silent',
    build: { ...config.build, write: false },
  })) as Rolldown.RolldownOutput;
  return new Map(
    output.map((file) => [
      file.fileName === 'index.html' ? '/' : `/${file.fileName}`,
      file.type === 'chunk' ? file.code : file.source,
    ]),
  );
}

const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css', html: 'text/html' };

/** Serves a page on 127.0.0.1 until `stop()`. `answer` handles requests for all other paths. */
export async function servePage(
  page: BuiltPage,
  answer: RequestListener = (_, response: ServerResponse) => void response.writeHead(404).end(),
): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const file = page.get(path);
    if (file === undefined) answer(request, response);
    else {
      response.writeHead(200, { 'Content-Type': TYPES[path === '/' ? 'html' : (path.split('.').at(-1) ?? '')] ?? '' });
      response.end(file);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Opens a page that closes with the test. An uncaught error of the page fails the test. */
export async function openForTest(browser: Browser, url: string): Promise<Page> {
  const page = await openPage(browser, url);
  onTestFinished(async () => {
    await page.context().close();
    expect(page.errors).toEqual([]);
  });
  return page;
}
