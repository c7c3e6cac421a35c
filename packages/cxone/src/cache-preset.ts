import { check, type EndpointPolicies, type HoldlineConfig } from '@holdline/core';

/**
 * Options of {@link cxoneCache}. All are optional.
 * @public
 */
export interface CxoneCacheOptions {
  /**
   * Milliseconds for which settings are fresh: skills, dispositions, codes, brands, workflows.
   * @defaultValue 300,000 (ours; the SDK 25.1.2 keeps most of them for a whole session)
   */
  settingsTtlMs?: number;
  /**
   * Milliseconds for which directories and assignments are fresh: agents, teams, address books.
   * @defaultValue 60,000 (ours)
   */
  directoryTtlMs?: number;
  /**
   * Milliseconds after the time above for which the cache still gives the answer, while the line fetches a new one.
   * @defaultValue as long as the answer is fresh (ours)
   */
  staleWhileRevalidateMs?: number;
  /**
   * Milliseconds after the time above for which the cache gives the answer while a gate is closed.
   * @defaultValue 3,600,000 (ours)
   */
  staleIfThrottledMs?: number;
}

const checkOptions = check.shape<CxoneCacheOptions>({
  settingsTtlMs: check.number({ min: 0 }),
  directoryTtlMs: check.number({ min: 0 }),
  staleWhileRevalidateMs: check.number({ min: 0 }),
  staleIfThrottledMs: check.number({ min: 0 }),
});

/**
 * Settings. The SDK keeps those marked below in the storage of the page until somebody asks it to fetch them again, so data as old as a
 * login is what agents work with already.
 */
const SETTINGS = [
  'GET /skills', // IndexedDB
  'GET /skills/:skillId',
  'GET /skills/:skillId/dispositions',
  'GET /skills/:skillId/tags',
  'GET /skills/:skillId/parameters/:kind',
  'GET /business-unit', // localStorage
  'GET /branding-profiles', // localStorage
  'GET /scripts',
  'GET /feedback-categories-and-priorities',
  'GET /agent-integration/configuration',
  'GET /agent-integration/configuration/:configurationId/**',
  'GET /branding-profiles/current', // localStorage
  'GET /tenants/:version/current', // localStorage
  'GET /dfo/:version/channels',
  'GET /dfo/:version/tags',
  'GET /dfo/:version/routing-queues', // IndexedDB
  'GET /dfo/:version/user-statuses',
  'GET /dfo/:version/customers/custom-field-definitions',
  'GET /dfo/:version/contacts/custom-field-definitions',
  'GET /dfo/:version/translate/available-languages',
  'GET /rtd/:version/agents/:agentId/directories',
  'GET /rtd/:version/agents/:agentId/directories/:directoryId/metadata',
] as const;

/** Directories and assignments, which supervisors change during a shift. Where others change them too, `invalidateBy` names the writes. */
const DIRECTORIES: Readonly<Record<string, readonly string[]>> = {
  'GET /agents': [],
  'GET /agents/:agentId': ['* /teams/**'], // localStorage
  'GET /agents/:agentId/skills': ['* /skills/**'],
  'GET /agents/:agentId/agent-settings': [], // localStorage
  'GET /agents/:agentId/address-books': ['* /address-books/**'],
  'GET /teams': [],
  'GET /teams/:teamId': [],
  'GET /teams/:teamId/agents': ['* /agents/**'],
  'GET /address-books/:addressBookId/entries': [],
  'GET /user-management/:version/users/:userId': [], // localStorage
  'GET /rtd/:version/agents/:agentId/directories/:directoryId/entries': [],
};

/** Reads of what changes by the second. They are never cached, and identical ones that are active at the same time share one request. */
const SHARED_READS = [
  'GET /cache/agentstate',
  'GET /cache/skills',
  'GET /skills/activity',
  'GET /agents/states',
] as const;

/** Paths with a word in the place of an id. The patterns above would match them. */
const EXCEPTIONS = [
  'GET /agents/client-data',
  'GET /agents/performance',
  'GET /skills/summary',
  'GET /skills/sla-summary',
  'GET /teams/performance-total',
  'GET /user-management/:version/users/location',
] as const;

/**
 * Declared caches for the directories and settings of NICE CXone, as a configuration for {@link cxone}. Nothing is cached without
 * this function.
 *
 * | what | fresh for | reason, grade |
 * |---|---|---|
 * | settings: skills, dispositions, tags, business unit, brands, scripts, workflows, digital channels, field definitions | 5 min | the SDK keeps most of them for a whole session: A; the number is ours |
 * | directories: agents, teams, assigned skills, address books | 1 min | supervisors change them during a shift; the number is ours |
 * | agent states, queue activity | not cached; identical active reads share one request | the SDK polls them every 5 s: A |
 * | permissions, unavailable codes | not cached | the SDK keeps them, and fetches them anew when an event reports a change: A |
 * | sessions, events, contacts, messages, queues of an agent, callbacks, client data, server time | not cached, not shared | they are state of one session, or a clock |
 *
 * The vendor documents no cache headers. The key of an answer has the credential and the tenant, so agents with separate tokens share
 * nothing.
 *
 * @returns a configuration. A later one, such as `{ endpoints: { 'GET …': { cache: false } } }`, changes or removes single caches.
 * @throws ConfigError if the options are wrong.
 * @example
 * ```ts
 * import { cxone, cxoneCache } from '@holdline/cxone';
 *
 * const config = cxone(cxoneCache({ settingsTtlMs: 900_000 }), { endpoints: { 'GET /scripts': { cache: false } } });
 * ```
 * @public
 */
export function cxoneCache(options: CxoneCacheOptions = {}): HoldlineConfig {
  const { settingsTtlMs = 300_000, directoryTtlMs = 60_000, ...stale } = checkOptions(options, '');
  const { staleWhileRevalidateMs, staleIfThrottledMs = 3_600_000 } = stale;
  const buildCache = (ttlMs: number, invalidateBy: readonly string[] = []): EndpointPolicies => ({
    cache: {
      ttlMs,
      staleWhileRevalidateMs: staleWhileRevalidateMs ?? ttlMs,
      staleIfThrottledMs,
      ...(invalidateBy.length > 0 && { invalidateBy: [...invalidateBy] }),
    },
  });
  const endpoints: Record<string, EndpointPolicies> = {
    ...Object.fromEntries(SETTINGS.map((pattern) => [pattern, buildCache(settingsTtlMs)])),
    ...Object.fromEntries(
      Object.entries(DIRECTORIES).map(([pattern, writes]) => [pattern, buildCache(directoryTtlMs, writes)]),
    ),
    ...Object.fromEntries(SHARED_READS.map((pattern) => [pattern, { cache: false, coalesce: true }])),
    ...Object.fromEntries(EXCEPTIONS.map((pattern) => [pattern, { cache: false }])),
  };
  return { endpoints };
}
