import type { HoldlineConfig, Quota } from '@holdline/core';
import type { LimitSettings } from './scenario.js';
import type { SimulatedConfig } from './types.js';

const SCOPES = { token: 'credential', route: 'route', org: 'host' } as const;

/** A limit to change where the platform has none. */
export const DEFAULT_LIMIT: LimitSettings = {
  name: undefined,
  limit: 1,
  windowMs: 1,
  per: 'token',
  match: undefined,
  counts: 'fixed',
  phaseMs: 0,
  burst: undefined,
};

/** Changes the quotas of a configuration that stand for a limit, in the same way as the limit. */
export function changeQuotas(
  config: SimulatedConfig,
  limit: LimitSettings | undefined,
  change: { limit: number; windowMs: number },
): SimulatedConfig {
  const { governor } = config;
  if (!limit || !governor || !governor.quotas) return config;
  const quotas = governor.quotas.map((quota) =>
    quota.limit === limit.limit && quota.windowMs === limit.windowMs
      ? { ...quota, limit: change.limit, windowMs: change.windowMs }
      : quota,
  );
  return { ...config, governor: { ...governor, quotas } };
}

/** Gives the line the quotas of the platform, unless its configuration has quotas or switches the governor off. */
export function withQuotas(config: SimulatedConfig, limits: readonly LimitSettings[]): HoldlineConfig {
  const { governor, endpoints = {} } = config;
  if (governor === false || governor?.quotas) return config;
  const quotas: Quota[] = [];
  const ofEndpoints: Record<string, Quota[]> = {};
  for (const limit of limits) {
    const quota = quotaOf(limit);
    if (limit.match === undefined) quotas.push(quota);
    else (ofEndpoints[limit.match] ??= []).push(quota);
  }
  const merged = { ...endpoints };
  for (const [pattern, list] of Object.entries(ofEndpoints)) {
    const own = merged[pattern]?.governor;
    if (own !== false && !own?.quotas) merged[pattern] = { ...merged[pattern], governor: { ...own, quotas: list } };
  }
  return { ...config, governor: { ...governor, quotas }, endpoints: merged };
}

/** A quota of a line for a limit. The line finds out how the platform counts, unless a bucket has its own capacity. */
function quotaOf({ name, limit, windowMs, per, burst }: LimitSettings): Quota {
  return {
    limit,
    windowMs,
    scope: SCOPES[per],
    ...(name !== undefined && { name }),
    ...(burst !== undefined && { enforcement: 'bucket', burst }),
  };
}
