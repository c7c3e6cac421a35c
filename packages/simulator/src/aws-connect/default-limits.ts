import type { Limit } from '../options/limit-options.js';

/** Operations with a limit of 5 per second and a burst of 8 (administrator guide, "API throttling quotas"). */
const FASTER: ReadonlySet<string> = new Set([
  'GetMetricData',
  'GetCurrentMetricData',
  'StartChatContact',
  'StartContactStreaming',
  'StopContactStreaming',
]);

/** The documented limits: a token bucket for each operation, by account and Region. */
export function buildDefaultLimits(operations: readonly (readonly [name: string, match: string])[]): Limit[] {
  return operations.map(([name, match]) => ({
    name,
    per: 'tenant',
    match,
    limit: FASTER.has(name) ? 5 : 2,
    windowMs: 1000,
    enforcement: 'bucket',
    burst: FASTER.has(name) ? 8 : 5,
  }));
}
