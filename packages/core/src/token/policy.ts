import type { Call } from '../call.js';
import { originOf } from '../endpoint.js';
import type { Outcome } from '../outcome.js';
import type { Interceptor } from '../pipeline.js';
import type { Next } from '../route.js';
import { NothingToGrant, type TokenSource } from './source.js';

/** Whether the token may go where this call goes. */
function mayCarry(source: TokenSource, call: Call): boolean {
  if (call.request.ownCredential) return false;
  const origin = originOf(call.url);
  return source.options.origins ? source.options.origins.includes(origin) : origin !== '' && origin === call.request.ownOrigin;
}

/** Waits for a token; without anything to fetch one with, the call goes as the client made it. */
function settle(wait: Promise<void>): Promise<void> {
  return wait.catch((error: unknown) => {
    if (!(error instanceof NothingToGrant)) throw error;
  });
}

/** The `authorize` phase: a token before the first attempt; after a 401 a newer one, and one replay that no retry pays for. */
export function authorizePolicy(source: TokenSource): Interceptor {
  return (call, next) => {
    if (!mayCarry(source, call)) return next(call);
    const wait = source.ready();
    return wait ? settle(wait).then(() => attempt(call, next)) : attempt(call, next);
  };

  function attempt(call: Call, next: Next): Promise<Outcome> {
    return next(call).then((outcome) => {
      if (outcome.kind === 'unauthorized') return replay(call, next, outcome);
      if (outcome.status !== undefined) source.accepted();
      return outcome;
    });
  }

  async function replay(call: Call, next: Next, refused: Outcome): Promise<Outcome> {
    const { cancellation } = call;
    if (cancellation?.cancelled) return refused;
    try {
      await source.refresh(call.epoch);
    } catch (error) {
      if (error instanceof NothingToGrant) return refused;
      throw error;
    }
    call.info.refreshed = true;
    if (!call.request.replayable) return refused;
    if (cancellation?.cancelled) throw cancellation.reason;
    const outcome = await next(call);
    if (outcome.kind === 'unauthorized') source.freshRejected();
    return outcome;
  }
}

/** The `sign` phase: writes the token that is valid now, after all waiting. */
export function signPolicy(source: TokenSource): Interceptor {
  return (call, next) => {
    if (!mayCarry(source, call)) return next(call);
    const wait = source.ready();
    return wait ? settle(wait).then(() => sign(call, next)) : sign(call, next);
  };

  function sign(call: Call, next: Next): Promise<Outcome> {
    if (source.token !== undefined) {
      call.request.headers.set('Authorization', `Bearer ${source.token}`);
      call.epoch = source.epoch;
    }
    return next(call);
  }
}
