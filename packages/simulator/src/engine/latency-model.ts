import type { LatencyProfile, LatencySettings } from '../options/latency-options.js';
import type { Settings } from '../options/simulator-options.js';
import { matchesPattern } from '../paths/path-pattern.js';
import { MAX_TIMER_MS } from '../option-parsing/check-values.js';
import { type Random, createRandomStream } from '../random.js';

/** Quantiles of the standard normal distribution. */
const Z95 = 1.6448536269514722;
const Z99 = 2.3263478740408408;

/** Draws the time between the execution of a request and its answer. */
export class LatencyModel {
  readonly #seed: number;
  readonly #random: Random;
  /** Start of the stall in the period that was asked for last. */
  #stall = { period: Number.NaN, share: 0 };

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = createRandomStream(seed, 'service');
  }

  /**
   * Draws the time of one request, ms.
   *
   * @param now - Time since the start of the simulator, ms.
   */
  drawMs({ latency, service }: Settings, method: string, segments: readonly string[], now: number): number {
    const route = latency.routes.find(({ pattern }) => matchesPattern(pattern, method, segments));
    const distribution = route?.distribution ?? latency.other;
    const ownMs =
      distribution === undefined
        ? this.#drawUniform(service.min, service.max)
        : this.#drawDistribution(distribution) * slowStartFactor(latency, now);
    return Math.min(MAX_TIMER_MS, this.#extendByStall(latency, now, ownMs));
  }

  #drawDistribution(distribution: LatencySettings): number {
    if (distribution.kind === 'uniform') return this.#drawUniform(distribution.minMs, distribution.maxMs);
    const { p50Ms, p95Ms, p99Ms, maxMs } = distribution;
    // Box-Muller. The logarithm needs a number above 0.
    const z = Math.sqrt(-2 * Math.log(1 - this.#random.next())) * Math.cos(2 * Math.PI * this.#random.next());
    const spread = Math.log(p95Ms / p50Ms) / Z95;
    const ms =
      z <= Z95 || p99Ms === undefined
        ? p50Ms * Math.exp(spread * z)
        : p95Ms * Math.exp((Math.log(p99Ms / p95Ms) / (Z99 - Z95)) * (z - Z95));
    return Math.min(ms, maxMs);
  }

  #drawUniform(min: number, max: number): number {
    return min === max ? min : min + this.#random.next() * (max - min);
  }

  /** An answer that is due during a stall waits for its end. */
  #extendByStall({ stalls }: LatencyProfile, now: number, ms: number): number {
    if (stalls === undefined) return ms;
    const { everyMs, forMs } = stalls;
    const dueAt = now + ms;
    const period = Math.floor(dueAt / everyMs);
    if (this.#stall.period !== period)
      this.#stall = { period, share: createRandomStream(this.#seed, `stall/${period}`).next() };
    const startsAt = period * everyMs + this.#stall.share * (everyMs - forMs);
    return dueAt >= startsAt && dueAt < startsAt + forMs ? startsAt + forMs - now : ms;
  }
}

function slowStartFactor({ slowStart }: LatencyProfile, now: number): number {
  if (slowStart === undefined || now >= slowStart.forMs) return 1;
  return slowStart.factor - ((slowStart.factor - 1) * now) / slowStart.forMs;
}
