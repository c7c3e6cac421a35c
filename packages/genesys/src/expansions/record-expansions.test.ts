import { callInfo, release } from '@holdline/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guardGenesys } from '../index.js';
import { connectRealSdk, type RealSdk } from '../sdk/real-sdk.fixture.js';
import { recordExpansions } from './record-expansions.js';

const user = (id: string): object => ({
  id,
  name: `name of ${id}`,
  presence: { source: 'P' },
  team: { id: 't' },
  skills: [{ id: 's' }],
});

let sdk: RealSdk;
beforeEach(async () => {
  sdk = await connectRealSdk(({ path }) =>
    path === '/api/v2/users' ? { body: { entities: [user('u1'), user('u2')], total: 2 } } : { body: user('u1') },
  );
});
afterEach(() => sdk.close());

it('reports for each route which expansions were asked for and which were read', async () => {
  const recording = recordExpansions(sdk.client);
  const users = sdk.api('UsersApi');
  for (let i = 0; i < 3; i++) {
    const { presence } = await users.getUser('u1', { expand: ['presence', 'team'] });
    expect(presence).toEqual({ source: 'P' });
  }
  const { entities = [] } = await users.getUsers({ expand: ['team', 'skills', 'presence'] });
  expect(entities.map(({ skills, team }) => [skills?.length, team?.id])).toEqual([
    [1, 't'],
    [1, 't'],
  ]);
  await users.getUser('u1');
  expect(recording.report()).toEqual([
    { route: 'GET /api/v2/users/{userId}', expand: 'team', asked: 3, read: 0 },
    { route: 'GET /api/v2/users', expand: 'presence', asked: 1, read: 0 },
    { route: 'GET /api/v2/users/{userId}', expand: 'presence', asked: 3, read: 3 },
    { route: 'GET /api/v2/users', expand: 'team', asked: 1, read: 1 },
    { route: 'GET /api/v2/users', expand: 'skills', asked: 1, read: 1 },
  ]);
});

it('compares names without case and by their first part', async () => {
  const recording = recordExpansions(sdk.client);
  const found = await sdk.api('UsersApi').getUser('u1', { expand: ['Presence', 'team.id'] });
  expect([found.presence, found.team]).toHaveLength(2);
  expect(recording.report().map(({ expand, read }) => [expand, read])).toEqual([
    ['Presence', 1],
    ['team.id', 1],
  ]);
});

it('gives answers that behave as those of the SDK', async () => {
  recordExpansions(sdk.client);
  const answer = await sdk.api('UsersApi').getUsers({ expand: ['team'] });
  const entities = answer.entities!;
  expect(Array.isArray(entities)).toBe(true);
  expect(entities).toHaveLength(2);
  expect(entities[0]).toBe(entities[0]);
  expect(entities.indexOf(entities[1]!)).toBe(1);
  expect(JSON.parse(JSON.stringify(answer))).toEqual({ entities: [user('u1'), user('u2')], total: 2 });
  expect(Object.keys(entities[0]!)).toEqual(['id', 'name', 'presence', 'team', 'skills']);
  entities[0]!.name = 'another';
  expect({ ...entities[0] }.name).toBe('another');
  expect(() => structuredClone(answer)).toThrow();
});

it('records answers with status and headers around the body, and keeps the info of guarded calls', async () => {
  guardGenesys(sdk.client);
  sdk.client.setReturnExtendedResponses(true);
  const recording = recordExpansions(sdk.client);
  const answer = (await sdk.api('UsersApi').getUser('u1', { expand: ['team'] })) as unknown as {
    body: { team: object };
  };
  expect(answer.body.team).toEqual({ id: 't' });
  expect(recording.report()).toEqual([{ route: 'GET /api/v2/users/{userId}', expand: 'team', asked: 1, read: 1 }]);
  expect(callInfo(answer)?.status).toBe(200);
  recording.stop();
  release(sdk.client);
});

it('leaves failures alone, and records nothing after stop', async () => {
  const recording = recordExpansions(sdk.client);
  const users = sdk.api('UsersApi');
  await sdk.close();
  await expect(users.getUser('u1', { expand: ['team'] })).rejects.toBeDefined();
  recording.stop();
  expect(Object.hasOwn(sdk.client, 'callApi')).toBe(false);
  expect(recording.report()).toEqual([]);
  sdk = await connectRealSdk(() => ({ body: {} }));
});

it('refuses another object', () => {
  expect(() => recordExpansions({})).toThrow('the argument of recordExpansions must be an ApiClient');
});
