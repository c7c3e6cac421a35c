import { CLOSE_CODES } from '../close-codes.js';
import type { ResolvedHandshakes } from './options.js';
import { computeRetryDelay } from './retry-delay.js';

/** URLs and origins remembered; the oldest goes first. */
const MAX_ENTRIES = 10_000;

/** How a session ended. */
export interface SessionEnd {
  readonly code: number;
  readonly openMs: number;
  /** Whether anything was received. */
  readonly received: boolean;
}

const { goingAway, policyViolation, serviceRestart, tryAgainLater } = CLOSE_CODES;

/** What is remembered of a URL. */
interface UrlHistory {
  /** Working sessions that were lost, and have not come back. */
  lostSessions: number;
  /** Until when they may, monotonic ms. */
  reconnectUntil: number;
  /** Sessions in a row that were closed for what was sent. */
  violations: number;
  /** Nobody comes back before, monotonic ms. */
  notBefore: number;
  /** Whoever comes back by then waits for a part of this at random, ms: all do at once. */
  spreadMs: number;
}

/** What the next handshake to a URL has to know of those before it. */
export class ReconnectHistory {
  readonly #byUrl = new Map<string, UrlHistory>();
  /** What was closed early in a row, by kind and origin. */
  readonly #earlyCloses = new Map<string, number>();

  constructor(readonly options: ResolvedHandshakes) {}

  /** Whether a new handshake is the reconnect of a lost one, which is then found, and how long it has to wait, ms. */
  planReconnect(url: string, now: number, randomFraction: number): { reconnects: boolean; waitMs: number } {
    const history = this.#byUrl.get(url);
    if (!history) return { reconnects: false, waitMs: 0 };
    const reconnects = history.lostSessions > 0 && now <= history.reconnectUntil;
    history.lostSessions = reconnects ? history.lostSessions - 1 : 0;
    const waitMs = Math.max(
      history.notBefore - now,
      now <= history.reconnectUntil ? history.spreadMs * randomFraction : 0,
      0,
    );
    return { reconnects, waitMs };
  }

  /** A session ended. */
  recordSessionEnd(url: string, code: number, worked: boolean, now: number, randomFraction: number): void {
    const { options } = this;
    const { reconnectWithinMs, baseDelayMs, jitter } = options;
    const history = this.#byUrl.get(url) ?? {
      lostSessions: 0,
      reconnectUntil: 0,
      violations: 0,
      notBefore: 0,
      spreadMs: 0,
    };
    history.reconnectUntil = now + reconnectWithinMs;
    history.violations = code === policyViolation ? history.violations + 1 : 0;
    if (code === policyViolation)
      history.notBefore = now + computeRetryDelay(history.violations, options, randomFraction);
    else if (worked && code !== 1000) history.lostSessions++;
    history.spreadMs =
      code === goingAway || code === serviceRestart || code === tryAgainLater ? baseDelayMs * jitter : 0;
    setBounded(this.#byUrl, url, history);
  }

  /** An attempt, or a session that did not work yet, was closed. Returns how many of them were in a row. */
  countEarlyClose(kind: 'attempt' | 'session', origin: string): number {
    const key = `${kind} ${origin}`;
    const count = (this.#earlyCloses.get(key) ?? 0) + 1;
    setBounded(this.#earlyCloses, key, count);
    return count;
  }

  /** An attempt succeeded, or a session worked. */
  resetEarlyCloses(kind: 'attempt' | 'session', origin: string): void {
    this.#earlyCloses.delete(`${kind} ${origin}`);
  }
}

function setBounded<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_ENTRIES) map.delete(map.keys().next().value as string);
}
