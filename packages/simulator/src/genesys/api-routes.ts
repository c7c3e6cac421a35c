import { type Answer, answerOk } from '../http/answer.js';
import type { Collection } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Organization } from './organization.js';
import { answerPage } from './paging.js';

/** Largest request body that the platform accepts: its limit `request.bytes.max`. */
export const MAX_BODY_BYTES = 512_000;

/** The routes of the API that tests of clients need. */
export function createApiRoutes(organization: Organization): RouteDefinition[] {
  return [
    ['GET /api/v2/tokens/me', (request) => describeToken(request, organization)],
    ['HEAD /api/v2/tokens/me', () => ({ status: 200 })],
    [
      'DELETE /api/v2/tokens/me',
      (request) => {
        request.revokeToken();
        return { status: 200 };
      },
    ],
    ['GET /api/v2/users/me', ({ token }) => answerOk(organization.getUser(token.user))],
    ['GET /api/v2/users', (request) => answerPage(request, organization.users.list())],
    ['GET /api/v2/users/:id', (request) => answerOk(organization.users.get(readId(request)), buildNotFound(request))],
    ['PATCH /api/v2/users/:id', (request) => updateVersioned(request, organization.users, 409)],
    ['PUT /api/v2/users/:id', (request) => updateVersioned(request, organization.users, 400)],
    ['GET /api/v2/users/:id/presences/purecloud', (request) => answerOk(getPresence(request, organization))],
    [
      'PATCH /api/v2/users/:id/presences/purecloud',
      (request) => {
        const presence = {
          ...getPresence(request, organization),
          ...readFields(request),
          modifiedDate: new Date(request.wallMs).toISOString(),
        };
        organization.presences.set(readId(request), presence);
        return answerOk(presence);
      },
    ],
    ['GET /api/v2/presencedefinitions', (request) => answerPage(request, organization.presenceDefinitions)],
    ['GET /api/v2/presence/definitions', (request) => answerPage(request, organization.presenceDefinitions)],
    ['GET /api/v2/routing/queues', (request) => answerPage(request, organization.queues.list())],
    ['POST /api/v2/routing/queues', (request) => createEntity(request, organization.queues)],
    [
      'GET /api/v2/routing/queues/:id',
      (request) => answerOk(organization.queues.get(readId(request)), buildNotFound(request)),
    ],
    ['PUT /api/v2/routing/queues/:id', (request) => updateEntity(request, organization.queues)],
    ['DELETE /api/v2/routing/queues/:id', (request) => deleteEntity(request, organization.queues)],
    ['GET /api/v2/scripts', (request) => answerPage(request, organization.scripts.list())],
    ['GET /api/v2/scripts/published', (request) => answerPage(request, organization.scripts.list())],
    ['GET /api/v2/externalcontacts/contacts', (request) => answerPage(request, organization.contacts.list())],
    ['POST /api/v2/externalcontacts/contacts', (request) => createEntity(request, organization.contacts)],
    [
      'GET /api/v2/externalcontacts/contacts/:id',
      (request) => answerOk(organization.contacts.get(readId(request)), buildNotFound(request)),
    ],
    ['PUT /api/v2/externalcontacts/contacts/:id', (request) => updateEntity(request, organization.contacts)],
    ['DELETE /api/v2/externalcontacts/contacts/:id', (request) => deleteEntity(request, organization.contacts)],
    [
      'POST /api/v2/externalcontacts/bulk/contacts',
      (request) => readContacts(request, organization),
      { isReadOnly: true },
    ],
    ['POST /api/v2/externalcontacts/bulk/contacts/add', (request) => addContacts(request, organization)],
    [
      'POST /api/v2/analytics/conversations/details/query',
      (request) => {
        const all = organization.conversations.list();
        const { pageSize, pageNumber } = readBodyPaging(request);
        const conversations = all
          .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
          .map(({ id, startTime }) => ({ conversationId: id, conversationStart: startTime, participants: [] }));
        return answerOk({ conversations, totalHits: all.length });
      },
    ],
    [
      'POST /api/v2/analytics/users/details/query',
      (request) => {
        const all = organization.users.list();
        const { pageSize, pageNumber } = readBodyPaging(request);
        const userDetails = all
          .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
          .map(({ id }) => ({ userId: id, primaryPresence: [], routingStatus: [] }));
        return answerOk({ userDetails, totalHits: all.length });
      },
    ],
    ['GET /api/v2/conversations', (request) => answerPage(request, organization.conversations.list())],
    [
      'GET /api/v2/conversations/:id',
      (request) => answerOk(organization.conversations.get(readId(request)), buildNotFound(request)),
    ],
    ['POST /api/v2/conversations/emails', (request) => createEntity(request, organization.conversations)],
    [
      'POST /api/v2/quality/conversations/:conversationId/evaluations',
      (request) => {
        const conversation = { id: request.params.conversationId ?? '' };
        return answerOk(
          organization.evaluations.create({
            status: 'PENDING',
            ...readFields(request),
            conversation,
          }),
        );
      },
      { acceptsIdempotencyKey: true },
    ],
    ['GET /api/v2/organizations/me', () => answerOk(organization.details)],
    ['GET /api/v2/organizations/limits/namespaces/:ns', listLimits],
  ];
}

/** Answers a path without a route. */
export function answerGenerically(request: RouteRequest, organization: Organization): Answer {
  const { method, path, contextId } = request;
  const last = path.split('/').filter(Boolean).at(-1) ?? '';
  if (method === 'DELETE') return { status: 204 };
  if (method === 'GET' || method === 'HEAD') return answerOk({ id: last, name: `Simulated ${last}`, selfUri: path });
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    // POST creates an entity in a collection; PUT and PATCH name the entity that they change.
    const id = method === 'POST' ? organization.newId() : last;
    return answerOk({ ...readFields(request), id, selfUri: method === 'POST' ? `${path}/${id}` : path });
  }
  return buildErrorAnswer(405, 'method.not.allowed', `The method ${method} is not allowed here.`, contextId);
}

function buildNotFound(request: RouteRequest): Answer {
  return buildErrorAnswer(404, 'not.found', 'The requested resource was not found.', request.contextId);
}

function readId(request: RouteRequest): string {
  return request.params.id ?? '';
}

function createEntity(request: RouteRequest, collection: Collection): Answer {
  return answerOk(collection.create(readFields(request)));
}

function updateEntity(request: RouteRequest, collection: Collection): Answer {
  const entity = collection.get(readId(request));
  return entity === undefined ? buildNotFound(request) : answerOk(collection.update(entity, readFields(request)));
}

/** Updates an entity if the `version` in the body is current. On a mismatch some routes answer 409, others 400. */
function updateVersioned(request: RouteRequest, collection: Collection, mismatchStatus: 400 | 409): Answer {
  const entity = collection.get(readId(request));
  if (entity === undefined) return buildNotFound(request);
  const { version } = readFields(request);
  if (version !== undefined && version !== entity.version) {
    const message = `The version [${String(version)}] does not match the current version [${String(entity.version)}]`;
    const code = mismatchStatus === 409 ? 'general.conflict' : 'bad.request';
    return buildErrorAnswer(mismatchStatus, code, message, request.contextId);
  }
  return answerOk(collection.update(entity, readFields(request)));
}

function deleteEntity(request: RouteRequest, collection: Collection): Answer {
  return collection.delete(readId(request)) ? { status: 204 } : buildNotFound(request);
}

function readBodyPaging(request: RouteRequest): { pageSize: number; pageNumber: number } {
  const paging = (readFields(request).paging ?? {}) as { pageSize?: unknown; pageNumber?: unknown };
  const read = (value: unknown, fallback: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : fallback;
  return { pageSize: Math.min(100, read(paging.pageSize, 25)), pageNumber: read(paging.pageNumber, 1) };
}

function describeToken({ token }: RouteRequest, organization: Organization): Answer {
  const { id, name } = organization.details;
  const summary = { id, name };
  return answerOk({
    organization: summary,
    homeOrganization: summary,
    authorizedScope: [],
    OAuthClient: { id: token.clientId, name: token.clientId, organization: summary },
  });
}

function getPresence(request: RouteRequest, organization: Organization): Record<string, unknown> {
  const id = readId(request);
  const offline = organization.presenceDefinitions.find((definition) => definition.systemPresence === 'Offline');
  return (
    organization.presences.get(id) ?? {
      id,
      source: 'PURECLOUD',
      primary: true,
      presenceDefinition: { id: offline?.id, systemPresence: 'Offline' },
      message: '',
      selfUri: `/api/v2/users/${id}/presences/PURECLOUD`,
    }
  );
}

function readEntities(request: RouteRequest): Record<string, unknown>[] {
  const { entities } = readFields(request);
  if (!Array.isArray(entities)) return [];
  return entities.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}

function readContacts(request: RouteRequest, organization: Organization): Answer {
  const results = readEntities(request).map(({ id }) => {
    const entity = organization.contacts.get(String(id));
    return entity === undefined ? { id, success: false, status: 404 } : { id, success: true, status: 200, entity };
  });
  return answerOk(buildBulkResult(results));
}

function addContacts(request: RouteRequest, organization: Organization): Answer {
  const results = readEntities(request).map((fields) => {
    const entity = organization.contacts.create(fields);
    return { id: entity.id, success: true, status: 201, entity };
  });
  return answerOk(buildBulkResult(results));
}

function buildBulkResult(results: readonly { success: boolean }[]): Record<string, unknown> {
  const errorIndexes = results.flatMap((result, index) => (result.success ? [] : [index]));
  return { results, errorCount: errorIndexes.length, errorIndexes };
}

function listLimits(request: RouteRequest): Answer {
  const namespace = request.params.ns ?? '';
  const entities =
    namespace === 'platform.api'
      ? [
          ...request.limits.map(({ name, limit }) => ({ key: name, namespace, value: limit })),
          { key: 'request.bytes.max', namespace, value: MAX_BODY_BYTES },
        ]
      : [];
  return answerPage(request, entities);
}
