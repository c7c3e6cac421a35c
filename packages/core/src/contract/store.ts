import type { Clock, Random, Undo } from './clock.js';
import type { DeadLetters } from './dead-letters.js';
import type { Journal } from './journal.js';
import type { Leases } from './leases.js';
import type { SessionKeys } from './sessions.js';
import type { Tokens } from './tokens.js';

/** Whether a store can be used. */
export interface StoreState {
  /** `connecting`: it is not known yet. `lost`: it cannot be used, and is tried again by itself. */
  readonly state: 'connecting' | 'ready' | 'lost';
  /** Why it is lost: the word of the server, such as `READONLY` or `NOPERM`, or one of the store's, such as `UNREACHABLE`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Whether it stays lost until somebody changes the configuration. */
  readonly needsConfiguration: boolean;
  /** The next attempt comes after so many ms; undefined where none is made. */
  readonly retryInMs: number | undefined;
}

/**
 * What a line keeps outside itself. The default, {@link memoryStore}, keeps it in the process. A line bounds every exchange with its store at
 * 5 s: one that takes longer fails with a `StoreLostError`.
 */
export interface Store {
  readonly journal: Journal;
  /** Quotas and gates of a fleet. Left out: every process keeps its own. */
  readonly leases?: Leases | undefined;
  /** Access tokens of a fleet. Left out: every process fetches its own. */
  readonly tokens?: Tokens | undefined;
  /** Session keys of a fleet. Left out: every process counts its own. */
  readonly sessions?: SessionKeys | undefined;
  /** Calls and frames that were given up. Left out: none are kept. */
  readonly deadLetters?: DeadLetters | undefined;
  /** Tells of every change of its state. Left out: it is always there. */
  watch?(fn: (state: StoreState) => void): Undo;
  /** What the names of credentials are made with, so that all processes of a fleet give one credential the same name. */
  readonly salt?: string | undefined;
}

/** What every policy is given besides its options. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
}
