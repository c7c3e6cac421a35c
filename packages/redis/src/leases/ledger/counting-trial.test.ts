import { shareRedis } from '@holdline/test-servers';
import { describe, expect, test } from 'vitest';
import type { LeaseRequest } from '@holdline/core';
import { Ledger, type LedgerAnswer } from './ledger.fixture.js';

// Issue 13, 5: the counting trial of a fleet, step by step, with the real script in a real Redis. 50 per 10 s: a token each 200 ms.
const file = shareRedis();

/** A ledger whose limit process `a` spent at 0. The answers came at 40. */
async function makeSpentLedger(limit = 50, windowMs = 10_000, enforcement?: 'fixed'): Promise<Ledger> {
  const ledger = new Ledger(file.redis, limit, windowMs, enforcement);
  while ((await ledger.ask('a', limit)).permits.length > 0);
  ledger.now = 40;
  await ledger.answered('a');
  return ledger;
}

/** The same, after the platform accepted the trial of `a`. */
async function makePacedLedger(limit = 50, windowMs = 10_000): Promise<Ledger> {
  const ledger = await makeSpentLedger(limit, windowMs);
  const { askIn } = await ledger.ask('a', 1);
  ledger.now += askIn;
  expect((await ledger.ask('a', 1)).lent).toBe(`1@${ledger.now}`);
  ledger.now += 40;
  await ledger.answered('a', { trial: 'passed' });
  return ledger;
}

/** Asks as early as the ledger says, until it lends a permit. */
async function askUntilLent(ledger: Ledger, process: string, more: object = {}): Promise<LedgerAnswer> {
  for (;;) {
    const answer = await ledger.ask(process, 1, more);
    if (answer.permits.length > 0) return answer;
    ledger.now += Math.max(1, answer.askIn);
  }
}

describe('a counting trial', () => {
  test('is lent to one process, when a bucket has its next token', async () => {
    const ledger = await makeSpentLedger();
    const early = await ledger.ask('a', 5);
    expect([early.lent, early.isTrial]).toEqual(['', false]);
    // Answers count as given at the end of their tick.
    expect(ledger.now + early.askIn).toBeGreaterThanOrEqual(240);
    expect(ledger.now + early.askIn).toBeLessThanOrEqual(240 + 2 * ledger.quota.tickMs);
    ledger.now += early.askIn;
    const trial = await ledger.ask('b', 5);
    expect([trial.lent, trial.isTrial]).toEqual([`1@${ledger.now}`, true]);
    for (const process of ['a', 'b', 'c']) expect((await ledger.ask(process, 5)).lent).toBe('');
  });

  test.for<[string, Partial<LeaseRequest>]>([
    ['for a call that accepts no refusal', { mayRunTrial: false }],
    ['if answers may soon name an edge', { mayLearnEdge: true }],
    ['for calls that need two permits at one moment', { atOnce: 2 }],
  ])('is not lent %s', async ([, more]) => {
    const ledger = await makeSpentLedger();
    ledger.now = 1_000;
    expect((await ledger.ask('a', 5, more)).lent).toBe('');
  });

  test('waits for unanswered attempts, one of which might be refused in its place', async () => {
    const ledger = new Ledger(file.redis, 50, 10_000);
    while ((await ledger.ask('a', 50)).permits.length > 0);
    ledger.now = 500;
    const answer = await ledger.ask('b', 1);
    expect(answer.lent).toBe('');
    expect(answer.askIn).toBeLessThanOrEqual(500);
    await ledger.answered('a');
    expect((await askUntilLent(ledger, 'b')).isTrial).toBe(true);
    expect(ledger.now).toBeLessThanOrEqual(800);
  });

  test('is repeated if its process died', async () => {
    const ledger = await makeSpentLedger();
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    expect((await ledger.ask('dead', 1)).isTrial).toBe(true);
    const again = await askUntilLent(ledger, 'a');
    expect([again.isTrial, ledger.now <= 6_000]).toEqual([true, true]);
  });

  test('is repeated if it was never sent', async () => {
    const ledger = await makeSpentLedger();
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    await ledger.ask('a', 1);
    await ledger.answered('a', { trial: 'void' });
    expect((await askUntilLent(ledger, 'b')).isTrial).toBe(true);
    expect(ledger.now).toBeLessThanOrEqual(6_000);
  });

  test.for<[string, untilMs: number, counts: string]>([
    ['until the next edge shows a fixed window', 4_000, 'fixed'],
    ['until just before the oldest permit leaves any window, too', 9_000, 'fixed'],
    ['until the oldest permit leaves any window, shows a sliding window', 10_240, 'sliding'],
    ['until a time at which a sliding window had long had room, shows a fixed window', 11_300, 'fixed'],
  ])('refused %s', async ([, untilMs, counts]) => {
    const ledger = await makeSpentLedger();
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    await ledger.ask('a', 1);
    const learned = await ledger.refused('a', untilMs, { trial: 'refused' });
    expect([learned.counts, learned.limit]).toEqual([counts, 50]);
  });
});

describe('an accepted trial', () => {
  test('is followed by permits at the rate of a refill, a little faster', async () => {
    const ledger = await makePacedLedger();
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const { permits, isTrial } = await askUntilLent(ledger, i % 2 ? 'a' : 'b');
      expect(isTrial).toBe(true);
      times.push(permits[0]?.from ?? NaN);
    }
    const ms = ((times.at(-1) as number) - (times[0] as number)) / 9;
    expect(ms).toBeGreaterThanOrEqual(200 / 1.25);
    expect(ms).toBeLessThanOrEqual(200);
  });

  test('gives calls that accept no refusal what any window allows, and no more', async () => {
    const ledger = await makePacedLedger();
    for (; ledger.now < 9_500; ledger.now += 250)
      expect((await ledger.ask('c', 5, { mayRunTrial: false })).lent).toBe('');
  });

  test('and then a refusal until very soon: an empty bucket, with a permit for each token from then on', async () => {
    const ledger = await makePacedLedger();
    for (let i = 0; i < 3; i++) await askUntilLent(ledger, 'a');
    ledger.now += 200;
    const learned = await ledger.refused('a', ledger.now + 1_000);
    expect([learned.counts, learned.limit]).toEqual(['bucket', 50]);
    await ledger.answered('a');
    const emptyAt = ledger.now;
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { permits, isTrial } = await askUntilLent(ledger, i % 2 ? 'a' : 'b');
      expect(isTrial).toBe(false);
      times.push(permits[0]?.from ?? NaN);
      await ledger.answered(i % 2 ? 'a' : 'b');
    }
    const lastMs = (times.at(-1) as number) - 1_760_000_000_000 - emptyAt;
    // The tokens that flow in, and those that flow in during the last attempts: not one more.
    expect(lastMs).toBeGreaterThanOrEqual(20 * 200 - 1);
    expect(lastMs).toBeLessThanOrEqual(24 * 200 + 2 * ledger.quota.tickMs);
  });

  test('and then a refusal until much later: an edge had passed before the trial', async () => {
    const ledger = await makePacedLedger();
    for (let i = 0; i < 5; i++) await askUntilLent(ledger, 'a');
    const learned = await ledger.refused('a', ledger.now + 6_000);
    expect([learned.counts, learned.limit]).toEqual(['fixed', 50]);
  });

  test('and no refusal: the platform enforces no limit, and it holds in any window from then on', async () => {
    const ledger = await makePacedLedger();
    let permits = 0;
    for (let counts: string | undefined; counts === undefined; permits++) {
      expect(permits).toBeLessThan(100);
      ({ counts } = await askUntilLent(ledger, 'a'));
      await ledger.answered('a');
    }
    const { isTrial, lent } = await ledger.ask('a', 5);
    // The first permits have left any window by then, and make room for some new ones.
    expect([isTrial, lent]).toEqual([false, expect.stringMatching(/^$|@1\d{4}$/)]);
  });

  test('is followed by another trial for the edge, with the enforcement fixed', async () => {
    const ledger = await makeSpentLedger(50, 10_000, 'fixed');
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    await ledger.ask('a', 1);
    ledger.now += 40;
    await ledger.answered('a', { trial: 'passed' });
    const again = await askUntilLent(ledger, 'a');
    expect([again.isTrial, again.counts]).toEqual([true, undefined]);
    expect((await ledger.refused('a', ledger.now + 3_000, { trial: 'refused' })).counts).toBe('fixed');
  });
});

describe('a bucket that the fleet has learned', () => {
  /** A ledger that has learned of a bucket, which is empty. */
  const makeBucketLedger = async (): Promise<Ledger> => {
    const ledger = await makePacedLedger();
    await askUntilLent(ledger, 'a');
    await ledger.refused('a', ledger.now + 500);
    await ledger.answered('a');
    return ledger;
  };

  test('that refills more slowly than given gets the limit that flowed in between two refusals', async () => {
    const ledger = await makeBucketLedger();
    // 25 in 10 s.
    for (let i = 0; i < 25; i++) {
      await askUntilLent(ledger, 'a');
      ledger.now += 400 - (ledger.now % 400);
      await ledger.answered('a');
    }
    await askUntilLent(ledger, 'a');
    const { counts, limit } = await ledger.refused('a', ledger.now + 500);
    expect(counts).toBe('bucket');
    expect(limit).toBeGreaterThanOrEqual(23);
    expect(limit).toBeLessThanOrEqual(28);
  });

  test('keeps its limit after one refusal, if nearly all of it flowed in', async () => {
    const ledger = await makeBucketLedger();
    for (let i = 0; i < 30; i++) {
      await askUntilLent(ledger, 'a');
      await ledger.answered('a');
    }
    await askUntilLent(ledger, 'a');
    expect(await ledger.refused('a', ledger.now + 500)).toMatchObject({ counts: 'bucket', limit: 50 });
  });

  test('is no bucket, if a refusal names a time much later than the next token', async () => {
    const ledger = await makeBucketLedger();
    for (let i = 0; i < 10; i++) await askUntilLent(ledger, 'a');
    ledger.now += 1_000;
    expect((await ledger.refused('a', ledger.now + 5_000)).counts).toBe('fixed');
  });

  test('is spent, if an update makes it a sliding window', async () => {
    const ledger = await makeBucketLedger();
    for (let i = 0; i < 5; i++) await askUntilLent(ledger, 'a');
    Object.assign(ledger.quota, { enforcement: 'sliding' });
    expect(await ledger.ask('a', 50, { mayRunTrial: false })).toMatchObject({ counts: undefined, lent: '' });
  });
});
