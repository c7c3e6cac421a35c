import { type Answer, answerOk } from '../http/answer.js';
import type { Collection } from '../platform/collection.js';
import type { RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import type { Configuration } from './configuration.js';
import { answerAfterPage, answerNextPage } from './cursor-paging.js';
import { createEntity, deleteEntity, getEntity, updateEntity } from './entity-routes.js';
import { readIds, refuseTooMany, selectEntities } from './id-lists.js';
import { answerPage, type PageRules } from './paging.js';

/** How the list of a kind answers. */
interface ListForm {
  /** Name of the ids in the query. */
  readonly parameter?: 'id' | 'ids';
  readonly pages?: PageRules;
  /** The list is not paged by number: its token, and its largest page. */
  readonly token?: readonly ['after' | 'nextPage', maxSize: number];
  /** With ids, the platform ignores the paging and answers all of them. */
  readonly answersAllIds?: true;
}

const OUTBOUND: ListForm = { pages: { mostReturned: 100 } };

/** The forms that differ from a list by `pageNumber` with `id`. */
const FORMS: Readonly<Record<string, ListForm>> = {
  'routing/skillgroups': { token: ['after', 200] },
  'routing/skillexpressions': { answersAllIds: true },
  teams: { token: ['after', 200] },
  'flows/outcomes': { answersAllIds: true },
  'flows/milestones': { answersAllIds: true },
  integrations: { parameter: 'ids' },
  'integrations/actions': { parameter: 'ids' },
  'outbound/campaigns': OUTBOUND,
  'outbound/messagingcampaigns': OUTBOUND,
  'outbound/digitalrulesets': OUTBOUND,
  'outbound/contactlists': OUTBOUND,
  'speechandtextanalytics/categories': { parameter: 'ids', pages: { mostReturned: 25 } },
  'speechandtextanalytics/programs': { parameter: 'ids', token: ['nextPage', 500], answersAllIds: true },
  'speechandtextanalytics/topics': { parameter: 'ids', token: ['nextPage', 500], answersAllIds: true },
};

/** GETs beside an entity that are no entity: `GET /api/v2/flows/datatables`. They keep their generic answer. */
const SIBLINGS = [
  'routing/wrapupcodes/divisionviews',
  'groups/search',
  'locations/search',
  'authorization/roles/settings',
  'authorization/divisions/deleted',
  'authorization/divisions/home',
  'authorization/divisions/limit',
  'flows/datatables',
  'flows/divisionviews',
  'flows/outcomes/divisionviews',
  'flows/milestones/divisionviews',
  'integrations/clientapps',
  'integrations/credentials',
  'integrations/types',
  'integrations/userapps',
  'integrations/actions/categories',
  'integrations/actions/certificates',
  'integrations/actions/drafts',
  'outbound/campaigns/all',
  'outbound/campaigns/divisionviews',
  'outbound/messagingcampaigns/divisionviews',
  'outbound/contactlists/divisionviews',
  'speechandtextanalytics/programs/mappings',
  'speechandtextanalytics/programs/unpublished',
  'speechandtextanalytics/topics/dialects',
  'speechandtextanalytics/topics/general',
];

/**
 * Routes of skills, groups, flows, campaigns and other configuration: lists, lists by id, and single entities. Without
 * `answerGenerically`, other routes answer the GETs beside the entities.
 */
export function createConfigurationRoutes(
  configuration: Configuration,
  answerGenerically: ((request: RouteRequest) => Answer) | undefined,
): RouteDefinition[] {
  const divisions = configuration.collection('authorization/divisions');
  const flows = configuration.collection('flows');
  const forms = configuration.collection('quality/forms/evaluations');
  const lists = configuration.kinds.map((kind) => defineList(kind, configuration.collection(kind), FORMS[kind] ?? {}));
  return [
    ...lists,
    ...(answerGenerically === undefined
      ? []
      : SIBLINGS.map((path): RouteDefinition => [`GET /api/v2/${path}`, answerGenerically])),
    ['GET /api/v2/authorization/divisions/query', (request) => answerAfterPage(request, divisions.list(), 200)],
    [
      'GET /api/v2/flows/lookup',
      (request) => answerIds(request, 'GET /api/v2/flows/lookup', flows, readIds(request) ?? [], {}),
    ],
    [
      'GET /api/v2/quality/forms/evaluations/bulk',
      (request) => {
        const route = 'GET /api/v2/quality/forms/evaluations/bulk';
        return answerIds(request, route, forms, readIds(request) ?? [], { answersAllIds: true });
      },
    ],
    ...configuration.kinds.flatMap((kind) => defineEntity(`/api/v2/${kind}`, configuration.collection(kind))),
  ];
}

function defineList(kind: string, collection: Collection, form: ListForm): RouteDefinition {
  const route = `GET /api/v2/${kind}`;
  return [
    route,
    (request) => {
      const ids = readIds(request, form.parameter);
      if (ids !== undefined) return answerIds(request, route, collection, ids, form);
      const [token, maxSize = 0] = form.token ?? [];
      if (token === 'after') return answerAfterPage(request, collection.list(), maxSize);
      if (token === 'nextPage') return answerNextPage(request, collection.list(), maxSize);
      return answerPage(request, collection.list(), form.pages);
    },
  ];
}

function answerIds(
  request: RouteRequest,
  route: string,
  collection: Collection,
  ids: readonly string[],
  { pages, answersAllIds }: ListForm,
): Answer {
  const refusal = refuseTooMany(request, route, ids.length);
  if (refusal !== undefined) return refusal;
  const entities = selectEntities(ids, (id) => collection.get(id));
  return answersAllIds === true ? answerOk({ entities, total: entities.length }) : answerPage(request, entities, pages);
}

function defineEntity(path: string, collection: Collection): RouteDefinition[] {
  return [
    [`POST ${path}`, (request) => createEntity(request, collection)],
    [`GET ${path}/:id`, (request) => getEntity(request, collection)],
    [`PUT ${path}/:id`, (request) => updateEntity(request, collection)],
    [`PATCH ${path}/:id`, (request) => updateEntity(request, collection)],
    [`DELETE ${path}/:id`, (request) => deleteEntity(request, collection)],
  ];
}
