import { describe, expect, it } from 'vitest';
import { LeaseDemand } from './lease-demand.js';
import { LeasedPermits, type Block } from './leased-permits.js';
import { sharedQuotaOf } from './lease-terms.js';

const QUOTA = sharedQuotaOf('credential|1000', 100, 1_000);
const block = (count: number, from = 0, until = from + 250): Block => ({
  count,
  from,
  until,
  tick: 1,
  place: 2,
  isTrial: false,
});

/** Waiting calls, and the time at which other limits let them pass. */
class Bench {
  waiting = 0;
  elsewhere = 0;
  random = 0;
  limit = 100;
  readonly held = new LeasedPermits();
  readonly demand = new LeaseDemand({
    demand: () => this.waiting,
    elsewhereFreeAt: (now) => Math.max(now, this.elsewhere),
    random: () => this.random,
  });

  missing(now: number): number {
    return this.demand.missing(now, this.held, QUOTA.horizonMs, this.limit);
  }

  due(now: number): number {
    return this.demand.dueAt(now, this.missing(now), this.held);
  }

  /** Lets all permits at hand expire unused. */
  ends(now: number): void {
    this.demand.recordUnspent(now, this.held.takeAll(), QUOTA);
  }

  /** Lets calls leave one after the other with the permits just lent. */
  spends(now: number, permits: number): void {
    for (let i = 0; i < permits; i++) this.demand.recordSpent(now, 1);
    this.waiting -= permits;
  }
}

describe('the demand of a lease', () => {
  it('covers all waiting calls at once', () => {
    const bench = new Bench();
    expect([bench.missing(0), bench.due(0)]).toEqual([0, Infinity]);
    bench.waiting = 40;
    expect([bench.missing(0), bench.due(0)]).toEqual([40, 0]);
    bench.held.add(block(10));
    expect(bench.missing(0)).toBe(30);
  });

  it('is the number that left within one validity, once permits expired while calls waited (issue 13, c06, c10)', () => {
    const bench = new Bench();
    bench.waiting = 300;
    bench.held.add(block(270));
    bench.spends(10, 30);
    bench.ends(250);
    // 30 in 250 ms; the rate has decayed since.
    const most = bench.missing(250);
    expect(most).toBeGreaterThanOrEqual(8);
    expect(most).toBeLessThanOrEqual(30);
    expect(bench.due(250)).toBe(250);
  });

  it('doubles each time the lease runs dry and no other limit holds the calls back', () => {
    const bench = new Bench();
    bench.waiting = 300;
    bench.held.add(block(1));
    bench.ends(250);
    const wanted: number[] = [];
    for (let now = 2_000; now < 2_040; now += 10) {
      wanted.push(bench.missing(now));
      bench.spends(now, bench.missing(now));
      bench.demand.recordAnswer(now + 5, -Infinity, false, bench.held);
    }
    expect(wanted).toEqual([1, 2, 4, 8]);
    bench.elsewhere = 9_999;
    bench.spends(2_050, 1);
    bench.demand.recordAnswer(2_055, -Infinity, false, bench.held);
    expect(bench.missing(2_060)).toBe(16);
  });

  it('is requested shortly before other limits let calls pass, where that time is known', () => {
    const bench = new Bench();
    bench.waiting = 5;
    bench.held.add(block(5));
    bench.ends(250);
    bench.elsewhere = 1_000;
    expect(bench.due(300)).toBe(960);
    expect(bench.due(970)).toBe(970);
  });

  it('rests after unused permits, longer each time, while that time is unknown', () => {
    const bench = new Bench();
    bench.waiting = 5;
    bench.elsewhere = Infinity;
    const rests: number[] = [];
    for (let now = 1_000; now < 9_000; now += 2_000) {
      bench.held.add(block(5, now));
      bench.ends(now);
      rests.push(bench.due(now) - now);
    }
    expect(rests).toEqual([125, 250, 500, 1_000]);
    bench.elsewhere = 0;
    expect(bench.due(7_010)).toBe(7_010);
    bench.random = 0.5;
    bench.spends(7_020, 1);
    bench.elsewhere = Infinity;
    bench.held.add(block(5, 7_100));
    bench.ends(7_100);
    expect(bench.due(7_100)).toBe(7_350);
  });

  it('covers all calls again that come after a time without waiting calls', () => {
    const bench = new Bench();
    bench.held.add(block(5));
    bench.ends(250);
    bench.waiting = 80;
    expect([bench.missing(300), bench.due(300)]).toEqual([80, 300]);
  });

  it('is the weight of a heavy call where permits at hand are never valid together', () => {
    const bench = new Bench();
    bench.waiting = 6;
    bench.demand.atOnce = 4;
    bench.held.add(block(2, 0, 100));
    bench.held.add(block(3, 100, 350));
    expect(bench.missing(0)).toBe(4);
    bench.limit = 3;
    expect(bench.missing(0)).toBe(1);
  });

  it('is not requested before `askAt`, except for permits that came back', () => {
    const bench = new Bench();
    bench.waiting = 5;
    bench.demand.recordAnswer(0, 5_000, true, bench.held);
    expect(bench.due(10)).toBe(5_000);
    bench.demand.expectFree(1_080);
    expect(bench.due(10)).toBe(1_000);
    bench.demand.recordAnswer(1_000, 1_000, true, bench.held);
    expect(bench.due(1_000)).toBe(1_002);
    bench.held.add(block(1));
    bench.ends(1_000);
    expect(bench.due(1_000)).toBe(1_000);
  });
});
