/**
 * Options of requests that read or write several entities at once. Genesys Cloud only.
 * @public
 */
export interface BulkRequestOptions {
  /**
   * Maximum number of ids in a query, or of items in a body, by route. More are refused with 400.
   *
   * @defaultValue the maxima that the SDK documents: 50 for presences in bulk, 100 for integrations, and so on. Where it
   * documents none, 100 ids of a list and 50 items of a body (ours, not the platform's). Routes that are not named keep
   * their maximum.
   */
  maxItems?: Record<string, number>;
  /**
   * Values of `expand` that lists leave out, while a request for one entity delivers them. The platform resolves
   * expansions of lists "with a best effort approach".
   *
   * @defaultValue []
   */
  omitExpands?: string[];
}

/** Checked options of bulk requests with all defaults. */
export interface BulkSettings {
  readonly maxItems: Readonly<Record<string, number>>;
  readonly omitExpands: readonly string[];
}

/** Maximum number of ids in a list for which the SDK documents none. */
const IDS = 100;
/** Maximum number of items in a body for which the SDK documents none. */
const ITEMS = 50;

export const BULK_DEFAULTS: BulkSettings = {
  maxItems: {
    'GET /api/v2/users': IDS,
    'GET /api/v2/users/presences/:sourceId/bulk': 50,
    'GET /api/v2/routing/queues': IDS,
    'GET /api/v2/routing/skills': IDS,
    'GET /api/v2/routing/languages': IDS,
    'GET /api/v2/routing/skillexpressions': IDS,
    'GET /api/v2/routing/wrapupcodes': IDS,
    'GET /api/v2/groups': IDS,
    'GET /api/v2/locations': IDS,
    'GET /api/v2/stations': IDS,
    'GET /api/v2/authorization/roles': IDS,
    'GET /api/v2/authorization/divisions': IDS,
    'GET /api/v2/flows': IDS,
    'GET /api/v2/flows/lookup': IDS,
    'GET /api/v2/flows/outcomes': IDS,
    'GET /api/v2/flows/milestones': IDS,
    'GET /api/v2/integrations': 100,
    'GET /api/v2/integrations/actions': 50,
    'GET /api/v2/outbound/campaigns': IDS,
    'GET /api/v2/outbound/messagingcampaigns': IDS,
    'GET /api/v2/outbound/digitalrulesets': IDS,
    'GET /api/v2/outbound/contactlists': IDS,
    'GET /api/v2/speechandtextanalytics/categories': 25,
    'GET /api/v2/speechandtextanalytics/programs': 50,
    'GET /api/v2/speechandtextanalytics/topics': 50,
    'GET /api/v2/quality/forms/evaluations/bulk': 100,
    'PATCH /api/v2/users/bulk': 50,
    'PUT /api/v2/users/presences/bulk': ITEMS,
    'PATCH /api/v2/users/:id/routinglanguages/bulk': 50,
    'PATCH /api/v2/users/:id/routingskills/bulk': ITEMS,
    'PUT /api/v2/users/:id/routingskills/bulk': ITEMS,
    'POST /api/v2/routing/queues/:id/members': 100,
    'PATCH /api/v2/routing/queues/:id/members': 100,
    'POST /api/v2/externalcontacts/bulk/contacts': ITEMS,
    'POST /api/v2/externalcontacts/bulk/contacts/add': ITEMS,
    'POST /api/v2/externalcontacts/bulk/contacts/update': ITEMS,
    'POST /api/v2/externalcontacts/bulk/contacts/remove': ITEMS,
    'POST /api/v2/externalcontacts/bulk/contacts/enrich': 10,
  },
  omitExpands: [],
};
