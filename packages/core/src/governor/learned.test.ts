import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing.js';
import { LearnedQuota, type Refusal } from './learned.js';

/** The other side of the wire, written apart: whether it lets an attempt in that arrives at `at`, and if not, for how long. */
interface Platform {
  limit: number;
  /** Milliseconds to wait; 0 lets in. */
  arrive(at: number): number;
}

function fixed(limit: number, windowMs: number, phaseMs: number): Platform {
  let window = NaN;
  let used = 0;
  return {
    limit,
    arrive(at) {
      const now = Math.floor((at + phaseMs) / windowMs);
      if (now !== window) [window, used] = [now, 0];
      if (used < this.limit) {
        used++;
        return 0;
      }
      return (now + 1) * windowMs - phaseMs - at;
    },
  };
}

function sliding(limit: number, windowMs: number): Platform {
  let log: number[] = [];
  return {
    limit,
    arrive(at) {
      log = log.filter((time) => time + windowMs > at);
      if (log.length < this.limit) {
        log.push(at);
        return 0;
      }
      return (log[log.length - this.limit] as number) + windowMs - at;
    },
  };
}

function bucket(limit: number, windowMs: number): Platform {
  let level = limit;
  let last = 0;
  return {
    limit,
    arrive(at) {
      level = Math.min(this.limit, level + ((at - last) * this.limit) / windowMs);
      last = at;
      if (level < 1) return ((1 - level) * windowMs) / this.limit;
      level--;
      return 0;
    },
  };
}

const platforms = (limit: number, windowMs: number, seed: number): [string, Platform][] => [
  ['fixed windows', fixed(limit, windowMs, ((seed * 3_571) % 97) * (windowMs / 97))],
  ['a sliding window', sliding(limit, windowMs)],
  ['a bucket', bucket(limit, windowMs)],
];

interface Run {
  /** Arrival times of the answers, ms. */
  accepted: number[];
  refused: number[];
}

/** Twenty workers that always have work, behind a gate that obeys Retry-After in whole seconds. */
function saturate(
  platform: Platform,
  guessMs: number,
  untilMs: number,
  seed: number,
  changes: [number, number][] = [],
): Run {
  const quota = new LearnedQuota(guessMs);
  const random = seededRandom(seed);
  const result: Run = { accepted: [], refused: [] };
  let now = 0;
  let idle = 20;
  let order = 0;
  let gate: { state: 'open' | 'closed' | 'probing'; until: number; generation: number } = {
    state: 'open',
    until: 0,
    generation: 0,
  };
  const pending = new Map<number, (() => void)[]>();
  const times: number[] = [];
  const at = (time: number, fn: () => void): void => {
    const same = pending.get(time);
    if (same) same.push(fn);
    else {
      pending.set(time, [fn]);
      const place = times.findIndex((other) => other > time);
      times.splice(place < 0 ? times.length : place, 0, time);
    }
  };
  let armed = Infinity;
  const wake = (time: number): void => {
    if (time >= armed || time === Infinity) return;
    armed = time;
    at(time, () => {
      armed = Infinity;
      pump();
    });
  };
  const pump = (): void => {
    while (idle > 0 && gate.state !== 'probing') {
      if (gate.state === 'closed' && now < gate.until) return wake(gate.until);
      const free = quota.freeAt(now, 1);
      if (free > now) return wake(free);
      send();
    }
  };
  const send = (): void => {
    const probe = gate.state === 'closed';
    if (probe) gate = { ...gate, state: 'probing' };
    const { generation } = gate;
    const attempt = { sentAt: now, weight: 1, order: ++order };
    quota.take(now, 1, attempt.order);
    idle--;
    at(now + 2 + random.next() * 5, () => {
      const wait = platform.arrive(now);
      at(now + 30 + random.next() * 5, () => {
        idle++;
        let refusal: Refusal | undefined;
        if (wait > 0) {
          const retryAfterMs = Math.ceil(wait / 1_000) * 1_000;
          refusal = { until: now + retryAfterMs, roundedMs: 1_000 };
          const until = Math.max(gate.until, now + retryAfterMs + random.next() * 100);
          gate = { state: 'closed', until, generation: gate.generation + (gate.state === 'closed' ? 0 : 1) };
        } else if (probe && generation === gate.generation) gate = { ...gate, state: 'open' };
        (wait > 0 ? result.refused : result.accepted).push(now);
        quota.end(now, attempt, refusal);
        pump();
      });
    });
  };
  for (const [time, limit] of changes) at(time, () => (platform.limit = limit));
  at(0, pump);
  while (times.length > 0) {
    now = times.shift() as number;
    if (now > untilMs) break;
    const due = pending.get(now) ?? [];
    pending.delete(now);
    for (const fn of due) fn();
  }
  return result;
}

const between = (times: number[], from: number, to: number): number =>
  times.filter((time) => time >= from && time < to).length;

describe('a limit nobody told us', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    for (const [name, platform] of platforms(50, 10_000, seed)) {
      it(`of ${name} is used to 95 % from the third window on, at few refusals (seed ${seed})`, () => {
        const { accepted, refused } = saturate(platform, 10_000, 300_000, seed);
        expect(between(accepted, 20_000, 300_000) / (50 * 28)).toBeGreaterThanOrEqual(0.95);
        expect(between(refused, 20_000, 300_000) / 2.8).toBeLessThanOrEqual(6);
      });
    }
  }

  it.each(
    [1_000, 10_000, 60_000].flatMap((windowMs) =>
      platforms(20, windowMs, 5).map(([name, platform]) => [name, windowMs, platform] as const),
    ),
  )('of %s of %d ms is found although the window was thought to be a minute', (_, windowMs, platform) => {
    const { accepted, refused } = saturate(platform, 60_000, 900_000, 1);
    const granted = (20 * 600_000) / windowMs;
    // Retry-After comes in whole seconds: of a window that is no longer, much of each is waited away.
    expect(between(accepted, 300_000, 900_000) / granted).toBeGreaterThanOrEqual(windowMs === 1_000 ? 0.45 : 0.8);
    expect(between(refused, 300_000, 900_000)).toBeLessThanOrEqual(0.05 * granted + 20);
  });

  it.each(platforms(50, 10_000, 3))('of %s is followed when it is cut to half', (_, platform) => {
    const { accepted, refused } = saturate(platform, 10_000, 120_000, 3, [[60_000, 25]]);
    expect(between(accepted, 80_000, 120_000) / 100).toBeGreaterThanOrEqual(0.9);
    expect(between(refused, 80_000, 120_000)).toBeLessThanOrEqual(6);
  });

  it.each(platforms(25, 10_000, 3))('of %s is followed when it is doubled', (_, platform) => {
    const { accepted } = saturate(platform, 10_000, 420_000, 3, [[60_000, 50]]);
    expect(between(accepted, 300_000, 420_000) / 600).toBeGreaterThanOrEqual(0.9);
  });
});

describe('a refusal', () => {
  const refuse = (quota: LearnedQuota, now: number, waitMs: number, order: number): void => {
    quota.take(now, 1, order);
    quota.end(now, { sentAt: now, weight: 1, order }, { until: now + waitMs, roundedMs: 1_000 });
  };
  const pass = (quota: LearnedQuota, now: number, order: number): void => {
    quota.take(now, 1, order);
    quota.end(now, { sentAt: now, weight: 1, order }, undefined);
  };

  it('before anything got through teaches nothing', () => {
    const quota = new LearnedQuota(60_000);
    refuse(quota, 0, 1_000, 1);
    expect(quota.limit).toBe(Infinity);
    expect(quota.snapshot(0)).toBeUndefined();
  });

  it('for hours teaches nothing: it is about a quota of which we saw a part only', () => {
    const quota = new LearnedQuota(60_000);
    for (let i = 0; i < 5; i++) pass(quota, 0, i);
    refuse(quota, 10, 3_600_000, 6);
    expect(quota.limit).toBe(Infinity);
  });

  it('overtakes answers of attempts that got through before it, and they count', () => {
    const quota = new LearnedQuota(60_000);
    for (let i = 0; i < 5; i++) quota.take(0, 1, i);
    for (let i = 0; i < 2; i++) quota.end(20, { sentAt: 0, weight: 1, order: i }, undefined);
    quota.end(21, { sentAt: 0, weight: 1, order: 2 }, { until: 30_000, roundedMs: 1_000 });
    for (let i = 3; i < 5; i++) quota.end(22, { sentAt: 0, weight: 1, order: i }, undefined);
    expect(quota.limit).toBe(4);
  });

  it('is asked for again, alone, by an attempt that is known as a trial', () => {
    const quota = new LearnedQuota(60_000);
    for (let i = 0; i < 20; i++) pass(quota, 0, i);
    refuse(quota, 10, 60_000, 21);
    for (let i = 0; i < 20; i++) pass(quota, 60_010, 30 + i);
    expect(quota.freeAt(60_020, 1)).toBe(60_020);
    quota.take(60_020, 1, 50);
    expect(quota.isTrial(50)).toBe(true);
    expect(quota.freeAt(60_021, 1)).toBeGreaterThan(60_021);
    quota.end(60_040, { sentAt: 60_020, weight: 1, order: 50 }, undefined);
    expect(quota.limit).toBe(21);
  });

  it('that was about something else is forgotten', () => {
    const quota = new LearnedQuota(60_000);
    for (let i = 0; i < 5; i++) pass(quota, 0, i);
    refuse(quota, 10, 30_000, 6);
    expect(quota.limit).toBe(5);
    quota.forget();
    expect(quota.freeAt(20, 1)).toBe(20);
  });

  it('is remembered as long as it is sure, then the quota is idle', () => {
    const quota = new LearnedQuota(10_000);
    for (let i = 0; i < 5; i++) pass(quota, 0, i);
    refuse(quota, 10, 8_000, 6);
    expect(quota.idle(50_000)).toBe(false);
    expect(quota.idle(200_000)).toBe(true);
  });
});
