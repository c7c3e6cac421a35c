import type { ActiveCall } from '../../call/call.js';
import { TokenRefreshError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { mayCarryToken } from '../../call/credential.js';
import { waitForToken } from './policy.js';
import { memberOf, type PoolMember, type TokenPool } from './pool.js';

/**
 * The `authorize` phase of a line with several credentials: each attempt goes by one of them. After a 401 it goes again by another
 * at once; where that is refused too, or there is none, by the first when it has a new token.
 */
export function poolStep(pool: TokenPool): Step {
  return { enter };

  function enter(passage: Execution): Promise<unknown> | undefined {
    const { call, next } = passage;
    return mayCarryToken(pool.options, call) ? passage.completeWith(send(call, next)) : undefined;
  }

  async function send(call: ActiveCall, next: Next): Promise<Outcome> {
    let refused = await sendBy(pool.next(), call, next);
    if (refused.kind !== 'unauthorized' || call.cancellation?.cancelled) return refused;
    const { route, epoch, request } = call;
    const first = memberOf(call) as PoolMember;
    const { source } = first;
    const isOld = epoch !== undefined && epoch < source.epoch;
    if (!isOld && !revoked(first, call)) return refused;
    if (!request.replayable) return refused;
    const second = isOld ? first : pool.next([first]);
    if (second !== first && pool.isUsable(second)) {
      // Adapters let go of all answers but the newest.
      refused = await sendBy(second, call, next);
      if (refused.kind !== 'unauthorized' || call.cancellation?.cancelled) return refused;
      refusedToo(memberOf(call) as PoolMember, call);
    }
    if (!(await waitForToken(source, call, source.refresh(epoch)))) return refused;
    call.info.refreshed = true;
    const last = await sendBy(first, call, next);
    // A route that refuses fresh tokens too is not helped by grants.
    if (last.kind === 'unauthorized') memberOf(call)?.source.freshRejected(route.name, call.epoch);
    return last;
  }

  /** The token it went by is dead, and is renewed where that may help. Returns whether. */
  function revoked(member: PoolMember, { route, epoch }: ActiveCall): boolean {
    if (!member.source.mayHelp(route.name)) return false;
    member.source.refused(epoch);
    pool.setAside(member, 'revoked');
    return true;
  }

  /** A second one was refused. Of a token that was never good, the route may refuse every one. */
  function refusedToo(member: PoolMember, call: ActiveCall): void {
    const { source } = member;
    if (call.epoch !== source.epoch) return;
    if (source.wasAccepted(call.epoch)) revoked(member, call);
    else source.freshRejected(call.route.name, call.epoch);
  }

  /** One attempt by a credential, or by another one where that has no token: then nothing was sent. Each is asked once. */
  async function sendBy(
    member: PoolMember,
    call: ActiveCall,
    next: Next,
    without: PoolMember[] = [],
  ): Promise<Outcome> {
    call.credential = member;
    pool.begin(member);
    try {
      const wait = member.source.ready();
      if (wait) await waitForToken(member.source, call, wait);
      const outcome = await next(call);
      learn(member, call, outcome);
      return outcome;
    } catch (error) {
      if (!(error instanceof TokenRefreshError)) throw error;
      pool.setAside(member, 'no token');
      const asked = [...without, member];
      const other = pool.next(asked);
      if (asked.includes(other) || !pool.isUsable(other)) throw error;
      return sendBy(other, call, next, asked);
    } finally {
      pool.done(member);
    }
  }

  function learn(member: PoolMember, call: ActiveCall, outcome: Outcome): void {
    if (outcome.status === 429) {
      if (!outcome.isLate) pool.throttled(member, outcome.gatedUntil);
    } else if (outcome.status !== undefined && outcome.kind !== 'unauthorized') {
      member.throttles = 0;
      member.source.accepted(call.route.name, call.epoch);
    }
  }
}
