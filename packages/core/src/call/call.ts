import type { Call, CallRequest, CredentialRef, UncertainWrite } from '../contract/call.js';
import { Cancellation } from '../contract/cancellation.js';
import type { Clock, Undo } from '../contract/clock.js';
import { PRIORITIES, type Priority } from '../contract/context.js';
import { ClosedError, type HoldlineError, type HoldlineErrorDetails, OutcomeUnknownError } from '../contract/errors.js';
import { IDEMPOTENT } from '../http/methods.js';
import { definePrintedForm } from '../contract/printed.js';
import { abortReason } from '../contract/signal.js';
import type { ActiveContext } from './active-context.js';
import { Info } from './info.js';
import type { Replaying } from './replaying.js';
import type { ActiveRoute } from './route.js';

/** A call that waits for a permit. */
export interface QueuedCall {
  readonly call: ActiveCall;
  /** Ends the wait. */
  reject(error: unknown): void;
}

let calls = 0;

/** One active call. Policies read it, and write only their own fields. */
export class ActiveCall implements Call {
  #info: Info | undefined;
  /** Number of the call, in the order of arrival over all lines. A retried call keeps it, and with it its place in a queue. */
  readonly id = ++calls;
  /** Cancellation of the call. The `deadline` phase sets it if anything can cancel the call. */
  cancellation: Cancellation | undefined = undefined;

  constructor(
    readonly request: CallRequest,
    readonly route: ActiveRoute,
    /** Origin of `url`; '' for a relative URL. */
    readonly origin: string,
    readonly context: ActiveContext | undefined,
    /** Start of the call, monotonic ms. */
    readonly startedAt: number,
  ) {}

  /** The info of the call, made at the first access. */
  get info(): Info {
    return (this.#info ??= new Info(this.route.name));
  }

  /**
   * Drops the info of an ended call. A call that waited is in V8's old generation, and objects that it references survive every
   * scavenge.
   */
  releaseInfo(): void {
    this.#info = undefined;
  }

  /** Generation of the access token that signed the last attempt. */
  get epoch(): number | undefined {
    return this.#info?.epoch;
  }

  set epoch(epoch: number | undefined) {
    this.info.epoch = epoch;
  }

  /** The credential of the pool that signs the call. */
  get credential(): CredentialRef | undefined {
    return this.#info?.credential;
  }

  set credential(credential: CredentialRef | undefined) {
    this.info.credential = credential;
  }

  /** Attempts made on the wire. */
  get attempts(): number {
    return this.#info?.attempts ?? 0;
  }

  /** Monotonic ms at which the time budget of the call ends. */
  get deadlineAt(): number {
    return this.cancellation?.deadlineAt ?? Infinity;
  }

  /**
   * For adapters: a signal that aborts when the current attempt must end, because its time limit has passed, the call is cancelled, or
   * a closing line abandons it. It includes the request's own signal. The native transport gets it, so read it when the line calls `send`.
   */
  get attemptSignal(): AbortSignal {
    const cancellation = this.cancellation ?? this.listenToCut();
    return cancellation.attempt?.signal ?? cancellation.signal;
  }

  poolOptions(own: object): object | undefined {
    return this.route.pools?.choose(this, own);
  }

  get mayBeSentAgain(): boolean {
    return this.route.mayBeSentAgain;
  }

  /** Cancelled when the line is closed. */
  get closing(): Cancellation {
    return this.route.closing;
  }

  /** Makes the cancellation of a call that only the end of its line can cancel. */
  listenToCut(): Cancellation {
    this.cancellation = new CutOffCancellation(this);
    this.route.cut.listen(this.cancellation);
    return this.cancellation;
  }

  /** Whether two executions of the request have the effect of one. A key counts only if the call carries it and the route honours keys. */
  get isRepeatable(): boolean {
    const { readOnly, keyed } = this.route;
    if (readOnly || (keyed && this.#info?.idempotencyKey !== undefined)) return true;
    return this.isIdempotent;
  }

  /** The same by the client's knowledge or by the method, without the declarations of the route. */
  get isIdempotent(): boolean {
    return this.request.repeatable ?? IDEMPOTENT.has(this.method);
  }

  /** HTTP method in upper case. */
  get method(): string {
    return this.request.method.toUpperCase();
  }

  get url(): string {
    return this.request.url;
  }

  /** The dead letter that the call replays. */
  get replay(): Replaying | undefined {
    const replay = this.context?.replay;
    return replay?.info !== undefined && replay.info === this.#info ? replay : undefined;
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

  /** Throws if the call may send no further attempt, because the call is cancelled or the line is closed. */
  check(): void {
    const { cancellation, request, context } = this;
    if (cancellation?.cancelled) throw cancellation.reason;
    if (!cancellation) {
      throwIfAborted(request.signal);
      throwIfAborted(context?.signal);
    }
    if (this.closing.cancelled) throw closedError(this);
  }

  /** Calls `listener` with the reason when the call may send no further attempt. */
  onGone(listener: (reason: unknown) => void): Undo {
    const stopCancel = this.cancellation?.onCancel(listener);
    const stopClosing = this.closing.onCancel(() => listener(closedError(this)));
    const stopSignals = signalsBeforeDeadline(this).map((signal) => {
      const abort = (): void => listener(abortReason(signal));
      signal.addEventListener('abort', abort);
      return () => signal.removeEventListener('abort', abort);
    });
    return () => {
      stopCancel?.();
      stopClosing();
      for (const stop of stopSignals) stop();
    };
  }

  /** Waits on the clock. Rejects in the tick in which the call is cancelled or the line is closed. */
  wait(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.check();
      const started = clock.now();
      const end = (settle: () => void): void => {
        stopTimer();
        stopListening();
        this.info.waitedMs += clock.now() - started;
        settle();
      };
      const stopTimer = clock.setTimer(ms, () => end(resolve));
      const stopListening = this.onGone((reason) => end(() => reject(reason as Error)));
    });
  }

  errorDetails(): { route: string; attempts: number; waitedMs: number } {
    const { route, attempts, waitedMs } = this.info;
    return { route, attempts, waitedMs };
  }

  /** Settles as `promise` does, or rejects as soon as the call is cancelled or the line is closed. */
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

/** The cancellation of a call that only the end of its line can cancel. */
class CutOffCancellation extends Cancellation {
  constructor(readonly call: ActiveCall) {
    super();
  }

  override onCancelled(): void {
    this.cancel(cutOffError(this.call));
  }
}

// The request of a call has credentials and a body, which must not be printed.
definePrintedForm(ActiveCall, ({ method, route, tenant, attempts, context }) => {
  return { method, route: route.name, tenant, transaction: context?.transaction, attempts };
});

// Functions instead of private methods, because a private method costs each object a field.
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** The caller's signals while the call is in the phases before `deadline`. From that phase on, the cancellation follows them. */
function signalsBeforeDeadline({ cancellation, request, context }: ActiveCall): AbortSignal[] {
  if (cancellation) return [];
  return [request.signal, context?.signal].filter((signal) => signal !== undefined);
}

/** The error of a call that a closed line does not send. */
export function closedError(call: ActiveCall): ClosedError {
  return notSent(ClosedError, call, 'the line was closed (close)');
}

/** The error of a call whose attempt a closing line abandoned. */
export function cutOffError(call: ActiveCall): ClosedError {
  const message = `${call.route.name} got no answer before the line was closed (timeoutMs of close)`;
  return new ClosedError(message, call.errorDetails());
}

/** The error of a call whose next attempt is not sent, with the reason. */
export function notSent<E extends HoldlineError>(
  type: new (message: string, details: HoldlineErrorDetails) => E,
  call: Pick<Call, 'route' | 'errorDetails'>,
  reason: string,
  details?: HoldlineErrorDetails,
): E {
  return new type(`${call.route.name} was not sent: ${reason}`, { ...call.errorDetails(), ...details });
}

/** The error of a call that ends before its answer: `error`, unless the platform may execute a write that cannot be sent again. */
export function endError(call: ActiveCall, error: HoldlineError): HoldlineError {
  if (call.isRepeatable || !call.info.mayBeExecuted) return error;
  const state = call.info.facts?.isExecuted
    ? 'was executed, but its answer is lost'
    : 'may or may not have been executed';
  const message = `${error.message}; ${call.route.name} ${state}`;
  return new OutcomeUnknownError(message, { ...call.errorDetails(), cause: error });
}

/** The argument of a `verify` hook. */
export function describeUncertainWrite(call: ActiveCall): UncertainWrite {
  const { method, url, info, context, request } = call;
  return { method, url, info, context: context ?? {}, payload: request.payload?.(), client: request.owner };
}
