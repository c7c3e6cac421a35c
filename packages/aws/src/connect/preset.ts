import { mergeConfig, type EndpointPolicies, type HoldlineConfig, type Quota } from '@holdline/core';
import { READS } from './read-operations.js';
import { WRITES } from './write-operations.js';

/** A token bucket as AWS documents it: `RateLimit` per second, and `BurstLimit`. */
const bucket = (ratePerSec: number, burst: number): { governor: { quotas: Quota[] } } => ({
  governor: { quotas: [{ limit: ratePerSec, windowMs: 1_000, burst, enforcement: 'bucket' }] },
});

/** Operations with a quota of 5 per second and a burst of 8. */
const FIVE_PER_SECOND = [
  'POST /metrics/historical/:InstanceId', // GetMetricData
  'POST /metrics/current/:InstanceId', // GetCurrentMetricData
  'PUT /contact/chat', // StartChatContact
  'POST /contact/start-streaming', // StartContactStreaming
  'POST /contact/stop-streaming', // StopContactStreaming
];

/**
 * The documented API quotas of Amazon Connect, as a plain configuration. AWS counts each operation by account and Region, in a token
 * bucket.
 *
 * | what | value | source, grade |
 * |---|---|---|
 * | `GetMetricData`, `GetCurrentMetricData` | 5 per second, burst 8 | administrator guide, "Amazon Connect API throttling quotas" in the vendor's repository awsdocs/amazon-connect-admin-guide, and the API description in older SDKs: B |
 * | `StartChatContact`, `StartContactStreaming`, `StopContactStreaming` | 5 per second, burst 8 | the same page of the guide: B |
 * | each other operation | 2 per second, burst 5 | the same page: B |
 * | quotas by operation, account and Region; status 429 | | API reference, "Best practices for using Amazon Connect APIs": B |
 * | routes | 397 operations; 42 POSTs only read | operations of SDK 3.1136.0, reviewed: A |
 *
 * The repository of the guide was last updated in 2023. The numbers of your account are in the Service Quotas console. Give them in
 * `overrides`.
 *
 * @param overrides - Configuration that is merged over the preset: each endpoint pattern replaces one pattern, and a list of quotas
 *   replaces the whole list.
 * @example
 * ```ts
 * import { amazonConnect } from '@holdline/aws';
 *
 * const config = amazonConnect({
 *   endpoints: {
 *     'POST /search-users': {
 *       readOnly: true,
 *       governor: { quotas: [{ limit: 10, windowMs: 1_000, burst: 20, enforcement: 'bucket' }] },
 *     },
 *   },
 * });
 * ```
 * @public
 */
export function amazonConnect(overrides: HoldlineConfig = {}): HoldlineConfig {
  const endpoints: Record<string, EndpointPolicies> = { '* /**': bucket(2, 5) };
  // The patterns name the routes, so that all users or queues of an operation count together, whatever their ids look like.
  for (const pattern of WRITES) endpoints[pattern] = {};
  for (const pattern of READS) endpoints[pattern] = { readOnly: true };
  for (const pattern of FIVE_PER_SECOND) endpoints[pattern] = { ...endpoints[pattern], ...bucket(5, 8) };
  return mergeConfig({ endpoints }, overrides);
}
