import { describe, expect, it } from 'vitest';
import type { LeaseReply, LeaseRequest, Leases, LentPermits } from '../ports.js';
import { VirtualClock } from '../testing.js';
import { leaseFleet } from './fleet.js';
import { Lease } from './lease.js';
import { sharedQuota } from './shared-quota.js';

const QUOTA = sharedQuota('credential|1000', 100, 1_000);
/** What a ledger says that knows nothing of the platform. */
const NOTHING = { counts: undefined, edge: undefined, isTrial: false };
const LEDGER_MS = 1_000_000;

/** A ledger that lends what it is told to, and a lease on it. */
class Bench {
  readonly clock = new VirtualClock();
  readonly requests: LeaseRequest[] = [];
  readonly told: string[] = [];
  demand = 0;
  /** What the next exchanges come to; without one they lend all that is wanted, now. */
  readonly replies: (Partial<LeaseReply> | 'fails')[] = [];
  readonly lease: Lease;

  constructor(onLoss: Leases['onLoss'] = 'share') {
    const leases: Leases = {
      fleet: leaseFleet,
      onLoss,
      processes: 4,
      exchange: (_, request) => this.#exchange(request),
      closeGate: () => Promise.resolve(),
      gateOf: () => 0,
      listen: () => () => undefined,
    };
    this.lease = new Lease('p', QUOTA, leases, this.clock, {
      demand: () => this.demand,
      wake: () => this.told.push('wake'),
      lost: () => this.told.push('lost'),
      back: () => this.told.push('back'),
      learned: () => this.told.push('learned'),
    });
  }

  get now(): number {
    return this.clock.now();
  }

  /** Somebody waits, and goes as soon as there is a permit. */
  async leaves(order: number): Promise<void> {
    this.demand++;
    this.lease.wanted(this.now, 1);
    await this.clock.advance(0);
    expect(this.lease.freeAt(this.now, 1)).toBe(this.now);
    this.demand--;
    this.lease.take(this.now, 1, order);
  }

  async #exchange(request: LeaseRequest): Promise<LeaseReply> {
    this.requests.push(request);
    const now = LEDGER_MS + this.now;
    const reply = this.replies.shift() ?? {};
    if (reply === 'fails') throw new Error('not there');
    const all: LentPermits = { count: request.demand, from: now, freeAtTick: (now + 2_250) / QUOTA.tickMs };
    const permits = request.demand > 0 ? [all] : [];
    return { ledger: 'a', now, processes: 2, contended: false, limit: 100, askAt: now, permits, ...NOTHING, ...reply };
  }
}

describe('a lease', () => {
  it('asks for one permit where calls are rare, and leaves no timer behind', async () => {
    const bench = new Bench();
    for (let order = 1; order <= 3; order++) {
      await bench.leaves(order);
      bench.lease.end(bench.now, 1, order);
      await bench.clock.advance(500);
    }
    expect(bench.requests.map(({ demand }) => demand)).toEqual([1, 1, 1]);
    expect(bench.clock.pending).toBe(0);
  });

  it('grants what it holds at once, and gives back what it does not need', async () => {
    const bench = new Bench();
    bench.replies.push({ permits: [{ count: 5, from: LEDGER_MS, freeAtTick: 250_600 }] });
    await bench.leaves(1);
    expect(bench.lease.freeAt(bench.now, 4)).toBe(bench.now);
    bench.lease.end(bench.now, 1, 1);
    await bench.clock.advance(1_000);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(Infinity);
    const moves = bench.requests.at(-1)?.moves ?? [];
    // One was spent and is free a window later; four never were.
    expect(moves).toEqual([250_600, 250_251, 1, 250_600, 250_000, 4]);
  });

  it('tells of an attempt that takes longer than the ledger would wait', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.clock.advance(5_000);
    const extended = bench.requests.slice(1).flatMap(({ moves }) => [moves]);
    expect(extended.length).toBeGreaterThanOrEqual(3);
    for (const [from, to, count] of extended) {
      expect(count).toBe(1);
      expect(to).toBeGreaterThan(from as number);
    }
    bench.lease.end(bench.now, 1, 1);
    await bench.clock.advance(5_000);
    expect(bench.clock.pending).toBe(0);
  });

  it('sends the same list again until it is known to have arrived, so that it counts once', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    bench.replies.push('fails');
    bench.demand = 1;
    bench.lease.wanted(bench.now, 1);
    await bench.clock.advance(200);
    const [, lost, again] = bench.requests;
    expect(lost?.moves).toHaveLength(3);
    expect(again).toMatchObject({ batch: lost?.batch, moves: lost?.moves });
    expect(bench.told).not.toContain('lost');
  });

  it('tells a ledger that knows nothing of it what was spent, and what is out', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.leaves(2);
    await bench.clock.advance(100);
    bench.lease.end(bench.now, 1, 1);
    bench.replies.push({ ledger: 'b', permits: [] }, { ledger: 'b' });
    bench.demand = 1;
    bench.lease.wanted(bench.now, 1);
    await bench.clock.advance(0);
    const declared = bench.requests.at(-1);
    expect(declared?.ledger).toBe('b');
    // From nowhere, until a window after the answer; and until the last that can be.
    expect(declared?.moves).toEqual([0, 250_276, 1, 0, 250_588, 1]);
  });

  it('is on its own after the second failure, and says when the store is back', async () => {
    const bench = new Bench();
    bench.replies.push('fails', 'fails');
    bench.demand = 1;
    bench.lease.wanted(bench.now, 1);
    await bench.clock.advance(150);
    expect(bench.lease.isLost).toBe(true);
    // A quarter of the limit, of which a part at once.
    expect(bench.lease.freeAt(bench.now, 1)).toBe(bench.now);
    await bench.clock.advance(2_000);
    expect(bench.lease.isLost).toBe(false);
    expect(bench.told.filter((one) => one !== 'wake')).toEqual(['lost', 'back']);
  });

  it('looks for the store with each call where nobody waits, whatever a loss means', async () => {
    for (const onLoss of ['share', 'open'] as const) {
      const bench = new Bench(onLoss);
      bench.replies.push('fails', 'fails');
      bench.demand = 1;
      bench.lease.wanted(bench.now, 1);
      await bench.clock.advance(110);
      expect(bench.lease.isLost).toBe(true);
      // It goes on its own, and so few go that nothing has to be asked for ahead.
      bench.demand = 0;
      await bench.clock.advance(2_000);
      bench.lease.take(bench.now, 1, 1);
      await bench.clock.advance(0);
      expect(bench.lease.isLost).toBe(false);
    }
    const refusing = new Bench('refuse');
    refusing.replies.push('fails', 'fails');
    refusing.demand = 1;
    refusing.lease.wanted(refusing.now, 1);
    await refusing.clock.advance(110);
    expect(refusing.lease.refuses).toBe(true);
    refusing.demand = 0;
    await refusing.clock.advance(2_000);
    refusing.lease.wanted(refusing.now, 1);
    await refusing.clock.advance(0);
    expect(refusing.lease.refuses).toBe(false);
  });

  it('tells of no more than the last window after a long loss', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    bench.replies.push(...Array<'fails'>(1_000).fill('fails'));
    bench.demand = 1;
    bench.lease.wanted(bench.now, 1);
    for (let order = 2; order < 2_000; order++) {
      await bench.clock.advance(50);
      if (bench.lease.freeAt(bench.now, 1) > bench.now) continue;
      bench.lease.take(bench.now, 1, order);
      bench.lease.end(bench.now, 1, order);
    }
    bench.replies.length = 0;
    await bench.clock.advance(2_000);
    expect(bench.lease.isLost).toBe(false);
    const longest = Math.max(...bench.requests.map(({ moves }) => moves.length / 3));
    expect(longest).toBeLessThanOrEqual(250);
  });

  it('gives everything back when it closes', async () => {
    const bench = new Bench();
    bench.replies.push({ permits: [{ count: 5, from: LEDGER_MS, freeAtTick: 250_600 }] });
    await bench.leaves(1);
    await bench.lease.close();
    expect(bench.requests.at(-1)).toMatchObject({ leaving: true, moves: [250_600, 250_000, 4] });
    expect(bench.clock.pending).toBe(0);
  });
});
