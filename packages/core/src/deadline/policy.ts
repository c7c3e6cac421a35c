import { Cancellation, CancelListeners, cutOff, type CancelListener } from '../call.js';
import { DeadlineError } from '../errors.js';
import type { Outcome } from '../outcome.js';
import type { Passage, Step } from '../passage.js';
import type { Clock, Undo } from '../ports.js';
import type { DeadlineOptions } from './options.js';

/**
 * The `deadline` phase: ends a call for its caller in the tick in which its budget runs out or one of its signals aborts. What
 * is further in hears of it through `call.cancellation` and stops; nothing goes on the wire afterwards.
 */
export function deadlineStep(options: Required<DeadlineOptions>, clock: Clock): Step {
  return { enter };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const { call } = passage;
    const totalTimeoutMs = call.context?.totalTimeoutMs ?? options.totalTimeoutMs;
    const own = call.request.signal;
    const given = call.context?.signal;
    if (totalTimeoutMs === Infinity && !own && !given) return undefined;
    if (own?.aborted) throw own.reason;
    if (given?.aborted) throw given.reason;

    return new Promise((resolve, reject) => {
      const ending = (call.cancellation = new Ending(passage, resolve, reject));
      call.route.cut.listen(ending.cut);
      if (totalTimeoutMs < Infinity) ending.after(totalTimeoutMs, clock);
      if (own) ending.watch(own);
      if (given && given !== own) ending.watch(given);
      passage.next(call).then(
        (outcome) => ending.answered(outcome),
        (error: unknown) => ending.failed(error),
      );
    });
  }
}

/** The end of one call, whatever brings it: its answer, its budget, or one of its signals. */
class Ending extends Cancellation {
  /** Hears that the line, being closed, waits no longer. */
  readonly cut: CancelListener = { onCancelled: () => this.cancel(cutOff(this.passage.call)) };
  #isOver = false;
  #stopTimer: Undo | undefined = undefined;
  #own: SignalWatch | undefined = undefined;
  #given: SignalWatch | undefined = undefined;

  constructor(
    readonly passage: Passage,
    readonly resolve: (result: unknown) => void,
    readonly reject: (error: unknown) => void,
  ) {
    super();
  }

  after(totalTimeoutMs: number, clock: Clock): void {
    const { call } = this.passage;
    this.deadlineAt = call.startedAt + totalTimeoutMs;
    this.#stopTimer = clock.setTimer(this.deadlineAt - clock.now(), () => {
      const { route, attempts, retryAt } = call.info;
      const error = new DeadlineError(`no answer within ${totalTimeoutMs} ms`, { route, attempts, retryAt });
      this.cancel(error);
      // The wait it was in ended just now.
      Object.assign(error, { waitedMs: call.info.waitedMs });
    });
  }

  watch(signal: AbortSignal): void {
    const watch = SignalWatch.of(signal);
    watch.listen(this);
    if (this.#own) this.#given = watch;
    else this.#own = watch;
  }

  override cancel(reason: unknown): void {
    super.cancel(reason);
    this.failed(reason);
  }

  answered(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#tidy();
    try {
      this.resolve(this.passage.leave(outcome));
    } catch (error) {
      this.reject(error);
    }
  }

  failed(error: unknown): void {
    if (this.#isOver) return;
    this.#tidy();
    this.reject(this.passage.failed(error));
  }

  #tidy(): void {
    this.#isOver = true;
    this.#stopTimer?.();
    this.passage.call.route.cut.unlisten(this.cut);
    this.#own?.unlisten(this);
    this.#given?.unlisten(this);
  }
}

/** One listener per signal, however many calls share it: Node warns of a leak from the eleventh on. */
class SignalWatch extends CancelListeners {
  /** Holds a signal only while calls with it are under way. */
  static readonly #all = new Map<AbortSignal, SignalWatch>();
  readonly #signal: AbortSignal;
  #isOver = false;
  readonly #onAbort = (): void => {
    this.#forget();
    this.tell(this.#signal.reason);
  };

  static of(signal: AbortSignal): SignalWatch {
    let watch = SignalWatch.#all.get(signal);
    if (!watch) SignalWatch.#all.set(signal, (watch = new SignalWatch(signal)));
    return watch;
  }

  private constructor(signal: AbortSignal) {
    super();
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  override unlisten(listener: CancelListener): void {
    super.unlisten(listener);
    if (this.isHeard || this.#isOver) return;
    this.#forget();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #forget(): void {
    this.#isOver = true;
    SignalWatch.#all.delete(this.#signal);
  }
}
