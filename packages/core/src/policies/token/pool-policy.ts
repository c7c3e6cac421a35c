import type { Call } from '../../call/call.js';
import { TokenRefreshError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import { mayCarry, settle } from './policy.js';
import type { PoolMember, TokenPool } from './pool.js';

/**
 * The `authorize` phase of a line with several credentials: each attempt goes by one of them. After a 401 it goes again by another
 * at once; where that is refused too, or there is none, by the first when it has a new token.
 */
export function pooledStep(pool: TokenPool): Step {
  return { enter };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const { call, next } = passage;
    return mayCarry(pool.options, call) ? passage.leaveWith(send(call, next)) : undefined;
  }

  async function send(call: Call, next: Next): Promise<Outcome> {
    let refused = await goBy(pool.next(), call, next);
    if (refused.kind !== 'unauthorized' || call.cancellation?.cancelled) return refused;
    const { route, epoch, request } = call;
    const first = call.member as PoolMember;
    const { source } = first;
    const isOld = epoch !== undefined && epoch < source.epoch;
    if (!isOld && !revoked(first, call)) return refused;
    if (!request.replayable) return refused;
    const second = isOld ? first : pool.next([first]);
    if (second !== first && pool.isUsable(second)) {
      // Adapters let go of all answers but the newest.
      refused = await goBy(second, call, next);
      if (refused.kind !== 'unauthorized' || call.cancellation?.cancelled) return refused;
      refusedToo(call.member as PoolMember, call);
    }
    if (!(await settle(source, call, source.refresh(epoch)))) return refused;
    call.info.refreshed = true;
    const last = await goBy(first, call, next);
    // A route that refuses fresh tokens too is not helped by grants.
    if (last.kind === 'unauthorized') call.member?.source.freshRejected(route.name, call.epoch);
    return last;
  }

  /** The token it went by is dead, and is renewed where that may help. Returns whether. */
  function revoked(member: PoolMember, { route, epoch }: Call): boolean {
    if (!member.source.mayHelp(route.name)) return false;
    member.source.refused(epoch);
    pool.setAside(member, 'revoked');
    return true;
  }

  /** A second one was refused. Of a token that was never good, the route may refuse every one. */
  function refusedToo(member: PoolMember, call: Call): void {
    const { source } = member;
    if (call.epoch !== source.epoch) return;
    if (source.wasAccepted(call.epoch)) revoked(member, call);
    else source.freshRejected(call.route.name, call.epoch);
  }

  /** One attempt by a credential, or by another one where that has no token: then nothing was sent. Each is asked once. */
  async function goBy(member: PoolMember, call: Call, next: Next, without: PoolMember[] = []): Promise<Outcome> {
    call.member = member;
    pool.begin(member);
    try {
      const wait = member.source.ready();
      if (wait) await settle(member.source, call, wait);
      const outcome = await next(call);
      learn(member, call, outcome);
      return outcome;
    } catch (error) {
      if (!(error instanceof TokenRefreshError)) throw error;
      pool.setAside(member, 'no token');
      const asked = [...without, member];
      const other = pool.next(asked);
      if (asked.includes(other) || !pool.isUsable(other)) throw error;
      return goBy(other, call, next, asked);
    } finally {
      pool.done(member);
    }
  }

  function learn(member: PoolMember, call: Call, outcome: Outcome): void {
    if (outcome.status === 429) {
      if (!outcome.isLate) pool.throttled(member, outcome.gatedUntil);
    } else if (outcome.status !== undefined && outcome.kind !== 'unauthorized') {
      member.throttles = 0;
      member.source.accepted(call.route.name, call.epoch);
    }
  }
}
