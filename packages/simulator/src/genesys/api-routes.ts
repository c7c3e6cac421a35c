import { type Answer, ok } from '../http/answer.js';
import type { Collection } from '../platform/collection.js';
import { fieldsOf, type RouteRequest } from '../platform/request.js';
import type { RouteLine } from '../platform/route-table.js';
import { errorAnswer } from './error-answers.js';
import type { World } from './organization.js';
import { page } from './paging.js';

/** Largest request body the platform takes: its key `request.bytes.max`. */
export const MAX_BODY_BYTES = 512_000;

/** The API as far as clients are tested against it. */
export function genesysRoutes(world: World): RouteLine[] {
  return [
    ['GET /api/v2/tokens/me', (request) => tokenInfo(request, world)],
    ['HEAD /api/v2/tokens/me', () => ({ status: 200 })],
    [
      'DELETE /api/v2/tokens/me',
      (request) => {
        request.revoke();
        return { status: 200 };
      },
    ],
    ['GET /api/v2/users/me', ({ token }) => ok(world.userOf(token.user))],
    ['GET /api/v2/users', (request) => page(request, world.users.list())],
    ['GET /api/v2/users/:id', (request) => ok(world.users.get(idOf(request)), notFound(request))],
    ['PATCH /api/v2/users/:id', (request) => updateGuarded(request, world.users, 409)],
    ['PUT /api/v2/users/:id', (request) => updateGuarded(request, world.users, 400)],
    ['GET /api/v2/users/:id/presences/purecloud', (request) => ok(presenceOf(request, world))],
    [
      'PATCH /api/v2/users/:id/presences/purecloud',
      (request) => {
        const presence = {
          ...presenceOf(request, world),
          ...fieldsOf(request),
          modifiedDate: new Date(request.wallMs).toISOString(),
        };
        world.presences.set(idOf(request), presence);
        return ok(presence);
      },
    ],
    ['GET /api/v2/presencedefinitions', (request) => page(request, world.presenceDefinitions)],
    ['GET /api/v2/presence/definitions', (request) => page(request, world.presenceDefinitions)],
    ['GET /api/v2/routing/queues', (request) => page(request, world.queues.list())],
    ['POST /api/v2/routing/queues', (request) => create(request, world.queues)],
    ['GET /api/v2/routing/queues/:id', (request) => ok(world.queues.get(idOf(request)), notFound(request))],
    ['PUT /api/v2/routing/queues/:id', (request) => update(request, world.queues)],
    ['DELETE /api/v2/routing/queues/:id', (request) => remove(request, world.queues)],
    [
      'GET /api/v2/routing/queues/:id/members',
      (request) =>
        page(
          request,
          world.users
            .list()
            .slice(0, 5)
            .map((user) => ({ id: user.id, name: user.name, user, ringNumber: 1, joined: true, memberBy: 'user' })),
        ),
    ],
    ['GET /api/v2/scripts', (request) => page(request, world.scripts.list())],
    ['GET /api/v2/scripts/published', (request) => page(request, world.scripts.list())],
    ['GET /api/v2/externalcontacts/contacts', (request) => page(request, world.contacts.list())],
    ['POST /api/v2/externalcontacts/contacts', (request) => create(request, world.contacts)],
    [
      'GET /api/v2/externalcontacts/contacts/:id',
      (request) => ok(world.contacts.get(idOf(request)), notFound(request)),
    ],
    ['PUT /api/v2/externalcontacts/contacts/:id', (request) => update(request, world.contacts)],
    ['DELETE /api/v2/externalcontacts/contacts/:id', (request) => remove(request, world.contacts)],
    ['POST /api/v2/externalcontacts/bulk/contacts', (request) => readContacts(request, world), { isRead: true }],
    ['POST /api/v2/externalcontacts/bulk/contacts/add', (request) => addContacts(request, world)],
    [
      'POST /api/v2/analytics/conversations/details/query',
      (request) => {
        const all = world.conversations.list();
        const { pageSize, pageNumber } = bodyPaging(request);
        const conversations = all
          .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
          .map(({ id, startTime }) => ({ conversationId: id, conversationStart: startTime, participants: [] }));
        return ok({ conversations, totalHits: all.length });
      },
    ],
    [
      'POST /api/v2/analytics/users/details/query',
      (request) => {
        const all = world.users.list();
        const { pageSize, pageNumber } = bodyPaging(request);
        const userDetails = all
          .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
          .map(({ id }) => ({ userId: id, primaryPresence: [], routingStatus: [] }));
        return ok({ userDetails, totalHits: all.length });
      },
    ],
    ['GET /api/v2/conversations', (request) => page(request, world.conversations.list())],
    ['GET /api/v2/conversations/:id', (request) => ok(world.conversations.get(idOf(request)), notFound(request))],
    ['POST /api/v2/conversations/emails', (request) => create(request, world.conversations)],
    [
      'POST /api/v2/quality/conversations/:conversationId/evaluations',
      (request) => {
        const conversation = { id: request.params.conversationId ?? '' };
        return ok(
          world.evaluations.create({
            status: 'PENDING',
            ...fieldsOf(request),
            conversation,
          }),
        );
      },
      { isKeyed: true },
    ],
    ['GET /api/v2/organizations/me', () => ok(world.organization)],
    ['GET /api/v2/organizations/limits/namespaces/:ns', limitsOf],
  ];
}

/** What the table does not know. */
export function answerGenerically(request: RouteRequest, world: World): Answer {
  const { method, path, contextId } = request;
  const last = path.split('/').filter(Boolean).at(-1) ?? '';
  if (method === 'DELETE') return { status: 204 };
  if (method === 'GET' || method === 'HEAD') return ok({ id: last, name: `Simulated ${last}`, selfUri: path });
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    // POST makes something new in a collection; PUT and PATCH name the thing they change.
    const id = method === 'POST' ? world.newId() : last;
    return ok({ ...fieldsOf(request), id, selfUri: method === 'POST' ? `${path}/${id}` : path });
  }
  return errorAnswer(405, 'method.not.allowed', `The method ${method} is not allowed here.`, contextId);
}

function notFound(request: RouteRequest): Answer {
  return errorAnswer(404, 'not.found', 'The requested resource was not found.', request.contextId);
}

function idOf(request: RouteRequest): string {
  return request.params.id ?? '';
}

function create(request: RouteRequest, collection: Collection): Answer {
  return ok(collection.create(fieldsOf(request)));
}

function update(request: RouteRequest, collection: Collection): Answer {
  const entity = collection.get(idOf(request));
  return entity === undefined ? notFound(request) : ok(collection.update(entity, fieldsOf(request)));
}

/** A write whose body says which version it was made from. The platform answers 409 on some routes, 400 on others. */
function updateGuarded(request: RouteRequest, collection: Collection, mismatchStatus: 400 | 409): Answer {
  const entity = collection.get(idOf(request));
  if (entity === undefined) return notFound(request);
  const { version } = fieldsOf(request);
  if (version !== undefined && version !== entity.version) {
    const message = `The version [${String(version)}] does not match the current version [${String(entity.version)}]`;
    const code = mismatchStatus === 409 ? 'general.conflict' : 'bad.request';
    return errorAnswer(mismatchStatus, code, message, request.contextId);
  }
  return ok(collection.update(entity, fieldsOf(request)));
}

function remove(request: RouteRequest, collection: Collection): Answer {
  return collection.delete(idOf(request)) ? { status: 204 } : notFound(request);
}

function bodyPaging(request: RouteRequest): { pageSize: number; pageNumber: number } {
  const paging = (fieldsOf(request).paging ?? {}) as { pageSize?: unknown; pageNumber?: unknown };
  const read = (value: unknown, otherwise: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : otherwise;
  return { pageSize: Math.min(100, read(paging.pageSize, 25)), pageNumber: read(paging.pageNumber, 1) };
}

function tokenInfo({ token }: RouteRequest, world: World): Answer {
  const { id, name } = world.organization;
  const organization = { id, name };
  return ok({
    organization,
    homeOrganization: organization,
    authorizedScope: [],
    OAuthClient: { id: token.clientId, name: token.clientId, organization },
  });
}

function presenceOf(request: RouteRequest, world: World): Record<string, unknown> {
  const id = idOf(request);
  const offline = world.presenceDefinitions.find((definition) => definition.systemPresence === 'Offline');
  return (
    world.presences.get(id) ?? {
      id,
      source: 'PURECLOUD',
      primary: true,
      presenceDefinition: { id: offline?.id, systemPresence: 'Offline' },
      message: '',
      selfUri: `/api/v2/users/${id}/presences/PURECLOUD`,
    }
  );
}

function entitiesOf(request: RouteRequest): Record<string, unknown>[] {
  const { entities } = fieldsOf(request);
  if (!Array.isArray(entities)) return [];
  return entities.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}

function readContacts(request: RouteRequest, world: World): Answer {
  const results = entitiesOf(request).map(({ id }) => {
    const entity = world.contacts.get(String(id));
    return entity === undefined ? { id, success: false, status: 404 } : { id, success: true, status: 200, entity };
  });
  return ok(bulkResult(results));
}

function addContacts(request: RouteRequest, world: World): Answer {
  const results = entitiesOf(request).map((fields) => {
    const entity = world.contacts.create(fields);
    return { id: entity.id, success: true, status: 201, entity };
  });
  return ok(bulkResult(results));
}

function bulkResult(results: readonly { success: boolean }[]): Record<string, unknown> {
  const errorIndexes = results.flatMap((result, index) => (result.success ? [] : [index]));
  return { results, errorCount: errorIndexes.length, errorIndexes };
}

function limitsOf(request: RouteRequest): Answer {
  const namespace = request.params.ns ?? '';
  const entities =
    namespace === 'platform.api'
      ? [
          ...request.limits.map(({ name, limit }) => ({ key: name, namespace, value: limit })),
          { key: 'request.bytes.max', namespace, value: MAX_BODY_BYTES },
        ]
      : [];
  return page(request, entities);
}
