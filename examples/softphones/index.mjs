// 500 softphones start at once against a platform that allows 50 upgrades a second: on their own, and guarded.
import WebSocket from 'ws';
import { guardWebSocket } from '@holdline/websocket';
import { startChart } from './chart.mjs';
import { startPlatform } from './platform.mjs';

const PHONES = 500;
const LIMIT = { perSec: 50, burst: 10 };
/** What the vendor's streaming client does: doubling from 2 s on, no jitter. */
const BACKOFF_MS = [2_000, 4_000, 8_000];

/** A softphone that connects with whatever class it is given, and comes back where it is refused. */
class Softphone {
  isConnected = false;

  constructor(SocketClass, url) {
    this.SocketClass = SocketClass;
    this.url = url;
    this.ready = new Promise((resolve) => (this.finish = resolve));
  }

  connect(tries = 0) {
    const socket = new this.SocketClass(this.url);
    socket.on('error', () => undefined); // a close follows
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

const bare = await runScenario(`${PHONES} softphones on their own`, WebSocket);

// The one line. The platform's limit is its only number.
const GuardedWebSocket = guardWebSocket(WebSocket, {
  handshakes: { quotas: [{ limit: LIMIT.perSec, windowMs: 1_000, enforcement: 'bucket', burst: LIMIT.burst }] },
});
const guarded = await runScenario(`${PHONES} softphones, guarded`, GuardedWebSocket);

const ideal = (PHONES - LIMIT.burst) / LIMIT.perSec;
console.log(
  `on their own: ${bare.connected} connected, ${bare.refused} upgrades refused, given up after ${bare.seconds} s`,
);
console.log(
  `guarded:      ${guarded.connected} connected, ${guarded.refused} refused, in ${guarded.seconds} s (ideal: ${ideal} s)`,
);
process.exit(guarded.connected === PHONES && guarded.refused === 0 && bare.refused > 0 ? 0 : 1);
