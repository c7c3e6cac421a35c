import type { Settings } from '../options/simulator-options.js';
import { PLAIN_PATHS } from '../paths/request-path.js';
import type { Platform, PlatformKind, PlatformSetup } from '../platform/platform.js';
import { type Route, RouteTable } from '../platform/route-table.js';
import { randomStream } from '../random.js';
import type { EndpointLine } from '../sockets/socket-endpoint.js';
import { TokenStore } from '../tokens/token-store.js';
import { answerGenerically, genesysRoutes, MAX_BODY_BYTES } from './api-routes.js';
import { genesysErrors } from './error-answers.js';
import { channelEndpoint } from './notifications/channel-endpoint.js';
import { channelRoutes } from './notifications/channel-routes.js';
import { Channels } from './notifications/channels.js';
import { streamEndpoints } from './notifications/stream-endpoints.js';
import { World } from './organization.js';
import { grantToken } from './token-endpoint.js';

/** Genesys Cloud behind the engine. */
export class GenesysPlatform implements Platform {
  readonly tokens: TokenStore;
  readonly errors = genesysErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly channels: Channels;
  readonly endpoints: readonly EndpointLine[];
  readonly #world: World;
  readonly #routes: RouteTable;

  constructor({ seed, settings, now }: PlatformSetup) {
    this.tokens = new TokenStore(randomStream(seed, 'tokens'), settings().tokens);
    this.#world = new World(randomStream(seed, 'ids'));
    const notifications = (): Settings['notifications'] => settings().notifications;
    this.channels = new Channels(notifications, now, () => this.#world.newId());
    this.endpoints = [
      channelEndpoint(this.channels, notifications),
      ...streamEndpoints(this.channels, this.#world, this.tokens, notifications, now),
    ];
    this.#routes = new RouteTable([
      ...genesysRoutes(this.#world),
      ...channelRoutes(this.channels),
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
  ownOptions: ['notifications'],
  create: (setup) => new GenesysPlatform(setup),
};
