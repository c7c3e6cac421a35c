import { mergeConfig, type EndpointPolicies, type HoldlineConfig, type Quota } from '@holdline/core';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Limits of Digital Engagement. Quotas with the same name are one quota over all endpoints. */
const UPDATE_CONTACT: Quota = { name: 'update-contact', limit: 1_000_000, windowMs: HOUR, scope: 'tenant' };
const ONE_CONTACT: Quota = {
  name: 'update-specific-contact',
  limit: 17,
  windowMs: MINUTE,
  key: 'contactId',
  enforcement: 'bucket',
  burst: 250,
};
const SEND_OUTBOUND: Quota = { name: 'send-outbound', limit: 6_000, windowMs: MINUTE, scope: 'tenant' };
const STORE_INBOUND: Quota = { name: 'store-inbound', limit: 360_000, windowMs: HOUR, scope: 'tenant' };
const GET_CONTACT: Quota = { name: 'get-contact', limit: 120_000, windowMs: HOUR, scope: 'tenant' };

const limitBy = (...quotas: Quota[]): EndpointPolicies => ({ governor: { quotas } });

/**
 * The documented limits and special cases of NICE CXone, as a plain configuration.
 *
 * | what | value | source, grade |
 * |---|---|---|
 * | update contact: create, change, add or change messages | 1,000,000 per hour and tenant | Digital Engagement API page: A |
 * | update one contact | a bucket of 250, 17 more per minute | same page: A |
 * | send outbound message | 6,000 per minute, and an update of a contact | same page: A |
 * | store inbound message | 360,000 per hour and tenant, and an update of a contact | same page: A |
 * | get contact, or its messages | 120,000 per hour and tenant | same page: A |
 * | everything else | `discover`: no number is documented | A for the absence |
 * | paths | compared without case; `/incontactapi/services/v23.0`, of any version, is removed | SDK source: A |
 * | `get-next-event` | a long poll, without quota, circuit, bulkhead and deadline | SDK source: A |
 * | circuits | one per credential, so that the throttling of one tenant does not block another | measured with SDK 25.1.2: A |
 *
 * The page names actions, not paths. The paths come from the SDK and the names of the actions. The vendor may change its numbers.
 * Give others in `overrides`, all quotas of an endpoint together.
 *
 * The tenant of a call is that of `withCall`, or the tenant that `guardCxone` reads from the token.
 *
 * @param overrides - Configurations that are merged over the preset, one after the other: each option of a policy replaces one option, each endpoint
 *   pattern one pattern. A list of quotas replaces the whole list.
 * @example
 * ```ts
 * import { cxone } from '@holdline/cxone';
 *
 * const config = cxone({
 *   governor: { quotas: [{ limit: 100, windowMs: 1_000 }] },
 *   endpoints: { 'GET /contacts/completed': { retry: 'batch', priority: 'background' } },
 * });
 * ```
 * @public
 */
export function cxone(...overrides: HoldlineConfig[]): HoldlineConfig {
  const endpoints: Record<string, EndpointPolicies> = {
    'GET /agent-sessions/:sessionId/get-next-event': {
      governor: { apart: true },
      breaker: false,
      bulkhead: false,
      deadline: { totalTimeoutMs: Infinity, attemptTimeoutMs: Infinity },
    },
    // The pattern names the route, so that all versions are one route.
    '* /dfo/:version/**': {},
    '* /engager/:version/**': {},
    'GET /dfo/:version/contacts': limitBy(GET_CONTACT),
    'GET /dfo/:version/contacts/:contactId': limitBy(GET_CONTACT),
    'GET /dfo/:version/contacts/:contactId/messages': limitBy(GET_CONTACT),
    'POST /dfo/:version/contacts': limitBy(UPDATE_CONTACT),
    'POST /dfo/:version/channels/:channelId/outbound': limitBy(SEND_OUTBOUND, UPDATE_CONTACT),
    'POST /dfo/:version/channels/:channelId/messages': limitBy(STORE_INBOUND, UPDATE_CONTACT),
  };
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    endpoints[`${method} /dfo/:version/contacts/:contactId/**`] = limitBy(UPDATE_CONTACT, ONE_CONTACT);
    endpoints[`${method} /dfo/:version/messages/:messageId/**`] = limitBy(UPDATE_CONTACT);
  }
  return overrides.reduce<HoldlineConfig>((config, override = {}) => mergeConfig(config, override), {
    governor: { quotas: [{ limit: 'discover', windowMs: MINUTE }] },
    breaker: { scope: 'credential' },
    paths: {
      caseInsensitive: true,
      anchor: '/incontactapi/',
      // The SDK sends both spellings.
      stripPrefixes: ['/incontactapi/services/:version', '/incontactapi//services/:version'],
    },
    endpoints,
  });
}
