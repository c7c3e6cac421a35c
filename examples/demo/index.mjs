// Runs the real Genesys SDK three times with the same load and the same faults: alone, in the usual retry loop, and with one more line.
import platformClient from 'purecloud-platform-client-v2';
import { holdlineOf } from '@holdline/core';
import { genesysCloud, guardGenesys } from '@holdline/genesys';
import { printTable, printText, showProgress } from './display.mjs';
import { runLoad, runWithRetries } from './load.mjs';
import { connectRealPlatform, startFaultyPlatform } from './platform.mjs';

const COUNT = 660;
const real = process.env.GENESYS_CLIENT_ID !== undefined && process.env.GENESYS_CLIENT_SECRET !== undefined;

async function prepareSide(name, { guard, runCall = (call) => call() } = {}) {
  const platform = real ? connectRealPlatform(process.env) : await startFaultyPlatform();
  const client = new platformClient.ApiClientClass();
  client.config.live_reload_config = false;
  platform.connect(client);
  guard?.(client, platform.quota);
  await platform.login(client);
  const tally = { answered: 0, writesAnswered: 0, unknown: 0, failed: 0, reasons: new Map(), elapsedMs: undefined };
  return { name, platform, client, runCall, tally };
}

const alone = await prepareSide('SDK alone');
const looped = await prepareSide('SDK + retry loop', { runCall: runWithRetries });
const guarded = await prepareSide('SDK + Holdline', {
  guard: (client, quota) => {
    // The one line. It names the quota, because the simulator's window is shorter than the platform's minute.
    guardGenesys(client, genesysCloud({ governor: { quotas: [{ name: 'token.rate.per.minute', ...quota }] } }));
  },
});
const sides = [alone, looped, guarded];

const { quota, routeQuota } = guarded.platform;
console.log();
printText(
  `Shows: ${COUNT} calls by 30 workers on the real Genesys SDK: alone, in a retry loop of five tries, and with Holdline.`,
);
if (real) printText('They read from your organisation.');
else {
  printText(
    `A simulator is the platform. It answers ${quota.limit} calls per 10 s and token, and ${routeQuota.limit} per 10 s on one route. It breaks 2 % of the connections, answers 1 % with 503, and executes every 20th write without an answer. It revokes the token once. A token expires after 25 s.`,
  );
}
console.log('\n  █ answered   ▒ failed or reported as unknown   · to do');

const stop = showProgress(sides, COUNT);
await Promise.all(
  sides.map(async ({ client, platform, runCall, tally }) => {
    const started = performance.now();
    await runLoad(client, COUNT, { writes: platform.writes, runCall }, tally);
    tally.elapsedMs = performance.now() - started;
  }),
);
stop();

const stats = sides.map(({ platform }) => platform.stats());
const buildRow = (label, fn) => [label, ...sides.map((side, i) => fn(side, stats[i]))];
const formatSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
/** Writes that took effect, although the application got no answer. */
const countUnansweredWrites = ({ tally }, { executedWrites, duplicateWrites }) =>
  executedWrites - duplicateWrites - tally.writesAnswered;

console.log();
printTable(
  sides.map(({ name }) => name),
  [
    ['What the application sees'],
    buildRow('calls', () => COUNT),
    buildRow('answered', ({ tally }) => tally.answered),
    buildRow('failed', ({ tally }) => tally.failed),
    buildRow('outcome unknown, reported', ({ tally }) => tally.unknown),
    buildRow('time until the last call ends', ({ tally }) => formatSeconds(tally.elapsedMs)),
    ...(real
      ? []
      : [
          ['What the platform sees'],
          buildRow('requests', (_, { requests }) => requests),
          buildRow('refused, over a limit (429)', (_, { refused }) => refused),
          buildRow('refused, old token (401)', (_, { unauthorized }) => unauthorized),
          buildRow('token requests', (_, { tokenRequests }) => tokenRequests),
          buildRow('duplicate writes', (_, { duplicateWrites }) => duplicateWrites),
          // Some writes with an unknown outcome were executed. They are not reported as failed.
          buildRow('executed, but reported failed', (side, stat) =>
            Math.max(0, countUnansweredWrites(side, stat) - side.tally.unknown),
          ),
        ]),
  ],
);

// A fixed window admits its whole limit at once, so the last window adds no wait.
const computeShortestMs = (count, { limit, windowMs }) => (Math.ceil(count / limit) - 1) * windowMs;
const shortestMs = Math.max(
  computeShortestMs(COUNT, quota),
  routeQuota ? computeShortestMs(COUNT / 10, routeQuota) : 0,
);
console.log();
printText(`The limits allow all ${COUNT} calls in ${formatSeconds(shortestMs)} at best.`);
if (!real) {
  printText(
    'The SDK alone sends each call once. After a 401 it gets a new token and sends the call again, but rejects the call.',
  );
  printText(
    `The retry loop repeats every failed call, also a write whose answer was lost. The platform executed ${stats[1].duplicateWrites} writes again.`,
  );
  if (guarded.tally.unknown > 0)
    printText(
      `Holdline does not repeat a write that may have been executed. It reports HOLDLINE_OUTCOME_UNKNOWN: here for ${guarded.tally.unknown} writes, of which the platform had executed ${countUnansweredWrites(guarded, stats[2])}.`,
    );
}
for (const [reason, n] of guarded.tally.reasons) printText(`Holdline: ${n} × ${reason}`);

const line = holdlineOf(guarded.client);
const { queued, inFlight } = line.snapshot();
const lost = COUNT - guarded.tally.answered - guarded.tally.unknown;
const duplicates = stats[2]?.duplicateWrites ?? 0;
const isProven = real || (stats[1].duplicateWrites > 0 && alone.tally.failed > 0);
const holds = lost === 0 && duplicates === 0 && queued === 0 && inFlight === 0;
console.log();
printText(
  holds
    ? 'Held: with Holdline no call failed, and no write was executed twice.'
    : `Did not hold: with Holdline ${lost} calls failed, ${duplicates} writes were duplicated, ${queued} are queued, ${inFlight} on the wire.`,
);
if (!isProven) printText('Did not show it: without Holdline no call failed or no write was duplicated in this run.');
console.log();
await Promise.all(sides.map(({ platform }) => platform.stop()));
await line.close();
process.exitCode = holds && isProven ? 0 : 1;
