import { ConfigError } from '@holdline/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizing } from './index.js';

const DAY = 86_400_000;

describe('sizing', () => {
  it('computes quota and store of a contact center with one busy interval', () => {
    // 400 agents × 3 interactions × 12 events = 14,400 events in 15 minutes: 16 a second.
    const result = sizing({ intervals: [{ agents: 400, interactionsPerAgent: 3 }], eventsPerInteraction: 12 });
    expect(result).toEqual({
      averagePerSecond: 16,
      peakPerSecond: 48,
      quota: { limit: 58, windowMs: 1_000 }, // 48 × 1.2 = 57.6
      maxEvents: 86_400, // an hour has the events of up to 5 intervals: 5 × 14,400 × 1.2
      storeBytes: 86_400 * 2_048 + 97 * 14_400 * 1.2 * 160,
    });
  });

  it('takes the busiest interval for the quota, and the busiest period for the store', () => {
    const intervals = [10, 0, 100, 90, 80, 0].map((agents) => ({ agents, interactionsPerAgent: 1 }));
    const common = { intervals, eventsPerInteraction: 1, peakFactor: 1, reserve: 0, intervalMs: 1_000 };
    expect(sizing({ ...common, outageMs: 1_000 })).toMatchObject({ averagePerSecond: 100, maxEvents: 100 });
    expect(sizing({ ...common, outageMs: 2_000 }).maxEvents).toBe(190);
    expect(sizing({ ...common, outageMs: 3_000 }).maxEvents).toBe(270);
    expect(sizing({ ...common, outageMs: 3_500 }).maxEvents).toBe(270);
    expect(sizing({ ...common, outageMs: 1_500 }).maxEvents).toBe(145);
    expect(sizing({ ...common, outageMs: 6_000 }).maxEvents).toBe(280);
    expect(sizing({ ...common, outageMs: 14_000 }).maxEvents).toBe(2 * 280 + 190);
    expect(sizing({ ...common, outageMs: 0 }).maxEvents).toBe(1);
  });

  it('lets a period reach from the last interval into the first', () => {
    const intervals = [80, 0, 0, 100].map((agents) => ({ agents, interactionsPerAgent: 1 }));
    const common = { intervals, eventsPerInteraction: 1, peakFactor: 1, reserve: 0, intervalMs: 1_000 };
    expect(sizing({ ...common, outageMs: 2_000 }).maxEvents).toBe(180);
  });

  it('counts the peak within an interval, and never more than the interval has', () => {
    const intervals = [60, 0].map((agents) => ({ agents, interactionsPerAgent: 1 }));
    const common = { intervals, eventsPerInteraction: 1, peakFactor: 3, reserve: 0, intervalMs: 60_000 };
    expect(sizing({ ...common, outageMs: 10_000 }).maxEvents).toBe(30); // 3 a second
    expect(sizing({ ...common, outageMs: 20_000 }).maxEvents).toBe(60);
    expect(sizing({ ...common, outageMs: 40_000 }).maxEvents).toBe(60);
  });

  it('finds at least as many events as any period has', () => {
    const volumes = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        volumes,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 12_000 }),
        (agents, peak, outage) => {
          const { maxEvents } = sizing({
            intervals: agents.map((n) => ({ agents: n, interactionsPerAgent: 1 })),
            eventsPerInteraction: 1,
            peakFactor: peak,
            reserve: 0,
            intervalMs: 1_000,
            outageMs: outage,
          });
          let most = 0;
          for (let start = 0; start < agents.length * 1_000; start += 50) {
            let events = 0;
            for (let i = Math.floor(start / 1_000); i * 1_000 < start + outage; i++) {
              const share = (Math.min((i + 1) * 1_000, start + outage) - Math.max(i * 1_000, start)) / 1_000;
              events += (agents[i % agents.length] as number) * Math.min(1, share * peak);
            }
            most = Math.max(most, events);
          }
          expect(maxEvents).toBeGreaterThanOrEqual(Math.floor(most));
          const all = agents.reduce((sum, n) => sum + n, 0);
          expect(maxEvents).toBeLessThanOrEqual(Math.max(1, all * Math.ceil(outage / (agents.length * 1_000) + 1)));
        },
      ),
    );
  });

  it('computes a whole day of 96 intervals in milliseconds', () => {
    const intervals = Array.from({ length: 96 }, (_, i) => ({
      agents: i > 31 && i < 72 ? 5_000 : 200,
      interactionsPerAgent: 2.5,
    }));
    const started = performance.now();
    const { quota, maxEvents } = sizing({ intervals, eventsPerInteraction: 20, rememberMs: DAY });
    expect(performance.now() - started).toBeLessThan(1_000);
    // 250,000 events in 15 minutes, and at most five times as many in an hour.
    expect([quota.limit, maxEvents]).toEqual([1_000, 1_500_000]);
  });

  it.each([
    [{}, /sizing\.intervals must be a list with at least one interval/],
    [{ intervals: [] }, /sizing\.intervals/],
    [{ intervals: [{ agents: 1 }], eventsPerInteraction: 1 }, /sizing\.intervals\[0\]\.interactionsPerAgent/],
    [{ intervals: [{ agents: -1, interactionsPerAgent: 1 }] }, /sizing\.intervals\[0\]\.agents must be .* got -1/],
    [{ intervals: [{ agents: 1, interactionsPerAgent: 1 }] }, /sizing\.eventsPerInteraction/],
    [{ intervals: [{ agents: 1, interactionsPerAgent: NaN }] }, /interactionsPerAgent must be .* got NaN/],
    [{ peakFactor: 0.5 }, /sizing\.peakFactor must be .* got 0\.5/],
    [{ outageMs: Infinity }, /sizing\.outageMs/],
    [{ perSecond: 1 }, /perSecond is not known/],
    [undefined, /sizing must be an object/],
  ])('names wrong numbers: %j', (options, message) => {
    const wrong = (): unknown => sizing(options as never);
    expect(wrong).toThrow(message);
    expect(wrong).toThrow(ConfigError);
  });
});
