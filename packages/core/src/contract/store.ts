import type { Clock, Random, Undo } from './clock.js';
import type { DeadLetters } from './dead-letters.js';
import type { Inboxes } from './inbox.js';
import type { Journal } from './journal.js';
import type { Leases } from './leases.js';
import type { SessionKeys } from './sessions.js';
import type { Tokens } from './tokens.js';

/**
 * State of a store.
 * @public
 */
export interface StoreState {
  /** `connecting`: the state is not known yet. `lost`: the store cannot be used, and it tries to reconnect. */
  readonly state: 'connecting' | 'ready' | 'lost';
  /** Reason of the loss: an error code of the server, such as `READONLY` or `NOPERM`, or of the store, such as `UNREACHABLE`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Whether the store stays lost until its configuration changes. */
  readonly needsConfiguration: boolean;
  /** Milliseconds until the next attempt to use the store; undefined if it makes none. */
  readonly retryInMs: number | undefined;
}

/**
 * State that a line keeps outside itself. The default, `memoryStore`, keeps it in the memory of the process. A line waits at most
 * 5 s for each exchange with its store. A longer exchange fails with a `StoreLostError`.
 * @public
 */
export interface Store {
  readonly journal: Journal;
  /** Quotas and gates that processes share. Without it, each process keeps its own. */
  readonly leases?: Leases | undefined;
  /** Access tokens that processes share. Without it, each process fetches its own. */
  readonly tokens?: Tokens | undefined;
  /** Session keys that processes share. Without it, each process counts its own. */
  readonly sessions?: SessionKeys | undefined;
  /** Calls and frames that failed permanently. Without it, the line keeps none. */
  readonly deadLetters?: DeadLetters | undefined;
  /** Events from outside that are not handled yet. Without it, the store serves no inbox. */
  readonly inboxes?: Inboxes | undefined;
  /** Calls `fn` after each change of state. A store without this method is always ready. */
  watch?(fn: (state: StoreState) => void): Undo;
  /** Salt for the names of credentials. Processes with the same salt give a credential the same name. */
  readonly salt?: string | undefined;
}

/**
 * The dependencies of every policy besides its options.
 * @public
 */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
}
