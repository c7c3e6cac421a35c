import { type Answer, ok } from '../http/answer.js';
import type { Platform, PlatformKind, PlatformSetup } from '../platform/platform.js';
import { fieldsOf, type RouteRequest } from '../platform/request.js';
import { type Route, RouteTable } from '../platform/route-table.js';
import { randomStream } from '../random.js';
import { TokenStore } from '../tokens/token-store.js';
import { acdRoutes } from './acd-routes.js';
import type { Sessions } from './agent-sessions.js';
import { cxonePaths } from './cxone-paths.js';
import { CXONE_DEFAULT_LIMITS } from './default-limits.js';
import { digitalRoutes } from './digital-routes.js';
import { discoveryRoutes } from './discovery-routes.js';
import { cxoneError, cxoneErrors } from './error-answers.js';
import { sessionRoutes } from './session-routes.js';
import { World } from './tenants.js';
import { numberOf } from './token-claims.js';
import { TokenEndpoints } from './token-endpoints.js';

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

/** NICE CXone, ready to be started. */
export const cxone: PlatformKind<CxonePlatform> = {
  paths: cxonePaths,
  defaultLimits: CXONE_DEFAULT_LIMITS,
  ownOptions: ['tokens.tenants', 'longPoll'],
  create: (setup) => new CxonePlatform(setup),
};

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
