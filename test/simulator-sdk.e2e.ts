import { expect, test } from 'vitest';
import { createUnmodified, loadSdk, simulate, times } from './support.js';

/** The parts of the SDK that only these tests use. */
interface Apis {
  UsersApi: new (client: unknown) => {
    getUsers(options: object): Promise<{ entities: { id: string }[]; total: number }>;
    getUsersQuery(options: object): Promise<{ entities: { id: string }[]; cursor?: string }>;
    patchUsersBulk(body: object[]): Promise<{ entities: { id: string; acdAutoAnswer: boolean }[] }>;
  };
  PresenceApi: new (client: unknown) => {
    getUsersPresencesPurecloudBulk(options: object): Promise<{ userId: string }[]>;
  };
  ExternalContactsApi: new (client: unknown) => {
    getExternalcontactsScanContacts(options: object): Promise<{ entities: object[]; cursors: { after?: string } }>;
    postExternalcontactsBulkContactsAdd(
      body: object,
    ): Promise<{ results: { success: boolean }[]; errorIndexes: number[] }>;
  };
  AnalyticsApi: new (client: unknown) => {
    postAnalyticsUsersDetailsJobs(body: object): Promise<{ jobId: string }>;
    getAnalyticsUsersDetailsJob(id: string): Promise<{ state: string }>;
    getAnalyticsUsersDetailsJobResults(
      id: string,
      options: object,
    ): Promise<{ userDetails: object[]; cursor?: string }>;
  };
  NotificationsApi: new (client: unknown) => {
    getNotificationsAvailabletopics(options: object): Promise<{ entities: { id: string; schema?: object }[] }>;
  };
}

const apis = loadSdk() as unknown as Apis;

test('the SDK reads users and presences by id, and sends the ids joined by commas', async () => {
  const simulator = await simulate();
  const { client } = await createUnmodified(simulator);
  const users = new apis.UsersApi(client);
  const list = await users.getUsers({ id: ['b', 'a', 'missing-1'], pageSize: 100, expand: ['presence'] });
  expect(list.entities).toMatchObject([{ id: 'a', presence: {} }, { id: 'b' }]);
  expect(simulator.wire().at(-1)?.path).toContain('id=b,a,missing-1');
  const presences = await new apis.PresenceApi(client).getUsersPresencesPurecloudBulk({ id: ['a', 'b'] });
  expect(presences.map(({ userId }) => userId)).toEqual(['a', 'b']);
  await expect(users.getUsers({ id: times(101, (index) => `u${index}`) })).rejects.toMatchObject({ status: 400 });
});

test('the SDK writes in bulk and gets a result for each item', async () => {
  const { client } = await createUnmodified(await simulate());
  const contacts = new apis.ExternalContactsApi(client);
  const entities = [{ firstName: 'Ada' }, { firstName: 'invalid' }];
  const added = await contacts.postExternalcontactsBulkContactsAdd({ entities });
  expect(added.results.map(({ success }) => success)).toEqual([true, false]);
  expect(added.errorIndexes).toEqual([1]);
  const changed = await new apis.UsersApi(client).patchUsersBulk([{ id: 'a', acdAutoAnswer: true }]);
  expect(changed.entities).toMatchObject([{ id: 'a', acdAutoAnswer: true }]);
});

test('the SDK follows cursors of users, contacts and jobs to the last page', async () => {
  const simulator = await simulate({ entities: { users: 60, contacts: 250 }, jobs: { runMs: 0 } });
  const { client } = await createUnmodified(simulator);
  const users = new apis.UsersApi(client);
  const contacts = new apis.ExternalContactsApi(client);
  const analytics = new apis.AnalyticsApi(client);
  const { jobId } = await analytics.postAnalyticsUsersDetailsJobs({ interval: '2026-01-01/2026-01-02' });
  expect((await analytics.getAnalyticsUsersDetailsJob(jobId)).state).toBe('FULFILLED');
  const readAll = async (read: (cursor?: string) => Promise<{ items: object[]; next?: string | undefined }>) => {
    const sizes: number[] = [];
    for (let cursor: string | undefined, isLast = false; !isLast; isLast = cursor === undefined) {
      const { items, next } = await read(cursor);
      sizes.push(items.length);
      cursor = next;
    }
    return sizes;
  };
  const paged = (cursor?: string): object => ({ pageSize: 25, ...(cursor !== undefined && { cursor }) });
  expect(
    await readAll(async (cursor) => {
      const { entities, cursor: next } = await users.getUsersQuery(paged(cursor));
      return { items: entities, next };
    }),
  ).toEqual([25, 25, 10]);
  expect(
    await readAll(async (cursor) => {
      const { userDetails, cursor: next } = await analytics.getAnalyticsUsersDetailsJobResults(jobId, paged(cursor));
      return { items: userDetails, next };
    }),
  ).toEqual([25, 25, 10]);
  expect(
    await readAll(async (cursor) => {
      const page = await contacts.getExternalcontactsScanContacts({
        limit: 100,
        ...(cursor !== undefined && { cursor }),
      });
      return { items: page.entities, next: page.cursors.after };
    }),
  ).toEqual([100, 100, 50]);
});

test('the SDK reads the available topics with the fields that it asks for', async () => {
  const { client } = await createUnmodified(await simulate());
  const { entities } = await new apis.NotificationsApi(client).getNotificationsAvailabletopics({ expand: ['schema'] });
  expect(entities.find(({ id }) => id === 'v2.users.{id}.presence')?.schema).toMatchObject({ type: 'object' });
});
