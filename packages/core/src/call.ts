import type { BodySource } from './body-source.js';
import type { CallContext, ActiveContext, Priority } from './context.js';
import type { ReadHeader } from './headers/retry-after.js';
import type { Outcome } from './outcome.js';
import { PRIORITIES } from './context.js';
import { ClosedError } from './errors.js';
import type { Replaying } from './dead-letters/replay.js';
import type { Clock, LetterKey, Undo } from './ports.js';
import { showsAs } from './printed.js';
import type { Route } from './route.js';
import { shared } from './registry.js';
import type { PoolMember } from './token/pool.js';

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

/** Hears of a cancellation. An object, for it is there anyway: a queue of 100,000 calls needs no closure for each. */
export interface CancelListener {
  onCancelled(reason: unknown): void;
}

/** Those who hear of a cancellation, once. */
export class CancelListeners {
  /** Mostly there is one at a time; the set is for those beside it. */
  #one: CancelListener | undefined = undefined;
  #others: Set<CancelListener> | undefined = undefined;

  listen(listener: CancelListener): void {
    if (this.#one) (this.#others ??= new Set()).add(listener);
    else this.#one = listener;
  }

  unlisten(listener: CancelListener): void {
    if (this.#one === listener) this.#one = undefined;
    else this.#others?.delete(listener);
  }

  onCancel(fn: (reason: unknown) => void): Undo {
    const listener: CancelListener = { onCancelled: fn };
    this.listen(listener);
    return () => this.unlisten(listener);
  }

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#one !== undefined || (this.#others?.size ?? 0) > 0;
  }

  tell(reason: unknown): void {
    this.#one?.onCancelled(reason);
    this.#one = undefined;
    if (!this.#others) return;
    for (const listener of this.#others) listener.onCancelled(reason);
    this.#others = undefined;
  }
}

/** What is left of an answer when its call has ended: a body that is still to be read. */
export interface OpenAnswer {
  /** Whether the budget of the call ends with its head; then only signals end what is left. */
  readonly isBeyondBudget?: boolean;
  /** Calls `fn` once, when the body has ended or nobody can read it any more. */
  onDone(fn: () => void): void;
}

/** Gives up a call wherever it is, in the same tick. */
export class Cancellation extends CancelListeners implements CancelListener {
  cancelled = false;
  reason: unknown = undefined;
  /** Monotonic ms at which it comes by itself. */
  deadlineAt = Infinity;
  /** That of the attempt made last, where attempts have a time limit of their own. */
  attempt: Cancellation | undefined = undefined;
  /** Set by an adapter whose answer is read after its head: what bounds the call holds until then. */
  openAnswer: OpenAnswer | undefined = undefined;
  #controller: AbortController | undefined = undefined;

  cancel(reason: unknown): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.reason = reason;
    this.#controller?.abort(reason);
    this.tell(reason);
  }

  onCancelled(reason: unknown): void {
    this.cancel(reason);
  }

  /** Settles when it comes, or after so many ms. */
  within(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.cancelled) return resolve();
      const done = (): void => {
        stopTimer();
        stopListening();
        resolve();
      };
      const stopTimer = clock.setTimer(ms, done);
      const stopListening = this.onCancel(done);
    });
  }

  /** For the native transport; made only when it is asked for. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }
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

const TOLD_HEADERS = [
  'retry-after',
  'date',
  'ratelimit',
  'ratelimit-policy',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-rate-limit-limit',
  'x-rate-limit-remaining',
  'x-rate-limit-reset',
  'inin-correlation-id',
  'inin-ratelimit-count',
  'inin-ratelimit-allowed',
  'inin-ratelimit-reset',
  'icstatusdescription',
  'content-type',
];

/** What only a call knows that did not go the plain way; not told. */
class Trace {
  /** Attempts that certainly had no effect. */
  withoutEffect = 0;
  /** Whether it waits for, or got, the answer of the same call under way. */
  isJoined = false;
  /** Whether its step was tried before. */
  isRepeat = false;
  /** Whether it is known to have been executed, although its answer is lost. */
  isExecuted = false;
  key: LetterKey | undefined = undefined;
}

class Info implements CallInfo {
  attempts = 0;
  waitedMs = 0;
  queuedMs = 0;
  refreshed = false;
  status: number | undefined = undefined;
  retryAt: number | undefined = undefined;
  idempotencyKey: string | undefined = undefined;
  #read: ReadHeader | undefined = undefined;
  #epoch: number | undefined = undefined;
  #member: PoolMember | undefined = undefined;
  #trace: Trace | undefined = undefined;

  constructor(readonly route: string) {}

  /** Undefined for most. */
  get trace(): Trace | undefined {
    return this.#trace;
  }

  /** Begins a trace, where there is none. */
  traced(): Trace {
    return (this.#trace ??= new Trace());
  }

  /** Whether an attempt was made of which it is not known that it had no effect. */
  get mayBeExecuted(): boolean {
    return this.attempts > (this.#trace?.withoutEffect ?? 0);
  }

  /** Of the token that signed the last attempt; not told. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  set epoch(epoch: number | undefined) {
    this.#epoch = epoch;
  }

  /** The credential of the pool by which it goes; not told. */
  get member(): PoolMember | undefined {
    return this.#member;
  }

  set member(member: PoolMember | undefined) {
    this.#member = member;
  }

  get headers(): Readonly<Record<string, string>> {
    const told: Record<string, string> = {};
    for (const name of TOLD_HEADERS) {
      const value = this.#read?.(name);
      if (value !== undefined) told[name] = value;
    }
    return told;
  }

  saw(outcome: Outcome): void {
    this.status = outcome.status;
    this.#read = outcome.header;
    const { kind } = outcome;
    if (kind !== 'ok' && kind !== 'unknown' && kind !== 'cancelled') this.traced().withoutEffect++;
  }
}

let calls = 0;

/** One call on its way. Policies read it, and write only what is theirs. */
export class Call {
  #info: Info | undefined = undefined;
  /** Order of arrival over all lines; a retried call keeps its place by it. */
  readonly order = ++calls;
  /** Set by the `deadline` phase where there is something to cancel by. */
  cancellation: Cancellation | undefined = undefined;

  constructor(
    readonly request: CallRequest,
    readonly route: Route,
    /** Origin of `url`, or '' for a relative one. */
    readonly origin: string,
    readonly context: ActiveContext | undefined,
    /** Monotonic ms. */
    readonly startedAt: number,
  ) {}

  /** Made when there is something to tell. */
  get info(): Info {
    return (this.#info ??= new Info(this.route.name));
  }

  /** Nobody asks any more. A call that waited is old, and what the old hold on to is copied again and again. */
  letGoOfInfo(): void {
    this.#info = undefined;
  }

  /** Generation of the access token that signed the last attempt. */
  get epoch(): number | undefined {
    return this.#info?.epoch;
  }

  set epoch(epoch: number | undefined) {
    this.info.epoch = epoch;
  }

  /** The credential of the pool by which it goes. */
  get member(): PoolMember | undefined {
    return this.#info?.member;
  }

  set member(member: PoolMember | undefined) {
    this.info.member = member;
  }

  /** Attempts made on the wire. */
  get attempts(): number {
    return this.#info?.attempts ?? 0;
  }

  /** Monotonic ms after which the caller is gone. */
  get deadlineAt(): number {
    return this.cancellation?.deadlineAt ?? Infinity;
  }

  /**
   * For adapters: aborts when the attempt that begins now has to end. Its own time limit has passed, the call ends, or a line that is
   * being closed waits for it no longer. For the native transport, read when `send` is called. Undefined where the request has a signal of
   * its own, and nothing else ends the call.
   */
  get attemptSignal(): AbortSignal | undefined {
    const cancellation = this.cancellation ?? this.cutOff();
    if (cancellation.attempt) return cancellation.attempt.signal;
    const { context, request, deadlineAt } = this;
    const isBounded = deadlineAt < Infinity || context?.signal !== undefined || request.source !== undefined;
    return isBounded || !request.signal ? cancellation.signal : undefined;
  }

  /** Cancelled when the line is closed. */
  get closing(): Cancellation {
    return this.route.closing;
  }

  /** What ends a call that nothing but the end of its line gives up. */
  cutOff(): Cancellation {
    this.cancellation = new CutOff(this);
    this.route.cut.listen(this.cancellation);
    return this.cancellation;
  }

  /** In capitals. */
  get method(): string {
    return this.request.method.toUpperCase();
  }

  get url(): string {
    return this.request.url;
  }

  /** The dead letter it is made of. */
  get replay(): Replaying | undefined {
    const replay = this.context?.replay;
    return replay?.call === this ? replay : undefined;
  }

  get tenant(): string | undefined {
    return this.context?.tenant ?? this.request.tenant;
  }

  /** Index into {@link PRIORITIES}. */
  get priority(): number {
    const named: Priority | undefined = this.context?.priority;
    return named === undefined ? this.route.priority : PRIORITIES.indexOf(named);
  }

  get weight(): number {
    return this.context?.weight ?? this.route.weight;
  }

  /** Throws where nothing may leave any more: the caller gave up, or the line is closed. */
  check(): void {
    if (this.cancellation?.cancelled) throw this.cancellation.reason;
    if (this.closing.cancelled) throw closed(this);
  }

  /** Tells when nothing of this call may leave any more, and why. */
  onGone(listener: (reason: unknown) => void): Undo {
    const stopCancel = this.cancellation?.onCancel(listener);
    const stopClosing = this.closing.onCancel(() => listener(closed(this)));
    return () => {
      stopCancel?.();
      stopClosing();
    };
  }

  /** Waits on the clock; rejects in the tick in which the call is cancelled or the line is closed. */
  wait(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.check();
      const started = clock.now();
      const leave = (settle: () => void): void => {
        stopTimer();
        stopListening();
        this.info.waitedMs += clock.now() - started;
        settle();
      };
      const stopTimer = clock.setTimer(ms, () => leave(resolve));
      const stopListening = this.onGone((reason) => leave(() => reject(reason as Error)));
    });
  }

  /** Settles as `promise` does, unless the call is cancelled or the line is closed before. */
  whileWanted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.onGone((reason) => {
        stop();
        reject(reason as Error);
      });
      promise.then(resolve, reject).finally(stop);
      this.check();
    });
  }
}

/** Of a call that nothing but the end of its line gives up. */
class CutOff extends Cancellation {
  constructor(readonly call: Call) {
    super();
  }

  override onCancelled(): void {
    this.cancel(cutOff(this.call));
  }
}

// Its request has the credentials and the body.
showsAs(Call, ({ method, route, tenant, attempts, context }) => {
  return { method, route: route.name, tenant, transaction: context?.transaction, attempts };
});

// Not methods: private ones cost every object that has them a field.
function closed({ info: { route, attempts, waitedMs } }: Call): ClosedError {
  return new ClosedError('the line was closed', { route, attempts, waitedMs });
}

/** What a caller gets whose attempt was given up because the line was closed. */
export function cutOff({ info: { route, attempts, waitedMs } }: Call): ClosedError {
  return new ClosedError('the line was closed before the answer came', { route, attempts, waitedMs });
}

/** Remembers what became of the call that ended in `value`. */
export function noteInfo(value: unknown, info: CallInfo): void {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') shared.infos.set(value, info);
  else shared.lastBare = { value, info };
}

/**
 * What became of a call, from its result or its error.
 *
 * Some SDKs reject with a bare string or with `undefined`. Those cannot carry anything, so ask in the `catch` itself: you get
 * the last call that ended in that very value.
 *
 * @example
 * ```ts
 * import { callInfo } from '@holdline/core';
 *
 * declare const users: { getUsersMe(): Promise<object> };
 * try {
 *   console.log(callInfo(await users.getUsersMe())?.attempts);
 * } catch (error) {
 *   console.log(callInfo(error)?.status, callInfo(error)?.retryAt);
 * }
 * ```
 */
export function callInfo(resultOrError: unknown): CallInfo | undefined {
  if ((typeof resultOrError === 'object' && resultOrError !== null) || typeof resultOrError === 'function') {
    return shared.infos.get(resultOrError);
  }
  return shared.lastBare?.value === resultOrError ? shared.lastBare?.info : undefined;
}
