import type { ActiveCall } from '../../call/call.js';
import { mayCarryToken, type TokenOrigins } from '../../call/credential.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { memberOf } from './pool.js';
import { NothingToGrant, type TokenSource } from './source.js';

/** Waits for a newer token than that of `epoch`. Without anything to fetch one with, the call goes as the client made it. */
export async function waitForToken(source: TokenSource, call: ActiveCall, wait: Promise<void>): Promise<boolean> {
  try {
    await call.whileWanted(wait);
    return true;
  } catch (error) {
    if (error instanceof NothingToGrant) return false;
    // The caller's own reasons, and ours.
    call.check();
    throw source.failure(error, call.errorDetails());
  }
}

/** The `authorize` phase: a token before the first attempt; after a 401 a newer one, and one replay that no retry pays for. */
export function authorizeStep(source: TokenSource): Step {
  return { enter, leave };

  function enter(passage: Execution): Promise<unknown> | undefined {
    const { call } = passage;
    const wait = mayCarryToken(source.options, call) ? source.ready() : undefined;
    return wait && passage.proceedAfter(waitForToken(source, call, wait));
  }

  function leave(passage: Execution, outcome: Outcome): Promise<unknown> | undefined {
    const { call } = passage;
    if (!mayCarryToken(source.options, call)) return undefined;
    if (outcome.kind === 'unauthorized') return passage.completeWith(replay(call, passage.next, outcome));
    if (outcome.status !== undefined) source.accepted(call.route.name, call.epoch);
    return undefined;
  }

  async function replay(call: ActiveCall, next: Next, refused: Outcome): Promise<Outcome> {
    const { route, epoch } = call;
    if (call.cancellation?.cancelled) return refused;
    const isOld = epoch !== undefined && epoch < source.epoch;
    if (!isOld && !source.mayHelp(route.name)) return refused;
    source.refused(epoch);
    if (!(await waitForToken(source, call, source.refresh(epoch)))) return refused;
    call.info.refreshed = true;
    if (!call.request.replayable) return refused;
    const outcome = await next(call);
    if (outcome.kind === 'unauthorized') source.freshRejected(route.name, call.epoch);
    else if (outcome.status !== undefined) source.accepted(route.name, call.epoch);
    return outcome;
  }
}

/** The `sign` phase: writes the token that is valid now, after all waiting. */
export function signStep(options: TokenOrigins, single: TokenSource | undefined): Step {
  return { enter };

  function enter(passage: Execution): Promise<unknown> | undefined {
    const { call } = passage;
    // Of a pool, that by which the call goes.
    const source = single ?? memberOf(call)?.source;
    if (!source || !mayCarryToken(options, call)) return undefined;
    const wait = source.ready();
    if (wait) return passage.proceedAfter(waitForToken(source, call, wait).then(() => sign(source, call)));
    sign(source, call);
    return undefined;
  }
}

function sign({ token, epoch }: TokenSource, call: ActiveCall): void {
  if (token === undefined) return;
  call.request.headers.set('Authorization', `Bearer ${token}`);
  call.epoch = epoch;
}
