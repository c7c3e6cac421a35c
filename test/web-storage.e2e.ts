import { mkdtempSync, rmSync, writeFileSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findWebStorage } from '../scripts/web-storage/find.mjs';
import { refuseWebStorage } from '../scripts/web-storage/vite-plugin.mjs';
import { findInStorage, watchTokens } from './browser-storage.mjs';
import { startChromium } from './chromium.js';
import { simulate } from './support.js';
import { buildPage, openForTest, servePage } from './vite.js';
import type { Library } from './pages/genesys/main.js';

declare const library: Library;

// Issue 16, 4: a token is never in the storage of a browser.
describe('the search finds', () => {
  test.each([
    ['localStorage.setItem("t", token)', ['localStorage']],
    ['window.sessionStorage.t = token', ['sessionStorage']],
    ["globalThis['localStorage'].t = token", ['localStorage']],
    ['self[`indexedDB`].open("a")', ['indexedDB']],
    ['const { localStorage: kept } = window; kept.t = token', ['localStorage']],
    ['const storage = globalThis?.localStorage', ['localStorage']],
    ['document.cookie = `t=${token}`', ['document.cookie']],
    ["window.document['cookie'] = token", ['document.cookie']],
    ['const { cookie } = document', ['document.cookie']],
    ['cookieStore.set("t", token)', ['cookieStore']],
    ['navigator.storage.getDirectory()', ['getDirectory']],
    ['(await caches.open("a")).put("/t", new Response(token))', ['caches']],
    ['client.setPersistSettings(true)', ['setPersistSettings']],
  ])('%s', (code, apis) => {
    expect(findWebStorage(code, 'main.js').map(({ api }) => api)).toEqual(apis);
  });

  test.each([
    '// localStorage',
    'const text = "never localStorage";',
    'response.headers.cookie',
    'const { cookie } = headers',
    'storage.setItem("t", token)',
  ])('nothing in %s', (code) => {
    expect(findWebStorage(code, 'main.js')).toEqual([]);
  });

  test('no types, but their values', () => {
    const code = 'const { localStorage } = globalThis as { localStorage?: Storage };\nlocalStorage.t = token;';
    expect(findWebStorage(code, 'main.ts')).toEqual([
      { api: 'localStorage', line: 1 },
      { api: 'localStorage', line: 2 },
    ]);
  });
});

/** Builds a page of these files as the browser examples are built. */
async function buildFiles(files: Record<string, string>): Promise<unknown> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdline-page-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries({
    'index.html': '<script type="module" src="/main.js"></script>',
    ...files,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return build({ root, configFile: false, logLevel: 'silent', build: { write: false }, plugins: [refuseWebStorage()] });
}

const PLANTED = 'export const keep = (token) => localStorage.setItem("token", token);';
const MAIN = 'import { keep } from "a"; keep("t");';

describe('the build of a page', () => {
  test.each([
    ['its own module', { 'main.js': `${PLANTED} keep("t")` }, 'main.js:1 uses localStorage'],
    ['an inline script', { 'index.html': `<script type="module">document.cookie = "t"</script>` }, 'document.cookie'],
    [
      'a package of Holdline',
      {
        'main.js': 'import { keep } from "@holdline/core"; keep("t");',
        'node_modules/@holdline/core/package.json':
          '{"name":"@holdline/core","type":"module","exports":"./dist/index.js"}',
        'node_modules/@holdline/core/dist/index.js': PLANTED,
      },
      'packages/core may use it 0 times',
    ],
    [
      'one more use in the package that has an exception',
      {
        'main.js': 'import { keep } from "@holdline/cxone"; keep("t");',
        'node_modules/@holdline/cxone/package.json':
          '{"name":"@holdline/cxone","type":"module","exports":"./dist/index.js"}',
        'node_modules/@holdline/cxone/dist/index.js': PLANTED.replace(
          'localStorage',
          'localStorage ?? localStorage ?? localStorage ?? localStorage',
        ),
      },
      'packages/cxone may use it 3 times',
    ],
  ])('fails with a planted use in %s', async (_, files, message) => {
    await expect(buildFiles(files as Record<string, string>)).rejects.toThrow(message);
  });

  test('passes if only the package of somebody else uses a storage', async () => {
    await buildFiles({
      'main.js': MAIN,
      'node_modules/a/package.json': '{"name":"a","type":"module","exports":"./index.js"}',
      'node_modules/a/index.js': PLANTED,
    });
  });
});

describe('in Chromium', () => {
  let chromium: Browser;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 120_000);
  afterAll(() => chromium.close());

  test('no storage has the token after a login, calls, a renewal and a logout', async () => {
    const simulator = await simulate({ tokens: { expiresInMs: 60_000 } });
    const NAME = 'purecloud-platform-client-v2';
    const { url, stop } = await servePage(
      await buildPage('genesys', { resolve: { alias: { [NAME]: `${NAME}/dist/web-cjs/bundle.js` } } }),
    );
    onTestFinished(stop);
    const page = await openForTest(chromium, url);
    const tokens = watchTokens(page);
    const { hostname: host, port, origin } = new URL(simulator.url);
    await page.evaluate(
      async ({ host, port, origin, redirectUri }) => {
        const { platformClient, guardGenesys, authorizationCode } = library;
        const client = platformClient.ApiClient.instance;
        client.setGateway({ host, port: Number(port), protocol: 'http' });
        const login = { clientId: 'page', code: 'code', redirectUri, codeVerifier: 'verifier' };
        const grant = authorizationCode({ ...login, loginUrl: origin, apiUrl: origin });
        guardGenesys(client, { governor: { quotas: [] }, token: { grant } });
        await new platformClient.UsersApi().getUsersMe();
      },
      { host, port, origin, redirectUri: url },
    );
    simulator.revokeTokens();
    await page.evaluate(() => new library.platformClient.UsersApi().getUsersMe());
    expect(tokens.size).toBe(2);
    expect(await findInStorage(page, [...tokens])).toEqual([]);
    // Control: the search finds each token once it is stored.
    await page.evaluate(
      (token) => {
        sessionStorage.setItem('planted', token);
        document.cookie = `planted=${token}`;
      },
      [...tokens][1] as string,
    );
    expect(await findInStorage(page, [...tokens])).toEqual(['cookie planted', 'sessionStorage of frame 0']);
  });
});
