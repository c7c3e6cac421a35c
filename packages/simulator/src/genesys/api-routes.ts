import { type Answer, answerOk } from '../http/answer.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { createContactRoutes } from './contact-routes.js';
import { getEntity, createEntity } from './entity-routes.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Organization } from './organization.js';
import { answerPage } from './paging.js';
import { createQueueRoutes } from './queue-routes.js';
import type { Publish } from './user-states.js';

/** Largest request body that the platform accepts: its limit `request.bytes.max`. */
export const MAX_BODY_BYTES = 512_000;

/** The routes of the API that tests of clients need. */
export function createApiRoutes(organization: Organization, publish: Publish): RouteDefinition[] {
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
    ['GET /api/v2/presencedefinitions', (request) => answerPage(request, organization.presenceDefinitions)],
    ['GET /api/v2/presence/definitions', (request) => answerPage(request, organization.presenceDefinitions)],
    ...createQueueRoutes(organization, publish),
    ['GET /api/v2/scripts', (request) => answerPage(request, organization.scripts.list())],
    ['GET /api/v2/scripts/published', (request) => answerPage(request, organization.scripts.list())],
    ['GET /api/v2/scripts/divisionviews', (request) => answerPage(request, organization.scripts.list())],
    ['GET /api/v2/scripts/:id', (request) => getEntity(request, organization.scripts)],
    ...createContactRoutes(organization),
    ['GET /api/v2/conversations', (request) => answerPage(request, organization.conversations.list())],
    ['GET /api/v2/conversations/:id', (request) => getEntity(request, organization.conversations)],
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
