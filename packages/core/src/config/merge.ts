import { isRecord } from '../contract/check.js';
import { RETRY_PROFILES, type RetryProfile } from '../policies/retry/options.js';
import { normalizePattern } from './endpoint.js';
import type { EndpointPolicies, HoldlineConfig } from './types.js';

const MERGED = ['governor', 'retry', 'breaker', 'idempotency', 'deadline', 'cache', 'token', 'paths'] as const;

/**
 * Merges `change` into `config`: the options of each policy one by one, endpoints pattern by pattern, and in each pattern policy by
 * policy. A key with the value `undefined` counts as absent, and a retry profile counts as its options.
 * @public
 */
export function mergeConfig(config: HoldlineConfig, change: HoldlineConfig): HoldlineConfig {
  const merged: Record<string, unknown> = mergeDefined(config, change);
  for (const key of MERGED) {
    const [below, above] = [config[key], change[key]].map(key === 'retry' ? profileOptions : (options) => options);
    // A pool replaces the single credential.
    const replaced = key === 'token' && isRecord(above) && above['pool'] !== undefined;
    if (isRecord(below) && isRecord(above) && !replaced) merged[key] = mergeDefined(below, above);
  }
  if (!isRecord(config.endpoints) || !isRecord(change.endpoints)) return merged;
  const endpoints: Record<string, unknown> = {};
  for (const [given, policies] of [config, change].flatMap((each) => Object.entries(each.endpoints ?? {}))) {
    const pattern = normalizePattern(given);
    const below = endpoints[pattern];
    endpoints[pattern] = isRecord(below) && isRecord(policies) ? mergeDefined(below, policies) : policies;
  }
  return { ...merged, endpoints: endpoints as Record<string, EndpointPolicies> };
}

function mergeDefined(below: object, above: object): Record<string, unknown> {
  const given = Object.entries(above).filter(([, value]) => value !== undefined);
  return { ...below, ...Object.fromEntries(given) };
}

function profileOptions(value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(RETRY_PROFILES, value)
    ? RETRY_PROFILES[value as RetryProfile]
    : value;
}
