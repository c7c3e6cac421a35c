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

console.log(`Shows: ${PHONES} softphones connect at once; one line spreads their connections.`);
console.log(`The platform allows ${LIMIT.perSec} upgrades per second, ${LIMIT.burst} of them at once.`);
const delays = BACKOFF_MS.map((ms) => ms / 1_000).join(', ');
console.log(`A bare softphone tries again after ${delays} s, as the vendor's client does.\n`);

const bare = await runScenario(`${PHONES} softphones, bare`, WebSocket);

// The one line. It names only the platform's limit.
const GuardedWebSocket = guardWebSocket(WebSocket, {
  handshakes: { quotas: [{ limit: LIMIT.perSec, windowMs: 1_000, enforcement: 'bucket', burst: LIMIT.burst }] },
});
const guarded = await runScenario(`${PHONES} softphones, guarded`, GuardedWebSocket);

const ideal = (PHONES - LIMIT.burst) / LIMIT.perSec;
console.log(`             connected   upgrades refused   ended after`);
for (const [name, { connected, refused, seconds }] of [
  ['bare', bare],
  ['guarded', guarded],
])
  console.log(
    `  ${name.padEnd(9)} ${String(connected).padStart(10)} ${String(refused).padStart(18)} ${`${seconds} s`.padStart(13)}`,
  );
console.log(`\nThe limit allows ${PHONES} connections in ${ideal} s at best.`);
const holds = guarded.connected === PHONES && guarded.refused === 0 && bare.refused > 0;
console.log(
  holds
    ? `Held: with the line all ${PHONES} softphones connected, and the platform refused none.`
    : `Did not hold: with the line ${guarded.connected} connected and ${guarded.refused} upgrades were refused.`,
);
process.exit(holds ? 0 : 1);
