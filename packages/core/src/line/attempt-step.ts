import type { ActiveCall } from '../call/call.js';
import type { Cancellation } from '../contract/cancellation.js';
import { ClosedError } from '../contract/errors.js';
import { networkFailure } from '../contract/network-failure.js';
import { failed, type Outcome } from '../contract/outcome.js';
import type { Execution, Step, Pipeline } from '../pipeline/execution.js';
import type { Breaker } from '../policies/breaker/breaker.js';
import type { Events } from '../runtime/events.js';

/** One attempt with the native transport. */
export const TRANSPORT: Pipeline = {
  steps: [],
  nexts: [],
  inner: (call) => call.request.send(call),
  // Adapters should not throw. A network error that an adapter lets through still ends the attempt.
  caught: (error) => failed(error, networkFailure(error)),
};

/** The innermost step. It checks, counts and reports every attempt around the native transport. */
export function attemptStep(breaker: Breaker, events: Events, cut: Cancellation): Step {
  return { enter: ({ call }) => beginAttempt(call), leave: endAttempt };

  function beginAttempt(call: ActiveCall): undefined {
    call.check();
    breaker.checkIsolation(call);
    call.request.source?.release();
    call.info.attempts++;
  }

  function endAttempt(execution: Execution, outcome: Outcome): Promise<unknown> | undefined {
    const { info, cancellation } = execution.call;
    info.recordOutcome(outcome);
    if (events.has('attempt')) {
      const { attempts: attempt, route } = info;
      events.emit('attempt', { route, attempt, outcome: outcome.kind, status: outcome.status });
    }
    if (!cut.cancelled || !(cancellation?.reason instanceof ClosedError) || outcome.kind === 'ok') return undefined;
    // The closing line abandoned the attempt, not the caller, so its effect is unknown.
    return execution.completeWith(Promise.resolve(failed(cancellation.reason, 'unknown')));
  }
}
