import type { Cancellation } from './cancellation.js';
import type { Clock, Undo } from './clock.js';
import type { CallContext } from './context.js';
import type { Outcome } from './outcome.js';

/** The headers an attempt will go out with. Names are not case-sensitive. */
export interface HeaderAccess {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** A body that a dead letter keeps: `undefined` where there is none, `null` where it cannot be kept, such as a stream. */
export type LetterBody = string | Uint8Array | undefined | null;

/** What a dead letter keeps of a request. */
export interface LetterParts {
  /** Absolute, with its query. */
  readonly url: string;
  /** All of them; the line leaves out what is a credential. */
  readonly headers: Iterable<readonly [string, string]>;
  /** The very bytes; nobody else may change them. */
  readonly body: LetterBody | Promise<LetterBody>;
}

/** A request body that can be read only once, for example a stream: {@link BodySource} implements it. */
export interface RequestSource {
  /** Whether nothing was read from the body, so that no part of it can have been sent. */
  readonly isUntouched: boolean;
  /**
   * Reports a failure of the body, at once if it has failed already.
   *
   * @param onFailure Called for a failure before an attempt takes the body.
   * @param onLateFailure Called for a failure afterwards, when the native transport reports it too.
   */
  watch(onFailure: (error: unknown) => void, onLateFailure?: (error: unknown) => void): void;
  /** Hands the body to an attempt. The native transport reports failures from now on. */
  release(): void;
  /** The failure of the body while the native transport had it; undefined if the body did not fail. */
  brokenBy(): Promise<{ readonly error: unknown } | undefined>;
  /** Closes everything that the body is read from. */
  close(reason?: unknown): void;
}

/** An endpoint as a line knows it. */
export interface Route {
  /** `METHOD /path/:id`. */
  readonly name: string;
  /** Default priority of its calls, as an index into PRIORITIES. */
  readonly priority: number;
  /** Permits that one call of the route costs. */
  readonly weight: number;
}

/** The credential that signs a call. */
export interface CredentialRef {
  readonly name: string;
  /** Name of its quotas and gates. */
  readonly scope: string;
}

/** One call under way, as policies and adapters see it. */
export interface Call {
  readonly request: CallRequest;
  /** In capitals. */
  readonly method: string;
  readonly url: string;
  /** Origin of `url`, or '' for a relative one. */
  readonly origin: string;
  readonly route: Route;
  /** Index into {@link PRIORITIES}. */
  readonly priority: number;
  readonly tenant: string | undefined;
  /** Permits that the call costs. */
  readonly weight: number;
  readonly context: CallContext | undefined;
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Attempts made on the wire. */
  readonly attempts: number;
  readonly info: Readonly<CallInfo>;
  /** Generation of the access token that signed the last attempt. */
  readonly epoch: number | undefined;
  /** Monotonic ms at which the caller stops waiting. */
  readonly deadlineAt: number;
  /** Set by the `deadline` phase if anything can cancel the call. */
  readonly cancellation: Cancellation | undefined;
  /**
   * For adapters: aborts when the attempt that begins now has to end. Read it when `send` is called. Undefined if the request has a
   * signal of its own and nothing else ends the call.
   */
  readonly attemptSignal: AbortSignal | undefined;
  /** Whether the line may send the request a second time, by a retry or after a token refresh. */
  readonly mayBeSentAgain: boolean;
  /** Throws if no attempt of the call may leave any more: the caller gave up, or the line is closed. */
  check(): void;
  /** Calls `listener` with the reason when no attempt of the call may leave any more. */
  onGone(listener: (reason: unknown) => void): Undo;
  /** Waits on the clock. Rejects in the tick in which the call is cancelled or the line is closed. */
  wait(clock: Clock, ms: number): Promise<void>;
  /** Settles as `promise` does, unless the call is cancelled or the line is closed before. */
  whileWanted<T>(promise: Promise<T>): Promise<T>;
  /** The facts about the call that every `HoldlineError` carries. */
  errorDetails(): { route: string; attempts: number; waitedMs: number };
}

/** What an adapter hands to {@link Holdline.run}: one call, and how to make an attempt at it. */
export interface CallRequest {
  /** Any case. */
  readonly method: string;
  /** Absolute where the client knows it. */
  readonly url: string;
  readonly headers: HeaderAccess;
  /**
   * Makes one attempt with the native transport. Never rejects for what the platform or the network did: that is an
   * {@link Outcome}, made by `answered` or `failed`.
   */
  send(call: Call): Promise<Outcome>;
  /** Whether the body can be sent a second time. */
  readonly replayable: boolean;
  /**
   * What a body that can be read once is read from. The line ends the call where it breaks before an attempt has it, and closes
   * it where the call ends without an answer. Left out: the body is no stream.
   */
  readonly source?: RequestSource | undefined;
  /** The body as it goes on the wire, for digests; asked for only where an idempotency key needs it. */
  payload?(): string | Uint8Array | undefined;
  /** Name of the adapter, under which it sends dead letters again. Left out: nobody can but the user. */
  readonly client?: string | undefined;
  /** The guarded client, as `deadLetters.sendBy` was told. A dead letter goes by the client that it came from. */
  readonly owner?: object | undefined;
  /**
   * What a dead letter keeps; asked for where the call is given up, before its caller hears of it. Left out: the URL, the headers
   * about the body, and `payload()`.
   */
  letter?(): LetterParts;
  /**
   * The answer in a native result or error, for `response` of an error of ours that stands in its place. Without credentials.
   * Left out: the result itself, or `response` of the error.
   */
  answer?(value: unknown): unknown;
  /** A copy of a native result or error, for a second caller of the same call. Left out: both get the same object. */
  copy?(value: unknown): unknown;
  /** What the user said on this call, already checked. */
  readonly context?: CallContext | undefined;
  /** The client's own signal. The client rejects in its own way when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Origin of the client's own API. Tokens go there, and to `token.origins`, and nowhere else. */
  readonly ownOrigin?: string | undefined;
  /** The request carries a credential of its own, which the line's token must not replace. */
  readonly ownCredential?: boolean | undefined;
  /**
   * Names a credential of the request's own that stays the same when its token changes, such as tenant and user. For quotas and
   * gates; never shown. Left out: the Authorization header.
   */
  readonly credential?: string | undefined;
  /** Whose call it is, as far as the client knows; what the user says goes over it. */
  readonly tenant?: string | undefined;
  /** Name of another retry layer that owns this call; ours then stands back. */
  readonly retriedBy?: string | undefined;
}

/** What became of a call, beside its result. */
export interface CallInfo {
  /** Route pattern, for example `GET /api/v2/users/:id`. */
  readonly route: string;
  /** Attempts made on the wire, replays after a token refresh included. */
  readonly attempts: number;
  /** Milliseconds spent waiting: queues, gates, retry delays. */
  readonly waitedMs: number;
  /** The part of `waitedMs` spent in the governor's queue. */
  readonly queuedMs: number;
  /** Whether the token was refreshed for this call. */
  readonly refreshed: boolean;
  /** HTTP status of the last answer; undefined if there was none. */
  readonly status: number | undefined;
  /** Wall time in ms before which the platform wants no further attempt, if it said so last. */
  readonly retryAt: number | undefined;
  /** The idempotency key that went out, if one did. */
  readonly idempotencyKey: string | undefined;
  /** The last answer's headers about throttling and correlation, by lower-case name. Never credentials or cookies. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A write of which nobody knows whether it was executed. */
export interface UncertainWrite {
  readonly method: string;
  readonly url: string;
  /** What became of it so far. */
  readonly info: CallInfo;
  /** What `withCall` said: its `transaction` is the way to know which write this is. */
  readonly context: CallContext;
  /** The body as it went out, where it is text or bytes. */
  readonly payload: string | Uint8Array | undefined;
}
