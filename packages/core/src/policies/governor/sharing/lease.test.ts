import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../contract/clock.js';
import type { LeaseReply, LeaseRequest, Leases, LentPermits, SharedQuota } from '../../../contract/leases.js';
import { VirtualClock } from '../../../testing.js';
import { quotaSharing } from './lease-manager.js';
import { Lease, type LeaseHost } from './lease.js';
import { sharedQuotaOf } from './lease-terms.js';

const QUOTA = sharedQuotaOf('credential|1000', 100, 1_000);
/** What a ledger says that knows nothing of the platform. */
const NOTHING = { counts: undefined, edge: undefined, isTrial: false };
const LEDGER_MS = 1_000_000;

/** What an exchange comes to, besides what any answer says. */
type Answer = Partial<LeaseReply> | 'fails';

/** A ledger that lends what it is told to, and a lease on it. */
class Bench {
  readonly clock: VirtualClock;
  readonly requests: LeaseRequest[] = [];
  readonly told: string[] = [];
  demand = 0;
  /** When everything else lets calls pass. */
  elsewhere = 0;
  /** The ledger that is there; one that is not the one it is asked for does nothing. */
  ledger = 'a';
  works = true;
  /** What all answers say. */
  says: Partial<LeaseReply> = {};
  /** What the next exchanges come to; without one they lend all that is wanted, now. */
  readonly replies: (Answer | Promise<Answer>)[] = [];
  /** Timers that were set. */
  timers = 0;
  readonly lease: Lease;

  /** @param before The one whose place the lease takes. */
  constructor(onLoss: Leases['onLoss'] = 'share', quota: Partial<SharedQuota> = {}, before?: Bench) {
    this.clock = before?.clock ?? new VirtualClock();
    const leases: Leases = {
      sharing: quotaSharing,
      onLoss,
      processes: 4,
      exchange: (_, request) => this.#exchange(request),
      closeGate: () => Promise.resolve(),
      gateOf: () => 0,
      listen: () => () => undefined,
    };
    const counting: Clock = {
      now: () => this.clock.now(),
      wall: () => this.clock.wall(),
      setTimer: (ms, fn) => {
        this.timers++;
        return this.clock.setTimer(ms, fn);
      },
    };
    const host: LeaseHost = {
      demand: () => this.demand,
      elsewhereFreeAt: (now) => Math.max(now, this.elsewhere),
      random: () => 1,
      wake: () => this.told.push('wake'),
      onStoreLost: () => this.told.push('lost'),
      onStoreBack: () => this.told.push('back'),
      onLimitLearned: () => this.told.push('learned'),
    };
    this.lease = new Lease('p', { ...QUOTA, ...quota }, leases, counting, host, before?.lease);
  }

  get now(): number {
    return this.clock.now();
  }

  /** What the last exchange told of places. */
  get moves(): readonly number[] {
    return this.requests.at(-1)?.moves ?? [];
  }

  /** Somebody waits who needs so many. */
  async wants(permits = 1, refusalToleranceMs?: number): Promise<void> {
    this.demand = permits;
    this.lease.announceDemand(this.now, permits, refusalToleranceMs);
    await this.clock.advance(0);
  }

  /** So many are lent to somebody who wanted them and does not any more. */
  async holds(permits: number): Promise<void> {
    this.replies.push(lent(permits));
    await this.wants(permits);
    this.demand = 0;
  }

  /** Somebody waits, and goes as soon as there is a permit. */
  async leaves(order: number): Promise<void> {
    this.demand++;
    this.lease.announceDemand(this.now, 1);
    await this.clock.advance(0);
    expect(this.lease.freeAt(this.now, 1)).toBe(this.now);
    this.demand--;
    this.lease.take(this.now, 1, order);
  }

  /** The store is lost, to somebody who waited and does not any more. */
  async loses(wanted = 1): Promise<void> {
    this.works = false;
    await this.wants(wanted);
    await this.clock.advance(110);
    expect(this.lease.isLost).toBe(true);
    this.demand = 0;
  }

  /** The next answer is on its way until it is given. */
  late(): (answer?: Answer) => Promise<void> {
    let arrive: ((answer: Answer) => void) | undefined;
    this.replies.push(new Promise((resolve) => (arrive = resolve)));
    return async (answer = {}) => {
      arrive?.(answer);
      await this.clock.advance(0);
    };
  }

  async #exchange(request: LeaseRequest): Promise<LeaseReply> {
    this.requests.push(request);
    const now = LEDGER_MS + this.now;
    const knows = request.ledger === '' || request.ledger === this.ledger;
    const reply = (await this.replies.shift()) ?? {};
    if (reply === 'fails' || !this.works) throw new Error('not there');
    const all: LentPermits = { count: request.demand, from: now, freeAtTick: Math.ceil((now + 2_250) / QUOTA.tickMs) };
    const permits = knows && request.demand > 0 ? [all] : [];
    const usual = { ledger: this.ledger, now, processes: 2, contended: false, limit: 100, askAt: now, permits };
    return { ...usual, ...NOTHING, ...this.says, ...reply };
  }
}

/** So many permits, to be spent so many ms from the beginning on. */
function lent(count: number, from = 0): Partial<LeaseReply> {
  return { permits: [{ count, from: LEDGER_MS + from, freeAtTick: 250_600 }] };
}

/** Nothing, and it is of no use to ask again for so many ms from the beginning on. */
function nothingUntil(ms: number): Partial<LeaseReply> {
  return { permits: [], askAt: LEDGER_MS + ms };
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
    bench.lease.announceDemand(bench.now, 1);
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
    bench.ledger = 'b';
    bench.demand = 1;
    bench.lease.announceDemand(bench.now, 1);
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
    bench.lease.announceDemand(bench.now, 1);
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
      bench.lease.announceDemand(bench.now, 1);
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
    refusing.lease.announceDemand(refusing.now, 1);
    await refusing.clock.advance(110);
    expect(refusing.lease.refuses).toBe(true);
    refusing.demand = 0;
    await refusing.clock.advance(2_000);
    refusing.lease.announceDemand(refusing.now, 1);
    await refusing.clock.advance(0);
    expect(refusing.lease.refuses).toBe(false);
  });

  it('tells of no more than the last window after a long loss', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    bench.replies.push(...Array<'fails'>(1_000).fill('fails'));
    bench.demand = 1;
    bench.lease.announceDemand(bench.now, 1);
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

describe('what a lease says', () => {
  it('knows of no others before an answer, and of nothing but the given limit', () => {
    const { lease } = new Bench();
    expect(lease.sharedEstimate).toEqual({ limit: 100, counts: undefined, edge: undefined });
    expect([lease.processes, lease.isContended, lease.refuses]).toEqual([4, false, false]);
  });

  it('hands on what answers say of the others, and of the platform', async () => {
    const bench = new Bench();
    const estimate = { limit: 60, counts: 'fixed', edge: { from: 5, to: 6 } } as const;
    bench.says = { processes: 3, contended: true, ...estimate };
    await bench.wants();
    expect(bench.lease.sharedEstimate).toEqual(estimate);
    expect(bench.lease.limit).toBe(60);
    expect([bench.lease.processes, bench.lease.isContended]).toEqual([3, true]);
  });

  it.each<[string, Partial<LeaseReply>, learned: boolean]>([
    ['another limit', { limit: 60 }, true],
    ['another way of counting', { counts: 'sliding' }, true],
    ['both', { limit: 60, counts: 'fixed' }, true],
    ['an edge, which nobody but the ledger reckons with', { edge: { from: 5, to: 6 } }, false],
    ['nothing new', {}, false],
  ])('tells whether something was learned: %s', async (_, says, learned) => {
    const bench = new Bench();
    bench.says = says;
    await bench.wants();
    expect(bench.told.includes('learned')).toBe(learned);
    bench.told.length = 0;
    bench.lease.take(bench.now, 1, 1);
    await bench.wants();
    expect(bench.told).toEqual(['wake']);
  });

  it.each<[string, Partial<LeaseReply>, n: number, from: number, expected: number]>([
    ['those at hand, when they begin', lent(5, 50), 3, 10, 50],
    ['those at hand, and not sooner than somebody can leave', lent(5, 50), 3, 80, 80],
    ['what others do not want is there', lent(5, 50), 30, 10, 10],
    [
      'what is only for those who can bear to be refused is not reckoned with',
      { ...lent(5, 50), isTrial: true },
      1,
      10,
      10,
    ],
    [
      'a half of the limit in a window, where two want it',
      { ...lent(2), contended: true },
      12,
      10,
      10 + (9 / 50) * 1_000,
    ],
    ['the first of a share at once', { ...lent(2), contended: true }, 3, 10, 10],
    ['what has no limit is there, whoever wants it', { ...lent(2), contended: true, limit: Infinity }, 12, 10, 10],
  ])('estimates: %s', async (_, answer, n, from, expected) => {
    const bench = new Bench();
    bench.replies.push(answer);
    await bench.wants();
    expect(bench.lease.estimate(bench.now, n, from)).toBeCloseTo(expected, 0);
  });

  it.each<[Leases['onLoss'], afterMs: number]>([
    ['share', 200],
    ['refuse', 0],
    ['open', 0],
  ])(
    'estimates by its part of the limit alone while the store is lost, where it goes on with that: %s',
    async (onLoss, afterMs) => {
      const bench = new Bench(onLoss);
      bench.says = { contended: true, processes: 4 };
      await bench.leaves(1);
      await bench.loses();
      expect(bench.lease.estimate(bench.now, 6, 1_000)).toBeCloseTo(1_000 + afterMs, 6);
    },
  );

  it('is idle only where nothing is out, held, asked for, or was spent in the last window, and the store is there', async () => {
    const bench = new Bench();
    const { lease } = bench;
    expect(lease.idle(bench.now)).toBe(true);
    const answer = bench.late();
    await bench.wants();
    expect(lease.idle(bench.now)).toBe(false);
    await answer(lent(1));
    bench.demand = 0;
    expect(lease.idle(bench.now)).toBe(false);
    lease.take(bench.now, 1, 1);
    expect(lease.idle(bench.now)).toBe(false);
    lease.end(bench.now, 1, 1);
    expect(lease.idle(bench.now + 999)).toBe(false);
    await bench.clock.advance(1_000);
    expect(lease.idle(bench.now)).toBe(true);
    await bench.loses();
    expect(lease.idle(bench.now)).toBe(false);
  });
});

describe('what a lease asks for', () => {
  it('is asked for at once, with how many have to leave together', () => {
    const bench = new Bench();
    bench.demand = 10;
    bench.lease.announceDemand(bench.now, 3);
    expect(bench.requests).toHaveLength(1);
    expect(bench.requests[0]).toMatchObject({ demand: 10, atOnce: 3, mayStartCountingTrial: false, leaving: false, returning: false });
    const few = new Bench();
    few.demand = 2;
    few.lease.announceDemand(few.now, 3);
    expect(few.requests[0]).toMatchObject({ demand: 2, atOnce: 2 });
  });

  it('is asked for one exchange after the other', async () => {
    const bench = new Bench();
    await bench.wants();
    const answer = bench.late();
    await bench.wants(5);
    bench.demand = 0;
    bench.lease.announceDemand(bench.now, 1);
    // What is held can be given back when there is an answer.
    expect(bench.clock.pending).toBe(0);
    bench.demand = 8;
    bench.lease.announceDemand(bench.now, 1);
    bench.lease.onChange(bench.now);
    bench.lease.onReady(bench.now);
    await bench.clock.advance(100);
    expect(bench.requests.map(({ demand }) => demand)).toEqual([1, 4]);
    expect(bench.clock.pending).toBe(0);
    await answer();
    expect(bench.requests.map(({ demand }) => demand)).toEqual([1, 4, 3]);
  });

  it.each<[lent: number, taken: number, asked: number | undefined]>([
    // 0.2 per ms: 8 in the time in which more can be fetched, 16 ahead.
    [48, 40, undefined],
    [47, 40, 9],
    // 0.01 per ms: not one.
    [2, 2, undefined],
  ])(
    'is asked for ahead where the rate tells that it will be wanted: %i lent, %i taken',
    async (count, taken, asked) => {
      const bench = new Bench('refuse');
      await bench.holds(count);
      bench.lease.take(bench.now, taken, 1);
      await bench.clock.advance(0);
      expect(bench.requests[1]?.demand).toBe(asked);
    },
  );

  it('is asked for by a rate that forgets within some tenths of a second', async () => {
    const bench = new Bench();
    await bench.holds(48);
    bench.lease.take(bench.now, 40, 1);
    await bench.clock.advance(100);
    bench.lease.take(bench.now, 5, 2);
    await bench.clock.advance(0);
    // (0.2 / √e + 0.025) per ms, of which three are at hand.
    expect(bench.requests.map(({ demand }) => demand)).toEqual([48, 8]);
  });

  it('is asked for shortly before the last of those at hand begin, not before', async () => {
    const bench = new Bench();
    bench.replies.push(lent(5, 100));
    await bench.wants(8);
    await bench.clock.advance(59);
    expect(bench.requests).toHaveLength(1);
    await bench.clock.advance(2);
    expect(bench.requests.map(({ demand }) => demand)).toEqual([8, 3]);
  });

  it('is asked for as soon as the ledger said, or there is news of it', async () => {
    const bench = new Bench();
    bench.replies.push(nothingUntil(500));
    await bench.wants();
    await bench.clock.advance(490);
    await bench.wants();
    expect(bench.requests).toHaveLength(1);
    bench.replies.push(nothingUntil(2_000));
    await bench.clock.advance(20);
    expect(bench.requests).toHaveLength(2);
    bench.lease.onChange(bench.now);
    await bench.clock.advance(0);
    expect(bench.requests).toHaveLength(3);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(bench.now);
  });

  it('is not asked for where the one who waited has given up', async () => {
    const bench = new Bench();
    bench.replies.push(nothingUntil(500));
    await bench.wants();
    bench.demand = 0;
    await bench.clock.advance(2_000);
    expect(bench.requests).toHaveLength(1);
    expect(bench.clock.pending).toBe(0);
  });

  it('has to be heard of for news of it to mean anything, and to be spent from, or wanted', async () => {
    const unknown = new Bench();
    unknown.replies.push('fails');
    await unknown.wants();
    unknown.lease.onChange(unknown.now);
    await unknown.clock.advance(50);
    expect(unknown.requests).toHaveLength(1);
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    // It may be another one, that wants to know.
    for (const news of ['onChange', 'onReady'] as const) {
      bench.lease[news](bench.now);
      await bench.clock.advance(0);
      expect(bench.requests.at(-1)?.demand).toBe(0);
    }
    expect(bench.requests).toHaveLength(3);
    await bench.clock.advance(1_500);
    for (const news of ['onChange', 'onReady'] as const) {
      bench.lease[news](bench.now);
      await bench.clock.advance(0);
    }
    expect(bench.requests).toHaveLength(3);
    await bench.leaves(2);
    await bench.clock.advance(1_100);
    const asked = bench.requests.length;
    bench.lease.onReady(bench.now);
    await bench.clock.advance(0);
    // It is still out.
    expect(bench.requests).toHaveLength(asked + 1);
  });

  it('is asked for with what cannot be refused in mind, and lent accordingly', async () => {
    const bench = new Bench();
    bench.says = { isTrial: true };
    await bench.wants(1, 2_500);
    expect(bench.requests[0]?.mayStartCountingTrial).toBe(true);
    expect(bench.lease.freeAt(bench.now, 1, 2_499)).toBe(Infinity);
    expect(bench.lease.freeAt(bench.now, 1, 2_500)).toBe(bench.now);
  });

  it('is asked for by new numbers at once, and a higher limit is what the ledger says it is', async () => {
    const bench = new Bench();
    bench.says = { limit: 60, counts: 'sliding' };
    bench.replies.push(nothingUntil(5_000));
    await bench.wants();
    bench.lease.reconfigure({ ...QUOTA, limit: 200 });
    expect(bench.lease.sharedEstimate).toMatchObject({ limit: 60, counts: 'sliding' });
    bench.lease.reconfigure({ ...QUOTA, limit: 40 });
    expect(bench.lease.sharedEstimate).toMatchObject({ limit: 40, counts: 'sliding' });
    await bench.wants();
    expect(bench.requests).toHaveLength(2);
    expect(bench.lease.limit).toBe(60);
  });
});

describe('what a lease tells', () => {
  it('gives the place of an attempt back that was never sent', async () => {
    const bench = new Bench();
    await bench.holds(2);
    bench.lease.take(bench.now, 2, 1);
    await bench.clock.advance(100);
    bench.lease.undo(2, 1);
    await bench.wants();
    expect(bench.moves).toEqual([250_600, 250_000, 2]);
    // Not twice, and nothing of what it never knew.
    bench.lease.undo(2, 1);
    bench.lease.undo(1, 99);
    bench.lease.end(bench.now, 1, 99);
    bench.lease.take(bench.now, 1, 2);
    await bench.wants();
    expect(bench.moves).toEqual([]);
  });

  it('tells soon what others may wait for, whenever it may ask again itself', async () => {
    const bench = new Bench();
    bench.says = { contended: true };
    bench.replies.push({ ...lent(3), askAt: LEDGER_MS + 5_000 });
    await bench.wants(3);
    bench.demand = 0;
    bench.lease.take(bench.now, 1, 1);
    await bench.clock.advance(10);
    bench.lease.end(bench.now, 1, 1);
    await bench.clock.advance(19);
    expect(bench.requests).toHaveLength(1);
    await bench.clock.advance(1);
    expect(bench.requests).toHaveLength(2);
    expect(bench.requests[1]).toMatchObject({ demand: 0, moves: [250_600, 250_253, 1] });
    // There is nothing more to tell before the others are too old.
    await bench.clock.advance(200);
    expect(bench.requests).toHaveLength(2);
    await bench.clock.advance(50);
    expect(bench.moves).toEqual([250_600, 250_000, 2]);
  });

  it('tells what it knows along with what it asks for, where both come together', async () => {
    const bench = new Bench();
    bench.says = { contended: true };
    bench.replies.push({ ...lent(1), askAt: LEDGER_MS + 20 });
    await bench.leaves(1);
    await bench.clock.advance(10);
    bench.lease.end(bench.now, 1, 1);
    await bench.wants();
    await bench.clock.advance(15);
    expect(bench.requests).toHaveLength(2);
    expect(bench.requests[1]).toMatchObject({ demand: 1, moves: [250_600, 250_253, 1] });
  });

  it('keeps to itself what nobody waits for as long as it will be asking anyway', async () => {
    const out = new Bench();
    out.replies.push(lent(5));
    await out.leaves(1);
    await out.clock.advance(850);
    expect(out.requests).toHaveLength(1);
    await out.clock.advance(100);
    // Now it tells that one is still out, and with it of the four that it did not need.
    expect(out.requests).toHaveLength(2);
    expect(out.moves).toEqual([250_600, 250_000, 4, 250_600, expect.any(Number), 1]);
    const waiting = new Bench();
    waiting.replies.push({ ...lent(2), askAt: LEDGER_MS + 500 });
    await waiting.wants(3);
    await waiting.clock.advance(240);
    expect(waiting.requests).toHaveLength(1);
    // Two of its own come back: that nothing is there before 500 was said without them (issue 13, c10).
    await waiting.clock.advance(20);
    expect(waiting.requests[1]).toMatchObject({ demand: 3, moves: [250_600, 250_000, 2] });
  });

  it('does not tell again what has arrived, and does not ask for the sake of what came meanwhile', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.leaves(2);
    bench.lease.end(bench.now, 1, 1);
    const answer = bench.late();
    await bench.wants();
    const [first] = bench.requests.slice(-1);
    bench.lease.end(bench.now, 1, 2);
    await answer();
    expect(bench.requests).toHaveLength(3);
    bench.lease.take(bench.now, 1, 3);
    await bench.wants();
    expect(bench.moves).toHaveLength(3);
    expect(bench.requests.at(-1)?.batch).toBeGreaterThan(first?.batch ?? Infinity);
  });

  it('still tells what came while a list was lost, after that list', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.leaves(2);
    bench.lease.end(bench.now, 1, 1);
    const answer = bench.late();
    await bench.wants();
    const lost = bench.moves;
    bench.lease.end(bench.now, 1, 2);
    await answer('fails');
    await bench.clock.advance(150);
    expect(bench.moves).toEqual(lost);
    bench.lease.take(bench.now, 1, 3);
    await bench.wants();
    expect(bench.moves).toHaveLength(3);
  });

  it('sets no timer for each attempt', async () => {
    const bench = new Bench();
    bench.says = { contended: true };
    await bench.holds(50);
    bench.lease.take(bench.now, 1, 0);
    bench.lease.end(bench.now, 1, 0);
    const before = bench.timers;
    for (let order = 1; order <= 15; order++) {
      bench.lease.take(bench.now, 1, order);
      bench.lease.end(bench.now, 1, order);
      await bench.clock.advance(1);
    }
    expect(bench.timers - before).toBe(0);
    await bench.clock.advance(5);
    // All of them.
    expect(bench.requests).toHaveLength(2);
  });

  it('tells an edge on which answers agree, once, and then measures anew', async () => {
    const bench = new Bench();
    const edges: unknown[] = [];
    const tell = async (): Promise<void> => {
      bench.lease.recordReset(bench.now, { from: 500, to: 520 });
      await bench.leaves(bench.now);
      edges.push(bench.requests.at(-1)?.edge);
      await bench.clock.advance(60);
    };
    await tell();
    await tell();
    expect(edges).toEqual([undefined, undefined]);
    await tell();
    const edge = bench.requests.at(-1)?.edge;
    expect(edge?.from).toBeCloseTo(LEDGER_MS + 500, 0);
    expect(edge?.to).toBeCloseTo(LEDGER_MS + 520, 0);
    await tell();
    expect(edges.at(-1)).toBeUndefined();
  });
});

describe('a permit beyond what is known to pass', () => {
  const SAID = { until: 1_050, roundedMs: 1_000 };
  /** One that has left as attempt 1. */
  const tried = async (): Promise<Bench> => {
    const bench = new Bench();
    bench.says = { isTrial: true };
    await bench.wants(1, 60_000);
    bench.demand = 0;
    bench.lease.take(bench.now, 1, 1);
    return bench;
  };

  it.each<['passed' | 'refused' | 'void', string, (lease: Lease, now: number) => void]>([
    ['passed', 'accepted', (lease, now) => lease.end(now, 1, 1, true)],
    ['void', 'answered with nothing about the limit', (lease, now) => lease.end(now, 1, 1)],
    ['void', 'never sent', (lease) => lease.undo(1, 1)],
    ['refused', 'refused', (lease, now) => lease.refused(now, { weight: 1, order: 1, sentAt: 0 }, SAID, 20)],
  ])('is told of at once, and once: %s where it was %s', async (expected, _, ends) => {
    const bench = await tried();
    expect(bench.lease.isTrial(1)).toBe(true);
    await bench.clock.advance(20);
    ends(bench.lease, bench.now);
    await bench.clock.advance(0);
    expect(bench.requests.at(-1)?.trial).toBe(expected);
    await bench.clock.advance(5_000);
    expect(bench.requests.filter(({ trial }) => trial)).toHaveLength(1);
    expect(bench.lease.isTrial(1)).toBe(false);
  });

  it('that nobody spent in time is told of too', async () => {
    const bench = new Bench();
    bench.says = { isTrial: true };
    await bench.wants(1, 60_000);
    bench.demand = 0;
    await bench.clock.advance(1_000);
    expect(bench.requests.filter(({ trial }) => trial === 'void')).toHaveLength(1);
  });

  it('is told of again where the answer was lost', async () => {
    const bench = await tried();
    bench.replies.push('fails');
    bench.lease.end(bench.now, 1, 1, true);
    await bench.clock.advance(200);
    expect(bench.requests.slice(1).map(({ trial }) => trial)).toEqual(['passed', 'passed']);
  });
});

describe('a refusal', () => {
  /** What the platform says: wait for a second, which it has rounded. */
  const SAID = { until: 1_050, roundedMs: 1_000 };

  it('is told at once, whenever the ledger wants to be asked again, with the moments as the ledger sees them', async () => {
    const bench = new Bench();
    bench.replies.push({ ...lent(1), askAt: LEDGER_MS + 5_000 });
    await bench.leaves(1);
    await bench.clock.advance(50);
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 10 }, SAID, 20);
    await bench.clock.advance(0);
    expect(bench.requests).toHaveLength(2);
    const { refusal } = bench.requests[1] ?? {};
    expect(refusal?.sentAt).toBeCloseTo(LEDGER_MS + 10, 0);
    expect(refusal?.until?.from).toBeCloseTo(LEDGER_MS + 30, 0);
    expect(refusal?.until?.to).toBeCloseTo(LEDGER_MS + 1_050, -1);
    await bench.wants();
    await bench.clock.advance(6_000);
    expect(bench.requests.filter((request) => request.refusal)).toHaveLength(1);
  });

  it('has no bounds where the platform said nothing', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 0 }, { until: 1_000, roundedMs: Infinity }, 20);
    await bench.clock.advance(0);
    expect(bench.requests[1]?.refusal).toEqual({ sentAt: LEDGER_MS, until: undefined });
  });

  it.each<[SharedQuota['enforcement'], freeAt: number]>([
    ['auto', 250_000],
    ['fixed', 250_000],
    ['bucket', 250_000],
    // A window after the answer.
    ['sliding', 250_263],
  ])('frees the place of what was not counted: %s', async (enforcement, freeAt) => {
    const bench = new Bench('share', { enforcement });
    bench.replies.push(lent(1));
    await bench.leaves(1);
    await bench.clock.advance(50);
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 10 }, SAID, 20);
    await bench.clock.advance(0);
    expect(bench.moves).toEqual([250_600, freeAt, 1]);
  });

  it('is told after a moment where the store did not answer, and the first of several', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.leaves(2);
    bench.replies.push('fails');
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 0 }, SAID, 20);
    await bench.clock.advance(90);
    expect(bench.requests).toHaveLength(3);
    bench.lease.refused(bench.now, { weight: 1, order: 2, sentAt: 5 }, SAID, 20);
    await bench.clock.advance(20);
    expect(bench.requests).toHaveLength(4);
    expect(bench.requests[3]?.refusal).toEqual(bench.requests[2]?.refusal);
    await bench.clock.advance(0);
    expect(bench.requests).toHaveLength(4);
  });

  it('is told in the next exchange where one is under way', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    const answer = bench.late();
    await bench.wants();
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 0 }, SAID, 20);
    await answer();
    expect(bench.requests.map(({ refusal }) => refusal !== undefined)).toEqual([false, false, true]);
  });

  it('is nobody’s business where each was on its own, and may have been counted', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.loses();
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 0 }, SAID, 20);
    bench.works = true;
    await bench.clock.advance(500);
    await bench.wants();
    await bench.clock.advance(0);
    expect(bench.lease.isLost).toBe(false);
    expect(bench.requests.some(({ refusal }) => refusal)).toBe(false);
    const told = bench.requests.flatMap(({ moves }) => [...moves]);
    // A window after its answer at 110 ms.
    expect(told.slice(0, 3)).toEqual([250_563, 250_278, 1]);
  });
});

describe('a lease whose store is lost', () => {
  it('lends nothing by itself before, whatever a loss means', async () => {
    for (const onLoss of ['share', 'refuse', 'open'] as const) {
      const bench = new Bench(onLoss);
      bench.replies.push('fails');
      await bench.wants();
      expect(bench.lease.freeAt(bench.now, 1)).toBe(Infinity);
      expect(bench.lease.refuses).toBe(false);
    }
  });

  it.each<[Leases['onLoss'], before: boolean, after: boolean, refuses: boolean]>([
    // A twentieth of its part may leave at once.
    ['share', true, false, false],
    ['open', true, true, false],
    ['refuse', false, false, true],
  ])('goes on as is agreed: %s', async (onLoss, before, after, refuses) => {
    const bench = new Bench(onLoss);
    await bench.loses();
    expect(bench.lease.freeAt(bench.now, 1) <= bench.now).toBe(before);
    for (let order = 1; order <= 30; order++) bench.lease.take(bench.now, 1, order);
    expect(bench.lease.freeAt(bench.now, 1) <= bench.now).toBe(after);
    expect(bench.lease.refuses).toBe(refuses);
  });

  it('was asked twice with a tenth of a second between, though others wait for what it is told', async () => {
    const bench = new Bench();
    bench.says = { contended: true };
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    bench.works = false;
    await bench.clock.advance(110);
    expect(bench.requests).toHaveLength(2);
    expect(bench.lease.isLost).toBe(false);
    bench.works = true;
    await bench.clock.advance(15);
    expect(bench.requests).toHaveLength(3);
    expect(bench.told).not.toContain('lost');
    expect(bench.clock.pending).toBe(0);
  });

  it('may use again what was never sent', async () => {
    const bench = new Bench();
    await bench.loses();
    bench.lease.take(bench.now, 1, 1);
    expect(bench.lease.freeAt(bench.now, 1)).toBeGreaterThan(bench.now);
    bench.lease.undo(1, 1);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(bench.now);
  });

  it('tells the ledger when it is back what it sent without it, and at once', async () => {
    const bench = new Bench();
    bench.replies.push(lent(1));
    await bench.wants();
    await bench.loses(2);
    bench.lease.take(bench.now, 2, 1);
    await bench.clock.advance(100);
    bench.lease.end(bench.now, 2, 1);
    bench.lease.take(bench.now, 1, 2);
    bench.works = true;
    bench.lease.onReady(bench.now);
    await bench.clock.advance(0);
    expect(bench.lease.isLost).toBe(false);
    const [back, then] = bench.requests.slice(-2);
    expect(back).toMatchObject({ returning: true, demand: 0 });
    expect(then).toMatchObject({ returning: false, demand: 0 });
    const moves = bench.requests.slice(-2).flatMap((request) => [...request.moves]);
    // One had been lent, and one had not; a window after their answer, and until the last that can be of what is out.
    expect(moves).toEqual([250_600, 250_303, 1, 0, 250_303, 1, 0, 250_616, 1]);
  });

  it('tells a first ledger what it sent before there was one', async () => {
    const bench = new Bench();
    await bench.loses();
    bench.lease.take(bench.now, 1, 1);
    bench.works = true;
    bench.lease.onReady(bench.now);
    await bench.clock.advance(0);
    expect(bench.requests.slice(-2)).toMatchObject([
      { ledger: '', returning: true, moves: [] },
      { ledger: 'a', returning: false, moves: [0, 250_591, 1] },
    ]);
  });

  it('sets no timer where nobody waits, whatever it has to tell, and whatever is out', async () => {
    const bench = new Bench();
    bench.says = { contended: true };
    await bench.leaves(1);
    await bench.leaves(2);
    await bench.loses();
    bench.lease.end(bench.now, 1, 1);
    await bench.clock.advance(1_000);
    const asked = bench.requests.length;
    const { timers } = bench;
    await bench.clock.advance(10_000);
    expect(bench.requests).toHaveLength(asked);
    expect(bench.timers).toBe(timers);
    expect(bench.clock.pending).toBe(0);
    bench.works = true;
    bench.lease.end(bench.now, 1, 2);
    await bench.clock.advance(0);
    expect(bench.lease.isLost).toBe(false);
  });

  it('tells of what is out when it is back, until that moment and no other', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.loses();
    await bench.wants();
    await bench.clock.advance(1_890);
    bench.demand = 0;
    bench.works = true;
    bench.lease.onReady(bench.now);
    await bench.clock.advance(0);
    expect(bench.lease.isLost).toBe(false);
    // At 2,000 ms, and as late as can be.
    expect(bench.moves).toEqual([250_563, 251_063, 1]);
  });

  it('looks for it with a call at the moment at which that is of use, not before', async () => {
    const bench = new Bench('refuse');
    await bench.loses();
    const asked = bench.requests.length;
    await bench.clock.advance(300 - bench.now - 1);
    bench.lease.announceDemand(bench.now, 1);
    expect(bench.requests).toHaveLength(asked);
    await bench.clock.advance(1);
    bench.lease.announceDemand(bench.now, 1);
    expect(bench.requests).toHaveLength(asked + 1);
  });

  it.each<[Leases['onLoss'], looks: boolean]>([
    ['share', true],
    ['open', true],
    // Nothing is to leave.
    ['refuse', false],
  ])('looks for it for those who may be about to come: %s', async (onLoss, looks) => {
    const bench = new Bench(onLoss);
    await bench.wants(100);
    bench.demand = 0;
    bench.works = false;
    bench.lease.take(bench.now, 100, 1);
    bench.lease.end(bench.now, 100, 1);
    await bench.clock.advance(110);
    expect(bench.lease.isLost).toBe(true);
    expect(bench.clock.pending).toBe(looks ? 1 : 0);
  });

  it('looks for it for those who wait, where calls are refused too', async () => {
    const bench = new Bench('refuse');
    await bench.loses();
    await bench.wants();
    bench.works = true;
    await bench.clock.advance(1_000);
    expect(bench.lease.isLost).toBe(false);
  });

  it('asks again when it is told that it is there', async () => {
    const bench = new Bench();
    await bench.loses();
    await bench.clock.advance(5_000);
    bench.works = true;
    bench.lease.onReady(bench.now);
    await bench.clock.advance(0);
    expect(bench.lease.isLost).toBe(false);
    expect(bench.told.filter((one) => one !== 'wake')).toEqual(['lost', 'back']);
  });
});

describe('a lease that finds another ledger', () => {
  it('tells it what was believed, and believes nothing of what that says before it has', async () => {
    const bench = new Bench();
    const estimate = { limit: 60, counts: 'fixed', edge: { from: 5, to: 6 } } as const;
    bench.says = estimate;
    await bench.leaves(1);
    bench.ledger = 'b';
    bench.says = { limit: 100 };
    bench.told.length = 0;
    bench.demand = 1;
    const answers: unknown[] = [];
    const answer = bench.late();
    const next = bench.late();
    bench.lease.announceDemand(bench.now, 1);
    await answer();
    answers.push(bench.lease.sharedEstimate);
    expect(bench.told).not.toContain('learned');
    await next();
    answers.push(bench.lease.sharedEstimate);
    expect(answers).toEqual([estimate, { limit: 100, counts: undefined, edge: undefined }]);
    bench.lease.take(bench.now, 1, 2);
    await bench.wants();
    expect(bench.requests.map(({ estimate: told }) => told)).toEqual([undefined, undefined, estimate, undefined]);
  });

  it('tells it of a refusal that the other one never heard of', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.ledger = 'b';
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 0 }, { until: 1_050, roundedMs: 1_000 }, 20);
    await bench.clock.advance(0);
    expect(bench.requests.slice(1).map(({ ledger, refusal }) => [ledger, refusal?.sentAt])).toEqual([
      ['a', LEDGER_MS],
      ['b', LEDGER_MS],
    ]);
  });

  it('keeps what it holds of one that it knows', async () => {
    const bench = new Bench();
    await bench.holds(3);
    bench.lease.take(bench.now, 1, 1);
    bench.lease.end(bench.now, 1, 1);
    bench.lease.onChange(bench.now);
    await bench.clock.advance(0);
    expect(bench.requests).toHaveLength(2);
    expect(bench.lease.freeAt(bench.now, 2)).toBe(bench.now);
    await bench.clock.advance(1_000);
    expect(bench.moves).toEqual([250_600, 250_000, 2]);
  });
});

// Issue 13, c13: a store that is short of memory throws out each ledger as soon as it is written.
describe('a lease whose ledger is forgotten again and again', () => {
  /** Every exchange finds a new ledger, from now on. */
  async function forgetful(onLoss: Leases['onLoss'] = 'share'): Promise<Bench> {
    const bench = new Bench(onLoss);
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    bench.requests.length = bench.told.length = 0;
    bench.replies.push(...Array.from({ length: 30 }, (_, i) => ({ ledger: `new ${i}`, permits: [] })));
    return bench;
  }

  it('asks the first new one at once and the second after a pause, and counts the store as lost at the third', async () => {
    const bench = await forgetful();
    await bench.wants();
    expect([bench.requests.length, bench.lease.isLost]).toEqual([2, false]);
    await bench.clock.advance(99);
    expect([bench.requests.length, bench.lease.isLost]).toEqual([2, false]);
    await bench.clock.advance(2);
    expect([bench.requests.length, bench.lease.isLost]).toEqual([3, true]);
    expect(bench.told).toContain('lost');
    // Its share goes on.
    expect(bench.lease.freeAt(bench.now, 1)).toBeLessThan(Infinity);
  });

  it('asks once per second then, though each new ledger is news', async () => {
    const bench = await forgetful();
    await bench.wants();
    await bench.clock.advance(2_000);
    const before = bench.requests.length;
    for (let i = 0; i < 100; i++) {
      bench.lease.onChange(bench.now);
      await bench.clock.advance(50);
    }
    expect(bench.requests.length - before).toBeLessThanOrEqual(6);
  });

  it('asks no more often where every second exchange finds it again', async () => {
    const bench = await forgetful();
    bench.replies.length = 0;
    for (let i = 0; i < 60; i++) bench.replies.push({ ledger: `new ${i >> 1}`, permits: [], askAt: LEDGER_MS + 9e6 });
    await bench.wants();
    for (let i = 0; i < 100; i++) {
      bench.lease.onChange(bench.now);
      await bench.clock.advance(50);
    }
    expect(bench.lease.isLost).toBe(true);
    expect(bench.requests.length).toBeLessThanOrEqual(20);
  });

  it('goes on with a ledger that stays', async () => {
    const bench = await forgetful();
    await bench.wants();
    await bench.clock.advance(500);
    expect(bench.lease.isLost).toBe(true);
    bench.replies.length = 0;
    bench.ledger = 'stays';
    await bench.clock.advance(4_000);
    expect(bench.lease.isLost).toBe(false);
    expect(bench.told.filter((one) => one === 'lost' || one === 'back')).toEqual(['lost', 'back']);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(bench.now);
  });
});

describe('an answer that cannot be right', () => {
  it('is a failed exchange: nothing of it is used, and the second in a row is a loss (issue 13)', async () => {
    const bench = new Bench();
    bench.replies.push(lent(0.75), { askAt: Infinity });
    await bench.wants();
    expect([bench.lease.isLost, bench.lease.freeAt(bench.now, 1)]).toEqual([false, Infinity]);
    await bench.clock.advance(101);
    expect([bench.requests.length, bench.lease.isLost]).toEqual([2, true]);
    await bench.clock.advance(1_000);
    expect([bench.lease.isLost, bench.lease.freeAt(bench.now, 1)]).toEqual([false, bench.now]);
  });
});

describe('a clock of the ledger that is set', () => {
  it('back: what was to be asked for later is asked for by the new time', async () => {
    const bench = new Bench();
    bench.replies.push(lent(1));
    await bench.leaves(1);
    bench.replies.push({ now: LEDGER_MS - 60_000, permits: [], askAt: LEDGER_MS - 59_900 });
    await bench.wants();
    const before = bench.requests.length;
    await bench.clock.advance(150);
    expect(bench.requests.length - before).toBeGreaterThan(0);
    // What is out is told anew, in the new time.
    const tick = Math.ceil((LEDGER_MS - 60_000 + 1_000 + 250 + 1_000) / QUOTA.tickMs);
    expect(bench.requests.some(({ moves }) => moves[0] === 0 && moves[1] === tick && moves[2] === 1)).toBe(true);
  });
});

describe('a lease that takes the place of another', () => {
  it('tells its ledger first what that one spent, and what is out, and knows how many there are', async () => {
    const before = new Bench();
    before.says = { contended: true, processes: 3 };
    await before.leaves(1);
    await before.leaves(2);
    before.lease.end(before.now, 1, 1);
    const bench = new Bench('share', {}, before);
    expect([bench.lease.processes, bench.lease.isContended]).toEqual([3, true]);
    bench.lease.onReady(bench.now);
    await bench.clock.advance(0);
    expect(bench.requests).toMatchObject([
      { ledger: '', demand: 0, moves: [], mayStartCountingTrial: false, leaving: false },
      { ledger: 'a', demand: 0, moves: [0, 250_251, 1, 0, 250_563, 1] },
    ]);
    bench.lease.end(bench.now, 1, 2);
    await bench.wants();
    expect(bench.moves).toEqual([250_563, 250_251, 1]);
  });

  it.each<[Leases['onLoss'], free: boolean]>([
    ['share', true],
    ['open', true],
    ['refuse', false],
  ])('is on its own where that one is: %s', async (onLoss, free) => {
    const before = new Bench(onLoss);
    await before.loses();
    const { lease, now } = new Bench(onLoss, {}, before);
    expect(lease.isLost).toBe(true);
    expect(lease.freeAt(now, 1) <= now).toBe(free);
  });
});

describe('a lease that is closed', () => {
  it('says so once, and asks for nothing more', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.leaves(2);
    const closed = [bench.lease.close(), bench.lease.close()];
    // Before anything else happens: the store may be closed next.
    expect(bench.requests).toHaveLength(3);
    await Promise.all(closed);
    expect(bench.requests.filter(({ leaving }) => leaving)).toHaveLength(1);
    const asked = bench.requests.length;
    bench.demand = 1;
    bench.lease.end(bench.now, 1, 1);
    bench.lease.announceDemand(bench.now, 1);
    bench.lease.onChange(bench.now);
    bench.lease.onReady(bench.now);
    bench.demand = 0;
    bench.lease.announceDemand(bench.now, 1);
    await bench.clock.advance(0);
    expect(bench.requests).toHaveLength(asked);
    expect(bench.clock.pending).toBe(0);
  });

  it('tells nobody where no ledger is known, or the store is lost', async () => {
    const unknown = new Bench();
    await unknown.lease.close();
    expect(unknown.requests).toHaveLength(0);
    const lost = new Bench();
    await lost.leaves(1);
    await lost.loses();
    const asked = lost.requests.length;
    await lost.lease.close();
    expect(lost.requests).toHaveLength(asked);
  });

  it.each<[string, Answer]>([
    ['answer', {}],
    ['failure', 'fails'],
  ])('takes no notice of a late %s', async (_, answer) => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.replies.push('fails');
    await bench.wants();
    const arrives = bench.late();
    await bench.clock.advance(110);
    const closed = bench.lease.close();
    bench.told.length = 0;
    await arrives(answer);
    await closed;
    expect(bench.told).toEqual([]);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(Infinity);
    expect(bench.clock.pending).toBe(0);
  });

  it.each<[string, before: boolean, Answer, Partial<LeaseRequest> | undefined]>([
    ['with what it held', true, {}, { ledger: 'a', moves: [250_563, 250_000, 3, 250_600, 250_000, 2] }],
    ['though it knew of no ledger before', false, {}, { ledger: 'a', moves: [250_563, 250_000, 5] }],
    ['not to another ledger, where that means nothing', true, { ledger: 'b', permits: [] }, { ledger: 'a' }],
    ['as far as it is known what was lent', true, 'fails', { ledger: 'a', moves: [250_600, 250_000, 2] }],
    ['if there is a ledger at all', false, 'fails', undefined],
  ])('waits for what is on its way, and gives it back: %s', async (_, before, answer, leaves) => {
    const bench = new Bench();
    if (before) {
      bench.replies.push(lent(2));
      await bench.wants(2);
    }
    const arrives = bench.late();
    await bench.wants(5);
    const asked = bench.requests.length;
    const closed = bench.lease.close();
    await bench.clock.advance(0);
    expect(bench.requests).toHaveLength(asked);
    await arrives(answer);
    await closed;
    const last = bench.requests.slice(asked);
    expect(last).toMatchObject(leaves ? [{ ...leaves, leaving: true, demand: 0 }] : []);
    expect(last).toHaveLength(leaves ? 1 : 0);
  });

  it('gives back what is on its way from a store that was lost', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    await bench.loses();
    bench.works = true;
    const arrives = bench.late();
    bench.lease.onReady(bench.now);
    const closed = bench.lease.close();
    await arrives(lent(2));
    await closed;
    expect(bench.requests.at(-1)).toMatchObject({ leaving: true, returning: false, moves: [250_600, 250_000, 2] });
  });
});
