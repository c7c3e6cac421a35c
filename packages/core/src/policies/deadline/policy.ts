import { noteInfo } from '../../call/call-info.js';
import { type Call, cutOff } from '../../call/call.js';
import { Cancellation, type CancelListener, CancelListeners, type OpenAnswer } from '../../contract/cancellation.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { DeadlineError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import { abortReason } from '../../contract/signal.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import type { DeadlineOptions } from './options.js';

/**
 * The `deadline` phase: ends a call for its caller in the tick in which its budget runs out, one of its signals aborts, or its
 * source breaks. What is further in hears of it through `call.cancellation` and stops; nothing goes on the wire afterwards.
 */
export function deadlineStep(options: Required<DeadlineOptions>, clock: Clock): Step {
  return { enter };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const { call } = passage;
    const totalTimeoutMs = call.context?.totalTimeoutMs ?? options.totalTimeoutMs;
    const own = call.request.signal;
    const given = call.context?.signal;
    const { source } = call.request;
    if (totalTimeoutMs === Infinity && !own && !given && !source) return undefined;
    if (own?.aborted) throw abortReason(own);
    if (given?.aborted) throw abortReason(given);

    return new Promise((resolve, reject) => {
      const ending = (call.cancellation = new Ending(passage, clock, resolve, reject));
      if (totalTimeoutMs < Infinity) ending.after(totalTimeoutMs);
      if (own) ending.watch(own);
      if (given && given !== own) ending.watch(given);
      source?.watch(
        (error) => ending.cancel(error),
        (error) => ending.cancelSoon(error),
      );
      passage.next(call).then(
        (outcome) => ending.answered(outcome),
        (error: unknown) => ending.failed(error),
      );
    });
  }
}

type Info = Call['info'];

/** How long a native transport may take to reject after its body broke, in ms. */
const SOURCE_GRACE_MS = 1_000;

/**
 * The end of one call, whatever brings it: its answer, its budget, one of its signals, or a source that broke. Where the answer is
 * still open then, budget and signals hold until it is read.
 */
class Ending extends Cancellation {
  /** Hears that the line, being closed, waits no longer. */
  readonly #cut: CancelListener = {
    onCancelled: () => {
      if (this.#passage) this.cancel(cutOff(this.#passage.call));
    },
  };
  #totalTimeoutMs = Infinity;
  #stopTimer: Undo | undefined = undefined;
  #stopGrace: Undo | undefined = undefined;
  #own: SignalWatch | undefined = undefined;
  #given: SignalWatch | undefined = undefined;
  /** Of a call whose answer is still open. */
  #info: Info | undefined = undefined;
  /** Undefined once the call has ended: an open answer is let go of by the collector, and must not be held from here. */
  #passage: Passage | undefined;
  #resolve: ((result: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(
    passage: Passage,
    readonly clock: Clock,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.#passage = passage;
    this.#resolve = resolve;
    this.#reject = reject;
    passage.call.route.cut.listen(this.#cut);
  }

  after(totalTimeoutMs: number): void {
    const { call } = this.#passage as Passage;
    this.#totalTimeoutMs = totalTimeoutMs;
    this.deadlineAt = call.startedAt + totalTimeoutMs;
    this.#stopTimer = this.clock.setTimer(this.deadlineAt - this.clock.now(), () => this.#timeIsUp());
  }

  watch(signal: AbortSignal): void {
    const watch = SignalWatch.of(signal);
    watch.listen(this);
    if (this.#own) this.#given = watch;
    else this.#own = watch;
  }

  override cancel(reason: unknown): void {
    super.cancel(reason);
    if (this.#passage) this.failed(reason);
    else this.#tidy();
  }

  /** The native transport rejects by itself when its body breaks, and in its own words; unless it did not hear of it. */
  cancelSoon(error: unknown): void {
    if (this.#passage) this.#stopGrace = this.clock.setTimer(SOURCE_GRACE_MS, () => this.cancel(error));
  }

  answered(outcome: Outcome): void {
    const passage = this.#passage;
    if (!passage) return;
    const [resolve, reject] = [this.#resolve, this.#reject];
    this.#end(passage);
    try {
      resolve?.(passage.leave(outcome));
    } catch (error) {
      reject?.(error);
    }
  }

  failed(error: unknown): void {
    const passage = this.#passage;
    if (!passage) return;
    const reject = this.#reject;
    this.#end(passage);
    reject?.(passage.failed(error));
  }

  #end({ call }: Passage): void {
    call.route.cut.unlisten(this.#cut);
    this.#passage = this.#resolve = this.#reject = undefined;
    this.#stopGrace?.();
    if (this.openAnswer && !this.cancelled) this.#boundAnswer(call, this.openAnswer);
    else this.#tidy();
  }

  /** The call goes on in its answer. That alone keeps no process alive. */
  #boundAnswer({ info }: Call, answer: OpenAnswer): void {
    const { clock } = this;
    this.#info = info;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.deadlineAt < Infinity && answer.isBeyondBudget !== true) {
      const leftMs = this.deadlineAt - clock.now();
      const timeIsUp = (): void => this.#timeIsUp();
      this.#stopTimer = clock.setBackgroundTimer?.(leftMs, timeIsUp) ?? clock.setTimer(leftMs, timeIsUp);
    }
    answer.onDone(() => this.#tidy());
  }

  #timeIsUp(): void {
    const isOpen = this.#info !== undefined;
    const info = this.#info ?? (this.#passage as Passage).call.info;
    const { route, attempts, retryAt } = info;
    const what = isOpen ? 'the body of the answer did not end' : 'no answer';
    const error = new DeadlineError(`${what} within ${this.#totalTimeoutMs} ms`, { route, attempts, retryAt });
    if (isOpen) noteInfo(error, info);
    this.cancel(error);
    // The wait it was in ended just now.
    Object.assign(error, { waitedMs: info.waitedMs });
  }

  #tidy(): void {
    this.#stopTimer?.();
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
    this.tell(abortReason(this.#signal));
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
