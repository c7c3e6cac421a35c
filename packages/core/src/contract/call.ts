import type { Call } from '../call/call.js';
import type { BodySource } from '../http/body-source.js';
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
  readonly source?: BodySource | undefined;
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
export interface Doubt {
  readonly method: string;
  readonly url: string;
  /** What became of it so far. */
  readonly info: CallInfo;
  /** What `withCall` said: its `transaction` is the way to know which write this is. */
  readonly context: CallContext;
  /** The body as it went out, where it is text or bytes. */
  readonly payload: string | Uint8Array | undefined;
}
