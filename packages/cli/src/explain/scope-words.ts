import type { QuotaSnapshot, ScopeSnapshot } from '@holdline/core';
import { describeScope } from '@holdline/monitor';
import { count, duration } from '../terminal/words.js';

const COUNTING: Record<string, string> = {
  fixed: 'in fixed windows',
  sliding: 'in any window',
  bucket: 'as a token bucket',
};

/** A scope in words with its article, without its internal key: `the route GET /users/:id`. */
export function describePlace({ scope, kind, key }: Pick<ScopeSnapshot, 'scope' | 'kind' | 'key'>): string {
  const name = describeScope(kind === 'bulkhead' ? scope : { kind, key });
  return name.startsWith('calls ') ? name : `the ${name}`;
}

/** A quota in words: `300 in 60 s, counted in fixed windows`. */
export function describeQuota({ limit, windowMs, counts, given }: QuotaSnapshot): string {
  const size = limit === undefined ? 'not discovered yet' : `${count(limit)} in ${duration(windowMs)}`;
  const isLowered = typeof given === 'number' && limit !== undefined && limit < given;
  return `${size}${isLowered ? ` (configured: ${count(given)})` : ''}${counts === undefined ? '' : `, counted ${COUNTING[counts] ?? counts}`}`;
}
