import { bulkWrite } from '@holdline/genesys';
import type { Simulator } from '@holdline/simulator';
import { expect, test } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { createGuarded, expectQuiet, loadSdk, simulate } from './support.js';

const ADD = 'POST /api/v2/externalcontacts/bulk/contacts/add';

async function connect(simulator: Simulator) {
  const { client, line } = await createGuarded(simulator);
  const { ExternalContactsApi, RoutingApi, UsersApi } = loadSdk() as unknown as typeof sdk;
  return {
    line,
    contacts: new ExternalContactsApi(client as never),
    routing: new RoutingApi(client as never),
    users: new UsersApi(client as never),
  };
}

test('500 contacts in ten batches: a 429 is repeated, a dropped answer never, and invalid items fail alone', async () => {
  const simulator = await simulate({
    entities: { contacts: 0 },
    faults: [
      { match: ADD, kind: 'status', status: 429, after: 2, times: 1, headers: { 'retry-after': '0' } },
      { match: ADD, kind: 'drop-after', after: 5, times: 1 },
    ],
  });
  const { contacts, line } = await connect(simulator);
  const items = Array.from({ length: 500 }, (_, i) => ({
    firstName: i % 100 === 99 ? 'invalid' : `First ${i}`,
    lastName: `Last ${i}`,
  }));
  const report = await bulkWrite(contacts, 'postExternalcontactsBulkContactsAdd', items);
  expect(report.requests).toBe(10);
  const { byRoute, executedWrites, duplicateWrites, refused } = simulator.stats();
  // The batches are 50 items each. The sixth request that arrived is the fifth batch, because the third was refused once.
  expect(report.unknown).toEqual(items.slice(200, 250));
  expect(report.failed.map(({ lastName }) => lastName)).toEqual([
    'Last 99',
    'Last 199',
    'Last 299',
    'Last 399',
    'Last 499',
  ]);
  expect(report.kept).toEqual([]);
  expect([byRoute[ADD]?.requests, byRoute[ADD]?.executed, executedWrites, duplicateWrites, refused]).toEqual([
    ...[11, 10, 10, 0, 1],
  ]);
  for (const [i, result] of report.results.entries()) {
    expect(result.item).toBe(items[i]);
    if (result.ok) expect(result.value).toMatchObject({ lastName: `Last ${i}` });
  }
  // The platform has the contacts of the dropped answer too.
  expect((await contacts.getExternalcontactsContacts()).total).toBe(495);
  expectQuiet(line);
});

test('users are changed and members are added in bulk, and the answer of the platform is the result', async () => {
  const simulator = await simulate({ entities: { users: 120 } });
  const { users, routing } = await connect(simulator);
  const ids: string[] = [];
  for (const pageNumber of [1, 2]) {
    const { entities = [] } = await users.getUsers({ pageSize: 100, pageNumber });
    ids.push(...entities.map(({ id = '' }) => id));
  }
  simulator.resetStats();
  const changed = await bulkWrite(
    users,
    'patchUsersBulk',
    ids.map((id) => ({ id, title: 'Agent', version: 1 })),
  );
  expect(changed.results.filter(({ ok }) => ok)).toHaveLength(120);
  expect((await users.getUser(ids[7] ?? '')).title).toBe('Agent');
  const { entities: queues = [] } = await routing.getRoutingQueues();
  const queue = queues[0]?.id ?? '';
  const members = ids.map((id) => ({ id }));
  const added = await bulkWrite(routing, 'postRoutingQueueMembers', members, { path: [queue] });
  expect([added.failed, added.unknown, added.requests]).toEqual([[], [], 2]);
  const { executedWrites, duplicateWrites } = simulator.stats();
  expect([executedWrites, duplicateWrites]).toEqual([5, 0]);
});
