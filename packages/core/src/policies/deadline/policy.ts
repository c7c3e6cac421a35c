import { noteInfo } from '../../call/call-info.js';
import { type ActiveCall, cutOffError, endError } from '../../call/call.js';
import { Cancellation, type CancelListener, CancelListeners, type OpenAnswer } from '../../contract/cancellation.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { durationInWords } from '../../contract/duration.js';
import { DeadlineError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import { abortReason } from '../../contract/signal.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import type { DryRun } from '../../runtime/dry-run.js';
import { startBackgroundTimer } from '../../runtime/background-timer.js';
import type { DeadlineOptions } from './options.js';

/**
 * The `deadline` phase: ends a call for its caller in the tick in which its budget ends, one of its signals aborts, or its body
 * source breaks. The inner policies stop by `call.cancellation`; no attempt is sent afterwards.
 */
export function deadlineStep(options: Required<DeadlineOptions>, clock: Clock, dryRun: DryRun | undefined): Step {
  return { enter };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call } = execution;
    const totalTimeoutMs = call.context?.totalTimeoutMs ?? options.totalTimeoutMs;
    const { signal, source } = call.request;
    const contextSignal = call.context?.signal;
    if (totalTimeoutMs === Infinity && !signal && !contextSignal && !source) return undefined;
    if (signal?.aborted) throw abortReason(signal);
    if (contextSignal?.aborted) throw abortReason(contextSignal);

    return new Promise((resolve, reject) => {
      const ending = (call.cancellation = new CallEnd(execution, clock, resolve, reject, dryRun));
      if (totalTimeoutMs < Infinity) ending.startTimer(totalTimeoutMs);
      if (signal) ending.watch(signal);
      if (contextSignal && contextSignal !== signal) ending.watch(contextSignal);
      source?.watch(
        (error) => ending.cancel(error),
        (error) => ending.cancelSoon(error),
      );
      execution.next(call).then(
        (outcome) => ending.complete(outcome),
        (error: unknown) => ending.fail(error),
      );
    });
  }
}

type Info = ActiveCall['info'];

/** Time in ms for a native transport to reject after its body source broke. */
const SOURCE_GRACE_MS = 1_000;

/**
 * Ends one call: by its answer, its budget, one of its signals, or a broken body source. If the body of the answer is still open
 * then, budget and signals apply until the body ends.
 */
class CallEnd extends Cancellation {
  /** Ends the call when the closed line stops waiting for it. */
  readonly #cut: CancelListener = {
    onCancelled: () => {
      const call = this.#execution?.call;
      if (call) this.cancel(endError(call, cutOffError(call)));
    },
  };
  #totalTimeoutMs = Infinity;
  #stopTimer: Undo | undefined;
  #stopGrace: Undo | undefined;
  #signal: SignalWatch | undefined;
  #secondSignal: SignalWatch | undefined;
  /** The info of a call whose answer is still open. */
  #info: Info | undefined;
  /** Undefined once the call has ended. A reference would keep an open answer from being collected. */
  #execution: Execution | undefined;
  #resolve: ((result: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(
    execution: Execution,
    readonly clock: Clock,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    readonly dryRun: DryRun | undefined,
  ) {
    super();
    this.#execution = execution;
    this.#resolve = resolve;
    this.#reject = reject;
    execution.call.route.cut.listen(this.#cut);
  }

  startTimer(totalTimeoutMs: number): void {
    const { call } = this.#execution as Execution;
    this.#totalTimeoutMs = totalTimeoutMs;
    this.deadlineAt = call.startedAt + totalTimeoutMs;
    this.#stopTimer = this.clock.setTimer(this.deadlineAt - this.clock.now(), () => this.#expire());
  }

  watch(signal: AbortSignal): void {
    const watch = SignalWatch.of(signal);
    watch.listen(this);
    if (this.#signal) this.#secondSignal = watch;
    else this.#signal = watch;
  }

  override cancel(reason: unknown): void {
    super.cancel(reason);
    if (this.#execution) this.fail(reason);
    else this.#release();
  }

  /** Ends the call with `error` after a grace time. A transport that notices the broken body rejects first, with its own error. */
  cancelSoon(error: unknown): void {
    if (this.#execution) this.#stopGrace = this.clock.setTimer(SOURCE_GRACE_MS, () => this.cancel(error));
  }

  complete(outcome: Outcome): void {
    const execution = this.#execution;
    if (!execution) return;
    const [resolve, reject] = [this.#resolve, this.#reject];
    this.#end(execution);
    try {
      resolve?.(execution.complete(outcome));
    } catch (error) {
      reject?.(error);
    }
  }

  fail(error: unknown): void {
    const execution = this.#execution;
    if (!execution) return;
    const reject = this.#reject;
    this.#end(execution);
    reject?.(execution.fail(error));
  }

  #end({ call }: Execution): void {
    call.route.cut.unlisten(this.#cut);
    this.#execution = this.#resolve = this.#reject = undefined;
    this.#stopGrace?.();
    if (this.openAnswer && !this.cancelled) this.#limitAnswer(call, this.openAnswer);
    else this.#release();
  }

  /** Keeps budget and signals until the body of the answer ends. Its timer does not keep the process alive. */
  #limitAnswer({ info }: ActiveCall, answer: OpenAnswer): void {
    const { clock } = this;
    this.#info = info;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.deadlineAt < Infinity && answer.isBeyondBudget !== true && !this.dryRun) {
      this.#stopTimer = startBackgroundTimer(clock, this.deadlineAt - clock.now(), () => this.#expire());
    }
    answer.onDone(() => this.#release());
  }

  #expire(): void {
    const isOpen = this.#info !== undefined;
    if (this.dryRun)
      return this.dryRun.timeOut((this.#execution as Execution).call, this.#totalTimeoutMs, 'HOLDLINE_DEADLINE');
    const info = this.#info ?? (this.#execution as Execution).call.info;
    const { route, attempts, retryAt } = info;
    const what = attempts > 0 ? 'got no answer' : 'was not sent';
    const failure = isOpen ? `the body of the answer to ${route} did not end` : `${route} ${what}`;
    const message = `${failure} within totalTimeoutMs (${durationInWords(this.#totalTimeoutMs)})`;
    const expired = new DeadlineError(message, { route, attempts, retryAt });
    const error = isOpen ? expired : endError((this.#execution as Execution).call, expired);
    if (isOpen) noteInfo(error, info);
    this.cancel(error);
    // `cancel` has just added the last wait to `waitedMs`.
    Object.assign(error, { waitedMs: info.waitedMs });
  }

  #release(): void {
    this.#stopTimer?.();
    this.#signal?.unlisten(this);
    this.#secondSignal?.unlisten(this);
  }
}

/** One listener per signal, shared by all calls with this signal. Node warns of a leak from the eleventh listener on. */
class SignalWatch extends CancelListeners {
  /** Holds a signal only while it has calls. */
  static readonly #all = new Map<AbortSignal, SignalWatch>();
  readonly #signal: AbortSignal;
  #isForgotten = false;
  readonly #onAbort = (): void => {
    this.#forget();
    this.notify(abortReason(this.#signal));
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
    if (this.hasListeners || this.#isForgotten) return;
    this.#forget();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #forget(): void {
    this.#isForgotten = true;
    SignalWatch.#all.delete(this.#signal);
  }
}
