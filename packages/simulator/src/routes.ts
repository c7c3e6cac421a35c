import { errorAnswer, type Answer } from './answer.js';
import type { Channel, Collection, Entity, World } from './entities.js';
import { guessRoute, matches, parsePattern, readParams, type Pattern } from './match.js';
import type { AccessToken } from './oauth.js';
import type { LimitSettings } from './options.js';

/** What a handler sees of one request. */
export interface RouteRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when there was none or when it was not JSON by its content type. */
  readonly body: unknown;
  readonly token: AccessToken;
  readonly world: World;
  readonly limits: readonly LimitSettings[];
  readonly maxBodyBytes: number;
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly wallMs: number;
  readonly contextId: string;
  /** Kills the token that asks. */
  revoke(): void;
}

export interface Route {
  /** Method and path pattern, for example `GET /api/v2/users/:id`. */
  readonly name: string;
  readonly pattern: Pattern;
  /** Changes nothing, whatever its method. */
  readonly isRead: boolean;
  /** Honours Idempotency-Key. */
  readonly isKeyed: boolean;
  handle(request: RouteRequest): Answer;
}

type Handler = (request: RouteRequest) => Answer;

const routes: readonly Route[] = [
  route('GET /api/v2/tokens/me', tokenInfo),
  route('HEAD /api/v2/tokens/me', () => ({ status: 200 })),
  route('DELETE /api/v2/tokens/me', (request) => {
    request.revoke();
    return { status: 200 };
  }),
  route('GET /api/v2/users/me', ({ world }) => ok(world.users.get(world.meId))),
  route('GET /api/v2/users', (request) => page(request, request.world.users.list())),
  route('GET /api/v2/users/:id', (request) => ok(request.world.users.get(idOf(request)), request)),
  route('PATCH /api/v2/users/:id', (request) => updateGuarded(request, request.world.users, 409)),
  route('PUT /api/v2/users/:id', (request) => updateGuarded(request, request.world.users, 400)),
  route('GET /api/v2/users/:id/presences/purecloud', (request) => ok(presenceOf(request))),
  route('PATCH /api/v2/users/:id/presences/purecloud', (request) => {
    const presence = {
      ...presenceOf(request),
      ...fieldsOf(request),
      modifiedDate: new Date(request.wallMs).toISOString(),
    };
    request.world.presences.set(idOf(request), presence);
    return ok(presence);
  }),
  route('GET /api/v2/presencedefinitions', (request) => page(request, request.world.presenceDefinitions)),
  route('GET /api/v2/presence/definitions', (request) => page(request, request.world.presenceDefinitions)),
  route('GET /api/v2/routing/queues', (request) => page(request, request.world.queues.list())),
  route('POST /api/v2/routing/queues', (request) => create(request, request.world.queues)),
  route('GET /api/v2/routing/queues/:id', (request) => ok(request.world.queues.get(idOf(request)), request)),
  route('PUT /api/v2/routing/queues/:id', (request) => update(request, request.world.queues)),
  route('DELETE /api/v2/routing/queues/:id', (request) => remove(request, request.world.queues)),
  route('GET /api/v2/routing/queues/:id/members', (request) =>
    page(
      request,
      request.world.users
        .list()
        .slice(0, 5)
        .map((user) => ({ id: user.id, name: user.name, user, ringNumber: 1, joined: true, memberBy: 'user' })),
    ),
  ),
  route('GET /api/v2/scripts', (request) => page(request, request.world.scripts.list())),
  route('GET /api/v2/scripts/published', (request) => page(request, request.world.scripts.list())),
  route('GET /api/v2/externalcontacts/contacts', (request) => page(request, request.world.contacts.list())),
  route('POST /api/v2/externalcontacts/contacts', (request) => create(request, request.world.contacts)),
  route('GET /api/v2/externalcontacts/contacts/:id', (request) =>
    ok(request.world.contacts.get(idOf(request)), request),
  ),
  route('PUT /api/v2/externalcontacts/contacts/:id', (request) => update(request, request.world.contacts)),
  route('DELETE /api/v2/externalcontacts/contacts/:id', (request) => remove(request, request.world.contacts)),
  route('POST /api/v2/externalcontacts/bulk/contacts', readContacts, { isRead: true }),
  route('POST /api/v2/externalcontacts/bulk/contacts/add', addContacts),
  route('POST /api/v2/analytics/conversations/details/query', (request) => {
    const all = request.world.conversations.list();
    const { pageSize, pageNumber } = bodyPaging(request);
    const conversations = all
      .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
      .map(({ id, startTime }) => ({ conversationId: id, conversationStart: startTime, participants: [] }));
    return ok({ conversations, totalHits: all.length });
  }),
  route('POST /api/v2/analytics/users/details/query', (request) => {
    const all = request.world.users.list();
    const { pageSize, pageNumber } = bodyPaging(request);
    const userDetails = all
      .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
      .map(({ id }) => ({ userId: id, primaryPresence: [], routingStatus: [] }));
    return ok({ userDetails, totalHits: all.length });
  }),
  route('GET /api/v2/conversations', (request) => page(request, request.world.conversations.list())),
  route('GET /api/v2/conversations/:id', (request) => ok(request.world.conversations.get(idOf(request)), request)),
  route('POST /api/v2/conversations/emails', (request) => create(request, request.world.conversations)),
  route(
    'POST /api/v2/quality/conversations/:conversationId/evaluations',
    (request) => {
      const conversation = { id: request.params.conversationId ?? '' };
      return ok(
        request.world.evaluations.create(request.world.newId(), {
          status: 'PENDING',
          ...fieldsOf(request),
          conversation,
        }),
      );
    },
    { isKeyed: true },
  ),
  route('GET /api/v2/notifications/channels', (request) =>
    ok({ entities: request.world.channelsOf(request.token.label) }),
  ),
  route('POST /api/v2/notifications/channels', (request) => {
    const id = `streaming-${request.world.newId()}`;
    const channel: Channel = {
      id,
      connectUri: `ws://${request.host}/channels/${id}`,
      expires: new Date(request.wallMs + 86_400_000).toISOString(),
    };
    request.world.openChannel(request.token.label, channel);
    return ok(channel);
  }),
  route('GET /api/v2/organizations/me', ({ world }) => ok(world.organization)),
  route('GET /api/v2/organizations/limits/namespaces/:ns', limitsOf),
];

/** By method and number of segments, so that finding a route looks at a handful of patterns. */
const byShape = new Map<string, Route[]>();
for (const item of routes) {
  const shape = `${item.pattern.method} ${item.pattern.segments.length}`;
  byShape.set(shape, [...(byShape.get(shape) ?? []), item]);
}

/** The route of a request. One always answers: what the table does not know is answered generically. */
export function findRoute(method: string, segments: readonly string[]): Route {
  const known = byShape.get(`${method} ${segments.length}`)?.find((item) => matches(item.pattern, method, segments));
  if (known !== undefined) return known;
  const name = guessRoute(method, segments);
  const last = segments.at(-1);
  return {
    name,
    pattern: { text: name, method, segments: [], open: true, exact: false },
    isRead: isSafe(method) || (method === 'POST' && (last === 'query' || last === 'search')),
    isKeyed: false,
    handle: answerGenerically,
  };
}

export function paramsOf(found: Route, segments: readonly string[]): Record<string, string> {
  return readParams(found.pattern, segments);
}

function route(name: string, handle: Handler, flags: { isRead?: boolean; isKeyed?: boolean } = {}): Route {
  const pattern = parsePattern('route', name);
  const isRead = flags.isRead ?? (isSafe(pattern.method) || name.endsWith('/query'));
  return { name, pattern, isRead, isKeyed: flags.isKeyed ?? false, handle };
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function answerGenerically(request: RouteRequest): Answer {
  const { method, path, world } = request;
  const last = path.split('/').filter(Boolean).at(-1) ?? '';
  if (method === 'DELETE') return { status: 204 };
  if (method === 'GET' || method === 'HEAD') return ok({ id: last, name: `Simulated ${last}`, selfUri: path });
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    // POST makes something new in a collection; PUT and PATCH name the thing they change.
    const id = method === 'POST' ? world.newId() : last;
    return ok({ ...fieldsOf(request), id, selfUri: method === 'POST' ? `${path}/${id}` : path });
  }
  return errorAnswer(405, 'method.not.allowed', `The method ${method} is not allowed here.`, request.contextId);
}

function ok(body: unknown, request?: RouteRequest): Answer {
  if (body === undefined && request !== undefined) return notFound(request);
  return { status: 200, body };
}

function notFound(request: RouteRequest): Answer {
  return errorAnswer(404, 'not.found', 'The requested resource was not found.', request.contextId);
}

function badRequest(request: RouteRequest, message: string): Answer {
  return errorAnswer(400, 'bad.request', message, request.contextId);
}

function idOf(request: RouteRequest): string {
  return request.params.id ?? '';
}

function fieldsOf(request: RouteRequest): Record<string, unknown> {
  const { body } = request;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

function create(request: RouteRequest, collection: Collection): Answer {
  return ok(collection.create(request.world.newId(), fieldsOf(request)));
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

/** One page of a list, in the platform's envelope. */
function page(request: RouteRequest, all: readonly unknown[]): Answer {
  const pageSize = pagingNumber(request.query.get('pageSize'), 25);
  const pageNumber = pagingNumber(request.query.get('pageNumber'), 1);
  if (pageSize === undefined || pageSize > 500) return badRequest(request, 'pageSize must be from 1 to 500');
  if (pageNumber === undefined) return badRequest(request, 'pageNumber must be 1 or more');
  const pageCount = Math.ceil(all.length / pageSize);
  const uri = (number: number): string => {
    const query = new URLSearchParams(request.query);
    query.set('pageSize', String(pageSize));
    query.set('pageNumber', String(number));
    return `${request.path}?${query.toString()}`;
  };
  return ok({
    entities: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageSize,
    pageNumber,
    total: all.length,
    pageCount,
    firstUri: uri(1),
    lastUri: uri(Math.max(1, pageCount)),
    selfUri: uri(pageNumber),
    ...(pageNumber < pageCount && { nextUri: uri(pageNumber + 1) }),
    ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
  });
}

function pagingNumber(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function bodyPaging(request: RouteRequest): { pageSize: number; pageNumber: number } {
  const paging = (fieldsOf(request).paging ?? {}) as { pageSize?: unknown; pageNumber?: unknown };
  const read = (value: unknown, otherwise: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : otherwise;
  return { pageSize: Math.min(100, read(paging.pageSize, 25)), pageNumber: read(paging.pageNumber, 1) };
}

function tokenInfo({ world, token }: RouteRequest): Answer {
  const { id, name } = world.organization;
  const organization = { id, name };
  return ok({
    organization,
    homeOrganization: organization,
    authorizedScope: [],
    OAuthClient: { id: token.clientId, name: token.clientId, organization },
  });
}

function presenceOf(request: RouteRequest): Record<string, unknown> {
  const id = idOf(request);
  const offline = request.world.presenceDefinitions.find((definition) => definition.systemPresence === 'Offline');
  return (
    request.world.presences.get(id) ?? {
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

function readContacts(request: RouteRequest): Answer {
  const results = entitiesOf(request).map(({ id }) => {
    const entity = request.world.contacts.get(String(id));
    return entity === undefined ? { id, success: false, status: 404 } : { id, success: true, status: 200, entity };
  });
  return ok(bulkResult(results));
}

function addContacts(request: RouteRequest): Answer {
  const results = entitiesOf(request).map((fields) => {
    const entity: Entity = request.world.contacts.create(request.world.newId(), fields);
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
          { key: 'request.bytes.max', namespace, value: request.maxBodyBytes },
        ]
      : [];
  return page(request, entities);
}
