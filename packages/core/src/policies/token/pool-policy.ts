import type { ActiveCall } from '../../call/call.js';
import { TokenRefreshError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { mayCarryToken } from '../../call/credential.js';
import type { DryRun } from '../../runtime/dry-run.js';
import { reportReplay, waitForToken } from './policy.js';
import { memberOf, type PoolMember, type TokenPool } from './pool.js';

/**
 * The `authorize` phase of a line with several credentials: each attempt uses one of them. After a 401 the attempt is replayed
 * immediately with another credential. If this one gets a 401 too, or there is no other, the attempt is replayed with a new token of
 * the first credential.
 */
export function poolStep(pool: TokenPool, dryRun: DryRun | undefined): Step {
  return { enter };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call, next } = execution;
    return mayCarryToken(pool.options, call) ? execution.completeWith(send(call, next)) : undefined;
  }

  async function send(call: ActiveCall, next: Next): Promise<Outcome> {
    let refused = await sendWith(pool.choose(), call, next);
    if (refused.kind !== 'unauthorized' || call.cancellation?.cancelled) return refused;
    const { route, epoch, request } = call;
    const first = memberOf(call) as PoolMember;
    const { source } = first;
    const isOld = epoch !== undefined && epoch < source.epoch;
    if (!isOld && !renewRevoked(first, call)) return refused;
    if (dryRun) return reportReplay(dryRun, source, call, refused);
    if (!request.replayable) return refused;
    const second = isOld ? first : pool.choose([first]);
    if (second !== first && pool.isUsable(second)) {
      // Adapters release all answers but the newest, so the newest one is returned.
      refused = await sendWith(second, call, next);
      if (refused.kind !== 'unauthorized' || call.cancellation?.cancelled) return refused;
      handleSecondRefusal(memberOf(call) as PoolMember, call);
    }
    if (!(await waitForToken(source, call, source.refresh(epoch)))) return refused;
    call.info.refreshed = true;
    const last = await sendWith(first, call, next);
    // Further grants do not help on a route that refuses fresh tokens too.
    if (last.kind === 'unauthorized') memberOf(call)?.source.rejectFresh(route.name, call.epoch);
    return last;
  }

  /** Sets a credential aside to renew its refused token. False: a new token would not help on this route. */
  function renewRevoked(member: PoolMember, { route, epoch }: ActiveCall): boolean {
    if (!member.source.mayRefresh(route.name)) return false;
    member.source.refuse(epoch);
    pool.setAside(member, 'revoked');
    return true;
  }

  /** Handles a 401 for a second credential. If no route has accepted its token so far, the route may refuse every token. */
  function handleSecondRefusal(member: PoolMember, call: ActiveCall): void {
    const { source } = member;
    if (call.epoch !== source.epoch) return;
    if (source.wasAccepted(call.epoch)) renewRevoked(member, call);
    else source.rejectFresh(call.route.name, call.epoch);
  }

  /**
   * Makes one attempt with a credential. If the credential gets no token, nothing was sent and the next credential is tried, each
   * one once.
   */
  async function sendWith(
    member: PoolMember,
    call: ActiveCall,
    next: Next,
    failed: PoolMember[] = [],
  ): Promise<Outcome> {
    call.credential = member;
    pool.begin(member);
    try {
      const wait = member.source.ready();
      if (wait) await waitForToken(member.source, call, wait);
      const outcome = await next(call);
      recordOutcome(member, call, outcome);
      return outcome;
    } catch (error) {
      if (!(error instanceof TokenRefreshError)) throw error;
      pool.setAside(member, 'no token');
      const tried = [...failed, member];
      const other = pool.choose(tried);
      if (!tried.includes(other) && pool.isUsable(other)) return sendWith(other, call, next, tried);
      if (!dryRun) throw error;
      dryRun.refuse(call, 'authorize', error);
      return next(call);
    } finally {
      pool.end(member);
    }
  }

  function recordOutcome(member: PoolMember, call: ActiveCall, outcome: Outcome): void {
    if (outcome.isThrottled) {
      if (!outcome.isLate) pool.throttle(member, outcome.gatedUntil);
    } else if (outcome.status !== undefined && outcome.kind !== 'unauthorized') {
      member.throttles = 0;
      member.source.accept(call.route.name, call.epoch);
    }
  }
}
