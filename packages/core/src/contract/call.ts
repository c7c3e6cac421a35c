import type { CallCancellation } from './cancellation.js';
import type { Clock, Undo } from './clock.js';
import type { CallContext } from './context.js';
import type { Outcome } from './outcome.js';

/**
 * The headers of an attempt. Names are not case-sensitive.
 * @public
 */
export interface HeaderAccess {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/**
 * A body that a dead letter keeps: `undefined` if the request has none, `null` if it cannot be kept, such as a stream.
 * @public
 */
export type LetterBody = string | Uint8Array | undefined | null;

/**
 * The parts of a request that a dead letter keeps.
 * @public
 */
export interface LetterParts {
  /** Absolute URL with its query. */
  readonly url: string;
  /** All headers. The line removes credentials. */
  readonly headers: Iterable<readonly [string, string]>;
  /** The bytes of the body. Other code must not change them. A getter saves a copy for those who do not read it. */
  readonly body: LetterBody | Promise<LetterBody>;
}

/**
 * An answer of the platform that the journal kept, or that a `verify` hook supplies.
 * @public
 */
export interface KeptAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Headers by lower-case name. Never credentials or cookies. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body in the form in which the client gave it: text, bytes, or the data of a client that parses the body itself. */
  readonly body: unknown;
}

/**
 * A change of a request that the line makes itself.
 * @public
 */
export interface RequestChange {
  /** Absolute URL with its query. Without it, the URL stays. */
  readonly url?: string | undefined;
  /** Headers to set, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * What a line does with a request body that can be read only once, for example a stream. `BodySource` implements it.
 * @public
 */
export interface RequestSource {
  /**
   * Reports a failure of the body, at once if it has failed already.
   *
   * @param onFailure - Called for a failure before an attempt takes the body.
   * @param onLateFailure - Called for a failure afterwards, when the native transport reports it too.
   */
  watch(onFailure: (error: unknown) => void, onLateFailure?: (error: unknown) => void): void;
  /** Hands the body to an attempt. The native transport reports failures from now on. */
  release(): void;
  /** Closes everything that the body is read from. */
  close(reason?: unknown): void;
}

/**
 * A route of a line.
 * @public
 */
export interface Route {
  /** Pattern of the form `METHOD /path/:id`. */
  readonly name: string;
  /** Default priority of its calls, as an index into PRIORITIES. */
  readonly priority: number;
  /** Permits that one call of the route costs. */
  readonly weight: number;
}

/** The credential that signs a call. */
export interface CredentialRef {
  readonly name: string;
}

/**
 * One active call, as policies and adapters see it.
 * @public
 */
export interface Call {
  /** Number of the call in this process, in the order of arrival. The events of the call have it as `callId`. */
  readonly id: number;
  readonly request: CallRequest;
  /** HTTP method in upper case. */
  readonly method: string;
  readonly url: string;
  /** Origin of `url`; '' for a relative URL. */
  readonly origin: string;
  readonly route: Route;
  /** Index into `PRIORITIES`. */
  readonly priority: number;
  readonly tenant: string | undefined;
  /** Permits that the call costs. */
  readonly weight: number;
  readonly context: CallContext | undefined;
  /** Start of the call, monotonic ms. */
  readonly startedAt: number;
  /** Attempts made on the wire. */
  readonly attempts: number;
  readonly info: Readonly<CallInfo>;
  /** Generation of the access token that signed the last attempt. */
  readonly epoch: number | undefined;
  /** Monotonic ms at which the time budget of the call ends; Infinity without a budget. */
  readonly deadlineAt: number;
  /** Cancellation of the call. The `deadline` phase sets it if anything can cancel the call. */
  readonly cancellation: CallCancellation | undefined;
  /**
   * For adapters: a signal that aborts when the current attempt must end: at its time limit, when the call ends for its caller, and when
   * a closing line abandons it. It includes the request's own signal. Read it when the line calls `send`.
   */
  readonly attemptSignal: AbortSignal;
  /**
   * For adapters: options that put the current attempt into a connection pool of the line, for the native client. Read them when the
   * line calls `send`. Undefined without `pools`, or if the request has its own agent.
   *
   * @param own - Options of the request, as the user gave them.
   */
  poolOptions(own: object): object | undefined;
  /** Whether the line may send the request a second time, by a retry or after a token refresh. */
  readonly mayBeSentAgain: boolean;
  /** Throws if the call may send no further attempt, because the call is cancelled or the line is closed. */
  check(): void;
  /** Calls `listener` with the reason when the call may send no further attempt. */
  onGone(listener: (reason: unknown) => void): Undo;
  /** Waits on the clock. Rejects in the tick in which the call is cancelled or the line is closed. */
  wait(clock: Clock, ms: number): Promise<void>;
  /** Settles as `promise` does, or rejects as soon as the call is cancelled or the line is closed. */
  whileWanted<T>(promise: Promise<T>): Promise<T>;
  /** The facts about the call that every `HoldlineError` carries. */
  errorDetails(): { route: string; attempts: number; waitedMs: number };
}

/**
 * One call, as an adapter hands it to {@link AdapterLine.run}, with the function that makes an attempt.
 * @public
 */
export interface CallRequest {
  /** HTTP method in any case. */
  readonly method: string;
  /** Absolute URL, if the client knows it. */
  readonly url: string;
  readonly headers: HeaderAccess;
  /**
   * Makes one attempt with the native transport. An answer or a failure of the platform or the network is an {@link Outcome},
   * made by `answered` or `failed`, not a rejection.
   */
  send(call: Call): Promise<Outcome>;
  /** Releases the last answer, because the line makes another attempt. Without it, `send` releases the answer. */
  discard?(): void;
  /** Whether the body can be sent a second time. */
  readonly replayable: boolean;
  /**
   * Whether two executions of the request have the effect of one, if the client knows this better than the method says. An API may create
   * by `PUT`, and a write may carry a token in its body. Without it, the method decides.
   */
  readonly repeatable?: boolean | undefined;
  /**
   * Source of a body that can be read only once. The line ends the call if the source fails before an attempt takes the body. The
   * line closes the source if the call ends without an answer. Without `source`, the body is not a stream.
   */
  readonly source?: RequestSource | undefined;
  /** The body as sent on the wire, for digests. The line reads it only if an idempotency key needs it. */
  payload?(): string | Uint8Array | undefined;
  /** Name of the adapter, which sends dead letters of the call again. Without it, only the user can send them. */
  readonly client?: string | undefined;
  /** The guarded client, as given to `deadLetters.sendBy`. The client sends the dead letters of its own calls. */
  readonly owner?: object | undefined;
  /**
   * The parts that a dead letter keeps. The line reads them when the call has failed permanently, before the caller's promise
   * rejects. Without it, the letter keeps the URL, the headers about the body, and `payload()`.
   */
  letter?(): LetterParts;
  /**
   * The answer in a native result or error, without credentials. It becomes the `response` of a `HoldlineError` that replaces the
   * answer. Without it, the `response` is the result itself or the `response` of the native error.
   */
  answer?(value: unknown): unknown;
  /**
   * The body of a native result or error: text, bytes or parsed data. Undefined if the body is a stream, or longer than `maxBytes`. The
   * caller of the line can still read the body. The line reads bodies of writes in transactions, and of answers 400 after an attempt
   * whose outcome is unknown. Without it, the line keeps no answers of this client.
   */
  answerBody?(value: unknown, maxBytes: number): unknown;
  /**
   * Makes a native result from a kept answer, as `send` would give it. Without it, a step of a transaction that is done ends with a
   * `StepDoneError` instead of its answer.
   */
  restoreAnswer?(answer: KeptAnswer): unknown;
  /**
   * Makes a read of the same client for the line itself: method, headers, body, credential and options of this request, with the change,
   * but without the caller's signal and context. The line sends it for several callers, to refresh its cache, or to read a list. Without
   * it, the line makes no such reads with this client: the call of one caller is what others share, bulk reads have no effect, and the cache
   * asks for no stale answer again in the background.
   */
  variant?(change: RequestChange): CallRequest;
  /**
   * Names what in the options of the request shapes its result, such as the response type. Calls with different forms share no answer.
   */
  readonly form?: string | undefined;
  /** Copies a native result or error for a second caller of the same call. Without it, both callers get the same object. */
  copy?(value: unknown): unknown;
  /** Checked settings that the user gave on this call. */
  readonly context?: CallContext | undefined;
  /** The signal that the client itself observes. When it aborts, the client rejects with its own error. */
  readonly signal?: AbortSignal | undefined;
  /** Origin of the client's own API. The line sends tokens only to this origin, or to `token.origins` if the user names them. */
  readonly ownOrigin?: string | undefined;
  /** Whether the request carries its own credential, which the line's token must not replace. */
  readonly ownCredential?: boolean | undefined;
  /**
   * Name of the request's own credential that stays the same when its token changes, such as tenant and user. It keys quotas and
   * gates and is never shown. Without it, the Authorization header is the key.
   */
  readonly credential?: string | undefined;
  /** Tenant of the call as the client knows it. The tenant of the context has precedence. */
  readonly tenant?: string | undefined;
  /** Name of another retry layer that repeats this call. The line then makes no retries. */
  readonly retriedBy?: string | undefined;
}

/**
 * Facts about a call besides its result.
 * @public
 */
export interface CallInfo {
  /** Route pattern, for example `GET /api/v2/users/:id`. */
  readonly route: string;
  /** Attempts made on the wire, replays after a token refresh included. */
  readonly attempts: number;
  /** Milliseconds that the call waited in queues, at gates and for retry delays. */
  readonly waitedMs: number;
  /** The part of `waitedMs` in the governor's queue. */
  readonly queuedMs: number;
  /** Whether the line refreshed the token for this call. */
  readonly refreshed: boolean;
  /** HTTP status of the last answer; undefined without an answer. */
  readonly status: number | undefined;
  /** Wall time in ms before which the platform accepts no further attempt; undefined if the last answer named none. */
  readonly retryAt: number | undefined;
  /** The idempotency key that the call sent; undefined if it sent none. */
  readonly idempotencyKey: string | undefined;
  /** Whether the answer comes from the journal or a `verify` hook, because an earlier run of the transaction executed the call. */
  readonly fromJournal: boolean;
  /** Whether the answer comes from the cache of the line. */
  readonly fromCache: boolean;
  /** Whether the answer comes from the cache, and is older than its `ttlMs`. */
  readonly isStale: boolean;
  /** Milliseconds since the platform gave the answer, if it comes from the cache. */
  readonly ageMs: number | undefined;
  /** Headers of the last answer about throttling and correlation, by lower-case name. Never credentials or cookies. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A write that the platform may or may not have executed.
 * @public
 */
export interface UncertainWrite {
  readonly method: string;
  readonly url: string;
  /** Facts about the call so far. */
  readonly info: CallInfo;
  /** The context of the call. Its `transaction` identifies the write. */
  readonly context: CallContext;
  /** The body as sent, if it is text or bytes. */
  readonly payload: string | Uint8Array | undefined;
  /** The guarded client that made the write, such as an `ApiClient`; undefined if the adapter does not name it. */
  readonly client?: object | undefined;
}

/**
 * The answer of a `verify` hook: whether the platform executed the write. `undefined` means: not known. With `executed: true` the hook may
 * also supply the answer that was lost. The caller then gets it as the result of the write.
 * @public
 */
export type VerifyResult =
  | boolean
  | undefined
  | {
      readonly executed: true;
      readonly answer?:
        | {
            readonly status: number;
            /** By lower-case name. */
            readonly headers?: Readonly<Record<string, string>>;
            /** The body as the platform sends it, such as the text of a JSON object. */
            readonly body?: string | Uint8Array;
          }
        | undefined;
    };
