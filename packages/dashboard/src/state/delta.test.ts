import { expect, it } from 'vitest';
import { applyDelta } from '../page/store.js';
import { DeltaMaker, type StateDelta } from './delta.js';
import type { DashboardState } from './types.js';

const stateOf = (at: number, ...lines: object[]): DashboardState =>
  ({ at, lines, notices: [] }) as unknown as DashboardState;

it('a delta has the changed sections only, and gives the reader the same state', () => {
  const deltas = new DeltaMaker();
  const first = stateOf(1, { id: 1, name: 'a', gates: [], glance: { queued: 0 } }, { id: 2, name: 'b', gates: [] });
  expect(JSON.parse(deltas.next(first) ?? '')).toMatchObject({ order: [1, 2] });
  expect(deltas.next({ ...first, at: 2 })).toBeUndefined();

  const second = stateOf(3, { id: 1, name: 'a', gates: [], glance: { queued: 4 } }, { id: 2, name: 'b', gates: [] });
  const delta = JSON.parse(deltas.next(second) ?? '') as StateDelta;
  expect(delta.lines).toEqual([{ id: 1, glance: { queued: 4 } }, { id: 2 }]);
  expect(applyDelta(first, delta)).toEqual(second);

  const third = stateOf(4, { id: 2, name: 'b', gates: [], closedAt: 4 }, { id: 3, name: 'c', gates: [] });
  const last = JSON.parse(deltas.next({ ...third, notices: ['full'] }) ?? '') as StateDelta;
  expect(applyDelta(second, last)).toEqual({ ...third, notices: ['full'] });
});
