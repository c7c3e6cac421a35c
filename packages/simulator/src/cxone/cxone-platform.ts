import { type Answer, answerOk } from '../http/answer.js';
import type { Platform, PlatformDefinition, PlatformSetup } from '../platform/platform.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import { type Route, RouteTable } from '../platform/route-table.js';
import { createRandomStream } from '../random.js';
import { TokenStore } from '../tokens/token-store.js';
import { createAcdRoutes } from './acd-routes.js';
import type { AgentSessions } from './agent-sessions.js';
import { cxonePaths } from './cxone-paths.js';
import { CXONE_DEFAULT_LIMITS } from './default-limits.js';
import { createDigitalRoutes } from './digital-routes.js';
import { createDirectoryRoutes } from './directory-routes.js';
import { createDiscoveryRoutes } from './discovery-routes.js';
import { buildErrorAnswer, cxoneErrors } from './error-answers.js';
import { createSessionRoutes } from './session-routes.js';
import { CxoneTenants } from './tenants.js';
import { deriveNumber } from './token-claims.js';
import { TokenEndpoints } from './token-endpoints.js';

/** The vendor documents no limit. This limit protects the memory from a faulty test. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The CXone part of a simulator. */
export class CxonePlatform implements Platform {
  readonly tokens: TokenStore;
  readonly errors = cxoneErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly socketEndpoints = [];
  readonly #tenants: CxoneTenants;
  readonly #routes: RouteTable;

  constructor({ seed, settings }: PlatformSetup) {
    this.tokens = new TokenStore(createRandomStream(seed, 'tokens'), settings().tokens);
    this.#tenants = new CxoneTenants(createRandomStream(seed, 'ids'));
    this.#routes = new RouteTable(
      [
        ...new TokenEndpoints(this.tokens, createRandomStream(seed, 'codes')).createRoutes(),
        ...createDiscoveryRoutes(this.tokens),
        ...createSessionRoutes(this.#tenants),
        ...createAcdRoutes(this.#tenants),
        ...createDirectoryRoutes(this.#tenants),
        ...createDigitalRoutes(this.#tenants),
        ['GET /user-management/v1/users/:userId', (request) => answerOk({ user: buildUser(request) })],
        [
          'GET /tenants/v2/current',
          ({ token }) => answerOk({ tenant: { tenantId: token.tenant, name: token.tenant } }),
        ],
      ],
      cxonePaths,
    );
  }

  get sessions(): AgentSessions {
    return this.#tenants.sessions;
  }

  findRoute(method: string, segments: readonly string[]): Route {
    const known = this.#routes.findRoute(method, segments);
    if (known !== undefined) return known;
    // The platform serves many services from one host, so any path of two or more segments may be an API path.
    if (segments.length > 1) {
      return this.#routes.createFallbackRoute('api', method, segments, (request) =>
        answerGenerically(request, this.#tenants),
      );
    }
    return this.#routes.createFallbackRoute('open', method, segments, () => buildErrorAnswer(404, 'Not Found'));
  }

  buildCommonHeaders(contextId: string): Record<string, string> {
    return { 'x-trace-id': contextId };
  }
}

/** Definition of NICE CXone for the engine. */
export const cxone: PlatformDefinition<CxonePlatform> = {
  paths: cxonePaths,
  defaultLimits: CXONE_DEFAULT_LIMITS,
  platformOptions: ['tokens.tenants', 'longPoll'],
  create: (setup) => new CxonePlatform(setup),
};

function buildUser({ params, token }: RouteRequest): Record<string, unknown> {
  return {
    id: params.userId,
    userName: token.user,
    firstName: token.user,
    lastName: 'Simulated',
    tenantId: token.tenant,
    agentId: deriveNumber(`${token.tenant}/${token.user}`),
    status: 'ACTIVE',
    customAttributes: {},
  };
}

function answerGenerically(request: RouteRequest, tenants: CxoneTenants): Answer {
  const { method, path } = request;
  const last = path.split('/').filter(Boolean).at(-1) ?? '';
  if (method === 'DELETE') return { status: 204 };
  if (method === 'GET' || method === 'HEAD') return answerOk({ id: last, name: `Simulated ${last}` });
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    // POST creates an entity in a collection; PUT and PATCH name the entity that they change.
    return answerOk({ ...readFields(request), id: method === 'POST' ? tenants.newId() : last });
  }
  return buildErrorAnswer(405, `The method ${method} is not allowed here`);
}
