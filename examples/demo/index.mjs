// Runs the real Genesys SDK twice with the same load and the same faults: bare, and with one more line.
import platformClient from 'purecloud-platform-client-v2';
import { holdlineOf } from '@holdline/core';
import { genesysCloud, guardGenesys } from '@holdline/genesys';
import { printTable, showProgress } from './display.mjs';
import { runLoad } from './load.mjs';
import { connectRealPlatform, startFaultyPlatform } from './platform.mjs';

const COUNT = 660;
const real = process.env.GENESYS_CLIENT_ID !== undefined && process.env.GENESYS_CLIENT_SECRET !== undefined;

async function prepareSide(name, guard) {
  const platform = real ? connectRealPlatform(process.env) : await startFaultyPlatform();
  const client = new platformClient.ApiClientClass();
  client.config.live_reload_config = false;
  platform.connect(client);
  guard?.(client, platform.quota);
  await platform.login(client);
  const tally = {
    answered: 0,
    writesAnswered: 0,
    unknown: 0,
    failed: 0,
    writesFailed: 0,
    reasons: new Map(),
    elapsedMs: undefined,
  };
  return { name, platform, client, tally };
}

const sides = [
  await prepareSide('Bare SDK'),
  await prepareSide('SDK + Holdline', (client, quota) => {
    // The one line. It names the quota, because the simulator's window is shorter than the platform's minute.
    guardGenesys(client, genesysCloud({ governor: { quotas: [{ name: 'token.rate.per.minute', ...quota }] } }));
  }),
];

console.log(
  `\n${COUNT} calls by 30 workers, ${real ? 'reads against your organisation' : 'reads and writes against the simulator:'}`,
);
if (!real) {
  console.log('  150 calls per 10 s and token, a hidden 12 per 10 s on one route, 4 % dropped connections, 1 % 503s,');
  console.log('  and a token that is revoked during the run and expires after 25 s.\n');
}

const stop = showProgress(sides, COUNT);
await Promise.all(
  sides.map(async ({ client, platform, tally }) => {
    const started = performance.now();
    await runLoad(client, COUNT, platform.writes, tally);
    tally.elapsedMs = performance.now() - started;
  }),
);
stop();

const [bare, guarded] = sides;
const { quota, hidden } = guarded.platform;
// A fixed window admits its whole limit at once, so the last window adds no wait.
const computeIdealMs = (count, { limit, windowMs }) => (Math.ceil(count / limit) - 1) * windowMs;
const idealMs = Math.max(computeIdealMs(COUNT, quota), hidden ? computeIdealMs(COUNT / 10, hidden) : 0);
const stats = sides.map(({ platform }) => platform.stats());
const buildRow = (label, fn) => [label, ...sides.map((side, i) => fn(side, stats[i]))];
const formatSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const countUnreportedWrites = ({ tally }, { executedWrites, duplicateWrites }) =>
  Math.max(0, executedWrites - duplicateWrites - tally.writesAnswered - tally.unknown);

console.log();
printTable(
  ['', bare.name, guarded.name],
  [
    buildRow('calls made', () => COUNT),
    buildRow('answered', ({ tally }) => tally.answered),
    buildRow('failed', ({ tally }) => tally.failed),
    buildRow('outcome unknown, not repeated', ({ tally }) => tally.unknown),
    ...(real
      ? []
      : [
          buildRow('requests on the wire', (_, { requests }) => requests),
          buildRow('429s', (_, { refused }) => refused),
          buildRow('401s', (_, { unauthorized }) => unauthorized),
          buildRow('duplicate writes', (_, { duplicateWrites }) => duplicateWrites),
          buildRow('writes executed but reported failed', countUnreportedWrites),
          buildRow('token requests', (_, { tokenRequests }) => tokenRequests),
        ]),
    buildRow('elapsed', ({ tally }) => formatSeconds(tally.elapsedMs)),
    ['ideal elapsed time', '', formatSeconds(idealMs)],
  ],
);

const { tally } = guarded;
const line = holdlineOf(guarded.client);
const { queued, inFlight } = line.snapshot();
const lost = tally.failed + (COUNT - tally.answered - tally.unknown - tally.failed);
const duplicates = stats[1]?.duplicateWrites ?? 0;
for (const [reason, n] of tally.reasons) console.log(`  Holdline: ${n} × ${reason}`);
console.log(
  `\nThe guarded side lost ${lost} calls and duplicated ${duplicates}; ${queued} are still queued, ${inFlight} on the wire.`,
);
await Promise.all(sides.map(({ platform }) => platform.stop()));
await line.close();
process.exitCode = lost === 0 && duplicates === 0 && queued === 0 && inFlight === 0 ? 0 : 1;
