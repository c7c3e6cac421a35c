import { check, type EndpointPolicies, type HoldlineConfig } from '@holdline/core';

/**
 * Options of {@link genesysCache}. All are optional.
 * @public
 */
export interface GenesysCacheOptions {
  /**
   * Milliseconds for which settings are fresh: scripts, definitions, codes, skills, roles, locations.
   * @defaultValue 300,000 (the vendor's blueprint: data of one to five minutes is fine in most cases)
   */
  settingsTtlMs?: number;
  /**
   * Milliseconds for which users, queues and rows of data tables are fresh.
   * @defaultValue 60,000 (the lower end of the same advice)
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

const checkOptions = check.shape<GenesysCacheOptions>({
  settingsTtlMs: check.number({ min: 0 }),
  directoryTtlMs: check.number({ min: 0 }),
  staleWhileRevalidateMs: check.number({ min: 0 }),
  staleIfThrottledMs: check.number({ min: 0 }),
});

/** The writes and topics besides those of its own path that change what a route answers. All paths are operations of SDK 262. */
type Routes = Readonly<Record<string, readonly string[]>>;

/** A script that is published anew is another answer of all its published paths. */
const PUBLISHED = ['POST /api/v2/scripts/published'];

/** Administrators change settings, mostly outside shifts. */
const SETTINGS: Routes = {
  'GET /api/v2/scripts': [],
  'GET /api/v2/scripts/:scriptId': [],
  'GET /api/v2/scripts/:scriptId/pages': [],
  'GET /api/v2/scripts/:scriptId/pages/:pageId': [],
  'GET /api/v2/scripts/published': [],
  'GET /api/v2/scripts/published/:scriptId': PUBLISHED,
  'GET /api/v2/scripts/published/:scriptId/pages': PUBLISHED,
  'GET /api/v2/scripts/published/:scriptId/pages/:pageId': PUBLISHED,
  'GET /api/v2/scripts/published/:scriptId/variables': PUBLISHED,
  'GET /api/v2/presencedefinitions': [],
  'GET /api/v2/presencedefinitions/:presenceId': [],
  'GET /api/v2/presence/definitions': [],
  'GET /api/v2/presence/definitions/:definitionId': [],
  'GET /api/v2/systempresences': [],
  'GET /api/v2/routing/wrapupcodes': [],
  'GET /api/v2/routing/wrapupcodes/:codeId': [],
  'GET /api/v2/routing/queues/:queueId/wrapupcodes': ['* /api/v2/routing/wrapupcodes/**'],
  'GET /api/v2/routing/languages': [],
  'GET /api/v2/routing/languages/:languageId': [],
  'GET /api/v2/routing/skills': [],
  'GET /api/v2/routing/skills/:skillId': [],
  'GET /api/v2/authorization/divisions': [],
  'GET /api/v2/authorization/divisions/:divisionId': [],
  'GET /api/v2/authorization/roles': [],
  'GET /api/v2/authorization/roles/:roleId': [],
  'GET /api/v2/organizations/me': [],
  'GET /api/v2/fieldconfig': [],
  'GET /api/v2/locations': [],
  'GET /api/v2/locations/:locationId': [],
  'GET /api/v2/flows/datatables': [],
  'GET /api/v2/flows/datatables/:datatableId': [],
  'GET /api/v2/integrations/actions/:actionId': [],
};

/** What supervisors change during a shift. */
const DIRECTORIES: Routes = {
  // The answer has the presence, the routing status and the station of the user if `expand` names them.
  'GET /api/v2/users/:userId': [
    'PATCH /api/v2/users/bulk',
    'v2.users.{userId}.presence',
    'v2.users.{userId}.routingStatus',
    'v2.users.{userId}.station',
    'v2.users.{userId}.outofoffice',
    'v2.users.{userId}.conversationsummary',
  ],
  'GET /api/v2/users/:userId/queues': ['* /api/v2/routing/queues/:queueId/members/**'],
  'GET /api/v2/users/:userId/routingskills': ['* /api/v2/routing/skills/**'],
  'GET /api/v2/users/:userId/routinglanguages': ['* /api/v2/routing/languages/**'],
  'GET /api/v2/routing/queues': [],
  'GET /api/v2/routing/queues/:queueId': ['v2.routing.queues.{queueId}.users'],
  'GET /api/v2/flows/datatables/:datatableId/rows': [],
  'GET /api/v2/flows/datatables/:datatableId/rows/:rowId': [],
};

/** Paths that the patterns above match, and that are no settings: the user's own session, jobs, searches. */
const EXCEPTIONS = [
  'GET /api/v2/users/me',
  'GET /api/v2/users/query',
  'GET /api/v2/users/search',
  'GET /api/v2/locations/search',
  'GET /api/v2/users/rules',
  'GET /api/v2/routing/queues/me',
  'GET /api/v2/authorization/divisions/deleted',
  'GET /api/v2/authorization/divisions/query',
  'GET /api/v2/integrations/actions/drafts',
] as const;

/**
 * Declared caches for what changes rarely at Genesys Cloud and what agents fetch at login, as a configuration for {@link genesysCloud}.
 * Nothing is cached without this function. The platform forbids all caches by `no-store`, so this is your decision.
 *
 * | what | fresh for | reason, grade |
 * |---|---|---|
 * | scripts, presence definitions, wrap-up codes, languages, skills, divisions, roles, organization, locations, data tables, actions | 5 min | blueprint of the vendor: data of one to five minutes is fine in most cases: A |
 * | users, their queues and skills, queues, rows of data tables | 1 min | the lower end of the same advice, because supervisors change them during a shift: A |
 * | `GET /api/v2/users/me`, conversations, presences, routing statuses, stations, observations, analytics, jobs, searches | not cached | they are state of a session, or change by the second |
 *
 * A write to a path makes its answers invalid, and those above and below. `invalidateBy` names further writes, such as
 * `PATCH /api/v2/users/bulk`, and topics, which count while something reports them. Without topics, a user that was read with
 * `expand: ['presence']` is up to twice `directoryTtlMs` old. The key of an answer has the credential and the tenant.
 *
 * @returns a configuration. A later one, such as `{ endpoints: { 'GET …': { cache: false } } }`, changes or removes single caches.
 * @throws ConfigError if the options are wrong.
 * @example
 * ```ts
 * import { genesysCache, genesysCloud } from '@holdline/genesys';
 *
 * const config = genesysCloud(genesysCache({ settingsTtlMs: 120_000 }), {
 *   endpoints: { 'GET /api/v2/users/:userId': { cache: false } },
 * });
 * ```
 * @public
 */
export function genesysCache(options: GenesysCacheOptions = {}): HoldlineConfig {
  const { settingsTtlMs = 300_000, directoryTtlMs = 60_000, ...stale } = checkOptions(options, '');
  const { staleWhileRevalidateMs, staleIfThrottledMs = 3_600_000 } = stale;
  const buildCaches = (ttlMs: number, routes: Routes): [string, EndpointPolicies][] =>
    Object.entries(routes).map(([pattern, invalidateBy]) => [
      pattern,
      {
        cache: {
          ttlMs,
          staleWhileRevalidateMs: staleWhileRevalidateMs ?? ttlMs,
          staleIfThrottledMs,
          ...(invalidateBy.length > 0 && { invalidateBy: [...invalidateBy] }),
        },
      },
    ]);
  const endpoints: Record<string, EndpointPolicies> = {
    ...Object.fromEntries(buildCaches(settingsTtlMs, SETTINGS)),
    ...Object.fromEntries(buildCaches(directoryTtlMs, DIRECTORIES)),
    ...Object.fromEntries(EXCEPTIONS.map((pattern) => [pattern, { cache: false }])),
  };
  return { endpoints };
}
