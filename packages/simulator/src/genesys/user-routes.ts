import { type Answer, answerOk } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import { readFields, readItems, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { isAnswer, readCursorPage } from './cursor-paging.js';
import { buildNotFound, deleteEntity, readId, updateVersioned } from './entity-routes.js';
import { readIds, refuseTooMany, selectEntities } from './id-lists.js';
import type { Organization } from './organization.js';
import { answerPage, buildBadRequest, buildUri } from './paging.js';
import { type Fields, OWN_SOURCE, type UserStates } from './user-states.js';

const STATES = ['active', 'inactive', 'deleted', 'any'];
const BULK = 'PATCH /api/v2/users/bulk';

/** Routes of users: one, many by id, by page and by cursor, and changes of one and of many. */
export function createUserRoutes(organization: Organization, states: UserStates): RouteDefinition[] {
  const { users } = organization;
  const listUsers = (request: RouteRequest, candidates: readonly Entity[]): Entity[] | Answer => {
    const state = request.query.get('state') ?? 'active';
    if (!STATES.includes(state)) return buildBadRequest(request, `state must be one of ${STATES.join(', ')}`);
    return candidates.filter((user) => state === 'any' || user['state'] === state);
  };
  // The platform expands lists only as far as it can. A client needs a way to see a list that lacks a field.
  const readListExpands = (request: RouteRequest): string[] =>
    readExpands(request).filter((name) => !request.settings.bulk.omitExpands.includes(name));
  return [
    [
      'GET /api/v2/users/me',
      (request) => answerOk(expandUser(organization.getUser(request.token.user), readExpands(request), states)),
    ],
    [
      'GET /api/v2/users/query',
      (request) => {
        const listed = listUsers(request, users.list());
        if (!Array.isArray(listed)) return listed as Answer;
        const page = readCursorPage(request, listed, { token: 'cursor', maxSize: 500 });
        if (isAnswer(page)) return page;
        const pageSize = String(page.pageSize);
        return answerOk({
          entities: page.items.map((user) => expandUser(user, readListExpands(request), states)),
          results: page.items.length,
          selfUri: buildUri(request, { pageSize }),
          ...(page.next !== undefined && {
            cursor: page.next,
            nextUri: buildUri(request, { pageSize, cursor: page.next }),
          }),
        });
      },
    ],
    [
      'GET /api/v2/users',
      (request) => {
        const ids = readIds(request);
        const refusal = refuseTooMany(request, 'GET /api/v2/users', ids?.length ?? 0);
        if (refusal !== undefined) return refusal;
        const candidates = ids === undefined ? users.list() : selectEntities(ids, (id) => users.get(id));
        const listed = listUsers(request, candidates);
        if (!Array.isArray(listed)) return listed as Answer;
        const expands = readListExpands(request);
        return answerPage(
          request,
          expands.length === 0 ? listed : listed.map((user) => expandUser(user, expands, states)),
        );
      },
    ],
    [
      'GET /api/v2/users/:id',
      (request) => {
        // A user who is not active is left out of lists, but found by id.
        const user = users.get(readId(request));
        return user === undefined ? buildNotFound(request) : answerOk(expandUser(user, readExpands(request), states));
      },
    ],
    [
      BULK,
      (request) => {
        const items = readItems(request);
        const refusal = refuseTooMany(request, BULK, items.length);
        if (refusal !== undefined) return refusal;
        // The platform's answer is a list of users without errors. A user that does not exist is not in the list.
        const changed = items.flatMap(({ id, ...fields }) => {
          const user = typeof id === 'string' ? users.get(id) : undefined;
          return user === undefined ? [] : [users.update(user, fields)];
        });
        return answerOk({ entities: changed });
      },
    ],
    ['PATCH /api/v2/users/:id', (request) => updateVersioned(request, users, 409)],
    ['PUT /api/v2/users/:id', (request) => updateVersioned(request, users, 400)],
    ['DELETE /api/v2/users/:id', (request) => deleteEntity(request, users)],
  ];
}

function readExpands(request: RouteRequest): string[] {
  return [...(readIds(request, 'expand') ?? [])];
}

const EXPANSIONS: Readonly<Record<string, (id: string, states: UserStates) => unknown>> = {
  presence: (id, states) => states.getPresence(id, OWN_SOURCE),
  routingStatus: (id, states) => states.getRoutingStatus(id),
  outOfOffice: (id, states) => states.getOutOfOffice(id),
  station: (id, states) => states.getStation(id),
  skills: (id, states) => states.getAssignments(id, 'skills'),
  languages: (id, states) => states.getAssignments(id, 'languages'),
};

/** Adds the fields that `expand` asks for. Unknown names add nothing. */
function expandUser(user: Entity, names: readonly string[], states: UserStates): Fields {
  const added = names.flatMap((name) => {
    const read = EXPANSIONS[name];
    return read === undefined ? [] : [[name, read(user.id, states)] as const];
  });
  return { ...user, ...Object.fromEntries(added) };
}

/** Routes of what users are doing. Each write is read back, and published to the channels. */
export function createUserStateRoutes(organization: Organization, states: UserStates): RouteDefinition[] {
  const PRESENCES = 'GET /api/v2/users/presences/:sourceId/bulk';
  const PRESENCES_WRITE = 'PUT /api/v2/users/presences/bulk';
  return [
    [
      PRESENCES,
      (request) => {
        const ids = readIds(request) ?? [];
        const refusal = refuseTooMany(request, PRESENCES, ids.length);
        if (refusal !== undefined) return refusal;
        const source = readSource(request);
        const known = selectEntities(ids, (id) => organization.users.get(id));
        // The model of this answer has the id of the user, and does not say which source is primary.
        return answerOk(known.map(({ id }) => ({ ...states.getPresence(id, source), primary: undefined, userId: id })));
      },
    ],
    [
      PRESENCES_WRITE,
      (request) => {
        const items = readItems(request);
        const refusal = refuseTooMany(request, PRESENCES_WRITE, items.length);
        if (refusal !== undefined) return refusal;
        return answerOk(
          items.flatMap(({ id, source = OWN_SOURCE, ...fields }) =>
            organization.users.get(String(id)) === undefined
              ? []
              : [states.setPresence(String(id), String(source), fields, request.wallMs)],
          ),
        );
      },
    ],
    defineState('GET', 'presences/:sourceId', organization, (id, request) =>
      states.getPresence(id, readSource(request)),
    ),
    defineState('PATCH', 'presences/:sourceId', organization, (id, request) =>
      states.setPresence(id, readSource(request), readFields(request), request.wallMs),
    ),
    defineState('PUT', 'presences/:sourceId', organization, (id, request) =>
      states.setPresence(id, readSource(request), readFields(request), request.wallMs),
    ),
    defineState('GET', 'routingstatus', organization, (id) => states.getRoutingStatus(id)),
    defineState('PUT', 'routingstatus', organization, (id, request) =>
      states.setRoutingStatus(id, readFields(request), request.wallMs),
    ),
    defineState('GET', 'outofoffice', organization, (id) => states.getOutOfOffice(id)),
    defineState('PUT', 'outofoffice', organization, (id, request) => states.setOutOfOffice(id, readFields(request))),
    defineState('GET', 'station', organization, (id) => states.getStation(id)),
  ];
}

/** Defines a route below one user, who must exist. */
function defineState(
  method: string,
  path: string,
  { users }: Organization,
  handle: (id: string, request: RouteRequest) => Fields,
): RouteDefinition {
  return [
    `${method} /api/v2/users/:id/${path}`,
    (request) => {
      const id = readId(request);
      return users.get(id) === undefined ? buildNotFound(request) : answerOk(handle(id, request));
    },
  ];
}

function readSource({ params }: RouteRequest): string {
  const source = params.sourceId ?? OWN_SOURCE;
  return source.toUpperCase() === OWN_SOURCE ? OWN_SOURCE : source;
}
