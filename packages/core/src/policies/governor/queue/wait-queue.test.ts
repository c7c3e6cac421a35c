import { describe, expect, it } from 'vitest';
import { PRIORITIES, type Priority } from '../../../contract/context.js';
import type { Execution } from '../../../pipeline/execution.js';
import { seededRandom } from '../../../testing.js';
import { Partition, Lane, type QueueDispatcher, QueuedScope } from './lane.js';
import { Waiter } from './waiter.js';
import type { WaitQueue } from './wait-queue.js';

const newScope = (name: string): QueuedScope => new QueuedScope(name, '', name, false);
const NO_DISPATCHER = {} as QueueDispatcher;

interface Spec {
  priority?: Priority;
  tenant?: string;
  weight?: number;
  lane?: Lane;
  order?: number;
}

/** A queue without a dispatcher. Naming a lane creates it. */
class Line {
  readonly partition: Partition;
  readonly lanes = new Map<string, Lane>();
  #order = 0;

  constructor(shares: Record<string, number> = {}, agingMs = Infinity) {
    this.partition = new Partition('credential', newScope('credential'), NO_DISPATCHER, shares, agingMs);
  }

  get queue(): WaitQueue<Lane> {
    return this.partition.queue;
  }

  lane(name = 'x'): Lane {
    let lane = this.lanes.get(name);
    if (!lane) this.lanes.set(name, (lane = new Lane(name, this.partition, newScope(name), [])));
    return lane;
  }

  add(
    { priority = 'normal', tenant, weight = 1, lane = this.lane(), order = ++this.#order }: Spec = {},
    now = 0,
  ): Waiter<Lane> {
    const call = { id: order, tenant, weight, priority: PRIORITIES.indexOf(priority) };
    const waiter = new Waiter({ call } as Execution, lane, now);
    this.queue.add(waiter, now);
    return waiter;
  }

  /** Serves `n` calls, and returns `of` of each. */
  serve<T>(n: number, of: (waiter: Waiter<Lane>) => T, now: (i: number) => number = () => 0): T[] {
    return Array.from({ length: n }, (_, i) => {
      const waiter = this.queue.peek(now(i)) as Waiter<Lane>;
      this.queue.serve(waiter, now(i));
      return of(waiter);
    });
  }
}

const order = ({ call }: Waiter<Lane>): number => call.id;
const tenant = (waiter: Waiter<Lane>): string => waiter.tenant;
const count = (all: string[], one: string): number => all.filter((name) => name === one).length;

describe('order', () => {
  it('is by age within one tenant and priority, over all lanes', () => {
    const line = new Line();
    for (let i = 0; i < 9; i++) line.add({ lane: line.lane('abc'[i % 3]) });
    expect(line.serve(9, order)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(line.queue.size).toBe(0);
  });

  it('gives a retried call the place of its age', () => {
    const line = new Line();
    for (const at of [10, 20, 30, 40, 50]) line.add({ order: at });
    for (const at of [35, 5, 45, 7, 60, 6]) line.add({ order: at });
    expect(line.serve(11, order)).toEqual([5, 6, 7, 10, 20, 30, 35, 40, 45, 50, 60]);
  });

  it('is by priority between classes', () => {
    const line = new Line();
    for (const priority of [...PRIORITIES].reverse()) line.add({ priority });
    expect(line.serve(4, order)).toEqual([4, 3, 2, 1]);
  });

  it('is kept after a removal from any place', () => {
    const line = new Line();
    const all = Array.from({ length: 6 }, () => line.add());
    for (const at of [0, 3, 5]) line.queue.remove(all[at] as Waiter<Lane>);
    line.queue.remove(all[3] as Waiter<Lane>);
    expect([line.queue.size, ...line.serve(3, order)]).toEqual([3, 2, 3, 5]);
  });

  it('is kept by a call that moves to another lane', () => {
    const line = new Line();
    const all = Array.from({ length: 4 }, () => line.add());
    line.queue.move(all[1] as Waiter<Lane>, line.lane('y'));
    expect([line.lane('x').waiting, line.lane('y').waiting]).toEqual([3, 1]);
    expect(line.serve(4, order)).toEqual([1, 2, 3, 4]);
  });

  it('is kept by many calls that move in among calls that came meanwhile', () => {
    const line = new Line();
    const old = Array.from({ length: 500 }, () => line.add());
    const y = line.lane('y');
    for (let i = 0; i < 500; i++) line.add({ lane: y });
    for (const [i, waiter] of old.entries()) {
      if (i % 7 === 3) line.add({ lane: y });
      if (i % 11 === 5) line.queue.remove(waiter);
      else line.queue.move(waiter, y);
    }
    const served = line.serve(line.queue.size, order);
    expect(served).toEqual([...served].sort((a, b) => a - b));
  });

  it('is kept if the last inserted call has moved to another lane', () => {
    const line = new Line();
    const y = line.lane('y');
    for (const at of [10, 60]) line.add({ order: at });
    const last = line.add({ order: 20 });
    for (const at of [15, 40]) line.add({ order: at, lane: y });
    line.queue.move(last, y);
    line.add({ order: 30 });
    expect([line.lane().waiting, y.waiting]).toEqual([3, 3]);
    y.park(newScope('s'));
    line.queue.park(y);
    expect(line.serve(3, order)).toEqual([10, 30, 60]);
  });

  it('leaves out a parked lane, and restores its place', () => {
    const line = new Line();
    for (let i = 0; i < 4; i++) line.add({ lane: line.lane(i % 2 ? 'b' : 'a') });
    const a = line.lane('a');
    a.park(newScope('s'));
    line.queue.park(a);
    line.add({ lane: a });
    expect(line.serve(1, order)).toEqual([2]);
    a.unpark();
    line.queue.unpark(a);
    expect(line.serve(4, order)).toEqual([1, 3, 4, 5]);
  });
});

describe('a parked lane', () => {
  const aside = (line: Line, name: string): Lane => {
    const lane = line.lane(name);
    lane.park(newScope('s'));
    line.queue.park(lane);
    return lane;
  };

  it('stays parked when one of its calls leaves', () => {
    const line = new Line();
    const [first] = [line.add(), line.add()];
    aside(line, 'x');
    line.queue.remove(first);
    expect(line.queue.peek(0)).toBeUndefined();
  });

  it('is removed when its last call leaves, and no other lane is', () => {
    const line = new Line();
    const [first] = [
      line.add({ tenant: 'a', lane: line.lane('aside') }),
      ...['b', 'c', 'b', 'c'].map((name) => line.add({ tenant: name, lane: line.lane('y') })),
    ] as [Waiter<Lane>];
    const mine = line.add({ tenant: 'b', lane: line.lane('aside') });
    aside(line, 'aside');
    line.queue.remove(first);
    line.queue.remove(mine);
    expect(line.serve(4, tenant).sort()).toEqual(['b', 'b', 'c', 'c']);
    for (let i = 0; i < 50; i++) for (const name of ['b', 'c', 'd']) line.add({ tenant: name, lane: line.lane('y') });
    expect(count(line.serve(30, tenant), 'd')).toBe(10);
  });
});

describe('tenants', () => {
  it.each<[string, Record<string, number>]>([
    ['equal', {}],
    ['weighted', { a: 3, b: 1, c: 0.5 }],
  ])('%s shares: each saturated tenant gets its share within 5 %% over a long run', (_, shares) => {
    const line = new Line(shares);
    for (const name of ['a', 'b', 'c']) for (let i = 0; i < 10_000; i++) line.add({ tenant: name });
    const served = line.serve(9_000, tenant);
    const total = ['a', 'b', 'c'].reduce((sum, name) => sum + (shares[name] ?? 1), 0);
    for (const name of ['a', 'b', 'c']) {
      const fair = (9_000 * (shares[name] ?? 1)) / total;
      expect(Math.abs(count(served, name) - fair) / fair).toBeLessThan(0.05);
    }
  });

  it('pay for the weight of their calls', () => {
    const line = new Line();
    for (let i = 0; i < 1_000; i++) {
      line.add({ tenant: 'heavy', weight: 4 });
      line.add({ tenant: 'light' });
    }
    const served = line.serve(1_000, tenant);
    expect(count(served, 'heavy')).toBeGreaterThan(190);
    expect(count(served, 'heavy')).toBeLessThan(210);
  });

  it('that join late get their share from then on, without compensation', () => {
    const line = new Line();
    for (let i = 0; i < 5_000; i++) line.add({ tenant: 'early' });
    line.serve(1_000, tenant);
    for (let i = 0; i < 1_000; i++) line.add({ tenant: 'late' });
    const served = line.serve(200, tenant);
    expect(count(served, 'late')).toBeGreaterThanOrEqual(95);
    expect(count(served, 'late')).toBeLessThanOrEqual(105);
    expect(count(served.slice(0, 10), 'late')).toBeLessThanOrEqual(6);
  });

  it('that bring one call at a time get no more than their share', () => {
    const line = new Line();
    for (let i = 0; i < 1_000; i++) line.add({ tenant: 'saturated' });
    line.add({ tenant: 'one by one' });
    const served = line.serve(200, (waiter) => {
      if (waiter.tenant === 'one by one') line.add({ tenant: 'one by one' });
      return waiter.tenant;
    });
    expect(count(served, 'saturated')).toBeGreaterThanOrEqual(95);
  });

  it('that come once cannot starve a tenant that stays', () => {
    const line = new Line();
    for (let i = 0; i < 500; i++) line.add({ tenant: 'stays' });
    for (let i = 0; i < 9; i++) line.add({ tenant: `new ${i}` });
    let next = 9;
    const served = line.serve(500, (waiter) => {
      if (waiter.tenant !== 'stays') line.add({ tenant: `new ${next++}` });
      return waiter.tenant;
    });
    expect(count(served, 'stays')).toBeGreaterThanOrEqual(45);
  });

  it('get a new share at once, even with waiting calls', () => {
    const line = new Line();
    for (const name of ['a', 'b']) for (let i = 0; i < 1_000; i++) line.add({ tenant: name });
    expect(count(line.serve(100, tenant), 'a')).toBe(50);
    line.queue.shares = { a: 4 };
    expect(count(line.serve(100, tenant), 'a')).toBeGreaterThanOrEqual(78);
  });

  /** Permits of a new tenant among the next 20. */
  const ofNewcomer = (line: Line): number => {
    for (let i = 0; i < 50; i++) line.add({ tenant: 'new' });
    return count(line.serve(20, tenant), 'new');
  };

  it('that are new start at the virtual time, even after shares have changed', () => {
    const line = new Line();
    for (const name of ['a', 'b']) for (let i = 0; i < 200; i++) line.add({ tenant: name });
    line.serve(10, tenant);
    line.queue.shares = { a: 3 };
    line.serve(40, tenant);
    // The new tenant has one of five parts.
    expect(ofNewcomer(line)).toBe(4);
  });

  it('that are new start at the virtual time after another tenant has left', () => {
    const line = new Line();
    for (const name of ['a', 'b', 'c']) for (let i = 0; i < 100; i++) line.add({ tenant: name });
    for (const waiter of line.queue.waiters()) if (waiter.tenant === 'c') line.queue.remove(waiter);
    line.serve(40, tenant);
    expect(Math.abs(ofNewcomer(line) - 20 / 3)).toBeLessThan(1);
  });

  it('that return have no claim on unused shares', () => {
    const line = new Line();
    line.add({ tenant: 'back' });
    for (let i = 0; i < 200; i++) line.add({ tenant: 'stays' });
    line.serve(100, tenant);
    for (let i = 0; i < 50; i++) line.add({ tenant: 'back' });
    expect(count(line.serve(20, tenant), 'back')).toBe(10);
  });

  it('have no claim and no debt after the queue was empty', () => {
    const line = new Line();
    line.add({ tenant: 'a', weight: 50 });
    const other = line.add({ tenant: 'b' });
    line.serve(1, tenant);
    line.queue.remove(other);
    for (const name of ['a', 'b']) for (let i = 0; i < 20; i++) line.add({ tenant: name });
    expect(count(line.serve(10, tenant), 'a')).toBe(5);
  });

  it('may have names of object properties', () => {
    const line = new Line();
    for (const name of ['constructor', '__proto__', 'toString']) line.add({ tenant: name });
    expect(line.serve(3, tenant)).toEqual(['constructor', '__proto__', 'toString']);
  });
});

describe('aging', () => {
  it('gives a class that had no permit for agingMs the next one', () => {
    const line = new Line({}, 1000);
    for (let i = 0; i < 100; i++) line.add({ priority: 'high' });
    for (let i = 0; i < 100; i++) line.add({ priority: 'background' });
    const at = (i: number): number => i * 100;
    const served = line.serve(100, ({ priority }) => priority, at);
    const times = served.flatMap((priority, i) => (priority === 3 ? [at(i)] : []));
    expect(times).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
  });

  it('serves the class first that has waited longest', () => {
    const line = new Line({}, 1000);
    for (let i = 0; i < 10; i++) line.add({ priority: 'high' });
    line.add({ priority: 'background' }, 0);
    line.add({ priority: 'low' }, 500);
    expect(
      line.serve(
        4,
        ({ priority }) => priority,
        () => 2000,
      ),
    ).toEqual([0, 3, 0, 2]);
  });

  it('never reverses the order if permits come more slowly than classes age', () => {
    const line = new Line({}, 1000);
    for (const priority of PRIORITIES) for (let i = 0; i < 100; i++) line.add({ priority });
    const served = line.serve(
      60,
      ({ priority }) => priority,
      (i) => i * 5000,
    );
    expect([0, 1, 2, 3].map((priority) => served.filter((one) => one === priority).length)).toEqual([31, 10, 10, 9]);
  });

  it('counts from the first waiting call, not from later ones', () => {
    const line = new Line({}, 1000);
    for (const at of [0, 900]) line.add({ priority: 'background' }, at);
    line.add({ priority: 'high' }, 1000);
    expect(line.queue.peek(1000)?.priority).toBe(3);
  });

  it('does not give a permit to an empty class', () => {
    const line = new Line({}, 1000);
    const urgent = line.add({ priority: 'high' }, 1000);
    line.add({ priority: 'background' }, 0);
    expect(
      line.serve(
        1,
        ({ priority }) => priority,
        () => 2000,
      ),
    ).toEqual([3]);
    line.queue.remove(urgent);
    expect(line.queue.peek(2000)).toBeUndefined();
  });

  it('counts from when a class began to wait', () => {
    const line = new Line({}, 1000);
    line.add({ priority: 'background' }, 0);
    line.serve(1, order, () => 0);
    line.add({ priority: 'high' }, 5000);
    line.add({ priority: 'background' }, 5000);
    expect(
      line.serve(
        1,
        ({ priority }) => priority,
        () => 5999,
      ),
    ).toEqual([0]);
  });
});

describe('the next turn of aging', () => {
  it('is when the first class that waits longer than the chosen one becomes overdue', () => {
    for (const [first, second] of [
      ['background', 'low'],
      ['low', 'background'],
    ] as const) {
      const line = new Line({}, 100);
      line.add({ priority: first }, 0);
      line.add({ priority: second }, 10);
      line.add({ priority: 'high' }, 20);
      expect(line.queue.nextTurnAt(20), first).toBe(100);
    }
  });

  it('does not come while no class waits longer than the chosen one', () => {
    const line = new Line({}, 100);
    expect(line.queue.nextTurnAt(0)).toBe(Infinity);
    line.add({ priority: 'high' }, 5);
    line.add({ priority: 'normal' }, 5);
    line.add({ priority: 'low' }, 6);
    expect(line.queue.nextTurnAt(6)).toBe(Infinity);
  });

  it('does not come for a class whose calls are all parked', () => {
    const line = new Line({}, 100);
    line.add({ priority: 'background', lane: line.lane('parked') }, 0);
    line.add({ priority: 'high' }, 20);
    line.queue.park(line.lane('parked'));
    expect(line.queue.nextTurnAt(20)).toBe(Infinity);
  });

  it('does not come after a turn of aging, until the class of highest priority is served', () => {
    const line = new Line({}, 100);
    line.add({ priority: 'background' }, 0);
    for (let i = 0; i < 2; i++) line.add({ priority: 'low' }, 30);
    for (let i = 0; i < 2; i++) line.add({ priority: 'high' }, 50);
    expect(
      line.serve(
        1,
        (waiter) => waiter.priority,
        () => 100,
      ),
    ).toEqual([3]);
    expect(line.queue.nextTurnAt(100)).toBe(Infinity);
    line.serve(1, order, () => 101);
    expect(line.queue.nextTurnAt(101)).toBe(130);
  });
});

describe('the call to shed', () => {
  it('is the newest of the lowest class below the priority', () => {
    const line = new Line();
    for (const priority of ['normal', 'background', 'low', 'background'] as const)
      line.add({ priority, tenant: priority });
    const shed = line.queue.findNewestBelow(0) as Waiter<Lane>;
    expect(shed.call.id).toBe(4);
    line.queue.remove(shed);
    expect(line.queue.findNewestBelow(0)?.call.id).toBe(2);
    expect(line.queue.findNewestBelow(2)?.call.id).toBe(2);
    expect(line.queue.findNewestBelow(3)).toBeUndefined();
  });

  it('is the newest of all tenants and lanes, after any arrivals and departures', () => {
    const line = new Line();
    const waiting: Waiter<Lane>[] = [];
    const random = seededRandom(7);
    for (let i = 1; i <= 2_000; i++) {
      if (random.next() < 0.45 && waiting.length > 0) {
        const at = Math.floor(random.next() * waiting.length);
        line.queue.remove(...(waiting.splice(at, 1) as [Waiter<Lane>]));
      } else {
        // A retried call keeps its old place.
        const place = random.next() < 0.2 ? -i : i;
        const spec = { tenant: `t${i % 3}`, lane: line.lane('abcd'[i % 4]), order: place };
        waiting.push(line.add(spec));
      }
      const newest = waiting.reduce<Waiter<Lane> | undefined>((a, b) => (a && order(a) > order(b) ? a : b), undefined);
      expect(line.queue.findNewestBelow(0)).toBe(newest);
    }
  });
});

describe('memory', () => {
  it('is freed of lanes, flows and tenants when the queue is empty', () => {
    const line = new Line();
    const all = Array.from({ length: 50 }, (_, i) => line.add({ tenant: `t${i % 7}`, lane: line.lane(`l${i % 5}`) }));
    line.serve(20, order);
    for (const waiter of all) line.queue.remove(waiter);
    expect([line.queue.waiters(), line.queue.findNewestBelow(0)]).toEqual([[], undefined]);
    for (const lane of line.lanes.values()) {
      expect([lane.waiting, lane.flows.size, ...lane.routeScope.waiting]).toEqual([0, 0, 0, 0, 0, 0]);
    }
    expect(line.partition.root.waiting).toEqual([0, 0, 0, 0]);
  });

  it('counts a parked lane at its own scopes, not at the credential', () => {
    const line = new Line();
    const lane = line.lane('a');
    line.add({ lane, weight: 3 });
    lane.park(newScope('s'));
    line.add({ lane, priority: 'low', weight: 2 });
    line.add({ lane: line.lane('b') });
    expect([line.partition.root.waiting, lane.routeScope.waiting]).toEqual([
      [0, 1, 0, 0],
      [0, 3, 2, 0],
    ]);
    lane.unpark();
    expect(line.partition.root.waiting).toEqual([0, 4, 2, 0]);
  });
});

describe('all waiters', () => {
  it('are listed by age over all classes', () => {
    const line = new Line();
    for (const priority of ['low', 'high', 'background', 'normal', 'high'] as const) line.add({ priority });
    expect(line.queue.waiters().map(order)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('heavy calls', () => {
  it('are listed without the others, the oldest first', () => {
    const line = new Line();
    const weights = [1, 3, 1, 2, 1, 5];
    for (const [i, weight] of weights.entries())
      line.add({ weight, tenant: `t${i % 2}`, priority: i < 3 ? 'low' : 'normal' });
    line.add({ priority: 'background' });
    expect(line.queue.listHeavy().map(order)).toEqual([2, 4, 6]);
  });
});

describe('the outlook of a new call', () => {
  it.each<[string, { mine: number; others: number; shares?: Record<string, number> }, ahead: number]>([
    ['is the whole class for its only tenant', { mine: 10, others: 0 }, 10],
    ['is one call of each other tenant for a new tenant', { mine: 0, others: 100 }, 2],
    ['is as many calls of the others as of its own tenant', { mine: 10, others: 100 }, 32],
    ['follows the shares', { mine: 10, others: 100, shares: { me: 4 } }, 15.5],
    ['is at most all waiting calls', { mine: 10, others: 2 }, 14],
  ])('%s', (_, { mine, others, shares = {} }, ahead) => {
    const line = new Line(shares);
    for (let i = 0; i < mine; i++) line.add({ tenant: 'me' });
    for (let i = 0; i < others; i++) for (const name of ['you', 'they']) line.add({ tenant: name });
    const { part } = line.queue.estimateOutlook(1, 'me', 1, 0);
    expect(part * (mine + 2 * others)).toBeCloseTo(ahead, 9);
  });

  it('does not count calls that have left', () => {
    const line = new Line();
    for (let i = 0; i < 10; i++) line.add({ tenant: 'me', weight: 2 });
    for (let i = 0; i < 5; i++) line.add({ tenant: 'you' });
    for (const waiter of line.queue.waiters().slice(0, 8)) line.queue.remove(waiter);
    // Two calls of mine, and as many permits of yours.
    expect(line.queue.estimateOutlook(1, 'me', 1, 0).part * 9).toBeCloseTo(9, 9);
    expect(line.queue.estimateOutlook(1, 'you', 1, 0).part * 9).toBeCloseTo(9, 9);
  });

  it('contains when aging will have served as many calls, from the last permit of the class or from now', () => {
    const line = new Line({}, 1_000);
    expect(line.queue.estimateOutlook(3, 'me', 1, 500).agedAt).toBe(1_500);
    line.add({ priority: 'background', tenant: 'me' }, 200);
    expect(line.queue.estimateOutlook(3, 'me', 1, 500).agedAt).toBe(2_200);
  });

  it('has waiting calls counted by priority', () => {
    const line = new Line();
    for (const priority of ['low', 'normal', 'low'] as const) line.add({ priority, weight: 2 });
    expect(line.queue.countByPriority()).toEqual({ high: 0, normal: 1, low: 2, background: 0 });
  });
});
