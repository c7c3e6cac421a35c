import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../pipeline/execution.js';
import { Lane, Partition, type QueueDispatcher, QueuedScope } from './lane.js';
import { PriorityClass } from './priority-class.js';
import { type Flow, Waiter } from './waiter.js';

/** A priority class with one lane. */
class OneLane {
  readonly class = new PriorityClass<Lane>(1);
  readonly #lane: Lane;
  #order = 0;

  constructor() {
    const scope = new QueuedScope('credential', '', 'credential', false);
    const partition = new Partition('credential', scope, {} as QueueDispatcher, {}, Infinity);
    this.#lane = new Lane('x', partition, new QueuedScope('x', '', 'x', false), []);
  }

  add(tenant: string, weight = 1): void {
    const call = { id: ++this.#order, tenant, weight, priority: 1 };
    this.class.add(new Waiter({ call } as Execution, this.#lane, 0), {});
  }

  /** Serves the next call and returns its tenant. */
  serve(): string {
    const waiter = this.class.peek() as Waiter<Lane>;
    const flow = waiter.flow as Flow<Lane>;
    this.class.charge(flow, waiter.weight);
    this.class.remove(waiter, flow, waiter.weight);
    return waiter.tenant;
  }
}

describe('tenants without calls', () => {
  it('are removed, whatever their number', () => {
    const lane = new OneLane();
    lane.add('stays', 1_000_000);
    for (let i = 0; i < 5_000; i++) {
      lane.add(`tenant ${i}`);
      lane.add('stays', 1_000_000);
      while (lane.serve() !== `tenant ${i}`);
    }
    expect(lane.class.tenants.size).toBeLessThan(2_100);
    expect(lane.class.tenants.has('stays')).toBe(true);
  });

  it('keep the pass that is ahead of the others', () => {
    const lane = new OneLane();
    for (let i = 0; i < 10; i++) lane.add('stays');
    lane.add('greedy', 10_000);
    while (lane.serve() !== 'greedy');
    for (let i = 0; i < 1_500; i++) {
      lane.add('stays');
      lane.add(`tenant ${i}`);
      lane.serve();
      lane.serve();
    }
    expect(lane.class.tenants.has('greedy')).toBe(true);
    lane.add('new');
    lane.add('greedy');
    expect([lane.serve(), lane.serve()].includes('greedy')).toBe(false);
  });
});

describe('shares', () => {
  it('of a class count only the tenants that compete', () => {
    const lane = new OneLane();
    lane.add('a');
    lane.add('b');
    expect(lane.class.activeShares).toBe(2);
    lane.serve();
    expect(lane.class.activeShares).toBe(1);
    lane.class.applyShares({ a: 3, b: 3 });
    expect(lane.class.activeShares).toBe(3);
    lane.serve();
    expect(lane.class.activeShares).toBe(0);
  });

  it('estimate the permits ahead of a new call from the calls that its tenant still has', () => {
    const lane = new OneLane();
    for (let i = 0; i < 4; i++) lane.add('a');
    lane.add('b');
    expect(lane.class.countAhead('a', 1, {})).toBe(5);
    for (let i = 0; i < 3; i++) lane.serve();
    expect(lane.class.countAhead('b', 1, {})).toBeLessThanOrEqual(2);
    expect(lane.class.needed).toBe(2);
  });
});
