// 10,000 users by id, one call of the SDK each, against the simulator's own count of requests.
import { createClient, loadGenesys } from '../support/genesys.mjs';
import { table } from '../support/report.mjs';

export const title = '19. Single reads in bulk';

const ALL = 10_000;
/** The most requests that the scenario accepts: one for each 50 users, and a few for the start. */
const MOST = 210;

async function read(count, isBulk) {
  const genesys = loadGenesys();
  const { sdk, genesysBulkReads, guardGenesys, startSimulator } = genesys;
  const simulator = await startSimulator({ platform: 'genesys', limits: [], entities: { users: count } });
  try {
    const client = createClient(genesys, simulator);
    const { endpoints } = isBulk ? genesysBulkReads({ routes: ['users'] }) : {};
    guardGenesys(client, { governor: { quotas: [] }, bulkhead: { maxConcurrent: 50 }, endpoints });
    await client.loginClientCredentialsGrant('id', 'secret');
    const users = new sdk.UsersApi(client);
    simulator.resetStats();
    const startedAt = performance.now();
    const found = await Promise.all(Array.from({ length: count }, (_, i) => users.getUser(`u-${i}`)));
    const seconds = (performance.now() - startedAt) / 1_000;
    const wrong = found.filter(({ id }, i) => id !== `u-${i}`).length;
    if (wrong > 0) throw new Error(`${wrong} callers got another user`);
    return { requests: simulator.stats().requests, seconds };
  } finally {
    await simulator.stop();
  }
}

export async function run({ short }) {
  const count = short ? ALL / 10 : ALL;
  const single = await read(count, false);
  const bulk = await read(count, true);
  const most = (MOST * count) / ALL;
  if (bulk.requests > most) throw new Error(`${bulk.requests} requests for ${count} users; at most ${most} are right`);
  return { count, rows: { 'without bulk reads': single, 'with `genesysBulkReads()`': bulk } };
}

export function render({ count, rows }) {
  const cells = Object.entries(rows).map(([name, { requests, seconds }]) => [name, requests, seconds.toFixed(1)]);
  return `${count.toLocaleString('en-US')} users by id, one call of the SDK each, counted by the simulator.\n\n${table(
    ['line', 'requests', 's'],
    cells,
  )}`;
}
