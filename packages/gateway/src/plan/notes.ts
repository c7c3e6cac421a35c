import type { HoldlineConfig } from '@holdline/core';
import type { Zone } from './types.js';

/** What a configuration says that no gateway can keep, besides quotas. */
export function noteConfig(config: HoldlineConfig): string[] {
  const notes: string[] = [];
  const { governor, bulkhead, endpoints = {} } = config;
  if (governor === false) notes.push('The governor is off, so that the gateway counts nothing.');
  const { ratePerSec = Infinity, rampUpMs = 0, shares, engine = false } = governor || {};
  if (ratePerSec < Infinity || rampUpMs > 0)
    notes.push(
      'governor.ratePerSec and governor.rampUpMs pace each process for planned load. The gateway does not keep them.',
    );
  if (shares && Object.keys(shares).length > 0)
    notes.push(
      'governor.shares and priorities order the queue of each process. The gateway serves requests in the order of their arrival.',
    );
  if (engine !== false)
    notes.push('governor.engine is a limiter inside the process. The gateway does not keep its limits.');
  const limited = Object.entries(endpoints).flatMap(([pattern, policies]) => (policies.bulkhead ? [pattern] : []));
  if (bulkhead || limited.length > 0)
    notes.push('Bulkheads limit the concurrent attempts of each process. The gateway does not keep them.');
  return notes;
}

/** Endpoints whose requests cost more than one permit. */
export function noteWeights(config: HoldlineConfig): string[] {
  return Object.entries(config.endpoints ?? {}).flatMap(([pattern, { weight = 1 }]) =>
    weight > 1
      ? `A request of '${pattern}' costs ${weight} permits in a line. The gateway counts every request once, so that the quotas of this endpoint may be exceeded.`
      : [],
  );
}

/** What a plan cannot know of tenants. */
export function noteTenants(zones: readonly Zone[], hasHeader: boolean): string[] {
  const byTenant = zones.filter(({ key }) => key.by === 'tenant');
  if (byTenant.length === 0 || hasHeader) return [];
  return ['No tenant header is configured, so that all requests together have each quota with the scope tenant.'];
}
