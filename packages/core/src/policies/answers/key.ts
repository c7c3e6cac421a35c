import type { ActiveCall } from '../../call/call.js';
import type { HeaderAccess, LetterParts } from '../../contract/call.js';
import { digestOf } from '../../crypto/digest.js';
import type { AnswerHost } from './host.js';

/** Headers of a request whose answer is no answer for others, or that asks for the platform itself. */
export const CONDITIONS = [
  'range',
  'if-range',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
];
const FRESH_WISH = 'cache-control';

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
  const { source, replayable, form = '' } = request;
  if (source || !replayable || replay || context?.without || context?.idempotencyKey !== undefined) return undefined;
  // Without both, the client can give no answer but that of its own request.
  if (!request.restoreAnswer && !request.copy) return undefined;
  const isPlainRead = method === 'GET' || method === 'HEAD';
  const payload = request.payload?.();
  if (payload === undefined && !isPlainRead) return undefined;
  // Of a dead letter, the URL is complete. An adapter may add the query only there.
  const parts = request.letter?.();
  // A body that is neither text nor bytes.
  if (payload === undefined && parts?.body !== undefined) return undefined;
  const headers = parts?.headers;
  const read = headers ? readOnce(headers, vary) : readByName(request.headers, vary);
  if (!read) return undefined;
  const body = payload === undefined ? '' : digestOf(payload).digest;
  const owner = host.ownerOf(call, headers);
  return { key: `${owner}\n${method} ${parts?.url ?? request.url}\n${form}\n${body}${read}`, owner };
}

/**
 * Reads the headers that the answer depends on. Undefined: the headers ask for an answer of the call's own. One pass over all headers is
 * cheaper than a search for each name.
 */
function readOnce(headers: LetterParts['headers'], vary: readonly string[]): string | undefined {
  const found = vary.map(() => '');
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (CONDITIONS.includes(name) || (name === FRESH_WISH && wantsFresh(value))) return undefined;
    const at = vary.indexOf(name);
    if (at >= 0) found[at] = found[at] === '' ? value : `${found[at]}, ${value}`;
  }
  return joinValues(found);
}

function readByName(headers: HeaderAccess, vary: readonly string[]): string | undefined {
  if (CONDITIONS.some((name) => headers.get(name) !== undefined) || wantsFresh(headers.get(FRESH_WISH)))
    return undefined;
  return joinValues(vary.map((name) => headers.get(name) ?? ''));
}

function joinValues(values: readonly string[]): string {
  let joined = '';
  for (const value of values) joined += `\n${value}`;
  return joined;
}

function wantsFresh(wish: string | undefined): boolean {
  return wish !== undefined && /no-cache|no-store|max-age=0/i.test(wish);
}
