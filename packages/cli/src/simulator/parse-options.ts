import type { Fault, Limit } from '@holdline/simulator';
import { usageError } from '../terminal/errors.js';
import { parseSpan } from '../terminal/span.js';

/** `a=1,b=2` as pairs. A part without `=` belongs to the value before it, so that patterns may contain commas. */
function pairsOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) pairs.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return pairs;
}

const LIMIT_KEYS = ['limit', 'window', 'per', 'match', 'enforcement', 'name', 'burst', 'entity'] as const;
const FAULT_KEYS = ['kind', 'match', 'rate', 'every', 'times', 'after', 'delay', 'status'] as const;

function checkKeys(pairs: ReadonlyMap<string, string>, keys: readonly string[], option: string): void {
  for (const key of pairs.keys())
    if (!keys.includes(key)) throw usageError(`${option} has an unknown key '${key}'. It may have ${keys.join(', ')}.`);
}

/**
 * Reads one `--limit`: `300/60s`, or `limit=100,window=60s,per=route,match=PUT /api/v2/architect/ivrs/:id`.
 *
 * @param index - Number of earlier limits, for a name of its own.
 * @throws CommandError with the exit code 2. The simulator checks the values themselves.
 */
export function parseLimit(text: string, index: number): Limit {
  const short = /^(\d+)\/([\w.]+)(?:,(.*))?$/.exec(text.trim());
  const pairs = pairsOf(short ? (short[3] ?? '') : text);
  checkKeys(pairs, LIMIT_KEYS, '--limit');
  const limit = Number(short?.[1] ?? pairs.get('limit'));
  const windowMs = parseSpan(short?.[2] ?? pairs.get('window') ?? '');
  if (!Number.isInteger(limit) || windowMs === undefined)
    throw usageError(`--limit must have the form 300/60s or limit=300,window=60s, got '${text}'.`);
  const {
    per = 'token',
    match,
    enforcement = 'fixed',
    name = `limit-${index + 1}`,
    burst,
    entity,
  } = Object.fromEntries(pairs);
  return {
    name,
    per: per as Limit['per'],
    limit,
    windowMs,
    enforcement: enforcement as Limit['enforcement'],
    ...(match !== undefined && { match }),
    ...(burst !== undefined && { burst: Number(burst) }),
    ...(entity !== undefined && { entity }),
  };
}

/**
 * Reads one `--fault`: `kind=status,status=503,match=GET /api/v2/users/**,rate=0.1`.
 *
 * @throws CommandError with the exit code 2. The simulator checks the values themselves.
 */
export function parseFault(text: string): Fault {
  const pairs = pairsOf(text.includes('=') ? text : `kind=${text}`);
  checkKeys(pairs, FAULT_KEYS, '--fault');
  const kind = pairs.get('kind');
  if (kind === undefined) throw usageError(`--fault needs a kind, such as kind=drop-after, got '${text}'.`);
  const delay = pairs.get('delay');
  const delayMs = delay === undefined ? undefined : parseSpan(delay);
  if (delay !== undefined && delayMs === undefined)
    throw usageError(`--fault: delay must be a time such as 200ms, got '${delay}'.`);
  const numbers = (['rate', 'every', 'times', 'after', 'status'] as const).flatMap((key) => {
    const value = pairs.get(key);
    return value === undefined ? [] : [[key, Number(value)] as const];
  });
  const match = pairs.get('match');
  return {
    kind: kind as Fault['kind'],
    ...(match !== undefined && { match }),
    ...Object.fromEntries(numbers),
    ...(delayMs !== undefined && { delayMs }),
  };
}
