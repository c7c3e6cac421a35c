import { PLAIN_PATHS } from '../match.js';
import type { Platform, PlatformKind } from '../platform.js';
import { randomStream } from '../random.js';
import { RouteTable, type Route } from '../route.js';
import { TokenStore } from '../tokens.js';
import type { TokenSettings } from '../options.js';
import { genesysErrors } from './errors.js';
import { answerGenerically, genesysRoutes, MAX_BODY_BYTES } from './routes.js';
import { grantToken } from './token-endpoint.js';
import { World } from './world.js';

/** Genesys Cloud behind the engine. */
export class GenesysPlatform implements Platform {
  readonly tokens: TokenStore;
  readonly errors = genesysErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly #world: World;
  readonly #routes: RouteTable;

  constructor(seed: number, tokens: TokenSettings) {
    this.tokens = new TokenStore(randomStream(seed, 'tokens'), tokens);
    this.#world = new World(randomStream(seed, 'ids'));
    this.#routes = new RouteTable([
      ...genesysRoutes(this.#world),
      ['POST /oauth/token', (request) => grantToken(request, this.tokens), { kind: 'token' }],
    ]);
  }

  findRoute(method: string, segments: readonly string[]): Route {
    const known = this.#routes.find(method, segments);
    if (known !== undefined) return known;
    if (segments[0] === 'api' && segments[1] === 'v2') {
      return this.#routes.guess('api', method, segments, (request) => answerGenerically(request, this.#world));
    }
    return this.#routes.guess('open', method, segments, ({ contextId }) =>
      genesysErrors.plain('open', 404, undefined, contextId),
    );
  }

  usualHeaders(contextId: string): Record<string, string> {
    return { 'ININ-Correlation-Id': contextId };
  }
}

/** Genesys Cloud, ready to be started. */
export const genesys: PlatformKind<GenesysPlatform> = {
  paths: PLAIN_PATHS,
  defaultLimits: [{ name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' }],
  ownOptions: [],
  create: (seed, tokens) => new GenesysPlatform(seed, tokens),
};
