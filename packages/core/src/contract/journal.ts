import type { Call, VerifyResult, UncertainWrite } from './call.js';
import type { Clock } from './clock.js';
import type { EventSink } from './events.js';
import type { Outcome } from './outcome.js';

/**
 * What the journal keeps of a step that the platform executed.
 * @public
 */
export interface StepResult {
  /** HTTP status of the answer; undefined if only a `verify` hook knows that the step was executed. */
  readonly status: number | undefined;
  /** Wall ms at which the line learned that the step was executed. */
  readonly at: number;
  /** The answer, if it is kept. It is encrypted with AES-256-GCM, except in a journal that never leaves the memory. */
  readonly answer?: string | undefined;
}

/**
 * The record of one step of a transaction. It has digests and, for a step that is done, the encrypted answer. It never has a payload.
 * @public
 */
export interface JournalEntry {
  /** The idempotency key as sent on the wire. */
  readonly key: string;
  /** Digest of the payload that the key was issued for. */
  readonly payloadDigest: string;
  /** Size of that payload in bytes. */
  readonly payloadBytes: number;
  /** Wall time at which the key was issued, in ms. */
  readonly issuedAt: number;
  /** Number of rotations of the key of this step. */
  readonly generation: number;
  /** Attempts made under this key. */
  readonly attempts: number;
  /**
   * Last known state of the step.
   *
   * - `started`: an attempt left, and the process that made it recorded nothing since.
   * - `unknown`: the platform may or may not have executed the step.
   * - `done`: the platform executed the step. `done` has the details.
   * - `no effect`: the platform certainly did not execute the step.
   * - `answered`: the platform answered. Only calls outside of transactions have this state.
   */
  readonly state: 'started' | 'unknown' | 'done' | 'no effect' | 'answered';
  /** Details of a step that is done. */
  readonly done?: StepResult | undefined;
  /**
   * Milliseconds for which the journal keeps the entry after this write.
   * @defaultValue two days
   */
  readonly keepMs?: number | undefined;
}

/**
 * Storage for idempotency keys and for the steps of transactions.
 * @public
 */
export interface Journal {
  get(step: string): Promise<JournalEntry | undefined>;
  /** Writes an entry. Settles when the entry survives a crash of the process. */
  put(step: string, entry: JournalEntry): Promise<void>;
  delete(step: string): Promise<void>;
  /**
   * Writes `entry` if the entry of the step still equals `known`; undefined means that there is none. A journal of several processes
   * needs this method, so that only one of them starts a step.
   * @returns false if another process changed the entry; then nothing changes.
   */
  replace?(step: string, known: JournalEntry | undefined, entry: JournalEntry): Promise<boolean>;
  /**
   * The function `transactionSteps`. The store brings it, so that a page without a store does not load it. Without it, the journal
   * keeps keys only, and a transaction that runs again sends all its steps again.
   */
  readonly steps?: StepRunnerFactory | undefined;
  /** Encryption keys of 32 bytes for answers: the first encrypts, all decrypt. Without them, no answer with a body is kept. */
  readonly keys?: readonly Uint8Array[] | undefined;
  /** Whether the entries never leave the memory of the process. Answers are then kept without encryption. */
  readonly isInMemory?: boolean | undefined;
}

/**
 * The parts of a line that the steps of its transactions use.
 * @internal
 */
export interface StepHost {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly events: EventSink;
  readonly options: { readonly maxAnswerBytes: number; readonly keepMs: number };
  /** The `verify` hook of the route. */
  readonly verify: ((write: UncertainWrite) => Promise<VerifyResult>) | undefined;
  /** Time limit of `verify`, in ms. */
  readonly verifyTimeoutMs: number;
}

/**
 * One step of a transaction.
 * @internal
 */
export interface TransactionStep {
  readonly call: Call;
  readonly name: string;
  /** Entry of the step; undefined if the journal has none. */
  readonly known: JournalEntry | undefined;
  /** Whether the platform recognises a repetition by the key of `known`. */
  readonly isKeyed: boolean;
  /** Whether two executions of the step have the effect of one. */
  readonly isRepeatable: boolean;
}

/**
 * Runs the steps of transactions.
 * @internal
 */
export interface StepRunner {
  /**
   * Reads the entry of a step.
   * @param isRepeatable - Whether the step may be sent while the journal cannot be read.
   * @throws StoreLostError if the journal cannot be read and the step is not repeatable.
   */
  find(call: Call, name: string, isRepeatable: boolean): Promise<JournalEntry | undefined>;
  /**
   * Decides by the entry of a step whether it is sent. Undefined: send it. Otherwise the result is its outcome.
   * @throws StepDoneError or OutcomeUnknownError if the step is not sent and has no outcome.
   */
  recall(step: TransactionStep): Promise<Outcome | undefined>;
  /**
   * Sends a step and records its states. The result is final when the record is durable.
   * @returns undefined if another process started the step meanwhile. Nothing was sent then.
   */
  send(step: TransactionStep, entry: JournalEntry, next: () => Promise<Outcome>): Promise<Outcome | undefined>;
}

/**
 * Makes the runner of the steps of a route.
 * @public
 */
export interface StepRunnerFactory {
  /** @internal */
  (host: StepHost): StepRunner;
}
