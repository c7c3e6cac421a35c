import { createHash } from 'node:crypto';
import type { Answer } from '../http/answer.js';
import type { CacheableSettings } from '../options/cache-options.js';
import { matchesPattern } from '../paths/path-pattern.js';
import type { Exchange } from './exchange.js';

/** Makes the answer of a cacheable route cacheable, or answers 304 when the client has its body already. */
export function applyCaching(exchange: Exchange, answer: Answer, routes: readonly CacheableSettings[]): Answer {
  const { entry, request, segments } = exchange;
  if (answer.status !== 200 || (entry.method !== 'GET' && entry.method !== 'HEAD')) return answer;
  const route = routes.find(({ pattern }) => matchesPattern(pattern, 'GET', segments));
  if (route === undefined) return answer;
  const { maxAgeSec, etag, vary } = route;
  const tag = etag ? `"${computeDigest(answer.body)}"` : undefined;
  const headers = {
    ...answer.headers,
    'Cache-Control': `max-age=${maxAgeSec}`,
    ...(tag !== undefined && { ETag: tag }),
    ...(vary.length > 0 && { Vary: vary.join(', ') }),
  };
  return tag !== undefined && namesTag(request.headers['if-none-match'], tag)
    ? { status: 304, headers }
    : { ...answer, headers };
}

function computeDigest(body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Compares weakly, as RFC 9110 demands for If-None-Match. */
function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((given) => given.trim() === '*' || given.trim().replace(/^W\//, '') === tag);
}
