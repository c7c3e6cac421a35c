import type { ActiveCall } from '../../call/call.js';
import { digestOf } from '../../crypto/digest.js';
import type { AnswerHost } from './host.js';

/** Headers of a request whose answer is no answer for others, or that asks for the platform itself. */
const OWN = ['range', 'if-range', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since'];

/** The key of a call's answer, and what the answer belongs to. */
export interface AnswerKey {
  readonly key: string;
  readonly owner: string;
}

/**
 * Returns the key of a read. Calls with equal keys get equal answers. Undefined: the answer of the call belongs to the call alone.
 *
 * @param vary - Names of request headers that the answer depends on.
 */
export function keyOf(call: ActiveCall, vary: readonly string[], host: AnswerHost): AnswerKey | undefined {
  const { request, method, context, replay } = call;
  const { headers, source, replayable, form = '' } = request;
  if (source || !replayable || replay || context?.without || context?.idempotencyKey !== undefined) return undefined;
  if (OWN.some((name) => headers.get(name) !== undefined)) return undefined;
  const wish = headers.get('cache-control');
  if (wish !== undefined && /no-cache|no-store|max-age=0/.test(wish)) return undefined;
  let body = '';
  if (method !== 'GET' && method !== 'HEAD') {
    const payload = request.payload?.();
    if (payload === undefined) return undefined;
    body = digestOf(payload).digest;
  }
  // Of a dead letter, the URL is complete. The URL of the request may lack parameters that the client adds.
  const parts = request.letter?.();
  const owner = host.ownerOf(call, parts);
  let key = `${owner}\n${method} ${parts?.url ?? request.url}\n${form}\n${body}`;
  for (const name of vary) key += `\n${headers.get(name) ?? ''}`;
  return { key, owner };
}
