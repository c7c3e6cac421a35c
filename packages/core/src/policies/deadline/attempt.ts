import type { ActiveCall } from '../../call/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { durationInWords } from '../../contract/duration.js';
import { AttemptTimeoutError } from '../../contract/errors.js';
import { failed, type Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Step } from '../../pipeline/execution.js';
import type { DryRun } from '../../runtime/dry-run.js';
import { startTimeLimit } from '../../runtime/time-limit.js';

/** The innermost step, around the native transport: ends an attempt without an answer after `timeoutMs`. */
export function attemptTimeoutStep(timeoutMs: number, clock: Clock, dryRun: DryRun | undefined): Step {
  return {
    enter: (execution) =>
      execution.completeWith(limitAttempt(timeoutMs, clock, execution.call, execution.next, dryRun)),
  };
}

function limitAttempt(
  timeoutMs: number,
  clock: Clock,
  call: ActiveCall,
  next: Next,
  dryRun: DryRun | undefined,
): Promise<Outcome> {
  const attempt = new TimedAttempt();
  const cancellation = call.cancellation ?? call.listenToCut();
  cancellation.attempt = attempt;
  // The attempt never stops listening: a later end of the call also ends the body of the answer.
  cancellation.listen(attempt);
  return new Promise((resolve, reject) => {
    attempt.stopTimer = startTimeLimit(clock, timeoutMs, () => {
      if (dryRun) return dryRun.timeOut(call, timeoutMs, 'HOLDLINE_ATTEMPT_TIMEOUT');
      const { route, attempts } = call.info;
      const message = `attempt ${attempts} of ${route} got no answer within deadline.attemptTimeoutMs (${durationInWords(timeoutMs)})`;
      const error = new AttemptTimeoutError(message, call.errorDetails());
      // A transport that ignores the abort must not block the call.
      resolve(failed(error, 'unknown'));
      attempt.onCancelled(error);
    });
    next(call)
      .finally(() => attempt.stop())
      .then(resolve, reject);
  });
}

/** The cancellation of an attempt, and later of the body of its answer. It holds no reference to the body, so the body can be collected. */
class TimedAttempt extends Cancellation {
  stopTimer: Undo | undefined = undefined;

  stop(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  override onCancelled(reason: unknown): void {
    this.stop();
    this.cancel(reason);
  }
}
