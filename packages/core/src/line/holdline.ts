import type { HoldlineConfig, LineState } from '../config/types.js';
import type { CallRequest } from '../contract/call.js';
import type { Undo } from '../contract/clock.js';
import type { DeadLetterDesk, DeadLetterSnapshot } from '../contract/dead-letters.js';
import type { EventName, HoldlineEvents } from '../contract/events.js';
import type { Policy } from '../contract/policy.js';
import type { SessionKeys } from '../contract/sessions.js';
import type { CircuitSnapshot } from '../policies/breaker/circuit.js';
import type { ScopeSnapshot } from '../policies/governor/limits/snapshot.js';
import type { PendingPermit, PermitRequest } from '../policies/governor/pending-permit.js';
import type { AccessToken } from '../policies/token/options.js';
import type { CredentialSnapshot } from '../policies/token/pool.js';
import type { TokenSnapshot } from '../policies/token/source.js';
import type { ExplainRequest, Explanation } from './explain.js';

/** Everything a line holds, as plain data without secrets. */
export interface Snapshot {
  /** Calls that have not ended. */
  calls: number;
  /** Calls waiting for a permit. */
  queued: number;
  /** Attempts on the wire. */
  inFlight: number;
  scopes: ScopeSnapshot[];
  queues: { credential: string; waiting: Record<string, number> }[];
  breakers: CircuitSnapshot[];
  token: TokenSnapshot | undefined;
  /** Those of a token pool. */
  credentials: CredentialSnapshot[];
  deadLetters: DeadLetterSnapshot;
  /** How many times a listener threw. */
  listenerFailures: number;
}

/** Options of {@link Holdline.close}. */
export interface CloseOptions {
  /**
   * Longest time for all of it, in ms. What is not done by then is left, and told.
   * @defaultValue 5,000 (ours: half of the shortest common grace period, the 10 s of `docker stop`)
   */
  timeoutMs?: number;
}

/** One line: a configuration and the state it owns. Several clients may share one, and then share its quotas. */
export interface Holdline {
  /**
   * Adds a policy of your own, at the place its phase says.
   * @throws ConfigError if its name is taken or its place contradicts another's.
   */
  use(policy: Policy): this;
  /** Which policies a request would pass, in what order, with what numbers, and what would happen now. Sends nothing. */
  explain(request: ExplainRequest): Explanation;
  /** Every quota, gate, queue, breaker and the token's epoch, as plain data. */
  snapshot(): Snapshot;
  /**
   * Listens. A listener that throws disturbs nothing; it is counted in the snapshot and told as `listenerFailed`.
   * @returns what stops the listening.
   */
  on<E extends EventName>(event: E, listener: (event: HoldlineEvents[E]) => void): Undo;
  /**
   * New numbers without a restart, laid over the present ones. Queued calls keep their place; those that no longer fit a quota are
   * refused. A call that was made before, and is sent again, goes by the quotas, the breaker's numbers and the retry budget of now.
   * @throws ConfigError; then nothing has changed.
   */
  update(config: HoldlineConfig): void;
  /** Settles when all calls that are under way have ended, and what was given up is in the store. New ones are still taken. */
  drain(): Promise<void>;
  /**
   * Fails what waits and all that comes with a `ClosedError`, and settles when what is on the wire has ended, what was given up is in the
   * store, and what the store had lent was given back; after `timeoutMs` at the latest. An attempt that is on the wire after four fifths of
   * that is given up: its caller gets a `ClosedError`, or an `OutcomeUnknownError` where it may have been executed.
   *
   * What was not done by then is told as `closed`.
   *
   * @throws ConfigError for wrong options.
   */
  close(options?: CloseOptions): Promise<void>;
  /**
   * Holds back every call of a route (`GET /users/:id`) with a `CircuitOpenError` until undone.
   * @returns what ends it.
   */
  isolate(route: string): Undo;
  /** What the next start should know, as plain JSON: give it to `createHoldline({ state })`. */
  exportState(): LineState;
  /** What was given up. */
  readonly deadLetters: DeadLetterDesk;
  /** For adapters: one call through all policies. Settles with the native result or error, or a `HoldlineError`. */
  run(request: CallRequest): Promise<unknown>;
  /**
   * For adapters: the right to let something leave that is no call of its own, such as a frame on an open socket. It waits
   * in the same queue as calls do, for the same quotas.
   * @throws HoldlineError where it may not even wait.
   */
  permit(request: PermitRequest): PendingPermit;
  /** For adapters: the platform said "not before" in another way than by an answer. Closes the gate of the request's route. */
  holdBack(request: PermitRequest, forMs: number): void;
  /**
   * For adapters: told of every new token, to write it back to the SDK. It is a secret: never log it. The tokens of a pool are not
   * told: the SDK has one of its own.
   *
   * @param owner The guarded client: the listener lives as long as it does, and does not keep it. Left out: until undone.
   */
  onToken(listener: (token: AccessToken) => void, owner?: object): Undo;
  /** For adapters: what is to end with the line. It is begun when the line is closed, and waited for within the bound of `close()`. */
  onClose(end: () => Promise<unknown> | void): Undo;
  /** For adapters: tells of a defect of the client that is worked around, as a `defect` event. */
  reportDefect(defect: HoldlineEvents['defect']): void;
  /** For adapters: the session keys of its store, where that has them. */
  readonly sessions: SessionKeys | undefined;
  /** Whether another retry layer on the same client is to be switched off instead of deferred to. */
  readonly replacesOtherRetries: boolean;
  /** Whether the line manages the access token. */
  readonly managesToken: boolean;
}
