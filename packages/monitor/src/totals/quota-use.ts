import type { Snapshot } from '@holdline/core';

/** The largest use of a quota as a part of its limit; undefined without a known limit. */
export function largestQuotaUse({ scopes }: Snapshot): number | undefined {
  let largest: number | undefined;
  for (const { quotas, learned } of scopes) {
    for (const { used, limit } of learned ? [...quotas, learned] : quotas) {
      if (limit === undefined || limit <= 0) continue;
      largest = Math.max(largest ?? 0, Math.min(1, used / limit));
    }
  }
  return largest;
}
