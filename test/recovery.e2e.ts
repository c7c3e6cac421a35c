import { callInfo } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { expectQuiet, catchFailure, createGuarded, simulate, createUnmodified, wireLog } from './support.js';

const answers = [
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 401, revoke: true },
];

describe('one call with 429, 401 and a refresh', () => {
  test('control: the unmodified SDK rejects with the body of the 429 after one request', async () => {
    const simulator = await simulate();
    const { users } = await createUnmodified(simulator);
    simulator.script('GET /api/v2/users/me', answers);
    const error = await catchFailure(users.getUsersMe());
    expect(error).toMatchObject({ status: 429 });
    expect(error).not.toHaveProperty('headers');
    expect(wireLog(simulator)).toEqual(['GET /api/v2/users/me 429 t1']);
  });

  test('resolves once with exactly these requests, and waits at least as long as Retry-After', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    simulator.script('GET /api/v2/users/me', answers);
    let settled = 0;
    const me = await users.getUsersMe().finally(() => settled++);
    expect(me).toHaveProperty('id');
    expect(settled).toBe(1);
    expect(wireLog(simulator)).toEqual([
      'GET /api/v2/users/me 429 t1',
      'GET /api/v2/users/me 401 t1',
      'POST /oauth/token 200 t2',
      'GET /api/v2/users/me 200 t2',
    ]);
    const [refused, next] = simulator.wire();
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    const info = callInfo(me);
    expect(info).toMatchObject({ attempts: 3, refreshed: true, status: 200, route: 'GET /api/v2/users/me' });
    // waitedMs starts shortly after the gate closes.
    expect(info?.waitedMs).toBeGreaterThan(980);
    expectQuiet(line);
  });

  test('waits after a 503 with Retry-After in the same way', async () => {
    const simulator = await simulate();
    const { users, line } = await createGuarded(simulator);
    simulator.script('GET /api/v2/users/me', [{ status: 503, headers: { 'retry-after': '1' }, body: '' }]);
    await users.getUsersMe();
    const [refused, next] = simulator.wire();
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expectQuiet(line);
  });

  test('control: the unmodified SDK rejects a 503 without a body with undefined', async () => {
    const simulator = await simulate();
    const { users } = await createUnmodified(simulator);
    simulator.script('GET /api/v2/users/me', [{ status: 503, body: '' }]);
    expect(await catchFailure(users.getUsersMe())).toBeFalsy();
  });
});
