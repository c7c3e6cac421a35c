import { ok, type Answer } from '../answer.js';
import type { Platform, PlatformKind, PlatformSetup, RouteRequest } from '../platform.js';
import { randomStream } from '../random.js';
import { fieldsOf, RouteTable, type Route } from '../route.js';
import { TokenStore } from '../tokens.js';
import { acdRoutes } from './acd-routes.js';
import { numberOf } from './claims.js';
import { digitalRoutes } from './digital-routes.js';
import { discoveryRoutes } from './discovery.js';
import { cxoneError, cxoneErrors } from './errors.js';
import { cxonePaths } from './paths.js';
import { sessionRoutes } from './session-routes.js';
import type { Sessions } from './sessions.js';
import { TokenEndpoints } from './token-endpoints.js';
import { World } from './world.js';

/** No limit is documented; this one keeps a mistaken test from filling the memory. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** NICE CXone behind the engine. */
export class CxonePlatform implements Platform {
  readonly tokens: TokenStore;
  readonly errors = cxoneErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly endpoints = [];
  readonly #world: World;
  readonly #routes: RouteTable;

  constructor({ seed, settings }: PlatformSetup) {
    this.tokens = new TokenStore(randomStream(seed, 'tokens'), settings().tokens);
    this.#world = new World(randomStream(seed, 'ids'));
    this.#routes = new RouteTable(
      [
        ...new TokenEndpoints(this.tokens, randomStream(seed, 'codes')).routes(),
        ...discoveryRoutes(this.tokens),
        ...sessionRoutes(this.#world.sessions),
        ...acdRoutes(this.#world),
        ...digitalRoutes(this.#world),
        ['GET /user-management/v1/users/:userId', (request) => ok({ user: userOf(request) })],
        ['GET /tenants/v2/current', ({ token }) => ok({ tenant: { tenantId: token.tenant, name: token.tenant } })],
      ],
      cxonePaths,
    );
  }

  get sessions(): Sessions {
    return this.#world.sessions;
  }

  findRoute(method: string, segments: readonly string[]): Route {
    const known = this.#routes.find(method, segments);
    if (known !== undefined) return known;
    // The platform has many services at one host; what is not at its root may be any of them.
    if (segments.length > 1) {
      return this.#routes.guess('api', method, segments, (request) => answerGenerically(request, this.#world));
    }
    return this.#routes.guess('open', method, segments, () => cxoneError(404, 'Not Found'));
  }

  usualHeaders(contextId: string): Record<string, string> {
    return { 'x-trace-id': contextId };
  }
}

/** NICE CXone, ready to be started. The limits are those the vendor documents, all of Digital Engagement. */
export const cxone: PlatformKind<CxonePlatform> = {
  paths: cxonePaths,
  defaultLimits: [
    {
      name: 'update.contact',
      per: 'tenant',
      // To create one counts, and so does a message, either way.
      match: [
        'POST /dfo/3.0/contacts',
        ...updates('/dfo/3.0/contacts/:contactId/**'),
        ...updates('/dfo/3.0/messages/:messageId/**'),
        'POST /dfo/3.0/channels/:channelId/outbound',
        'POST /dfo/3.0/channels/:channelId/messages',
      ],
      limit: 1_000_000,
      windowMs: 3_600_000,
      enforcement: 'fixed',
    },
    {
      name: 'update.one.contact',
      per: 'entity',
      match: updates('/dfo/3.0/contacts/:contactId/**'),
      limit: 17,
      windowMs: 60_000,
      enforcement: 'bucket',
      burst: 250,
    },
    {
      name: 'send.outbound',
      per: 'tenant',
      match: 'POST /dfo/3.0/channels/:channelId/outbound',
      limit: 6000,
      windowMs: 60_000,
      enforcement: 'fixed',
    },
    {
      name: 'store.inbound',
      per: 'tenant',
      match: 'POST /dfo/3.0/channels/:channelId/messages',
      limit: 360_000,
      windowMs: 3_600_000,
      enforcement: 'fixed',
    },
    {
      name: 'get.contact',
      per: 'tenant',
      match: 'GET /dfo/3.0/contacts/:contactId/**',
      limit: 120_000,
      windowMs: 3_600_000,
      enforcement: 'fixed',
    },
  ],
  ownOptions: ['tokens.tenants', 'longPoll'],
  create: (setup) => new CxonePlatform(setup),
};

function updates(path: string): string[] {
  return ['PUT', 'PATCH', 'POST', 'DELETE'].map((method) => `${method} ${path}`);
}

function userOf({ params, token }: RouteRequest): Record<string, unknown> {
  return {
    id: params.userId,
    userName: token.user,
    firstName: token.user,
    lastName: 'Simulated',
    tenantId: token.tenant,
    agentId: numberOf(`${token.tenant}/${token.user}`),
    status: 'ACTIVE',
    customAttributes: {},
  };
}

function answerGenerically(request: RouteRequest, world: World): Answer {
  const { method, path } = request;
  const last = path.split('/').filter(Boolean).at(-1) ?? '';
  if (method === 'DELETE') return { status: 204 };
  if (method === 'GET' || method === 'HEAD') return ok({ id: last, name: `Simulated ${last}` });
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    // POST makes something new in a collection; PUT and PATCH name the thing they change.
    return ok({ ...fieldsOf(request), id: method === 'POST' ? world.newId() : last });
  }
  return cxoneError(405, `The method ${method} is not allowed here`);
}
