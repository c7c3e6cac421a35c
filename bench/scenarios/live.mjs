// Row 18: the presences of 1,000 users, pushed and polled, by the simulator's own count of requests.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createClient, loadGenesys } from '../support/genesys.mjs';
import { table } from '../support/report.mjs';
import { num } from '../support/stats.mjs';

export const title = '18. Presences of 1,000 users';
export const alone = false;

const USERS = 1_000;
const POLL_MS = 5_000;
const CHANGE_EVERY_MS = 3_000;
const STATES = ['Busy', 'Available', 'Away', 'Meal'];

async function clientOf(genesys, simulator, user) {
  const answer = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: `user:${user}` }),
  });
  const client = createClient(genesys, simulator);
  client.setAccessToken((await answer.json()).access_token);
  return client;
}

/** Another client changes presences. The time of each change begins before its request. */
async function watch({ runMs, reconcileMs }) {
  const genesys = loadGenesys();
  const { sdk, guardGenesys, live, startSimulator } = genesys;
  const simulator = await startSimulator({ platform: 'genesys', entities: { users: USERS } });
  const other = await clientOf(genesys, simulator, 'bob');
  const [users, presences] = [new sdk.UsersApi(other), new sdk.PresenceApi(other)];
  const ids = [];
  for (let pageNumber = 1; ids.length < USERS; pageNumber++)
    ids.push(...(await users.getUsers({ pageSize: 100, pageNumber })).entities.map(({ id }) => id));
  const { entities } = await presences.getPresencedefinitions();
  const definitions = STATES.map((name) => entities.find(({ systemPresence }) => systemPresence === name)?.id);
  const client = guardGenesys(await clientOf(genesys, simulator, 'alice'));
  simulator.resetStats();

  const values = live(client, { reconcileMs, notifications: { WebSocket } });
  const watched = ids.map((id) => values.user(id).presence);
  const from = performance.now();
  await Promise.all(watched.map((presence) => presence.ready()));
  const readyMs = performance.now() - from;
  const delays = [];
  let changes = 0;
  for (let n = 0; performance.now() - from < runMs; n++) {
    const i = (n * 37) % USERS;
    const definition = definitions[Math.floor(n / USERS + n) % STATES.length];
    const startedAt = performance.now();
    const stop = watched[i].on('change', ({ current }) => {
      if (current.presenceDefinition.id !== definition) return;
      delays.push(performance.now() - startedAt);
      stop();
    });
    await presences.patchUserPresencesPurecloud(ids[i], { presenceDefinition: { id: definition } });
    changes++;
    await sleep(CHANGE_EVERY_MS);
    stop();
  }
  const { byRoute, requests } = simulator.stats();
  const own = requests - (byRoute['PATCH /api/v2/users/:id/presences/:sourceId']?.requests ?? 0);
  await values.close();
  await simulator.stop();
  return { requests: own, changes, seen: delays.length, longestMs: Math.max(...delays), readyMs };
}

export async function run({ short }) {
  const runMs = short ? 20_000 : 600_000;
  // Short mode has one round of reconciliation, as 10 minutes have with the default of 5 minutes.
  const pushed = await watch({ runMs, reconcileMs: short ? 12_000 : 300_000 });
  return { runMs, pushed, polled: (USERS * runMs) / POLL_MS };
}

export function render({ runMs, pushed, polled }) {
  const { requests, changes, seen, longestMs, readyMs } = pushed;
  return [
    `${num(USERS)} users, watched for ${num(runMs / 1_000)} s, one change every ${num(CHANGE_EVERY_MS / 1_000)} s. The simulator counts the requests. The delay begins before the request of the change.`,
    '',
    table(
      ['', 'requests', 'changes seen', 'longest delay', 'all values after'],
      [
        [
          '`live`',
          num(requests),
          `${num(seen)} of ${num(changes)}`,
          `${longestMs.toFixed(0)} ms`,
          `${readyMs.toFixed(0)} ms`,
        ],
        [`one GET per user every ${num(POLL_MS / 1_000)} s (calculated)`, num(polled), '', `${num(POLL_MS)} ms`, ''],
      ],
    ),
  ].join('\n');
}
