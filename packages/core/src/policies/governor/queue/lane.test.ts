import { describe, expect, it } from 'vitest';
import { Partition, Lane, type QueueDispatcher, QueuedScope } from './lane.js';

/** A lane with a route, a tenant and a host, whose gates are closed until the given ms. */
function laneOf(closed: Record<string, number> = {}): {
  lane: Lane;
  scopes: Record<string, QueuedScope>;
  partition: Partition;
} {
  const scopes: Record<string, QueuedScope> = {};
  for (const name of ['credential', 'route', 'tenant', 'host']) {
    const scope = new QueuedScope(name, '', name, false);
    const until = closed[name];
    if (until !== undefined) scope.gate.close(until, until);
    scopes[name] = scope;
  }
  const { credential, route, tenant, host } = scopes as Record<'credential' | 'route' | 'tenant' | 'host', QueuedScope>;
  const partition = new Partition('credential', credential, {} as QueueDispatcher, {}, Infinity);
  return { lane: new Lane('x', partition, route, [tenant, host]), scopes, partition };
}

describe('a lane', () => {
  it.each<[string, closed: Record<string, number>, now: number, isOpen: boolean, blocker?: string]>([
    ['is open if no scope holds it back', {}, 0, true],
    ['is not open if one scope holds it back', { host: 5 }, 0, false, 'host'],
    ['has the scope that is closed for longest as its blocker', { route: 5, tenant: 9, host: 7 }, 0, false, 'tenant'],
    ['is open from the end of the wait on', { route: 5 }, 5, true],
    ['ignores the scope of the credential', { credential: 5 }, 0, true],
  ])('%s', (_, closed, now, isOpen, blocker) => {
    const { lane } = laneOf(closed);
    expect([lane.isOpen(now, 1, 0), lane.findBlocker(now, 1, 0)?.name]).toEqual([isOpen, blocker]);
  });

  it('is not open if calls wait for one of its scopes', () => {
    const { lane, scopes, partition } = laneOf();
    const other = new Lane('y', partition, new QueuedScope('y', '', 'y', false), [scopes['tenant'] as QueuedScope]);
    other.park(scopes['tenant'] as QueuedScope);
    expect([lane.isOpen(0, 1, 0), lane.findBlocker(0, 1, 0)]).toEqual([false, undefined]);
    other.unpark();
    expect(lane.isOpen(0, 1, 0)).toBe(true);
    expect([other.parkedAt, scopes['tenant']?.parked.size]).toEqual([undefined, 0]);
  });

  it.each<[string, closed: Record<string, number>, longest?: string]>([
    ['none if all are open', {}],
    ['the credential’s', { credential: 9, route: 5 }, 'credential'],
    ['that of another scope', { credential: 5, route: 7, tenant: 9, host: 8 }, 'tenant'],
    ['the first of those closed for equally long', { credential: 5, route: 5 }, 'credential'],
    ['that of the host if the credential’s is open', { host: 3 }, 'host'],
  ])('finds the gate closed for longest: %s', (_, closed, longest) => {
    expect(laneOf(closed).lane.findLongestClosed()?.name).toBe(longest);
  });

  it('does not count a gate whose probe is on the wire', () => {
    const { lane, scopes } = laneOf({ credential: 9, route: 5 });
    scopes['credential']?.gate.pass(9);
    expect(lane.findLongestClosed()?.name).toBe('route');
    scopes['route']?.gate.pass(9);
    expect(lane.findLongestClosed()).toBeUndefined();
  });

  it('counts waiting calls in all its scopes, and at the credential unless it is parked', () => {
    const { lane, scopes } = laneOf();
    const waiting = (name: string): number[] | undefined => scopes[name]?.waiting.slice(0, 3);
    lane.countWaiter(1, 3, 1);
    lane.countWaiter(2, 1, 1);
    lane.park(scopes['host'] as QueuedScope);
    expect([waiting('credential'), waiting('route'), waiting('host')]).toEqual([
      [0, 0, 0],
      [0, 3, 1],
      [0, 3, 1],
    ]);
    lane.countWaiter(1, 3, -1);
    expect([lane.waiting, lane.needed.slice(0, 3), waiting('credential')]).toEqual([1, [0, 0, 1], [0, 0, 0]]);
    lane.unpark();
    lane.countWaiter(0, 2, 1);
    expect([waiting('credential'), waiting('tenant')]).toEqual([
      [2, 0, 1],
      [2, 0, 1],
    ]);
  });

  it('needs permits only of the scope that it waits for (issue 13, c08)', () => {
    const { lane, scopes } = laneOf();
    const needed = (): string =>
      Object.entries(scopes)
        .map(([name, { neededHere }]) => `${name} ${neededHere}`)
        .join();
    lane.countWaiter(1, 3, 1);
    lane.countWaiter(2, 1, 1);
    expect(needed()).toBe('credential 4,route 0,tenant 0,host 0');
    lane.park(scopes['host'] as QueuedScope);
    lane.countWaiter(0, 2, 1);
    lane.countWaiter(1, 3, -1);
    expect(needed()).toBe('credential 0,route 0,tenant 0,host 3');
    lane.unpark();
    lane.unpark();
    expect(needed()).toBe('credential 3,route 0,tenant 0,host 0');
  });

  it('has a scope that lacks permits of the store as its blocker only if there is no other', () => {
    const { lane, scopes } = laneOf({ host: 5 });
    const tenant = scopes['tenant'] as QueuedScope;
    tenant.freeAt = () => Infinity;
    tenant.lacksPermits = () => true;
    expect(lane.findBlocker(0, 1, 0)?.name).toBe('host');
    expect([lane.findBlocker(5, 1, 0)?.name, lane.findBlocker(5, 1, 0, false)]).toEqual(['tenant', undefined]);
    tenant.lacksPermits = () => false;
    expect(lane.findBlocker(0, 1, 0)?.name).toBe('tenant');
  });

  it('is removed from its scopes when it retires', () => {
    const { lane, scopes } = laneOf();
    expect([scopes['route']?.lanes.size, scopes['host']?.lanes.size, scopes['credential']?.lanes.size]).toEqual([
      1, 1, 0,
    ]);
    lane.retire();
    expect([scopes['route']?.lanes.size, scopes['host']?.lanes.size]).toEqual([0, 0]);
  });
});

it('a scope is not idle while a lane is parked at it', () => {
  const { lane, scopes } = laneOf();
  const scope = scopes['route'] as QueuedScope;
  lane.park(scope);
  expect(scope.idle(0)).toBe(false);
  lane.unpark();
  expect(scope.idle(0)).toBe(true);
});
