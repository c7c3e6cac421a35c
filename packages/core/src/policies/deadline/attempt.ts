import type { Call } from '../../call/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import type { Clock, Undo } from '../../contract/clock.js';
import { AttemptTimeoutError } from '../../contract/errors.js';
import { failed, type Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Step } from '../../pipeline/execution.js';

/** A timer that fires later than this, ms, tells that the process stood still. */
const LATE_MS = 250;
/** For how long after that an answer may be read that came meanwhile, ms. Timers fire before sockets are read. */
const GRACE_MS = 1_000;

/** Innermost, around the native transport: ends an attempt that gets no answer within `timeoutMs`. */
export function attemptTimeoutStep(timeoutMs: number, clock: Clock): Step {
  return { enter: (passage) => passage.leaveWith(within(timeoutMs, clock, passage.call, passage.next)) };
}

function within(timeoutMs: number, clock: Clock, call: Call, next: Next): Promise<Outcome> {
  const attempt = new TimedAttempt();
  const ofCall = call.cancellation ?? call.cutOff();
  ofCall.attempt = attempt;
  // For good: what ends the call later ends the body of the answer too.
  ofCall.listen(attempt);
  return new Promise((resolve, reject) => {
    const arm = (ms: number): void => {
      const dueAt = clock.now() + ms;
      attempt.stopTimer = clock.setTimer(ms, () => {
        if (clock.now() - dueAt > LATE_MS) return arm(Math.min(GRACE_MS, timeoutMs));
        const { route, attempts, waitedMs } = call.info;
        const message = `attempt ${attempts} of ${route} got no answer within deadline.attemptTimeoutMs (${timeoutMs} ms)`;
        const error = new AttemptTimeoutError(message, { route, attempts, waitedMs });
        // A transport that cannot be aborted must not keep the call.
        resolve(failed(error, 'unknown'));
        attempt.onCancelled(error);
      });
    };
    arm(timeoutMs);
    next(call)
      .finally(() => attempt.stop())
      .then(resolve, reject);
  });
}

/** An attempt, and after it the body of its answer. That must not be held from here, or it is never collected. */
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
