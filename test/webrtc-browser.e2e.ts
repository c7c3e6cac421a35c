import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, openPage, startChromium } from './chromium.js';
import { signIn, startStreamingSimulator, until } from './streaming-support.js';
import type * as InPage from './streaming-page.js';

/** The parts of the WebRTC SDK that the tests use. */
interface Sdk {
  _config: { accessToken: string };
  _streamingConnection: { connected: boolean; config: { authToken: string } } | null;
  initialize(): Promise<void>;
  disconnect(): Promise<void>;
}

declare const page: typeof InPage;
declare const sdk: Sdk;

/** The bundle of the vendor for script tags, which contains its own streaming client. The page must load this bundle. */
const SDK = join(
  import.meta.dirname,
  'node_modules/genesys-cloud-webrtc-sdk/dist/genesys-cloud-webrtc-sdk.bundle.min.js',
);

let browser: Browser;
let script: string;
let origin: string;
let stop: () => void;

beforeAll(async () => {
  const sdk = await readFile(SDK);
  const server = createServer(({ url }, response) => {
    const isSdk = url === '/sdk.js';
    response
      .setHeader('content-type', `text/${isSdk ? 'javascript' : 'html'}; charset=utf-8`)
      .end(isSdk ? sdk : '<html></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => (server.closeAllConnections(), server.close());
  [browser, script] = await Promise.all([startChromium(), bundle('streaming-page.ts', 'page')]);
});
afterAll(async () => {
  stop();
  await browser.close();
});

/** Opens a page with an uninitialised SDK in `sdk`. */
async function openSdk(apiUrl: string, accessToken: string) {
  const opened = await openPage(browser, origin);
  await opened.addScriptTag({ url: '/sdk.js' });
  await opened.addScriptTag({ content: script });
  expect(opened.errors).toEqual([]);
  await opened.evaluate(
    ([environment, token]) => {
      const silent = (): void => undefined;
      const logger = { debug: silent, info: silent, warn: silent, error: silent, log: silent };
      const { GenesysCloudWebrtcSdk } = globalThis as unknown as {
        GenesysCloudWebrtcSdk: { default: new (options: object) => Sdk };
      };
      const made = new GenesysCloudWebrtcSdk.default({
        accessToken: token,
        environment,
        wsHost: environment.replace('http', 'ws'),
        optOutOfTelemetry: true,
        useHeadsets: false,
        logger,
      });
      (made as unknown as { on(name: string, fn: () => void): void }).on('sdkError', silent);
      Object.assign(globalThis, { sdk: made });
    },
    [apiUrl, accessToken] as const,
  );
  return opened;
}

test('the WebRTC SDK in Chromium connects despite refused upgrades, a 429 and a dead token', async () => {
  const simulator = await startStreamingSimulator();
  const dead = await signIn(simulator, 'alice');
  simulator.revokeTokens();
  const alive = await signIn(simulator, 'alice');
  const opened = await openSdk(simulator.url, dead);
  simulator.script('GET /stream/**', [{ status: 429 }, { status: 429 }]);
  simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '1' } }]);
  await opened.evaluate((accessToken) => {
    page.guardWebrtc(sdk, { token: { grant: () => Promise.resolve({ accessToken }) } });
    // The steps after the handshake need audio devices, which this machine does not have.
    void sdk.initialize().catch(() => undefined);
  }, alive);
  await until(() => simulator.stats().sockets.accepted === 1);
  await opened.waitForFunction(() => sdk._streamingConnection?.connected);
  expect(simulator.upgrades().map(({ status }) => status)).toEqual([429, 429, 101]);
  expect(await opened.evaluate(() => [sdk._config.accessToken, sdk._streamingConnection?.config.authToken])).toEqual([
    alive,
    alive,
  ]);

  const released = await opened.evaluate(() => {
    const connection = sdk._streamingConnection as object;
    const guarded = [sdk, connection].map((client) => page.holdlineOf(client) !== undefined);
    page.release(sdk);
    const own = Object.getOwnPropertyDescriptor(sdk, '_streamingConnection');
    return { guarded, left: page.holdlineOf(connection), isSame: own?.value === connection, isWritable: own?.writable };
  });
  expect(released).toEqual({ guarded: [true, true], left: undefined, isSame: true, isWritable: true });
  expect(opened.errors).toEqual([]);
  await opened.evaluate(() => sdk.disconnect());
  await opened.context().close();
});

test('control: the unguarded WebRTC SDK fails with a dead token', async () => {
  const simulator = await startStreamingSimulator();
  const dead = await signIn(simulator, 'alice');
  simulator.revokeTokens();
  const opened = await openSdk(simulator.url, dead);
  const ended = await opened.evaluate(() =>
    sdk.initialize().then(
      () => 'initialised',
      () => 'failed',
    ),
  );
  expect(ended).toBe('failed');
  expect(simulator.stats().sockets.upgrades).toBe(0);
  await opened.context().close();
});
