import { mergeConfig, type EndpointPolicies, type HoldlineConfig } from '@holdline/core';
import { READ_ONLY_POSTS } from './read-only-routes.js';

/**
 * The documented limits and special cases of Genesys Cloud, as a plain configuration.
 *
 * | what | value | source, grade |
 * |---|---|---|
 * | attempts per access token | 300 per 60,000 ms | limits page, `token.rate.per.minute` and `client.credentials.token.rate.per.minute`: A/B |
 * | `PUT /api/v2/architect/ivrs/:ivrId` | 100 per 60,000 ms | community threads quoting the limit: B |
 * | route that honours an idempotency key | `POST /api/v2/quality/conversations/:conversationId/evaluations` | the only one of 3,468 operations of SDK 262 that declares `Idempotency-Key`: A |
 * | POSTs that only read | 135 routes | operations of SDK 262, reviewed: A |
 * | paths | begin at `/api/v2/`, whatever a gateway puts before it | SDK source: A |
 *
 * Other routes have limits too, and these change (`GET /api/v2/flows`, assignment routes). The line learns them from the
 * platform's refusals. An organisation with other numbers gives them in `overrides`.
 *
 * @param overrides - Configurations that are merged over the preset, one after the other: each option of a policy replaces one option, each endpoint
 *   pattern one pattern. A list of quotas replaces the whole list.
 * @example
 * ```ts
 * import { genesysCloud } from '@holdline/genesys';
 *
 * const config = genesysCloud({
 *   governor: { quotas: [{ name: 'token.rate.per.minute', limit: 600, windowMs: 60_000 }] },
 *   endpoints: { 'POST /api/v2/analytics/**': { priority: 'background' } },
 * });
 * ```
 * @public
 */
export function genesysCloud(...overrides: HoldlineConfig[]): HoldlineConfig {
  const endpoints: Record<string, EndpointPolicies> = {};
  for (const path of READ_ONLY_POSTS) endpoints[`POST ${path}`] = { readOnly: true };
  endpoints['POST /api/v2/quality/conversations/:conversationId/evaluations'] = { keyed: true };
  endpoints['PUT /api/v2/architect/ivrs/:ivrId'] = { governor: { quotas: [{ limit: 100, windowMs: 60_000 }] } };
  return overrides.reduce<HoldlineConfig>((config, override = {}) => mergeConfig(config, override), {
    governor: { quotas: [{ name: 'token.rate.per.minute', limit: 300, windowMs: 60_000 }] },
    paths: { anchor: '/api/v2/' },
    endpoints,
  });
}
