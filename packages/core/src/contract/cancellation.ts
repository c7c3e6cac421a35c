import type { Clock, Undo } from './clock.js';

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
