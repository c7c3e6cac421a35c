import type { Clock, Undo } from './clock.js';

/** A listener to a cancellation. It is an object, so that a queue of 100,000 waiting calls needs no closure for each. */
export interface CancelListener {
  onCancelled(reason: unknown): void;
}

/** The listeners to a cancellation. Each is called once. */
export class CancelListeners {
  /** Most cancellations have one listener at a time. The set holds all others. */
  #one: CancelListener | undefined;
  #others: Set<CancelListener> | undefined;

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
  get hasListeners(): boolean {
    return this.#one !== undefined || (this.#others?.size ?? 0) > 0;
  }

  notify(reason: unknown): void {
    this.#one?.onCancelled(reason);
    this.#one = undefined;
    if (!this.#others) return;
    for (const listener of this.#others) listener.onCancelled(reason);
    this.#others = undefined;
  }
}

/**
 * A response body that the caller still reads after its call has ended.
 * @public
 */
export interface OpenAnswer {
  /** Whether the time budget covers only the head of the answer. Then only signals end the body. */
  readonly isBeyondBudget?: boolean;
  /** Calls `fn` once, when the body has ended or can no longer be read. */
  onDone(fn: () => void): void;
}

/**
 * The cancellation of a call or of one attempt, as policies and adapters see it.
 * @public
 */
export interface CallCancellation {
  readonly cancelled: boolean;
  /** Reason of the cancellation; undefined before. */
  readonly reason: unknown;
  /** An AbortSignal for the native transport, made at the first access. */
  readonly signal: AbortSignal;
  /** Cancellation of the last attempt, if attempts have a time limit. */
  readonly attempt: CallCancellation | undefined;
  /** Set by an adapter whose caller reads the body after the head. The limits of the call hold until the body ends. */
  openAnswer: OpenAnswer | undefined;
  /** Calls `fn` once with the reason. Returns a function that removes it. */
  onCancel(fn: (reason: unknown) => void): Undo;
}

/** Cancels a call in the same tick, while it waits or during an attempt. */
export class Cancellation extends CancelListeners implements CancelListener, CallCancellation {
  cancelled = false;
  reason: unknown = undefined;
  /** Monotonic ms at which the time budget of the call cancels it. */
  deadlineAt = Infinity;
  attempt: Cancellation | undefined = undefined;
  openAnswer: OpenAnswer | undefined = undefined;
  #controller: AbortController | undefined;

  cancel(reason: unknown): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.reason = reason;
    this.#controller?.abort(reason);
    this.notify(reason);
  }

  onCancelled(reason: unknown): void {
    this.cancel(reason);
  }

  /** Settles after the cancellation or after `ms`, whichever comes first. */
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

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }
}
