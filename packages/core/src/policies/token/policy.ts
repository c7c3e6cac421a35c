import type { Call } from '../../call/call.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import { knownOriginOf } from '../../http/url-cache.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import type { TokenOptions } from './options.js';
import { NothingToGrant, type TokenSource } from './source.js';

/** Whether the token may go where this call goes. */
export function mayCarry({ origins }: Pick<TokenOptions, 'origins'>, call: Call): boolean {
  if (call.request.ownCredential) return false;
  const origin = call.origin;
  if (origin === '') return false;
  const { ownOrigin = '' } = call.request;
  return origins ? origins.includes(origin) : origin === knownOriginOf(ownOrigin);
}

/** Waits for a newer token than that of `epoch`. Without anything to fetch one with, the call goes as the client made it. */
export async function settle(source: TokenSource, call: Call, wait: Promise<void>): Promise<boolean> {
  try {
    await call.whileWanted(wait);
    return true;
  } catch (error) {
    if (error instanceof NothingToGrant) return false;
    // The caller's own reasons, and ours.
    call.check();
    const { route, attempts, waitedMs } = call.info;
    throw source.failure(error, { route, attempts, waitedMs });
  }
}

/** The `authorize` phase: a token before the first attempt; after a 401 a newer one, and one replay that no retry pays for. */
export function authorizeStep(source: TokenSource): Step {
  return { enter, leave };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const { call } = passage;
    const wait = mayCarry(source.options, call) ? source.ready() : undefined;
    return wait && passage.goOnAfter(settle(source, call, wait));
  }

  function leave(passage: Passage, outcome: Outcome): Promise<unknown> | undefined {
    const { call } = passage;
    if (!mayCarry(source.options, call)) return undefined;
    if (outcome.kind === 'unauthorized') return passage.leaveWith(replay(call, passage.next, outcome));
    if (outcome.status !== undefined) source.accepted(call.route.name, call.epoch);
    return undefined;
  }

  async function replay(call: Call, next: Next, refused: Outcome): Promise<Outcome> {
    const { route, epoch } = call;
    if (call.cancellation?.cancelled) return refused;
    const isOld = epoch !== undefined && epoch < source.epoch;
    if (!isOld && !source.mayHelp(route.name)) return refused;
    source.refused(epoch);
    if (!(await settle(source, call, source.refresh(epoch)))) return refused;
    call.info.refreshed = true;
    if (!call.request.replayable) return refused;
    const outcome = await next(call);
    if (outcome.kind === 'unauthorized') source.freshRejected(route.name, call.epoch);
    else if (outcome.status !== undefined) source.accepted(route.name, call.epoch);
    return outcome;
  }
}

/** The `sign` phase: writes the token that is valid now, after all waiting. */
export function signStep(options: Pick<TokenOptions, 'origins'>, single: TokenSource | undefined): Step {
  return { enter };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const { call } = passage;
    // Of a pool, that by which the call goes.
    const source = single ?? call.member?.source;
    if (!source || !mayCarry(options, call)) return undefined;
    const wait = source.ready();
    if (wait) return passage.goOnAfter(settle(source, call, wait).then(() => sign(source, call)));
    sign(source, call);
    return undefined;
  }
}

function sign({ token, epoch }: TokenSource, call: Call): void {
  if (token === undefined) return;
  call.request.headers.set('Authorization', `Bearer ${token}`);
  call.epoch = epoch;
}
