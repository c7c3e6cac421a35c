import { CLOSE_CODES } from '../close-codes.js';
import type { ResolvedHandshakes } from './options.js';
import { computeRetryDelay } from './retry-delay.js';

/** Largest number of URLs and origins in memory. The oldest entry is removed first. */
const MAX_ENTRIES = 10_000;

/**
 * The end of a session.
 * @public
 */
export interface SessionEnd {
  readonly code: number;
  readonly openMs: number;
  /** Whether the session received a message. */
  readonly received: boolean;
}

const { goingAway, policyViolation, serviceRestart, tryAgainLater } = CLOSE_CODES;

/** Earlier sessions of one URL. */
interface UrlHistory {
  /** Working sessions that were lost and have not reconnected. */
  lostSessions: number;
  /** Latest time at which a new session counts as a reconnect, monotonic ms. */
  reconnectUntil: number;
  /** Sessions in a row that were closed with 1008 (policy violation). */
  violations: number;
  /** Earliest time of the next session, monotonic ms. */
  notBefore: number;
  /** A reconnect waits for a random part of this, in ms, because all clients reconnect at once. */
  spreadMs: number;
}

/** Remembers how sessions ended, to plan the next handshake to the same URL. */
export class ReconnectHistory {
  readonly #byUrl = new Map<string, UrlHistory>();
  /** Number of early closes in a row, by kind and origin. */
  readonly #earlyCloses = new Map<string, number>();

  constructor(readonly options: ResolvedHandshakes) {}

  /**
   * Returns whether a new handshake reconnects a lost session, which then no longer counts as lost, and how long it waits, in
   * ms.
   */
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

  /** Counts an attempt, or a session that has not worked, as closed early. Returns how many there were in a row. */
  countEarlyClose(kind: 'attempt' | 'session', origin: string): number {
    const key = `${kind} ${origin}`;
    const count = (this.#earlyCloses.get(key) ?? 0) + 1;
    setBounded(this.#earlyCloses, key, count);
    return count;
  }

  /** Called when an attempt succeeded or a session worked. */
  resetEarlyCloses(kind: 'attempt' | 'session', origin: string): void {
    this.#earlyCloses.delete(`${kind} ${origin}`);
  }
}

function setBounded<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_ENTRIES) map.delete(map.keys().next().value as string);
}
