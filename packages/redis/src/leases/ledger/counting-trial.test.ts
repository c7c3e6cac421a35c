import { shareRedis } from '@holdline/test-servers';
import { describe, expect, test } from 'vitest';
import { Ledger, type LedgerAnswer } from './ledger.fixture.js';

// Issue 13, 5: the counting trial of a fleet, step by step, in the real script on a real Redis. 50 per 10 s: a token each 200 ms.
const file = shareRedis();

/** A ledger whose limit `a` has spent at 0, and was answered at 40. */
async function spent(limit = 50, windowMs = 10_000, enforcement?: 'fixed'): Promise<Ledger> {
  const ledger = new Ledger(file.redis, limit, windowMs, enforcement);
  while ((await ledger.ask('a', limit)).permits.length > 0);
  ledger.now = 40;
  await ledger.answered('a');
  return ledger;
}

/** The same, and the trial of `a` was accepted. */
async function paced(limit = 50, windowMs = 10_000): Promise<Ledger> {
  const ledger = await spent(limit, windowMs);
  const { askIn } = await ledger.ask('a', 1);
  ledger.now += askIn;
  expect((await ledger.ask('a', 1)).lent).toBe(`1@${ledger.now}`);
  ledger.now += 40;
  await ledger.answered('a', { trial: 'passed' });
  return ledger;
}

/** Asks as soon as it is of use, until something is lent. */
async function next(ledger: Ledger, process: string, more: object = {}): Promise<LedgerAnswer> {
  for (;;) {
    const answer = await ledger.ask(process, 1, more);
    if (answer.permits.length > 0) return answer;
    ledger.now += Math.max(1, answer.askIn);
  }
}

describe('a counting trial', () => {
  test('goes when a bucket has its next token, and to one process', async () => {
    const ledger = await spent();
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

  test.for<[string, object]>([
    ['of a call that cannot bear a refusal', { mayAsk: false }],
    ['where answers may soon tell an edge', { mayBeTold: true }],
    ['for calls that need two permits at one moment', { atOnce: 2 }],
  ])('does not go %s', async ([, more]) => {
    const ledger = await spent();
    ledger.now = 1_000;
    expect((await ledger.ask('a', 5, more)).lent).toBe('');
  });

  test('waits for attempts that are out: one of them would be refused in its place', async () => {
    const ledger = new Ledger(file.redis, 50, 10_000);
    while ((await ledger.ask('a', 50)).permits.length > 0);
    ledger.now = 500;
    const answer = await ledger.ask('b', 1);
    expect(answer.lent).toBe('');
    expect(answer.askIn).toBeLessThanOrEqual(500);
    await ledger.answered('a');
    expect((await next(ledger, 'b')).isTrial).toBe(true);
    expect(ledger.now).toBeLessThanOrEqual(800);
  });

  test('is asked again where its process died with it', async () => {
    const ledger = await spent();
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    expect((await ledger.ask('dead', 1)).isTrial).toBe(true);
    const again = await next(ledger, 'a');
    expect([again.isTrial, ledger.now <= 6_000]).toEqual([true, true]);
  });

  test('is asked again where it was never sent', async () => {
    const ledger = await spent();
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    await ledger.ask('a', 1);
    await ledger.answered('a', { trial: 'void' });
    expect((await next(ledger, 'b')).isTrial).toBe(true);
    expect(ledger.now).toBeLessThanOrEqual(6_000);
  });

  test.for<[string, untilMs: number, counts: string]>([
    ['until the next edge, it was of a fixed window', 4_000, 'fixed'],
    ['until just before the oldest leaves any window too', 9_000, 'fixed'],
    ['until the oldest leaves any window, of a sliding one', 10_240, 'sliding'],
    ['until a moment at which a sliding window had room for long, of a fixed one', 11_300, 'fixed'],
  ])('that is refused %s', async ([, untilMs, counts]) => {
    const ledger = await spent();
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    await ledger.ask('a', 1);
    const learned = await ledger.refused('a', untilMs, { trial: 'refused' });
    expect([learned.counts, learned.limit]).toEqual([counts, 50]);
  });
});

describe('a trial that was accepted', () => {
  test('is followed by permits at the pace of a refill, and a little faster', async () => {
    const ledger = await paced();
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const { permits, isTrial } = await next(ledger, i % 2 ? 'a' : 'b');
      expect(isTrial).toBe(true);
      times.push(permits[0]?.from ?? NaN);
    }
    const ms = ((times.at(-1) as number) - (times[0] as number)) / 9;
    expect(ms).toBeGreaterThanOrEqual(200 / 1.25);
    expect(ms).toBeLessThanOrEqual(200);
  });

  test('gives those who cannot bear a refusal what any window allows, and no more', async () => {
    const ledger = await paced();
    for (; ledger.now < 9_500; ledger.now += 250) expect((await ledger.ask('c', 5, { mayAsk: false })).lent).toBe('');
  });

  test('and then refused until very soon, it is a bucket, and empty: a permit for each token from then on', async () => {
    const ledger = await paced();
    for (let i = 0; i < 3; i++) await next(ledger, 'a');
    ledger.now += 200;
    const learned = await ledger.refused('a', ledger.now + 1_000);
    expect([learned.counts, learned.limit]).toEqual(['bucket', 50]);
    await ledger.answered('a');
    const emptyAt = ledger.now;
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { permits, isTrial } = await next(ledger, i % 2 ? 'a' : 'b');
      expect(isTrial).toBe(false);
      times.push(permits[0]?.from ?? NaN);
      await ledger.answered(i % 2 ? 'a' : 'b');
    }
    const lastMs = (times.at(-1) as number) - 1_760_000_000_000 - emptyAt;
    // As many as flow in, and as many as the last attempts took: not one more.
    expect(lastMs).toBeGreaterThanOrEqual(20 * 200 - 1);
    expect(lastMs).toBeLessThanOrEqual(24 * 200 + 2 * ledger.quota.tickMs);
  });

  test('and then refused until much later, an edge had passed before it', async () => {
    const ledger = await paced();
    for (let i = 0; i < 5; i++) await next(ledger, 'a');
    const learned = await ledger.refused('a', ledger.now + 6_000);
    expect([learned.counts, learned.limit]).toEqual(['fixed', 50]);
  });

  test('and nothing refused, nobody enforces the limit: it holds in any window from then on', async () => {
    const ledger = await paced();
    let permits = 0;
    for (let counts: string | undefined; counts === undefined; permits++) {
      expect(permits).toBeLessThan(100);
      ({ counts } = await next(ledger, 'a'));
      await ledger.answered('a');
    }
    const { isTrial, lent } = await ledger.ask('a', 5);
    // What was spent at the beginning has left any window by then, and makes room for some of it.
    expect([isTrial, lent]).toEqual([false, expect.stringMatching(/^$|@1\d{4}$/)]);
  });

  test('of windows that the platform is told to have, asks for their edge again', async () => {
    const ledger = await spent(50, 10_000, 'fixed');
    const { askIn } = await ledger.ask('a', 1);
    ledger.now += askIn;
    await ledger.ask('a', 1);
    ledger.now += 40;
    await ledger.answered('a', { trial: 'passed' });
    const again = await next(ledger, 'a');
    expect([again.isTrial, again.counts]).toEqual([true, undefined]);
    expect((await ledger.refused('a', ledger.now + 3_000, { trial: 'refused' })).counts).toBe('fixed');
  });
});

describe('a bucket that the fleet has found', () => {
  /** A bucket of which the ledger knows, empty. */
  const found = async (): Promise<Ledger> => {
    const ledger = await paced();
    await next(ledger, 'a');
    await ledger.refused('a', ledger.now + 500);
    await ledger.answered('a');
    return ledger;
  };

  test('that fills more slowly than was given is lowered to what flowed in between two refusals', async () => {
    const ledger = await found();
    // 25 in 10 s.
    for (let i = 0; i < 25; i++) {
      await next(ledger, 'a');
      ledger.now += 400 - (ledger.now % 400);
      await ledger.answered('a');
    }
    await next(ledger, 'a');
    const { counts, limit } = await ledger.refused('a', ledger.now + 500);
    expect(counts).toBe('bucket');
    expect(limit).toBeGreaterThanOrEqual(23);
    expect(limit).toBeLessThanOrEqual(28);
  });

  test('is not lowered by one refusal where nearly all of it flowed in', async () => {
    const ledger = await found();
    for (let i = 0; i < 30; i++) {
      await next(ledger, 'a');
      await ledger.answered('a');
    }
    await next(ledger, 'a');
    expect(await ledger.refused('a', ledger.now + 500)).toMatchObject({ counts: 'bucket', limit: 50 });
  });

  test('is none where a refusal points much further than to the next token', async () => {
    const ledger = await found();
    for (let i = 0; i < 10; i++) await next(ledger, 'a');
    ledger.now += 1_000;
    expect((await ledger.refused('a', ledger.now + 5_000)).counts).toBe('fixed');
  });

  test('that becomes a limit of any window by an update is spent already', async () => {
    const ledger = await found();
    for (let i = 0; i < 5; i++) await next(ledger, 'a');
    Object.assign(ledger.quota, { enforcement: 'sliding' });
    expect(await ledger.ask('a', 50, { mayAsk: false })).toMatchObject({ counts: undefined, lent: '' });
  });
});
