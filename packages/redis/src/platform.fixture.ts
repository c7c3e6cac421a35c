/** How a simulated platform enforces its limit. */
export interface PlatformOptions {
  kind: 'fixed' | 'sliding' | 'bucket';
  limit: number;
  windowMs: number;
  /** Of fixed windows: when one of them ends, ms. */
  edgeMs?: number;
  /** Of a bucket: what it holds. */
  burst?: number;
  /** Whether its answers say when the quota will be whole again. */
  tellsReset?: boolean;
}

/** What a simulated platform answers. */
export interface PlatformAnswer {
  accepted: boolean;
  /** Whole seconds, in ms. */
  retryAfterMs: number;
  resetMs: number | undefined;
}

/** A platform that counts exactly, on the time of the simulation. What it refuses it does not count. */
export class SimulatedPlatform {
  limit: number;
  /** When attempts were accepted, and when refused. */
  readonly accepted: number[] = [];
  readonly refused: number[] = [];
  #tokens: number;
  #tokensAt = 0;

  constructor(readonly options: PlatformOptions) {
    this.limit = options.limit;
    this.#tokens = options.burst ?? options.limit;
  }

  answer(now: number): PlatformAnswer {
    const { tellsReset = false, windowMs } = this.options;
    const waitMs = this.#waitMs(now);
    (waitMs > 0 ? this.refused : this.accepted).push(now);
    const { edgeMs = 0 } = this.options;
    const untilEdge = windowMs - ((((now - edgeMs) % windowMs) + windowMs) % windowMs);
    return {
      accepted: waitMs === 0,
      retryAfterMs: Math.ceil(waitMs / 1_000) * 1_000,
      resetMs: tellsReset ? Math.ceil(untilEdge / 1_000) * 1_000 : undefined,
    };
  }

  /** Of a bucket: what it holds at a moment. */
  level(now: number): number {
    const { windowMs, burst = this.limit } = this.options;
    return Math.min(burst, this.#tokens + ((now - this.#tokensAt) * this.limit) / windowMs);
  }

  /** How many it would accept from time 0 on, of somebody who always asks. */
  wouldAccept(untilMs: number): number {
    const { kind, windowMs, edgeMs = 0, burst = this.limit } = this.options;
    if (kind === 'bucket') return burst + Math.floor((this.limit * untilMs) / windowMs);
    if (kind === 'sliding') return this.limit * Math.ceil(untilMs / windowMs);
    const windowOf = (at: number): number => Math.floor((at - edgeMs) / windowMs);
    return (windowOf(untilMs - 1) - windowOf(0) + 1) * this.limit;
  }

  /** How many were accepted in each of its fixed windows that lies wholly in this time. */
  perWindow(from: number, to: number): number[] {
    const { windowMs, edgeMs = 0 } = this.options;
    const counts: number[] = [];
    for (let edge = Math.ceil((from - edgeMs) / windowMs) * windowMs + edgeMs; edge + windowMs <= to; edge += windowMs)
      counts.push(this.accepted.filter((at) => at >= edge && at < edge + windowMs).length);
    return counts;
  }

  #waitMs(now: number): number {
    const { kind, windowMs, edgeMs = 0, burst = this.limit } = this.options;
    if (kind === 'bucket') {
      const perMs = this.limit / windowMs;
      this.#tokens = Math.min(burst, this.#tokens + (now - this.#tokensAt) * perMs);
      this.#tokensAt = now;
      if (this.#tokens < 1) return (1 - this.#tokens) / perMs;
      this.#tokens--;
      return 0;
    }
    const begin = kind === 'fixed' ? edgeMs + Math.floor((now - edgeMs) / windowMs) * windowMs : now - windowMs;
    let counted = 0;
    let oldest = now;
    for (let i = this.accepted.length - 1; i >= 0; i--) {
      const at = this.accepted[i] as number;
      if (kind === 'fixed' ? at < begin : at <= begin) break;
      counted++;
      oldest = at;
      if (counted === this.limit) break;
    }
    if (counted < this.limit) return 0;
    return (kind === 'fixed' ? begin : oldest) + windowMs - now;
  }
}
