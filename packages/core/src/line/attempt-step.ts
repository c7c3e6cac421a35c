import type { ActiveCall } from '../call/call.js';
import type { Cancellation } from '../contract/cancellation.js';
import type { Clock } from '../contract/clock.js';
import { ClosedError } from '../contract/errors.js';
import { networkFailure } from '../contract/network-failure.js';
import { failed, type Outcome } from '../contract/outcome.js';
import type { Execution, Step, Pipeline } from '../pipeline/execution.js';
import type { Breaker } from '../policies/breaker/breaker.js';
import type { DryRun } from '../runtime/dry-run.js';
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
export function attemptStep(
  breaker: Breaker,
  events: Events,
  cut: Cancellation,
  clock: Clock,
  dryRun: DryRun | undefined,
): Step {
  return { enter, leave: endAttempt };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call } = execution;
    call.check();
    const isolated = breaker.checkIsolation(call);
    if (isolated && !dryRun) throw isolated;
    if (isolated) dryRun?.refuse(call, 'breaker', isolated);
    // The journal has the step before the platform receives it.
    const recorded = call.info.facts?.record?.begin();
    return recorded ? execution.proceedAfter(recorded.then(() => beginAttempt(call))) : beginAttempt(call);
  }

  function beginAttempt(call: ActiveCall): undefined {
    call.request.source?.release();
    const attempt = ++call.info.attempts;
    if (events.has('attempt')) call.info.ensureFacts().sentAt = clock.now();
    if (events.has('attemptStarted'))
      events.emit('attemptStarted', { callId: call.id, route: call.route.name, attempt });
  }

  function endAttempt(execution: Execution, outcome: Outcome): Promise<unknown> | undefined {
    const { info, cancellation } = execution.call;
    info.recordOutcome(outcome);
    info.facts?.record?.end();
    if (events.has('attempt')) {
      const { attempts: attempt, route, facts } = info;
      const { id: callId, method, origin } = execution.call;
      const { kind, status } = outcome;
      const now = clock.now();
      // A listener that was added during the attempt gets no duration.
      const durationMs = now - (facts?.sentAt ?? now);
      events.emit('attempt', { callId, route, method, origin, attempt, outcome: kind, status, durationMs });
    }
    if (!cut.cancelled || !(cancellation?.reason instanceof ClosedError) || outcome.kind === 'ok') return undefined;
    // The closing line abandoned the attempt, not the caller, so its effect is unknown.
    return execution.completeWith(Promise.resolve(failed(cancellation.reason, 'unknown')));
  }
}
