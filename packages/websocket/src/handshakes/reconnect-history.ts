import { CLOSE_CODES } from '../close-codes.js';
import type { ResolvedHandshakes } from './options.js';
import { delayBefore } from './retry-delay.js';

/** URLs and origins remembered; the oldest goes first. */
const MOST_REMEMBERED = 10_000;

/** How a session ended. */
export interface SessionEnd {
  readonly code: number;
  readonly openMs: number;
  /** Whether anything was received. */
  readonly received: boolean;
}

const { goingAway, policyViolation, serviceRestart, tryAgainLater } = CLOSE_CODES;

/** What is remembered of a URL. */
interface Past {
  /** Working sessions that were lost, and have not come back. */
  lost: number;
  /** Until when they may, monotonic ms. */
  until: number;
  /** Sessions in a row that were closed for what was sent. */
  violations: number;
  /** Nobody comes back before, monotonic ms. */
  notBefore: number;
  /** Whoever comes back by then waits for a part of this at random, ms: all do at once. */
  spreadMs: number;
}

/** What the next handshake to a URL has to know of those before it. */
export class History {
  readonly #pasts = new Map<string, Past>();
  /** What was closed early in a row, by kind and origin. */
  readonly #early = new Map<string, number>();

  constructor(readonly options: ResolvedHandshakes) {}

  /** Whether a new handshake is the reconnect of a lost one, which is then found, and how long it has to wait, ms. */
  returning(url: string, now: number, chance: number): { reconnects: boolean; waitMs: number } {
    const past = this.#pasts.get(url);
    if (!past) return { reconnects: false, waitMs: 0 };
    const reconnects = past.lost > 0 && now <= past.until;
    past.lost = reconnects ? past.lost - 1 : 0;
    const waitMs = Math.max(past.notBefore - now, now <= past.until ? past.spreadMs * chance : 0, 0);
    return { reconnects, waitMs };
  }

  /** A session ended. */
  ended(url: string, code: number, worked: boolean, now: number, chance: number): void {
    const { options } = this;
    const { reconnectWithinMs, baseDelayMs, jitter } = options;
    const past = this.#pasts.get(url) ?? { lost: 0, until: 0, violations: 0, notBefore: 0, spreadMs: 0 };
    past.until = now + reconnectWithinMs;
    past.violations = code === policyViolation ? past.violations + 1 : 0;
    if (code === policyViolation) past.notBefore = now + delayBefore(past.violations, options, chance);
    else if (worked && code !== 1000) past.lost++;
    past.spreadMs = code === goingAway || code === serviceRestart || code === tryAgainLater ? baseDelayMs * jitter : 0;
    remember(this.#pasts, url, past);
  }

  /** An attempt, or a session that did not work yet, was closed. Returns how many of them were in a row. */
  closedEarly(kind: 'attempt' | 'session', origin: string): number {
    const key = `${kind} ${origin}`;
    const n = (this.#early.get(key) ?? 0) + 1;
    remember(this.#early, key, n);
    return n;
  }

  /** An attempt succeeded, or a session worked. */
  succeeded(kind: 'attempt' | 'session', origin: string): void {
    this.#early.delete(`${kind} ${origin}`);
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value as string);
}
