/** How a route can be read for many things at once. */
export interface BulkRead {
  /** The route that reads many. */
  readonly route: string;
  /** Its query parameter with the ids. */
  readonly parameter: string;
  /** Maximum number of ids; undefined if the platform documents none. */
  readonly max: number | undefined;
  readonly source: string;
}

/** Ids in one request where the platform documents no maximum. Fits a URL, and is the smallest documented maximum of comparable lists. */
export const ASSUMED_MAX = 50;

const SDK = 'operations of purecloud-platform-client-v2 262.0.0: the list has the parameter';

/** Lists of Genesys Cloud that read several things by their ids, with the documented maximum. */
const LISTS: readonly (readonly [path: string, parameter: 'id' | 'ids', max?: number])[] = [
  ['/users', 'id'],
  ['/groups', 'id'],
  ['/locations', 'id'],
  ['/stations', 'id'],
  ['/routing/queues', 'id'],
  ['/routing/skills', 'id'],
  ['/routing/languages', 'id'],
  ['/routing/skillexpressions', 'id'],
  ['/routing/wrapupcodes', 'id'],
  ['/authorization/roles', 'id'],
  ['/authorization/divisions', 'id'],
  ['/architect/grammars', 'id'],
  ['/flows/outcomes', 'id'],
  ['/flows/milestones', 'id'],
  ['/integrations', 'ids', 100],
  ['/integrations/actions', 'ids', 50],
  ['/journey/views', 'id'],
  ['/outbound/campaigns', 'id'],
  ['/outbound/contactlists', 'id'],
  ['/outbound/messagingcampaigns', 'id'],
  ['/outbound/digitalrulesets', 'id'],
  ['/speechandtextanalytics/categories', 'ids', 25],
  ['/speechandtextanalytics/programs', 'ids', 50],
  ['/speechandtextanalytics/topics', 'ids', 50],
  ['/telephony/providers/edges/dids', 'id'],
  ['/telephony/providers/edges/didpools', 'id'],
  ['/voicemail/messages', 'ids'],
];

const BULK = new Map<string, BulkRead>([
  ...LISTS.map(([path, parameter, max]): [string, BulkRead] => [
    `/api/v2${path}/:id`,
    { route: `GET /api/v2${path}`, parameter, max, source: SDK },
  ]),
  [
    '/api/v2/flows/:id',
    {
      route: 'GET /api/v2/flows/lookup',
      parameter: 'id',
      max: undefined,
      source: `${SDK}; the parameter id of GET /flows is deprecated`,
    },
  ],
  [
    '/api/v2/users/:id/presences/purecloud',
    {
      route: 'GET /api/v2/users/presences/purecloud/bulk',
      parameter: 'id',
      max: 50,
      source: 'documentation in purecloud-platform-client-v2 262.0.0: 50 ids',
    },
  ],
]);

/** Notification topics by route, as the streaming client of the vendor subscribes to them. */
const TOPICS = new Map<string, string>([
  ['/api/v2/users/:id/presences/purecloud', 'v2.users.{id}.presence'],
  ['/api/v2/users/:id/presences/:id', 'v2.users.{id}.presence'],
  ['/api/v2/users/:id/routingstatus', 'v2.users.{id}.routingStatus'],
]);

/** The path of a route from `/api/v2/` on, with `:id` for every parameter; undefined for another platform. */
function genesysPath(route: string): string | undefined {
  const [method, path = ''] = route.split(' ');
  const at = path.indexOf('/api/v2/');
  return method === 'GET' && at >= 0 ? path.slice(at).replace(/:[\w-]+/g, ':id') : undefined;
}

/** How to read many things of a route at once; undefined if nothing is known. */
export function bulkReadOf(route: string): BulkRead | undefined {
  const path = genesysPath(route);
  return path === undefined ? undefined : BULK.get(path);
}

/** The notification topic that replaces polling of a route; undefined if nothing is known. */
export function topicOf(route: string): string | undefined {
  const path = genesysPath(route);
  return path === undefined ? undefined : TOPICS.get(path);
}

/** Whether a route belongs to Genesys Cloud. */
export const isGenesys = (route: string): boolean => / .*\/api\/v2\//.test(route);
