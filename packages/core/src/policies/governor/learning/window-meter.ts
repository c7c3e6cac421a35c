import type { Interval, Refusal } from '../../../contract/counting.js';
import type { Counter } from './counter.js';

/** Minimum distance of two refusals that shows a window length, ms. */
const MIN_WINDOW_MS = 500;
/** Refusals closer together than this part of a window show a shorter window. */
const SHORTER_PART = 0.9;
/** Maximum error of a measured window, as a part of the window. */
const MAX_SLACK_PART = 0.3;
/** Window lengths that many platforms use. */
const COMMON_WINDOWS_MS = [1, 2, 5, 10, 15, 30, 60, 300, 600, 900, 3_600].map((seconds) => seconds * 1_000);

/** Measures the window length of a discovered limit from the Retry-After of successive refusals. */
export class WindowMeter {
  /** Reset that the last refusal named. */
  #lastReset: Interval | undefined;
  /** The last three resets, at least half a window apart, oldest first. */
  #edges: readonly number[] = [];

  /** @param initialMs - Window length assumed at the start. */
  constructor(readonly initialMs: number) {}

  /** Records the reset that a refusal names. */
  recordReset(reset: Interval): void {
    this.#lastReset = reset;
  }

  /** Returns the window length after the first refusal. The window may be shorter than assumed. */
  measureFirst(now: number, { until, roundedMs }: Refusal, counter: Counter): number {
    const { windowMs } = counter;
    const oldest = counter.oldestAt(now) ?? now;
    const slackMs = 2 * errorOf(roundedMs, counter);
    return Math.min(Math.max(windowMs, until - now), this.#roundUp(until - oldest, slackMs));
  }

  /** Returns the window length after a refusal that asks for a wait longer than the window. */
  measureWait(now: number, { until, roundedMs }: Refusal, counter: Counter): number {
    const ms = until - now;
    return ms > counter.windowMs ? this.#roundUp(ms, 2 * errorOf(roundedMs, counter)) : counter.windowMs;
  }

  /**
   * Corrects the window length by this refusal and the previous one.
   *
   * @param isTrial - Whether the refused attempt was a trial.
   * @param isFull - Whether enough was accepted between the two refusals to use up a limit.
   */
  measureNext({ until, roundedMs }: Refusal, counter: Counter, isTrial: boolean, isFull: boolean): number {
    const { windowMs } = counter;
    const errorMs = errorOf(roundedMs, counter);
    const distanceMs = this.#lastReset === undefined ? 0 : until - this.#lastReset.to;
    // Fixed windows end one window apart. A plausible window is at most twice the current one, or the initial one.
    const isPlausible = (ms: number): boolean => ms > windowMs && (ms <= 2 * windowMs || ms === this.initialMs);
    const longerMs = this.#commonMs.find((ms) => isPlausible(ms) && Math.abs(distanceMs - ms) <= errorMs);
    const measuredMs = this.#measureEdges(until, windowMs, errorMs);
    if (!isTrial && longerMs !== undefined) return longerMs;
    if (!isTrial && isFull && measuredMs !== undefined && isPlausible(measuredMs))
      return roundToSeconds(measuredMs, errorMs / 2);
    // A refusal of a sliding window names the moment at which its oldest attempt leaves: no window length.
    const isShorter =
      counter.counts !== 'sliding' &&
      isFull &&
      distanceMs >= MIN_WINDOW_MS &&
      distanceMs + errorMs < SHORTER_PART * windowMs;
    return isShorter ? Math.ceil(distanceMs / 1000) * 1000 : windowMs;
  }

  /** Returns the distance of three evenly spaced resets: a window of unusual length. */
  #measureEdges(until: number, windowMs: number, errorMs: number): number | undefined {
    const last = this.#edges.at(-1);
    // The reset is that of the last refusal.
    if (last !== undefined && until - last <= windowMs / 2) return undefined;
    this.#edges = [...this.#edges, until].slice(-3);
    const [first, second, third] = this.#edges;
    if (first === undefined || second === undefined || third === undefined) return undefined;
    const isEven = Math.abs(third - second - (second - first)) <= errorMs;
    return isEven ? (third - first) / 2 : undefined;
  }

  /** Rounds a measured length up to a common window. Rounding makes measured lengths too short. */
  #roundUp(ms: number, slackMs: number): number {
    const max = ms + Math.min(slackMs, ms * MAX_SLACK_PART);
    return this.#commonMs.find((common) => common >= ms && common <= max) ?? ms;
  }

  get #commonMs(): number[] {
    return [this.initialMs, ...COMMON_WINDOWS_MS].sort((a, b) => a - b);
  }
}

/** Rounds to whole seconds where the difference is within the slack. */
function roundToSeconds(ms: number, slackMs: number): number {
  const whole = Math.round(ms / 1_000) * 1_000;
  return Math.abs(whole - ms) <= slackMs ? whole : ms;
}

/** Returns the possible error of a reset that a refusal names, ms. */
function errorOf(roundedMs: number, { roundTripMs }: Counter): number {
  return (Number.isFinite(roundedMs) ? roundedMs : 0) + roundTripMs;
}
