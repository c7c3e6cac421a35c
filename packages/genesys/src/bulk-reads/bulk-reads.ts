import { check, type BulkOptions, type HoldlineConfig } from '@holdline/core';
import type { BulkRead } from '../operations/bulk-read.js';
import { BULK_READS } from '../operations/bulk-reads.js';

/**
 * Options of {@link genesysBulkReads}. All are optional.
 * @public
 */
export interface GenesysBulkReadOptions {
  /**
   * Names of the reads: their path without `/api/v2/` and without parameters, such as `users` for `GET /api/v2/users/:userId`, or
   * `routing/queues`.
   * @defaultValue all reads whose list has the same fields: all except `users/presences` and `users/presences/purecloud`
   */
  routes?: string[];
  /**
   * Milliseconds for which a call waits for others. With 0, the calls of one turn of the event loop share a request.
   * @defaultValue 0
   */
  withinMs?: number;
}

/** The reads by name. */
const READS: ReadonlyMap<string, readonly [pattern: string, read: BulkRead]> = new Map(
  Object.entries(BULK_READS).map(([pattern, read]) => [nameOf(pattern), [pattern, read]]),
);

const checkOptions = check.shape<GenesysBulkReadOptions>({
  routes: check.list(check.oneOf(...READS.keys())),
  withinMs: check.number({ min: 0 }),
});

/**
 * Declares bulk reads of the single entities of Genesys Cloud: users, queues, skills, groups, flows and others. The line then
 * answers several `getUser(id)` from one `GET /api/v2/users?id=`. Each caller gets what the SDK method gives it without bulk reads. An id
 * that the list leaves out, such as one that does not exist, or one of a user who is not active, is read by itself.
 *
 * The table of lists comes from the operations of SDK 262. Where the SDK documents no maximum, a list has 50 ids. If the platform refuses a
 * list as too long, the line splits it and learns the length that works.
 *
 * The lists of `users/presences` and `users/presences/purecloud` have other fields than the single read: their items have `userId`, and
 * lack `primary` and `futurePresenceDefinition`. So these two reads are off unless `routes` names them.
 *
 * @returns a configuration for {@link genesysCloud} or {@link guardGenesys}.
 * @throws ConfigError if an option is wrong, or `routes` names an unknown read.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { genesysBulkReads, genesysCloud, guardGenesys } from '@holdline/genesys';
 *
 * guardGenesys(platformClient.ApiClient.instance, genesysCloud(genesysBulkReads({ routes: ['users', 'routing/queues'] })));
 * const users = new platformClient.UsersApi();
 * const ids = ['3a9c7c9e-1111-4a1b-9d40-0f9f5e3d2a01', '3a9c7c9e-2222-4a1b-9d40-0f9f5e3d2a02'];
 * const agents = await Promise.all(ids.map((id) => users.getUser(id))); // one request
 * ```
 * @public
 */
export function genesysBulkReads(options: GenesysBulkReadOptions = {}): HoldlineConfig {
  const { routes, withinMs = 0 } = checkOptions(options, 'options');
  const isWanted = (name: string, { lacks }: BulkRead): boolean => routes?.includes(name) ?? lacks === undefined;
  const wanted = [...READS].filter(([name, [, read]]) => isWanted(name, read));
  const endpoints = wanted.map(([, [pattern, read]]) => [pattern, { bulk: toBulkOptions(pattern, read, withinMs) }]);
  return { endpoints: Object.fromEntries(endpoints) as NonNullable<HoldlineConfig['endpoints']> };
}

/** The name of a read: its path without `/api/v2/` and without parameters. */
function nameOf(pattern: string): string {
  return pattern
    .replace('GET /api/v2/', '')
    .split('/')
    .filter((segment) => !segment.startsWith(':'))
    .join('/');
}

function toBulkOptions(pattern: string, read: BulkRead, withinMs: number): BulkOptions {
  const { list, parameter, max, items, key, query, pageSize, passes, expands, except } = read;
  const names = pattern.split('/').flatMap((segment) => (segment.startsWith(':') ? segment.slice(1) : []));
  // The list has all parameters of the read except the id.
  const id = names.find((name) => !list.split('/').includes(`:${name}`));
  return {
    list,
    parameter,
    max,
    ...(id !== undefined && { id }),
    items,
    key,
    ...(query && { query }),
    ...(pageSize !== undefined && { pageSize }),
    passes,
    ...(expands && { expands }),
    ...(except && { except }),
    withinMs,
  };
}
