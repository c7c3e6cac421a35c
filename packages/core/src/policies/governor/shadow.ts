import { ActiveCall } from '../../call/call.js';
import type { Outcome } from '../../contract/outcome.js';
import { Execution, type Step } from '../../pipeline/execution.js';
import type { DryRun } from '../../runtime/dry-run.js';
import type { Governor } from './governor.js';
import { EMPTY_PIPELINE, GRANTED, NO_ANSWER, type PendingPermit, RequestedPermit } from './pending-permit.js';
import { permitOf } from './permit.js';
import { governStep } from './policy.js';
import type { GovernedRoute } from './route.js';

/**
 * The `govern` phase of a dry run: every attempt leaves at once. If it had to wait, a shadow of its call takes its place in the queue. When
 * the turn of the shadow comes, the shadow holds its permit for as long as the attempt took.
 */
export function dryGovernStep(governor: Governor, route: GovernedRoute, dryRun: DryRun): Required<Step> {
  const step = governStep(governor, route);
  const { clock } = governor.ports;
  /** Functions that tell a shadow that its attempt has ended. */
  const ends = new WeakMap<Execution, () => void>();
  return { enter, leave, failed };

  function enter(execution: Execution): undefined {
    const { call } = execution;
    if (dryRun.isDecided(call)) return;
    // The waits of the shadow are not those of the call.
    const shadow = new ActiveCall(call.request, call.route, call.origin, call.context, call.startedAt);
    shadow.cancellation = call.cancellation;
    if (call.credential) shadow.credential = call.credential;
    const sentAt = clock.now();
    try {
      const permit = governor.acquire(new Execution(shadow, EMPTY_PIPELINE), route);
      if (!(permit instanceof Promise)) {
        execution.permit = { ...permit, attempts: call.attempts };
        return;
      }
      const { estimatedMs, waitsFor } = dryRun.quiet.queued ?? {};
      dryRun.report(call, 'governor', 'wait', { forMs: estimatedMs, reason: waitsFor });
      const taking = new Promise<number>((resolve) => ends.set(execution, () => resolve(clock.now() - sentAt)));
      void permit.then(async (waiter) => {
        const late = permitOf(waiter);
        if (!late) return dryRun.refuse(call, 'governor', waiter.refusal);
        const grantedAt = clock.now();
        const until = grantedAt + (await taking);
        // The answer belongs to another time, so the governor learns nothing from it.
        clock.setTimer(until - clock.now(), () => governor.end(late, shadow, NO_ANSWER, route));
      });
    } catch (error) {
      dryRun.refuse(call, 'governor', error);
    }
  }

  function leave(execution: Execution, outcome: Outcome): undefined {
    if (execution.permit) void step.leave(execution, outcome);
    else ends.get(execution)?.();
  }

  function failed(execution: Execution, error: unknown): void {
    if (execution.permit) void step.failed(execution, error);
    else ends.get(execution)?.();
  }
}

/** Requests a permit for an adapter. In a dry run it is granted at once. */
export function requestPermit(
  governor: Governor,
  call: ActiveCall,
  route: GovernedRoute | undefined,
  dryRun: DryRun | undefined,
): PendingPermit {
  if (!dryRun || !route) return new RequestedPermit(governor, call, route);
  const step = dryGovernStep(governor, route, dryRun);
  const execution = new Execution(call, EMPTY_PIPELINE);
  void step.enter(execution);
  const end = (how: 'leave' | 'failed'): void => {
    if (permit.isGranted) void step[how](execution, NO_ANSWER);
    permit.isGranted = false;
  };
  const permit = { isGranted: true, granted: GRANTED, sent: () => end('leave'), giveBack: () => end('failed') };
  return permit;
}
