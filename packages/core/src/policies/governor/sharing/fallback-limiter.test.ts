import { describe, expect, it } from 'vitest';
import { FallbackLimiter, type LastKnown } from './fallback-limiter.js';

/** A quarter of 100 per 10 s: 25, one each 400 ms. */
const known = (more: Partial<LastKnown> = {}): LastKnown => ({
  limit: 100,
  windowMs: 10_000,
  processes: 4,
  contended: true,
  inFlight: 0,
  spent: [],
  ...more,
});

/** When it lets permits go, where all are wanted and answered at once. */
function sentOf(substitute: FallbackLimiter, fromMs: number, untilMs: number, stepMs = 10): number[] {
  const sent: number[] = [];
  for (let now = fromMs; now < untilMs; now += stepMs) {
    while (substitute.freeAt(now, 1) <= now) {
      substitute.take(1);
      substitute.end(now, 1);
      sent.push(now);
    }
  }
  return sent;
}

describe('a process on its own', () => {
  it('has its share in each window, evenly, once the window is over that had begun', () => {
    const substitute = new FallbackLimiter(known(), 0);
    sentOf(substitute, 0, 20_000);
    const sent = sentOf(substitute, 20_000, 60_000);
    expect(sent.length).toBe(100);
    for (const [i, at] of sent.slice(1).entries()) expect(at - (sent[i] as number)).toBeLessThanOrEqual(500);
  });

  it.each<[string, Partial<LastKnown>, sent: number]>([
    ['a tenth of its share, where others wanted all', {}, 3],
    ['a tenth of a larger one', { limit: 400 }, 10],
    ['half of it, where they did not', { contended: false }, 13],
    ['as much as it had, where that is more', { spent: [[-9_990, 12]] }, 12],
    ['those on the wire too', { spent: [[-9_990, 12]], inFlight: 2 }, 12],
    ['no more than its share, though it had more', { spent: [[-9_990, 60]] }, 25],
  ])('sends in the window that had begun %s', (_, more, sent) => {
    const substitute = new FallbackLimiter(known(more), 0);
    expect(sentOf(substitute, 100, 10_000).length).toBe(sent);
  });

  it('counts what was spent in the last window', () => {
    const substitute = new FallbackLimiter(known({ spent: [[-4_000, 20]] }), 0);
    expect(substitute.freeAt(0, 1)).toBe(6_000);
    expect(sentOf(substitute, 6_000, 10_000, 1).length).toBe(11);
  });

  it('counts what is on the wire until it is answered, and knows that a new window comes', () => {
    const substitute = new FallbackLimiter(known({ limit: 20, inFlight: 5 }), 0);
    expect(substitute.freeAt(0, 1)).toBe(10_000);
    expect(substitute.freeAt(10_000, 1)).toBe(Infinity);
    substitute.end(10_001, 5);
    expect(substitute.freeAt(10_002, 1)).toBe(20_001);
  });

  it('lets a twentieth of its share go at once', () => {
    const at = (limit: number): number => sentOf(new FallbackLimiter(known({ limit }), 0), 0, 1).length;
    expect([at(400), at(800), at(4)]).toEqual([5, 10, 1]);
  });

  it('has one in a longer time where its share is less than one', () => {
    const substitute = new FallbackLimiter(known({ limit: 2 }), 0);
    expect(sentOf(substitute, 0, 100_000)).toEqual([0, 20_000, 40_000, 60_000, 80_000]);
  });

  it('counts there what it had spent before, for as long', () => {
    const substitute = new FallbackLimiter(known({ limit: 2, spent: [[-5_000, 1]] }), 0);
    expect(substitute.freeAt(10_000, 1)).toBe(15_000);
  });

  it('has its share from the moment on at which a window is over', () => {
    const substitute = new FallbackLimiter(known({ limit: 4_000 }), 0);
    substitute.freeAt(9_000, 1);
    substitute.take(100);
    substitute.end(9_000, 100);
    expect(substitute.freeAt(9_999, 1)).toBe(10_000);
    expect(substitute.freeAt(10_000, 1)).toBe(10_000);
  });

  it('takes whole shares only', () => {
    const substitute = new FallbackLimiter(known({ limit: 6 }), 0);
    sentOf(substitute, 0, 10_000);
    expect(sentOf(substitute, 10_000, 100_000).length).toBe(9);
  });

  it('has back what was not sent', () => {
    const substitute = new FallbackLimiter(known(), 0);
    substitute.take(1);
    expect(substitute.freeAt(0, 1)).toBe(300);
    substitute.undo(1);
    expect(substitute.freeAt(0, 1)).toBe(0);
    sentOf(substitute, 0, 5_000);
    expect(substitute.freeAt(5_000, 1)).toBe(10_000);
  });

  it('lets a call that is heavier than all it may send pass as the whole of that', () => {
    const substitute = new FallbackLimiter(known({ spent: [[-9_990, 3]] }), 0);
    expect(substitute.freeAt(0, 30)).toBe(10);
    expect(substitute.freeAt(10, 30)).toBe(10);
  });
});
