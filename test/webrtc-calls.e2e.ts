import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, startChromium } from './chromium.js';
import { signIn, startStreamingSimulator, until } from './streaming-support.js';

/** What the softphone in the page saw, in order. */
interface Seen {
  events: string[];
  states: string[];
  answers: string[];
}

/** The vendor's streaming client for script tags. */
const CLIENT = join(
  import.meta.dirname,
  'node_modules/genesys-cloud-streaming-client/dist/streaming-client.browser.js',
);

let browser: Browser;
let origin: string;
let stop: () => void;

beforeAll(async () => {
  const client = await readFile(CLIENT);
  const server = createServer(({ url }, response) => {
    const isClient = url === '/client.js';
    response
      .setHeader('content-type', `text/${isClient ? 'javascript' : 'html'}; charset=utf-8`)
      .end(isClient ? client : '<html></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => (server.closeAllConnections(), server.close());
  browser = await startChromium();
});
afterAll(async () => {
  stop();
  await browser.close();
});

/** Signs a softphone in. It accepts each call with the peer connection of the browser. */
async function openSoftphone(url: string, token: string): Promise<Page & { errors: Error[] }> {
  const page = await openPage(browser, origin);
  await page.addScriptTag({ url: '/client.js' });
  await page.evaluate(
    async ([apiHost, authToken]) => {
      const seen: Seen = { events: [], states: [], answers: [] };
      const silent = (): void => undefined;
      const logger = { debug: silent, info: silent, warn: silent, error: silent, log: silent };
      // The script has no types.

      const Client = (globalThis as any).GenesysCloudStreamingClient;
      const client = new Client({
        host: apiHost.replace('http', 'ws'),
        apiHost,
        authToken,
        logger,
        optOutOfWebrtcStatsTelemetry: true,
        appName: 'softphone',
      });
      Object.assign(globalThis, { seen, client });
      const rtc = client.webrtcSessions;
      rtc.on('requestIncomingRtcSession', (info: { sessionId: string; sessionType: string }) => {
        seen.events.push(`propose ${info.sessionType}`);
        void rtc.acceptRtcSession(info.sessionId);
      });
      rtc.on(
        'incomingRtcSession',
        (session: { on(name: string, listener: () => void): void; accept(): Promise<void>; pc: RTCPeerConnection }) => {
          seen.events.push('offer');
          session.on('terminated', () => seen.events.push('terminated'));
          void session.accept().then(() => {
            seen.states.push(session.pc.signalingState);
            seen.answers.push(session.pc.localDescription?.sdp ?? '');
          });
        },
      );
      await client.connect();
    },
    [url, token] as const,
  );
  return page;
}

const readSeen = (page: Page): Promise<Seen> => page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);

test.each(['jingle', 'sdp'] as const)(
  'a softphone in Chromium answers a call with its own peer connection, until the platform ends it (%s)',
  async (signalling) => {
    const simulator = await startStreamingSimulator({ calls: { signalling, talkMs: 300 } });
    const page = await openSoftphone(simulator.url, await signIn(simulator, 'agent'));
    expect(simulator.startCall('agent')).toMatch(/^[\da-f-]{36}$/);
    await until(() => simulator.calls().ended === 1);
    await until(async () => (await readSeen(page)).events.includes('terminated'));
    const { events, states, answers } = await readSeen(page);
    expect(events).toEqual(['propose softphone', 'offer', 'terminated']);
    expect(states).toEqual(['stable']);
    expect(answers[0]).toContain('a=setup:active');
    expect(answers[0]).toMatch(/m=audio \d+ UDP\/TLS\/RTP\/SAVPF 111/);
    expect(simulator.calls()).toMatchObject({ proposed: 1, proceeded: 1, connected: 1, ended: 1, open: 0 });
    expect(page.errors).toEqual([]);
  },
);
