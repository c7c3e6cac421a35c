import { mergeConfig, type EndpointPolicies, type HoldlineConfig } from '@holdline/core';

const SECOND = 1_000;

/** Operations of the Interactions API in twilio 6.3.1. */
const INTERACTION_ROUTES = [
  'POST /v1/Interactions',
  'GET /v1/Interactions/:sid',
  'POST /v1/Interactions/:sid',
  'GET /v1/Interactions/:sid/Channels',
  'GET /v1/Interactions/:sid/Channels/:channelSid',
  'POST /v1/Interactions/:sid/Channels/:channelSid',
  'GET /v1/Interactions/:sid/Channels/:channelSid/Invites',
  'POST /v1/Interactions/:sid/Channels/:channelSid/Invites',
  'GET /v1/Interactions/:sid/Channels/:channelSid/Participants',
  'POST /v1/Interactions/:sid/Channels/:channelSid/Participants',
  'POST /v1/Interactions/:sid/Channels/:channelSid/Participants/:participantSid',
  'POST /v1/Interactions/:sid/Channels/:channelSid/Transfers',
  'GET /v1/Interactions/:sid/Channels/:channelSid/Transfers/:transferSid',
  'POST /v1/Interactions/:sid/Channels/:channelSid/Transfers/:transferSid',
];

const perSecond = (limit: number): EndpointPolicies => ({ governor: { quotas: [{ limit, windowMs: SECOND }] } });

/**
 * The documented limits of Twilio, as a plain configuration.
 *
 * | what | value | source, grade |
 * |---|---|---|
 * | Flex Interactions API | 20 per second, endpoint and account | page of error 45780: A |
 * | Flex web chats (`POST /v2/WebChats`) | 5 per second and account | page of error 45780, and "Flex messaging limits" for the account: A |
 * | everything else | `discover`: the limit of an account is a number of concurrent requests, which Twilio does not publish | page of error 20429: A for the absence |
 *
 * Twilio refuses with a 429 and code 20429 and says that it did not process the request, so the line repeats writes too. The
 * answers have no documented `Retry-After`. The line backs off, and waits for `Retry-After` if it is there.
 *
 * TaskRouter shows the limits of an account in the Twilio Console only. Give them in `overrides`.
 *
 * @param overrides - Configuration that is merged over the preset: each option of a policy replaces one option, each endpoint
 *   pattern one pattern. A list of quotas replaces the whole list.
 * @example
 * ```ts
 * import { twilioPlatform } from '@holdline/twilio';
 *
 * const config = twilioPlatform({
 *   bulkhead: { maxConcurrent: 50 },
 *   endpoints: { 'GET /v1/Workspaces/:workspaceSid/Statistics': { priority: 'background' } },
 * });
 * ```
 * @public
 */
export function twilioPlatform(overrides: HoldlineConfig = {}): HoldlineConfig {
  const endpoints = Object.fromEntries(INTERACTION_ROUTES.map((route) => [route, perSecond(20)]));
  endpoints['POST /v2/WebChats'] = perSecond(5);
  return mergeConfig({ governor: { quotas: [{ limit: 'discover', windowMs: SECOND }] }, endpoints }, overrides);
}
