import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../contract/clock.js';
import type { LeaseReply, LeaseRequest, Leases, LentPermits, SharedQuota } from '../../../contract/leases.js';
import { VirtualClock } from '../../../testing.js';
import { quotaSharing } from './lease-manager.js';
import { Lease, type LeaseHost } from './lease.js';
import { sharedQuotaOf } from './lease-terms.js';

const QUOTA = sharedQuotaOf('credential|1000', 100, 1_000);
/** Estimate of a ledger without findings. */
const NOTHING = { counts: undefined, edge: undefined, isTrial: false };
const LEDGER_MS = 1_000_000;

/** Result of an exchange, in addition to the fields of every reply. */
type Answer = Partial<LeaseReply> | 'fails';

/** A ledger with configured replies, and a lease on it. */
class Bench {
  readonly clock: VirtualClock;
  readonly requests: LeaseRequest[] = [];
  readonly told: string[] = [];
  demand = 0;
  /** When all other limits let calls pass. */
  elsewhere = 0;
  /** Id of the current ledger. A request for another ledger is not applied. */
  ledger = 'a';
  works = true;
  /** Fields of all replies. */
  says: Partial<LeaseReply> = {};
  /** Results of the next exchanges; by default all requested permits are lent now. */
  readonly replies: (Answer | Promise<Answer>)[] = [];
  /** Number of timers set. */
  timers = 0;
  readonly lease: Lease;

  /** @param before - The lease to replace. */
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

  /** Moves of the last exchange. */
  get moves(): readonly number[] {
    return this.requests.at(-1)?.moves ?? [];
  }

  /** Announces a waiting call that needs permits. */
  async wants(permits = 1, refusalToleranceMs?: number): Promise<void> {
    this.demand = permits;
    this.lease.announceDemand(this.now, permits, refusalToleranceMs);
    await this.clock.advance(0);
  }

  /** Has permits lent to a waiting call that then gives up. */
  async holds(permits: number): Promise<void> {
    this.replies.push(lent(permits));
    await this.wants(permits);
    this.demand = 0;
  }

  /** Lets a call wait and leave as soon as a permit is free. */
  async leaves(order: number): Promise<void> {
    this.demand++;
    this.lease.announceDemand(this.now, 1);
    await this.clock.advance(0);
    expect(this.lease.freeAt(this.now, 1)).toBe(this.now);
    this.demand--;
    this.lease.take(this.now, 1, order);
  }

  /** Loses the store while a call waits that then gives up. */
  async loses(wanted = 1): Promise<void> {
    this.works = false;
    await this.wants(wanted);
    await this.clock.advance(110);
    expect(this.lease.isLost).toBe(true);
    this.demand = 0;
  }

  /** Holds back the next reply until it is released. */
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

/** Permits valid from a time after the start, in ms. */
function lent(count: number, from = 0): Partial<LeaseReply> {
  return { permits: [{ count, from: LEDGER_MS + from, freeAtTick: 250_600 }] };
}

/** No permits, and no use in asking again before a time after the start, in ms. */
function nothingUntil(ms: number): Partial<LeaseReply> {
  return { permits: [], askAt: LEDGER_MS + ms };
}

describe('a lease', () => {
  it('requests one permit at a time at a low rate, and leaves no timer', async () => {
    const bench = new Bench();
    for (let order = 1; order <= 3; order++) {
      await bench.leaves(order);
      bench.lease.end(bench.now, 1, order);
      await bench.clock.advance(500);
    }
    expect(bench.requests.map(({ demand }) => demand)).toEqual([1, 1, 1]);
    expect(bench.clock.pending).toBe(0);
  });

  it('grants held permits at once, and gives back unneeded ones', async () => {
    const bench = new Bench();
    bench.replies.push({ permits: [{ count: 5, from: LEDGER_MS, freeAtTick: 250_600 }] });
    await bench.leaves(1);
    expect(bench.lease.freeAt(bench.now, 4)).toBe(bench.now);
    bench.lease.end(bench.now, 1, 1);
    await bench.clock.advance(1_000);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(Infinity);
    const moves = bench.requests.at(-1)?.moves ?? [];
    // One permit was used and is free one window later; four were not used.
    expect(moves).toEqual([250_600, 250_251, 1, 250_600, 250_000, 4]);
  });

  it('extends the place of an attempt longer than the grace time', async () => {
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

  it('repeats an unconfirmed list of moves, so that it counts once', async () => {
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

  it('reports used permits and attempts in flight to a new ledger', async () => {
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
    // From 0 to one window after the answer, and to the latest possible tick.
    expect(declared?.moves).toEqual([0, 250_276, 1, 0, 250_588, 1]);
  });

  it('works alone after the second failure, and reports when the store is back', async () => {
    const bench = new Bench();
    bench.replies.push('fails', 'fails');
    bench.demand = 1;
    bench.lease.announceDemand(bench.now, 1);
    await bench.clock.advance(150);
    expect(bench.lease.isLost).toBe(true);
    // A quarter of the limit, a part of it at once.
    expect(bench.lease.freeAt(bench.now, 1)).toBe(bench.now);
    await bench.clock.advance(2_000);
    expect(bench.lease.isLost).toBe(false);
    expect(bench.told.filter((one) => one !== 'wake')).toEqual(['lost', 'back']);
  });

  it('tries the store with each call where none waits, for each `onLoss`', async () => {
    for (const onLoss of ['share', 'open'] as const) {
      const bench = new Bench(onLoss);
      bench.replies.push('fails', 'fails');
      bench.demand = 1;
      bench.lease.announceDemand(bench.now, 1);
      await bench.clock.advance(110);
      expect(bench.lease.isLost).toBe(true);
      // The process works alone, and the low rate needs no request ahead.
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

  it('reports only the last window after a long loss', async () => {
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

  it('gives all permits back when it closes', async () => {
    const bench = new Bench();
    bench.replies.push({ permits: [{ count: 5, from: LEDGER_MS, freeAtTick: 250_600 }] });
    await bench.leaves(1);
    await bench.lease.close();
    expect(bench.requests.at(-1)).toMatchObject({ leaving: true, moves: [250_600, 250_000, 4] });
    expect(bench.clock.pending).toBe(0);
  });
});

describe('the state of a lease', () => {
  it('assumes no other processes before a reply, and only the given limit', () => {
    const { lease } = new Bench();
    expect(lease.sharedEstimate).toEqual({ limit: 100, counts: undefined, edge: undefined });
    expect([lease.processes, lease.isContended, lease.refuses]).toEqual([4, false, false]);
  });

  it('passes on the other processes and the estimate of a reply', async () => {
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
    ['another counting', { counts: 'sliding' }, true],
    ['both', { limit: 60, counts: 'fixed' }, true],
    ['an edge, which only the ledger uses', { edge: { from: 5, to: 6 } }, false],
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
    ['permits at hand, from their start', lent(5, 50), 3, 10, 50],
    ['permits at hand, not before the earliest departure', lent(5, 50), 3, 80, 80],
    ['permits without contention are free now', lent(5, 50), 30, 10, 10],
    ['trials are not counted', { ...lent(5, 50), isTrial: true }, 1, 10, 10],
    [
      'half of the limit per window under contention of two',
      { ...lent(2), contended: true },
      12,
      10,
      10 + (9 / 50) * 1_000,
    ],
    ['the first permit of a share at once', { ...lent(2), contended: true }, 3, 10, 10],
    [
      'permits without a limit are free, under contention too',
      { ...lent(2), contended: true, limit: Infinity },
      12,
      10,
      10,
    ],
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
  ])('estimates by its share only while the store is lost and `onLoss` is share: %s', async (onLoss, afterMs) => {
    const bench = new Bench(onLoss);
    bench.says = { contended: true, processes: 4 };
    await bench.leaves(1);
    await bench.loses();
    expect(bench.lease.estimate(bench.now, 6, 1_000)).toBeCloseTo(1_000 + afterMs, 6);
  });

  it('is idle only without permits in flight, held, requested or used in the last window, and with a store', async () => {
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

describe('the requests of a lease', () => {
  it('start at once, with the number needed at one moment', () => {
    const bench = new Bench();
    bench.demand = 10;
    bench.lease.announceDemand(bench.now, 3);
    expect(bench.requests).toHaveLength(1);
    expect(bench.requests[0]).toMatchObject({
      demand: 10,
      atOnce: 3,
      mayRunTrial: false,
      leaving: false,
      returning: false,
    });
    const few = new Bench();
    few.demand = 2;
    few.lease.announceDemand(few.now, 3);
    expect(few.requests[0]).toMatchObject({ demand: 2, atOnce: 2 });
  });

  it('run one exchange after the other', async () => {
    const bench = new Bench();
    await bench.wants();
    const answer = bench.late();
    await bench.wants(5);
    bench.demand = 0;
    bench.lease.announceDemand(bench.now, 1);
    // Held permits can be given back after the reply.
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
    // 0.2 per ms: 8 within the lead time, 16 within the horizon.
    [48, 40, undefined],
    [47, 40, 9],
    // 0.01 per ms: below one permit.
    [2, 2, undefined],
  ])('look ahead where the rate predicts demand: %i lent, %i taken', async (count, taken, asked) => {
    const bench = new Bench('refuse');
    await bench.holds(count);
    bench.lease.take(bench.now, taken, 1);
    await bench.clock.advance(0);
    expect(bench.requests[1]?.demand).toBe(asked);
  });

  it('follow a rate that decays within some tenths of a second', async () => {
    const bench = new Bench();
    await bench.holds(48);
    bench.lease.take(bench.now, 40, 1);
    await bench.clock.advance(100);
    bench.lease.take(bench.now, 5, 2);
    await bench.clock.advance(0);
    // (0.2 / √e + 0.025) per ms, three of them at hand.
    expect(bench.requests.map(({ demand }) => demand)).toEqual([48, 8]);
  });

  it('start shortly before the last permits at hand begin', async () => {
    const bench = new Bench();
    bench.replies.push(lent(5, 100));
    await bench.wants(8);
    await bench.clock.advance(59);
    expect(bench.requests).toHaveLength(1);
    await bench.clock.advance(2);
    expect(bench.requests.map(({ demand }) => demand)).toEqual([8, 3]);
  });

  it('start at `askAt` of the ledger, or on news', async () => {
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

  it('do not start where the waiting call has given up', async () => {
    const bench = new Bench();
    bench.replies.push(nothingUntil(500));
    await bench.wants();
    bench.demand = 0;
    await bench.clock.advance(2_000);
    expect(bench.requests).toHaveLength(1);
    expect(bench.clock.pending).toBe(0);
  });

  it('start on news only for a known ledger with used or wanted permits', async () => {
    const unknown = new Bench();
    unknown.replies.push('fails');
    await unknown.wants();
    unknown.lease.onChange(unknown.now);
    await unknown.clock.advance(50);
    expect(unknown.requests).toHaveLength(1);
    const bench = new Bench();
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    // The ledger may be a new one that needs a report.
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
    // The attempt is still in flight.
    expect(bench.requests).toHaveLength(asked + 1);
  });

  it('carry the refusal tolerance, and trials are lent accordingly', async () => {
    const bench = new Bench();
    bench.says = { isTrial: true };
    await bench.wants(1, 2_500);
    expect(bench.requests[0]?.mayRunTrial).toBe(true);
    expect(bench.lease.freeAt(bench.now, 1, 2_499)).toBe(Infinity);
    expect(bench.lease.freeAt(bench.now, 1, 2_500)).toBe(bench.now);
  });

  it('start at once with new numbers, and the ledger decides a higher limit', async () => {
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

describe('the reports of a lease', () => {
  it('give back the place of an unsent attempt', async () => {
    const bench = new Bench();
    await bench.holds(2);
    bench.lease.take(bench.now, 2, 1);
    await bench.clock.advance(100);
    bench.lease.undo(2, 1);
    await bench.wants();
    expect(bench.moves).toEqual([250_600, 250_000, 2]);
    // No second report, and no report of unknown attempts.
    bench.lease.undo(2, 1);
    bench.lease.undo(1, 99);
    bench.lease.end(bench.now, 1, 99);
    bench.lease.take(bench.now, 1, 2);
    await bench.wants();
    expect(bench.moves).toEqual([]);
  });

  it('are sent soon where other processes may wait, regardless of `askAt`', async () => {
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
    // Nothing more is due before the other permits expire.
    await bench.clock.advance(200);
    expect(bench.requests).toHaveLength(2);
    await bench.clock.advance(50);
    expect(bench.moves).toEqual([250_600, 250_000, 2]);
  });

  it('travel with a request where both are due', async () => {
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

  it('wait for the next request where no process waits', async () => {
    const out = new Bench();
    out.replies.push(lent(5));
    await out.leaves(1);
    await out.clock.advance(850);
    expect(out.requests).toHaveLength(1);
    await out.clock.advance(100);
    // Now the lease extends one attempt in flight, and reports the four unneeded permits.
    expect(out.requests).toHaveLength(2);
    expect(out.moves).toEqual([250_600, 250_000, 4, 250_600, expect.any(Number), 1]);
    const waiting = new Bench();
    waiting.replies.push({ ...lent(2), askAt: LEDGER_MS + 500 });
    await waiting.wants(3);
    await waiting.clock.advance(240);
    expect(waiting.requests).toHaveLength(1);
    // Two own permits return: the ledger did not know them when it named 500 (issue 13, c10).
    await waiting.clock.advance(20);
    expect(waiting.requests[1]).toMatchObject({ demand: 3, moves: [250_600, 250_000, 2] });
  });

  it('are not repeated once confirmed, and later moves start no exchange', async () => {
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

  it('include moves after a lost list, behind that list', async () => {
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

  it('need no timer per attempt', async () => {
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
    // All attempts.
    expect(bench.requests).toHaveLength(2);
  });

  it('include an agreed edge once, and then the measurement starts again', async () => {
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

describe('a trial permit', () => {
  const SAID = { until: 1_050, roundedMs: 1_000 };
  /** A trial that left as attempt 1. */
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
    ['void', 'answered without information about the limit', (lease, now) => lease.end(now, 1, 1)],
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

  it('that expired unused is reported too', async () => {
    const bench = new Bench();
    bench.says = { isTrial: true };
    await bench.wants(1, 60_000);
    bench.demand = 0;
    await bench.clock.advance(1_000);
    expect(bench.requests.filter(({ trial }) => trial === 'void')).toHaveLength(1);
  });

  it('is reported again where the reply was lost', async () => {
    const bench = await tried();
    bench.replies.push('fails');
    bench.lease.end(bench.now, 1, 1, true);
    await bench.clock.advance(200);
    expect(bench.requests.slice(1).map(({ trial }) => trial)).toEqual(['passed', 'passed']);
  });
});

describe('a refusal', () => {
  /** A wait of one second, rounded. */
  const SAID = { until: 1_050, roundedMs: 1_000 };

  it('is reported at once, regardless of `askAt`, in ledger time', async () => {
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

  it('has no end where the platform named none', async () => {
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
    // One window after the answer.
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

  it('is reported after a pause where the store did not reply, the first of several', async () => {
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

  it('is reported in the next exchange where one is under way', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    const answer = bench.late();
    await bench.wants();
    bench.lease.refused(bench.now, { weight: 1, order: 1, sentAt: 0 }, SAID, 20);
    await answer();
    expect(bench.requests.map(({ refusal }) => refusal !== undefined)).toEqual([false, false, true]);
  });

  it('is not reported while the process works alone, and may have been counted', async () => {
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
    // One window after its answer at 110 ms.
    expect(told.slice(0, 3)).toEqual([250_563, 250_278, 1]);
  });
});

describe('a lease whose store is lost', () => {
  it('grants nothing before the loss, for each `onLoss`', async () => {
    for (const onLoss of ['share', 'refuse', 'open'] as const) {
      const bench = new Bench(onLoss);
      bench.replies.push('fails');
      await bench.wants();
      expect(bench.lease.freeAt(bench.now, 1)).toBe(Infinity);
      expect(bench.lease.refuses).toBe(false);
    }
  });

  it.each<[Leases['onLoss'], before: boolean, after: boolean, refuses: boolean]>([
    // A twentieth of its share may leave at once.
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

  it('has asked twice with a tenth of a second between, also under contention', async () => {
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

  it('gets back unsent permits', async () => {
    const bench = new Bench();
    await bench.loses();
    bench.lease.take(bench.now, 1, 1);
    expect(bench.lease.freeAt(bench.now, 1)).toBeGreaterThan(bench.now);
    bench.lease.undo(1, 1);
    expect(bench.lease.freeAt(bench.now, 1)).toBe(bench.now);
  });

  it('reports the permits used meanwhile as soon as the store is back', async () => {
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
    // One permit was lent and one was not: one window after their answer, and the latest possible tick for the attempt in flight.
    expect(moves).toEqual([250_600, 250_303, 1, 0, 250_303, 1, 0, 250_616, 1]);
  });

  it('reports to a first ledger the permits used before', async () => {
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

  it('sets no timer where no call waits, with any report and any attempt in flight', async () => {
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

  it('reports attempts in flight when the store is back, and no earlier', async () => {
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
    // At 2,000 ms, with the latest possible tick.
    expect(bench.moves).toEqual([250_563, 251_063, 1]);
  });

  it('tries the store with a call only from the retry time on', async () => {
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
    // No call may leave.
    ['refuse', false],
  ])('tries the store for expected calls: %s', async (onLoss, looks) => {
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

  it('tries the store for waiting calls, also where calls are refused', async () => {
    const bench = new Bench('refuse');
    await bench.loses();
    await bench.wants();
    bench.works = true;
    await bench.clock.advance(1_000);
    expect(bench.lease.isLost).toBe(false);
  });

  it('asks again on the news that the store is back', async () => {
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
  it('sends its estimate first, and adopts none before', async () => {
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

  it('reports a refusal that the previous ledger did not read', async () => {
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

  it('keeps its permits of a known ledger', async () => {
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

// Issue 13, c13: a store short of memory evicts each ledger right after the write.
describe('a lease whose ledger is lost again and again', () => {
  /** From now on, every exchange finds a new ledger. */
  async function forgetful(onLoss: Leases['onLoss'] = 'share'): Promise<Bench> {
    const bench = new Bench(onLoss);
    await bench.leaves(1);
    bench.lease.end(bench.now, 1, 1);
    bench.requests.length = bench.told.length = 0;
    bench.replies.push(...Array.from({ length: 30 }, (_, i) => ({ ledger: `new ${i}`, permits: [] })));
    return bench;
  }

  it('asks the first new ledger at once, the second after a pause, and counts the store as lost at the third', async () => {
    const bench = await forgetful();
    await bench.wants();
    expect([bench.requests.length, bench.lease.isLost]).toEqual([2, false]);
    await bench.clock.advance(99);
    expect([bench.requests.length, bench.lease.isLost]).toEqual([2, false]);
    await bench.clock.advance(2);
    expect([bench.requests.length, bench.lease.isLost]).toEqual([3, true]);
    expect(bench.told).toContain('lost');
    // The process continues on its share.
    expect(bench.lease.freeAt(bench.now, 1)).toBeLessThan(Infinity);
  });

  it('then asks once per second, though each new ledger sends news', async () => {
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

  it('asks no more often where every second exchange finds the old ledger', async () => {
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

  it('continues with a stable ledger', async () => {
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

describe('an invalid reply', () => {
  it('is a failed exchange: it is ignored, and the second in a row is a loss (issue 13)', async () => {
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

describe('a jump of the ledger clock', () => {
  it('back: the next request uses the new time', async () => {
    const bench = new Bench();
    bench.replies.push(lent(1));
    await bench.leaves(1);
    bench.replies.push({ now: LEDGER_MS - 60_000, permits: [], askAt: LEDGER_MS - 59_900 });
    await bench.wants();
    const before = bench.requests.length;
    await bench.clock.advance(150);
    expect(bench.requests.length - before).toBeGreaterThan(0);
    // Attempts in flight are reported again in the new time.
    const tick = Math.ceil((LEDGER_MS - 60_000 + 1_000 + 250 + 1_000) / QUOTA.tickMs);
    expect(bench.requests.some(({ moves }) => moves[0] === 0 && moves[1] === tick && moves[2] === 1)).toBe(true);
  });
});

describe('a lease that replaces another', () => {
  it('reports the permits of the old lease first, and keeps the number of processes', async () => {
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
      { ledger: '', demand: 0, moves: [], mayRunTrial: false, leaving: false },
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
  it('reports that once, and requests nothing more', async () => {
    const bench = new Bench();
    await bench.leaves(1);
    await bench.leaves(2);
    const closed = [bench.lease.close(), bench.lease.close()];
    // Before any other event: the store may close next.
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

  it('sends nothing without a known ledger, or with a lost store', async () => {
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
    ['with its held permits', true, {}, { ledger: 'a', moves: [250_563, 250_000, 3, 250_600, 250_000, 2] }],
    ['without a ledger known before', false, {}, { ledger: 'a', moves: [250_563, 250_000, 5] }],
    ['not to another ledger, where the permits are unknown', true, { ledger: 'b', permits: [] }, { ledger: 'a' }],
    ['as far as the lent permits are known', true, 'fails', { ledger: 'a', moves: [250_600, 250_000, 2] }],
    ['nothing without a ledger', false, 'fails', undefined],
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

  it('gives back permits lent by a running exchange with a lost store', async () => {
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
