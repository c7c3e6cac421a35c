import type { Interval, Refusal } from '../../../contract/counting.js';
import type { Counter } from './counter.js';

/** Refusals closer together than this say nothing of the length of a window, ms. */
const SHORTEST_WINDOW_MS = 500;
/** Refusals that are apart by less than this part of a window are of shorter ones. */
const SHORTER = 0.9;
/** By more than this part nobody's window is mistaken. */
const UNLIKELY = 0.3;
/** Windows of which there are many. */
const LIKELY_WINDOWS_MS = [1, 2, 5, 10, 15, 30, 60, 300, 600, 900, 3_600].map((seconds) => seconds * 1_000);

/** Measures how long the windows of a limit nobody told us are, by what one refusal says and the next. */
export class WindowMeter {
  /** What the last refusal said. */
  #said: Interval | undefined = undefined;
  /** The last three moments that refusals pointed at, half a window apart at least, the oldest first. */
  #edges: readonly number[] = [];

  /** @param thoughtMs What it was thought to be. */
  constructor(readonly thoughtMs: number) {}

  /** A refusal pointed at this moment. */
  recordReset(moment: Interval): void {
    this.#said = moment;
  }

  /** The first refusal. No more is known than that so many passed in this time: it may be shorter than thought. */
  first(now: number, { until, roundedMs }: Refusal, counter: Counter): number {
    const { windowMs } = counter;
    const oldest = counter.oldest(now) ?? now;
    const slackMs = 2 * unsureOf(roundedMs, counter);
    return Math.min(Math.max(windowMs, until - now), this.#likely(until - oldest, slackMs));
  }

  /** A refusal asks for more than a window, which is no longer than what it asks for. */
  asked(now: number, { until, roundedMs }: Refusal, counter: Counter): number {
    const ms = until - now;
    return ms > counter.windowMs ? this.#likely(ms, 2 * unsureOf(roundedMs, counter)) : counter.windowMs;
  }

  /**
   * Corrects it by this refusal and the one before.
   *
   * @param expected Whether it was of a trial.
   * @param full Whether enough passed between the two to use up a limit.
   */
  next({ until, roundedMs }: Refusal, counter: Counter, expected: boolean, full: boolean): number {
    const { windowMs } = counter;
    const unsureMs = unsureOf(roundedMs, counter);
    const apart = this.#said === undefined ? 0 : until - this.#said.to;
    // Nobody expected it, and fixed windows end a window apart: not much longer than thought now, or as long as thought at first.
    const mayBe = (one: number): boolean => one > windowMs && (one <= 2 * windowMs || one === this.thoughtMs);
    const longer = this.#likelyMs.find((one) => mayBe(one) && Math.abs(apart - one) <= unsureMs);
    const regular = this.#regular(until, windowMs, unsureMs);
    if (!expected && longer !== undefined) return longer;
    if (!expected && full && regular !== undefined && mayBe(regular)) return wholeSeconds(regular, unsureMs / 2);
    // A sliding one points wherever its oldest attempt leaves.
    const shorter =
      counter.counts !== 'sliding' && full && apart >= SHORTEST_WINDOW_MS && apart + unsureMs < SHORTER * windowMs;
    return shorter ? Math.ceil(apart / 1000) * 1000 : windowMs;
  }

  /** A window that nobody would choose: how far apart three edges are, if they are so evenly. */
  #regular(until: number, windowMs: number, unsureMs: number): number | undefined {
    const last = this.#edges.at(-1);
    // The same edge.
    if (last !== undefined && until - last <= windowMs / 2) return undefined;
    this.#edges = [...this.#edges, until].slice(-3);
    const [first, second, third] = this.#edges;
    if (first === undefined || second === undefined || third === undefined) return undefined;
    const isEven = Math.abs(third - second - (second - first)) <= unsureMs;
    return isEven ? (third - first) / 2 : undefined;
  }

  /** The next longer window that anybody would choose; what is measured falls short of it by what was rounded. */
  #likely(ms: number, slackMs: number): number {
    const most = ms + Math.min(slackMs, ms * UNLIKELY);
    return this.#likelyMs.find((one) => one >= ms && one <= most) ?? ms;
  }

  get #likelyMs(): number[] {
    return [this.thoughtMs, ...LIKELY_WINDOWS_MS].sort((a, b) => a - b);
  }
}

/** Whole seconds, where some are as near as that. */
function wholeSeconds(ms: number, slackMs: number): number {
  const whole = Math.round(ms / 1_000) * 1_000;
  return Math.abs(whole - ms) <= slackMs ? whole : ms;
}

/** By how much a moment that was told may be off, ms. */
function unsureOf(roundedMs: number, { roundTripMs }: Counter): number {
  return (Number.isFinite(roundedMs) ? roundedMs : 0) + roundTripMs;
}
