import { ConfigError, isHoldlineError } from '@holdline/core';
import { paged, PagingError, recordExpansions } from '@holdline/genesys';
import type { Simulator } from '@holdline/simulator';
import { expect, test } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { createGuarded, expectQuiet, loadSdk, simulate } from './support.js';

type Apis = Pick<typeof sdk, 'UsersApi' | 'ExternalContactsApi' | 'TeamsApi' | 'SpeechTextAnalyticsApi'>;

/** Guards a client of the real SDK. Each call connects as another process would. */
async function connect(simulator: Simulator) {
  const { client, line } = await createGuarded(simulator);
  const api = <Name extends keyof Apis>(name: Name): InstanceType<Apis[Name]> =>
    new (loadSdk() as unknown as Apis)[name](client as never) as InstanceType<Apis[Name]>;
  return { client, line, api };
}

const requestsOf = (simulator: Simulator, route: string): number => simulator.stats().byRoute[route]?.requests ?? 0;

async function idsOf(list: AsyncIterable<{ id?: string | undefined }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id = '' } of list) ids.push(id);
  return ids;
}

test('users of several pages take one request per page of the largest size', async () => {
  const simulator = await simulate({ entities: { users: 1_234 } });
  const { api, line } = await connect(simulator);
  const ids = await idsOf(paged(api('UsersApi'), 'getUsers', { sortOrder: 'asc' }));
  expect(new Set(ids).size).toBe(1_234);
  const requests = requestsOf(simulator, 'GET /api/v2/users');
  expect(requests).toBeLessThanOrEqual(13);
  expect(simulator.stats().requests).toBe(requests);
  expectQuiet(line);
});

test('the scan reads 2,000 contacts, and another process resumes it by its cursor', async () => {
  const simulator = await simulate({ entities: { contacts: 2_000 } });
  const scan = (await connect(simulator)).api('ExternalContactsApi');
  const first = paged(scan, 'getExternalcontactsScanContacts');
  const ids: string[] = [];
  for await (const { id = '' } of first) {
    ids.push(id);
    if (ids.length === 777) break;
  }
  const before = requestsOf(simulator, 'GET /api/v2/externalcontacts/scan/contacts');
  // 777 contacts are in four pages of 200, and one page is requested ahead.
  expect(before).toBeLessThanOrEqual(5);
  const other = await connect(simulator);
  const rest = paged(other.api('ExternalContactsApi'), 'getExternalcontactsScanContacts', {}, { from: first.cursor });
  ids.push(...(await idsOf(rest)));
  expect(ids).toHaveLength(2_000);
  expect(new Set(ids).size).toBe(2_000);
  // The client of the second process has reset the counters.
  expect(requestsOf(simulator, 'GET /api/v2/externalcontacts/scan/contacts')).toBe(7);
});

test('the list of contacts ends after 1,000 with an error that names the scan', async () => {
  const simulator = await simulate({ entities: { contacts: 1_100 } });
  const { api } = await connect(simulator);
  const list = paged(api('ExternalContactsApi'), 'getExternalcontactsContacts');
  const ids: (string | undefined)[] = [];
  const read = async (): Promise<void> => {
    for await (const { id } of list) ids.push(id);
  };
  await expect(read()).rejects.toThrow(/getExternalcontactsScanContacts/);
  expect(ids).toHaveLength(1_000);
  expect(requestsOf(simulator, 'GET /api/v2/externalcontacts/contacts')).toBe(10);
  // No request was made that the platform had to refuse.
  expect(simulator.stats().byStatus[400]).toBeUndefined();
});

test('the styles after and nextPage deliver each entity once', async () => {
  const simulator = await simulate({ entities: { configuration: 730 } });
  const { api } = await connect(simulator);
  expect(new Set(await idsOf(paged(api('TeamsApi'), 'getTeams'))).size).toBe(730);
  const categories = paged(api('SpeechTextAnalyticsApi'), 'getSpeechandtextanalyticsCategories');
  expect(new Set(await idsOf(categories)).size).toBe(730);
  expect(simulator.stats().byStatus[400]).toBeUndefined();
});

test('misuse is refused with a message that says what to write', async () => {
  const simulator = await simulate();
  const { api } = await connect(simulator);
  const users = api('UsersApi');
  expect(() => paged(users, 'getUser' as never)).toThrow(ConfigError);
  const unbound = paged(users.getUsers, { operation: 'getUsers' });
  const error: unknown = await unbound.next().catch((reason: unknown) => reason);
  expect(isHoldlineError(error) && error.message).toContain("paged(api, 'getUsers'");
  expect(error).not.toBeInstanceOf(PagingError);
});

test('a list that is left early sends nothing more, and an abort in a page rejects with its reason', async () => {
  const simulator = await simulate({ entities: { users: 1_000 } });
  const { api, line } = await connect(simulator);
  for await (const user of paged(api('UsersApi'), 'getUsers', {}, { prefetch: false })) {
    expect(user.id).toBeDefined();
    break;
  }
  expect(simulator.stats().requests).toBe(1);
  const controller = new AbortController();
  simulator.set({ faults: [{ kind: 'delay', delayMs: 60_000, after: 1 }] });
  const list = paged(api('UsersApi'), 'getUsers', {}, { signal: controller.signal });
  const pages = list.pages();
  await pages.next();
  const second = pages.next();
  controller.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  expectQuiet(line);
});

test('the recording tells the expansions that were read, and the answers stay those of the platform', async () => {
  const simulator = await simulate();
  const { client, api } = await connect(simulator);
  const users = api('UsersApi');
  const [id = ''] = await idsOf(paged(users, 'getUsers'));
  const plain = await users.getUser(id, { expand: ['presence', 'routingStatus'] });
  const recording = recordExpansions(client);
  const user = await users.getUser(id, { expand: ['presence', 'routingStatus'] });
  expect(user.presence).toBeDefined();
  expect(recording.report()).toEqual([
    { route: 'GET /api/v2/users/{userId}', expand: 'routingStatus', asked: 1, read: 0 },
    { route: 'GET /api/v2/users/{userId}', expand: 'presence', asked: 1, read: 1 },
  ]);
  expect(user).toEqual(plain);
  recording.stop();
});
