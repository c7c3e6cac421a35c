import type { Undo } from './clock.js';
import type { OnLoss } from './counting.js';

/**
 * The place of a session among the sessions of its key.
 * @public
 */
export interface SessionPlace {
  /** Number of the session. Later sessions of the key have higher numbers, even after the store lost all its data. */
  readonly fence: number;
  /** Whether the session holds the key. */
  readonly has: boolean;
  /** Whether a later session takes the place of this one. This session must end, and then leave. */
  readonly replaced: boolean;
  /** Milliseconds until the claim of the session that holds the key expires, unless that session renews it. */
  readonly heldForMs: number;
}

/**
 * The claim of a session to its key.
 * @public
 */
export interface SessionClaim {
  /** Identifier of the session, unique in its process. A session that repeats a lost claim keeps its identifier. */
  readonly session: string;
  /** The fence of the previous answer; undefined for the first claim. */
  readonly fence: number | undefined;
  /** Milliseconds for which the session holds the key without a renewal. */
  readonly forMs: number;
  /** Whether the session takes the place of earlier sessions instead of waiting for them. */
  readonly replaces: boolean;
}

/**
 * Session keys that processes share: only one session of a key runs at a time.
 * @public
 */
export interface SessionKeys {
  /** While the store is lost, new sessions are refused, or each process counts only its own sessions. */
  readonly onLoss: OnLoss;
  /**
   * Claims a key, or renews the claim. A session repeats the claim as long as it wants the key. Rejects when the store is lost or
   * does not answer in time.
   */
  claim(key: string, claim: SessionClaim): Promise<SessionPlace>;
  /** Releases the key if this session holds it. Rejects when the store is lost. */
  leave(key: string, session: string): Promise<void>;
  /** Calls `fn` when a new claim may succeed: the key is free, a session was replaced, or the store is back. */
  listen(key: string, fn: () => void): Undo;
}
