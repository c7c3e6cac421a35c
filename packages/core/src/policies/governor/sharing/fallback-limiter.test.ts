import { describe, expect, it } from 'vitest';
import { FallbackLimiter, type LastKnown } from './fallback-limiter.js';

/** A quarter of 100 per 10 s: 25, one every 400 ms. */
const known = (more: Partial<LastKnown> = {}): LastKnown => ({
  limit: 100,
  windowMs: 10_000,
  processes: 4,
  contended: true,
  inFlight: 0,
  spent: [],
  ...more,
});

/** Returns when permits are free, if all are used and answered at once. */
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

describe('a process without a store', () => {
  it('sends its share in each window, evenly, from the next window on', () => {
    const substitute = new FallbackLimiter(known(), 0);
    sentOf(substitute, 0, 20_000);
    const sent = sentOf(substitute, 20_000, 60_000);
    expect(sent.length).toBe(100);
    for (const [i, at] of sent.slice(1).entries()) expect(at - (sent[i] as number)).toBeLessThanOrEqual(500);
  });

  it.each<[string, Partial<LastKnown>, sent: number]>([
    ['a tenth of its share under contention', {}, 3],
    ['a tenth of a larger share', { limit: 400 }, 10],
    ['half of its share without contention', { contended: false }, 13],
    ['as much as it used before, where that is more', { spent: [[-9_990, 12]] }, 12],
    ['including attempts on the wire', { spent: [[-9_990, 12]], inFlight: 2 }, 12],
    ['no more than its share, even if it used more', { spent: [[-9_990, 60]] }, 25],
  ])('sends in the window that had begun %s', (_, more, sent) => {
    const substitute = new FallbackLimiter(known(more), 0);
    expect(sentOf(substitute, 100, 10_000).length).toBe(sent);
  });

  it('counts the permits used in the last window', () => {
    const substitute = new FallbackLimiter(known({ spent: [[-4_000, 20]] }), 0);
    expect(substitute.freeAt(0, 1)).toBe(6_000);
    expect(sentOf(substitute, 6_000, 10_000, 1).length).toBe(11);
  });

  it('counts attempts on the wire until they are answered, in a new window too', () => {
    const substitute = new FallbackLimiter(known({ limit: 20, inFlight: 5 }), 0);
    expect(substitute.freeAt(0, 1)).toBe(10_000);
    expect(substitute.freeAt(10_000, 1)).toBe(Infinity);
    substitute.end(10_001, 5);
    expect(substitute.freeAt(10_002, 1)).toBe(20_001);
  });

  it('lets a twentieth of its share leave at once', () => {
    const at = (limit: number): number => sentOf(new FallbackLimiter(known({ limit }), 0), 0, 1).length;
    expect([at(400), at(800), at(4)]).toEqual([5, 10, 1]);
  });

  it('sends one permit in a longer window where its share is below one', () => {
    const substitute = new FallbackLimiter(known({ limit: 2 }), 0);
    expect(sentOf(substitute, 0, 100_000)).toEqual([0, 20_000, 40_000, 60_000, 80_000]);
  });

  it('counts earlier permits in that longer window', () => {
    const substitute = new FallbackLimiter(known({ limit: 2, spent: [[-5_000, 1]] }), 0);
    expect(substitute.freeAt(10_000, 1)).toBe(15_000);
  });

  it('sends its share from the end of a window on', () => {
    const substitute = new FallbackLimiter(known({ limit: 4_000 }), 0);
    substitute.freeAt(9_000, 1);
    substitute.take(100);
    substitute.end(9_000, 100);
    expect(substitute.freeAt(9_999, 1)).toBe(10_000);
    expect(substitute.freeAt(10_000, 1)).toBe(10_000);
  });

  it('rounds its share to whole permits', () => {
    const substitute = new FallbackLimiter(known({ limit: 6 }), 0);
    sentOf(substitute, 0, 10_000);
    expect(sentOf(substitute, 10_000, 100_000).length).toBe(9);
  });

  it('gets back permits of unsent attempts', () => {
    const substitute = new FallbackLimiter(known(), 0);
    substitute.take(1);
    expect(substitute.freeAt(0, 1)).toBe(300);
    substitute.undo(1);
    expect(substitute.freeAt(0, 1)).toBe(0);
    sentOf(substitute, 0, 5_000);
    expect(substitute.freeAt(5_000, 1)).toBe(10_000);
  });

  it('lets a call heavier than its share pass as the whole share', () => {
    const substitute = new FallbackLimiter(known({ spent: [[-9_990, 3]] }), 0);
    expect(substitute.freeAt(0, 30)).toBe(10);
    expect(substitute.freeAt(10, 30)).toBe(10);
  });
});
