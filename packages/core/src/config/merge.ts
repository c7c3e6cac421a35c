import { isRecord } from '../contract/check.js';
import { RETRY_PROFILES, type RetryProfile } from '../policies/retry/options.js';
import type { EndpointPolicies, HoldlineConfig } from './types.js';

const MERGED = ['governor', 'retry', 'breaker', 'idempotency', 'deadline', 'token', 'paths'] as const;

/**
 * `change` over `config`: options inside a policy one by one, endpoints pattern by pattern, there policy by policy. What is
 * `undefined` in `change` counts as left out; a retry profile counts as its options.
 */
export function mergeConfig(config: HoldlineConfig, change: HoldlineConfig): HoldlineConfig {
  const merged: Record<string, unknown> = over(config, change);
  for (const key of MERGED) {
    const [below, above] = [config[key], change[key]].map(key === 'retry' ? profileOptions : (options) => options);
    // Several credentials take the place of the one.
    const replaced = key === 'token' && isRecord(above) && above['pool'] !== undefined;
    if (isRecord(below) && isRecord(above) && !replaced) merged[key] = over(below, above);
  }
  if (!isRecord(config.endpoints) || !isRecord(change.endpoints)) return merged;
  const endpoints: Record<string, unknown> = { ...config.endpoints };
  for (const [pattern, policies] of Object.entries(change.endpoints)) {
    const below = config.endpoints[pattern];
    endpoints[pattern] = isRecord(below) && isRecord(policies) ? over(below, policies) : policies;
  }
  return { ...merged, endpoints: endpoints as Record<string, EndpointPolicies> };
}

function over(below: object, above: object): Record<string, unknown> {
  const given = Object.entries(above).filter(([, value]) => value !== undefined);
  return { ...below, ...Object.fromEntries(given) };
}

function profileOptions(value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(RETRY_PROFILES, value)
    ? RETRY_PROFILES[value as RetryProfile]
    : value;
}
