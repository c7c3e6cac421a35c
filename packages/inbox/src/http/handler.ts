import { isHoldlineError } from '@holdline/core';
import type { Acceptance, IncomingEvent, InboundRequest, Verifier } from '../types.js';
import { readBody, type BodyResult } from './body.js';
import {
  resolveHandlerOptions,
  type EventDoor,
  type HttpAnswer,
  type HttpHandlerOptions,
  type ResolvedHandlerOptions,
} from './options.js';

/**
 * A function from request to response, as web frameworks and runtimes call it.
 * @public
 */
export type HttpHandler = (request: Request) => Promise<Response>;

/** An answer with what the response needs besides. */
interface FullAnswer extends HttpAnswer {
  readonly result: 'accepted' | 'duplicate' | 'refused' | 'rejected';
  /** Undefined: the sender does not have to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** Pause for a sender after a failure whose end is not known. */
const FAILURE_RETRY_MS = 5_000;

/** Longest pause in `Retry-After`, in seconds. EventBridge drops an event after a day. */
const MAX_RETRY_AFTER = 86_400;

const NOT_READ: Record<Exclude<BodyResult, Uint8Array>, FullAnswer> = {
  'too large': rejected(413, 'The body is too large.'),
  // Not 408: Genesys repeats a request after 429 and 5xx only.
  'too slow': unavailable('The body did not arrive in time.', 1_000),
  'cut off': rejected(400, 'The body was cut off.'),
  'already read': unavailable('The body was read before the inbox got it.', FAILURE_RETRY_MS),
};

/**
 * Makes an HTTP handler of an inbox. Each request is read within limits, verified, and stored before it is answered. An inbox with
 * `verify` has such a handler as `fetch`; this function makes further ones, for other senders of the same inbox.
 *
 * | status | when |
 * | --- | --- |
 * | 202 | events were stored |
 * | 200 | all events are known, or the request has none |
 * | 400, 401 | the verifier rejects the request |
 * | 405 | the method is not POST |
 * | 413 | the body is too large |
 * | 429 | the quota of the inbox is used up |
 * | 503 | the inbox is full or closed, its store is lost, or the time is over |
 *
 * After 429 and 503 senders repeat the request; `Retry-After` has the pause in seconds. A request with several events is refused whole.
 * When it is repeated, the inbox knows the events that it had stored.
 *
 * @param door - The inbox.
 * @param verifier - Checks that a request comes from its sender, and reads its events.
 * @returns a function that always resolves with a response. Responses contain no details of an error.
 * @example
 * ```ts
 * import { eventBridge, httpHandler, type Inbox } from '@holdline/inbox';
 *
 * declare const events: Inbox; // from inbox()
 * export const POST = httpHandler(events, eventBridge({ secret: process.env.EVENT_BRIDGE_KEY ?? '' }));
 * ```
 * @public
 */
export function httpHandler(door: EventDoor, verifier: Verifier, options: HttpHandlerOptions = {}): HttpHandler {
  const settings = resolveHandlerOptions(door, verifier, options);
  return async (request) => {
    const answer = await answerInTime(request, settings);
    try {
      const { status, reason, accepted, duplicates, error } = answer;
      settings.onAnswer?.({ status, reason, accepted, duplicates, error });
    } catch {
      // A failing log must not fail the request.
    }
    return responseOf(answer);
  };
}

/** Answers after `answerWithinMs` at the latest. An event that the store accepts later is known when the sender repeats it. */
async function answerInTime(request: Request, settings: ResolvedHandlerOptions): Promise<FullAnswer> {
  const { clock, answerWithinMs } = settings;
  let isOver = false;
  let stopTimer = (): void => {};
  const timedOut = new Promise<FullAnswer>((resolve) => {
    stopTimer = clock.setTimer(answerWithinMs, () => {
      isOver = true;
      resolve(unavailable('The store did not answer in time.', FAILURE_RETRY_MS));
    });
  });
  const work = answerRequest(request, settings, () => isOver).catch((error: unknown) =>
    unavailable('The request could not be checked.', FAILURE_RETRY_MS, error),
  );
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    stopTimer();
  }
}

async function answerRequest(
  request: Request,
  settings: ResolvedHandlerOptions,
  isOver: () => boolean,
): Promise<FullAnswer> {
  const { door, verifier, clock } = settings;
  if (request.method !== 'POST') return rejected(405, 'The method is not POST.');
  const body = await readBody(request, settings, clock);
  if (typeof body === 'string') return NOT_READ[body];

  const inbound: InboundRequest = {
    method: request.method,
    url: request.url,
    header: (name) => request.headers.get(name) ?? undefined,
    body,
  };
  const verification = await verifier(inbound, clock.wall());
  if ('rejected' in verification) return rejected(verification.status, verification.rejected);
  return acceptAll(verification.events, door, isOver);
}

/** Accepts events in their order, because events with the same key are handled in this order. Ends at the first refusal. */
async function acceptAll(
  events: readonly IncomingEvent[],
  door: EventDoor,
  isOver: () => boolean,
): Promise<FullAnswer> {
  const counts = { accepted: 0, duplicate: 0 };
  for (const event of events) {
    if (isOver()) break;
    let acceptance: Acceptance;
    try {
      acceptance = await door.accept(event);
    } catch (error) {
      return { ...failed(error), ...numbers(counts) };
    }
    if (acceptance.result === 'refused') return { ...refused(acceptance), ...numbers(counts) };
    counts[acceptance.result]++;
  }
  const isNew = counts.accepted > 0;
  return {
    status: isNew ? 202 : 200,
    reason: undefined,
    result: isNew ? 'accepted' : 'duplicate',
    ...numbers(counts),
  };
}

const numbers = ({ accepted, duplicate }: { accepted: number; duplicate: number }) => ({
  accepted,
  duplicates: duplicate,
});

function rejected(status: number, reason: string): FullAnswer {
  return { status, reason, result: 'rejected', accepted: 0, duplicates: 0 };
}

function unavailable(reason: string, retryAfterMs: number, error?: unknown): FullAnswer {
  return { status: 503, reason, result: 'refused', accepted: 0, duplicates: 0, retryAfterMs, error };
}

/** An event that the inbox cannot store is not better when the sender repeats it. */
function failed(error: unknown): FullAnswer {
  if (isHoldlineError(error) && error.code === 'HOLDLINE_CONFIG')
    return { ...rejected(400, 'The inbox cannot store the event.'), error };
  return unavailable('The event could not be stored.', FAILURE_RETRY_MS, error);
}

const REFUSALS = {
  rate: 'The quota of the inbox is used up.',
  full: 'The inbox is full.',
  store: 'The store is lost.',
  closed: 'The inbox is closed.',
};

function refused({ reason, retryAfterMs }: Extract<Acceptance, { result: 'refused' }>): FullAnswer {
  return { ...unavailable(REFUSALS[reason], retryAfterMs), status: reason === 'rate' ? 429 : 503 };
}

function responseOf({ status, result, retryAfterMs }: FullAnswer): Response {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  if (status === 405) headers['allow'] = 'POST';
  if (retryAfterMs !== undefined) headers['retry-after'] = String(retrySeconds(retryAfterMs));
  return new Response(JSON.stringify({ result }), { status, headers });
}

/** Whole seconds, rounded up so that no sender comes too early. */
function retrySeconds(ms: number): number {
  const seconds = Math.ceil(ms / 1_000);
  return seconds >= 1 ? Math.min(seconds, MAX_RETRY_AFTER) : 1;
}
