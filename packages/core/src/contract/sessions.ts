import type { Undo } from './clock.js';

/** Where a session stands among those of its key. */
export interface SessionPlace {
  /** Its number. Later sessions of the key have higher ones, also after the store has forgotten everything. */
  readonly fence: number;
  /** Whether it is this one's turn. */
  readonly has: boolean;
  /** Whether a later one takes its place: it is to end, and then to leave. */
  readonly replaced: boolean;
  /** For so long, in ms, the one under way has its claim if nothing more is heard of it. */
  readonly heldForMs: number;
}

/** What a session asks for. */
export interface SessionClaim {
  /** Unique in its process. Who asks twice, for the answer was lost, is the same. */
  readonly session: string;
  /** That of the answer before; undefined for the first time. */
  readonly fence: number | undefined;
  /** For how long it has the key if it is not heard of again, in ms. */
  readonly forMs: number;
  /** Whether it takes the place of those before it, instead of waiting for them. */
  readonly replaces: boolean;
}

/** Session keys of a fleet: of the sessions with one key only one is under way. */
export interface SessionKeys {
  /** What happens to sessions that begin while the store is lost: they are refused, or only those of one process are counted. */
  readonly onLoss: 'share' | 'refuse' | 'open';
  /** Asks for a key, and again as long as it is wanted. Rejects when the store is lost, or does not answer in a bounded time. */
  claim(key: string, claim: SessionClaim): Promise<SessionPlace>;
  /** Gives the key up, where this session has it. Rejects when the store is lost. */
  leave(key: string, session: string): Promise<void>;
  /** Told when asking again is worth it: the key is free, somebody takes its place, or the store is there again. */
  listen(key: string, fn: () => void): Undo;
}
