import { callInfo, createHoldline, withCall, type HoldlineConfig } from '@holdline/core';
import { genesysBulkReads, genesysCache, genesysCloud } from '@holdline/genesys';
import { describe, expect, test } from 'vitest';
import { catchFailure, createGuarded, createUnmodified, simulate, times, UNLIMITED, wireLog } from './support.js';

const CACHED: HoldlineConfig = genesysCloud(genesysBulkReads(), genesysCache(), UNLIMITED);
const AGENTS = 50;
const USER = 'GET /api/v2/users/u-1';

interface User {
  id: string;
  name: string;
  title?: string;
  version?: number;
}

/** The methods of the SDK that the cases use. */
interface Users {
  getUser(id: string): Promise<User>;
  patchUser(id: string, body: object): Promise<User>;
}

describe('bulk reads and cache of the Genesys SDK', () => {
  test.each([false, true])('cost two requests for fifty agents, with extended responses: %s', async (isExtended) => {
    const simulator = await simulate({ seed: 7 });
    const plain = await createUnmodified(simulator);
    const { client, users, routing } = await createGuarded(simulator, CACHED);
    for (const each of [plain.client, client])
      (each as unknown as { setReturnExtendedResponses(on: boolean): void }).setReturnExtendedResponses(isExtended);
    const ids = times(AGENTS, (i) => `u-${i + 1}`);
    const login = (api: Pick<typeof plain, 'users' | 'routing'>): Promise<unknown[]> =>
      Promise.all(ids.flatMap((id) => [api.routing.getRoutingQueue('q-1'), api.users.getUser(id)]));
    const bodyOf = (result: unknown): unknown => (isExtended ? (result as { body: unknown }).body : result);
    const expected = (await login(plain)).map(bodyOf);
    simulator.resetStats();
    for (let round = 0; round < 2; round++) {
      const got = await login({ users, routing });
      expect(got.map(bodyOf)).toEqual(expected);
      expect(new Set(got.map(bodyOf)).size).toBe(2 * AGENTS);
      if (isExtended) expect((got[0] as { status: number }).status).toBe(200);
      // No caller sees what another does with its own object.
      (bodyOf(got[0]) as User).name = 'changed';
    }
    expect(wireLog(simulator).length).toBeLessThanOrEqual(4);
  });

  test('give the error of the SDK to each caller', async () => {
    const simulator = await simulate();
    const plain = await createUnmodified(simulator);
    await plain.client.callApi('/api/v2/users/u-9', 'DELETE', {}, {}, {}, {}, null, ['PureCloud OAuth'], [], []);
    const expected = (await catchFailure(plain.users.getUser('u-9'))) as object;
    const { users } = await createGuarded(simulator, CACHED);
    const errors = await Promise.all(times(3, () => catchFailure(users.getUser('u-9'))));
    for (const error of errors) {
      expect(Object.keys(error as object)).toEqual(Object.keys(expected));
      const { contextId } = error as { contextId: string };
      expect(error).toEqual({ ...expected, contextId });
    }
    expect(new Set(errors).size).toBe(3);
  });

  test('read a user again after a PATCH of the same line', async () => {
    const simulator = await simulate();
    const { users } = (await createGuarded(simulator, CACHED)) as unknown as { users: Users };
    const { version } = await users.getUser('u-1');
    await users.getUser('u-1');
    expect(wireLog(simulator)).toHaveLength(1);
    await users.patchUser('u-1', { title: 'new', version });
    expect((await users.getUser('u-1')).title).toBe('new');
  });

  test('share nothing between two logins, and nothing between two tenants', async () => {
    const simulator = await simulate();
    const line = createHoldline(CACHED);
    const [one, other] = [await createGuarded(simulator, line), await createGuarded(simulator, line)];
    const read = async (): Promise<void> => {
      for (const { users } of [one, other])
        for (const tenant of ['a', 'b']) await withCall({ tenant }, () => users.getUser('u-1'));
    };
    await read();
    await read();
    expect(wireLog(simulator)).toHaveLength(4);
    await line.close();
  });

  test('let the other callers have the answer if the first aborts', async () => {
    const simulator = await simulate();
    const { users } = await createGuarded(simulator, { ...UNLIMITED, ...genesysCache() });
    simulator.script(USER, [{ status: 503, delayMs: 30 }, 'pass']);
    const controller = new AbortController();
    const first = catchFailure(withCall({ signal: controller.signal }, () => users.getUser('u-1')) as Promise<unknown>);
    const others = times(3, () => users.getUser('u-1'));
    setTimeout(() => controller.abort(), 10);
    expect((await Promise.all(others)).map((user) => (user as User).id)).toEqual(['u-1', 'u-1', 'u-1']);
    expect(await first).toBeInstanceOf(Error);
  });

  test('answer from the stale cache while a gate is closed', async () => {
    const simulator = await simulate();
    const endpoints = { 'GET /api/v2/users/:userId': { cache: { ttlMs: 0, staleIfThrottledMs: 60_000 } } };
    const { users } = await createGuarded(simulator, { ...UNLIMITED, endpoints, retry: false });
    const user = await users.getUser('u-1');
    simulator.script(USER, [{ status: 429, headers: { 'retry-after': '60' } }]);
    // The first call is refused. It closes the gate, so the second costs no request.
    for (let i = 0; i < 2; i++) {
      const stale = (await users.getUser('u-1')) as object;
      expect(stale).toEqual(user);
      expect([callInfo(stale)?.fromCache, callInfo(stale)?.isStale]).toEqual([true, true]);
    }
    expect(wireLog(simulator)).toHaveLength(2);
  });
});
