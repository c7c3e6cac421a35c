// 500 softphones connect at once to a platform that allows 50 upgrades a second: first bare, then guarded.
import WebSocket from 'ws';
import { guardWebSocket } from '@holdline/websocket';
import { startChart } from './chart.mjs';
import { startPlatform } from './platform.mjs';

const PHONES = 500;
const LIMIT = { perSec: 50, burst: 10 };
/** Backoff of the vendor's streaming client: doubling from 2 s, without jitter. */
const BACKOFF_MS = [2_000, 4_000, 8_000];

/** A softphone that connects with the given WebSocket class and retries after a refusal. */
class Softphone {
  isConnected = false;

  constructor(SocketClass, url) {
    this.SocketClass = SocketClass;
    this.url = url;
    this.ready = new Promise((resolve) => (this.finish = resolve));
  }

  connect(tries = 0) {
    const socket = new this.SocketClass(this.url);
    socket.on('error', () => undefined); // The event `close` follows.
    socket.on('open', () => {
      this.isConnected = true;
      this.finish();
    });
    socket.on('close', () => {
      this.isConnected = false;
      if (tries < BACKOFF_MS.length) setTimeout(() => this.connect(tries + 1), BACKOFF_MS[tries]);
      else this.finish();
    });
  }
}

async function runScenario(title, SocketClass) {
  const platform = await startPlatform(LIMIT);
  const phones = Array.from({ length: PHONES }, (_, i) => new Softphone(SocketClass, `${platform.url}/phones/${i}`));
  const stop = startChart(title, phones, platform.stats);
  for (const phone of phones) phone.connect();
  await Promise.all(phones.map(({ ready }) => ready));
  const summary = stop();
  await platform.stop();
  return summary;
}

const bare = await runScenario(`${PHONES} softphones, bare`, WebSocket);

// The one line. It names only the platform's limit.
const GuardedWebSocket = guardWebSocket(WebSocket, {
  handshakes: { quotas: [{ limit: LIMIT.perSec, windowMs: 1_000, enforcement: 'bucket', burst: LIMIT.burst }] },
});
const guarded = await runScenario(`${PHONES} softphones, guarded`, GuardedWebSocket);

const ideal = (PHONES - LIMIT.burst) / LIMIT.perSec;
console.log(`bare:    ${bare.connected} connected, ${bare.refused} upgrades refused, ended after ${bare.seconds} s`);
console.log(
  `guarded: ${guarded.connected} connected, ${guarded.refused} refused, in ${guarded.seconds} s (ideal: ${ideal} s)`,
);
process.exit(guarded.connected === PHONES && guarded.refused === 0 && bare.refused > 0 ? 0 : 1);
