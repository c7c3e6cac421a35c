import type { QuotaSnapshot, ScopeSnapshot } from '@holdline/core';
import { count, duration } from '../terminal/words.js';

const COUNTING: Record<string, string> = {
  fixed: 'in fixed windows',
  sliding: 'in any window',
  bucket: 'as a token bucket',
};

/** A scope in words, without its internal key: `the credential`, `the route GET /users/:id`. */
export function describeScope({ scope, kind, key }: Pick<ScopeSnapshot, 'scope' | 'kind' | 'key'>): string {
  switch (kind) {
    case 'credential':
      return key === 'credential' || key === '' ? 'the credential' : `the credential ${key}`;
    case 'route':
      return `the route ${key}`;
    case 'tenant':
      return `the tenant ${key}`;
    case 'host':
      return `the host ${key}`;
    case 'bulkhead':
      return `the bulkhead${maxOf(scope)}`;
    case 'custom':
      return `the key ${key}`;
  }
}

/** A bulkhead has its size in its name: `bulkhead/credential/5:…`. */
function maxOf(scope: string): string {
  const size = /^bulkhead\/[a-z]+\/(\d+):/.exec(scope)?.[1];
  return size === undefined ? '' : ` of ${size}`;
}

/** A quota in words: `300 in 60 s, in fixed windows`. */
export function describeQuota({ limit, windowMs, counts, given }: QuotaSnapshot): string {
  const size = limit === undefined ? 'not discovered yet' : `${count(limit)} in ${duration(windowMs)}`;
  const lowered = typeof given === 'number' && limit !== undefined && limit < given ? ` (configured: ${count(given)})` : '';
  return `${size}${lowered}${counts === undefined ? '' : `, counted ${COUNTING[counts] ?? counts}`}`;
}
