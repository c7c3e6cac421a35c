import type { ActiveCall } from '../../call/call.js';
import { mayCarryToken, type TokenOrigins } from '../../call/credential.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import type { DryRun } from '../../runtime/dry-run.js';
import { memberOf } from './pool.js';
import { NothingToGrant, type TokenSource } from './source.js';

/**
 * Waits for a token. False: the grant has no credential to fetch one with, or it fails in a dry run. The call is then sent as the client
 * made it.
 *
 * @throws TokenRefreshError if the grant fails; the reason of the call if it is cancelled first.
 */
export async function waitForToken(
  source: TokenSource,
  call: ActiveCall,
  wait: Promise<void>,
  dryRun?: DryRun,
): Promise<boolean> {
  try {
    await call.whileWanted(wait);
    return true;
  } catch (error) {
    if (error instanceof NothingToGrant) return false;
    // A cancelled call and a closed line have their own errors.
    call.check();
    const failure = source.failure(error, call.errorDetails());
    if (!dryRun) throw failure;
    dryRun.refuse(call, 'authorize', failure);
    return false;
  }
}

/** Reports the replay that would follow a 401, and renews the token for later calls. */
export function reportReplay(dryRun: DryRun, source: TokenSource, call: ActiveCall, unauthorized: Outcome): Outcome {
  source.refresh(call.epoch).catch(() => undefined);
  if (call.request.replayable) dryRun.report(call, 'authorize', 'replay', { reason: 'unauthorized' });
  return unauthorized;
}

/**
 * The `authorize` phase: waits for a token before an attempt. After a 401 it waits for a newer token and replays the attempt once.
 * The replay does not count as a retry.
 */
export function authorizeStep(source: TokenSource, dryRun: DryRun | undefined): Step {
  return { enter, leave };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call } = execution;
    const wait = mayCarryToken(source.options, call) ? source.ready() : undefined;
    return wait && execution.proceedAfter(waitForToken(source, call, wait, dryRun));
  }

  function leave(execution: Execution, outcome: Outcome): Promise<unknown> | undefined {
    const { call } = execution;
    if (!mayCarryToken(source.options, call)) return undefined;
    if (outcome.kind === 'unauthorized') return execution.completeWith(replay(call, execution.next, outcome));
    if (outcome.status !== undefined) source.accept(call.route.name, call.epoch);
    return undefined;
  }

  async function replay(call: ActiveCall, next: Next, unauthorized: Outcome): Promise<Outcome> {
    const { route, epoch } = call;
    if (call.cancellation?.cancelled) return unauthorized;
    const isOld = epoch !== undefined && epoch < source.epoch;
    if (!isOld && !source.mayRefresh(route.name)) return unauthorized;
    source.refuse(epoch);
    if (dryRun) return reportReplay(dryRun, source, call, unauthorized);
    if (!(await waitForToken(source, call, source.refresh(epoch)))) return unauthorized;
    call.info.refreshed = true;
    if (!call.request.replayable) return unauthorized;
    const outcome = await next(call);
    if (outcome.kind === 'unauthorized') source.rejectFresh(route.name, call.epoch);
    else if (outcome.status !== undefined) source.accept(route.name, call.epoch);
    return outcome;
  }
}

/** The `sign` phase: writes the token that is valid now, after all waiting. */
export function signStep(options: TokenOrigins, single: TokenSource | undefined, dryRun: DryRun | undefined): Step {
  return { enter };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call } = execution;
    // In a pool, the credential of the call signs.
    const source = single ?? memberOf(call)?.source;
    if (!source || !mayCarryToken(options, call)) return undefined;
    const wait = source.ready();
    if (wait) return execution.proceedAfter(waitForToken(source, call, wait, dryRun).then(() => sign(source, call)));
    sign(source, call);
    return undefined;
  }
}

function sign({ token, epoch }: TokenSource, call: ActiveCall): void {
  if (token === undefined) return;
  call.request.headers.set('Authorization', `Bearer ${token}`);
  call.epoch = epoch;
}
