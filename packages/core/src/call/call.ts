import type { CallRequest, Doubt } from '../contract/call.js';
import { Cancellation } from '../contract/cancellation.js';
import type { Clock, Undo } from '../contract/clock.js';
import { PRIORITIES, type Priority } from '../contract/context.js';
import { ClosedError } from '../contract/errors.js';
import { showsAs } from '../contract/printed.js';
import type { PoolMember } from '../policies/token/pool.js';
import type { ActiveContext } from './active-context.js';
import { Info } from './info.js';
import type { Replaying } from './replaying.js';
import type { Route } from './route.js';

/** A call that waits for a permit. */
export interface QueuedCall {
  readonly call: Call;
  /** Ends the wait. */
  reject(error: unknown): void;
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

/** What a `verify` hook is told. */
export function doubtOf(call: Call): Doubt {
  const { method, url, info, context, request } = call;
  return { method, url, info, context: context ?? {}, payload: request.payload?.() };
}
