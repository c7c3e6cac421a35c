import type { Settings } from '../options/simulator-options.js';
import { isMoreExact } from '../paths/path-pattern.js';
import { PLAIN_PATHS } from '../paths/request-path.js';
import type { Platform, PlatformDefinition, PlatformSetup } from '../platform/platform.js';
import type { RouteRequest } from '../platform/request.js';
import { type Route, RouteTable } from '../platform/route-table.js';
import { createRandomStream } from '../random.js';
import type { SocketEndpoint } from '../sockets/socket-endpoint.js';
import { TokenStore } from '../tokens/token-store.js';
import { AnalyticsJobs } from './analytics-jobs.js';
import { createAnalyticsRoutes } from './analytics-routes.js';
import { answerGenerically, createApiRoutes, MAX_BODY_BYTES } from './api-routes.js';
import { Configuration } from './configuration.js';
import { createConfigurationRoutes } from './configuration-routes.js';
import { genesysErrors } from './error-answers.js';
import { createChannelEndpoint } from './notifications/channel-endpoint.js';
import { createChannelRoutes } from './notifications/channel-routes.js';
import { Channels } from './notifications/channels.js';
import { createStreamEndpoints } from './notifications/stream-endpoints.js';
import { buildMethodNotAllowed, OperationRoutes } from './operations/operation-routes.js';
import { Organization } from './organization.js';
import { createObservationRoutes, QueueObservations } from './queue-observations.js';
import { createStateRoutes } from './state-routes.js';
import { grantToken } from './token-endpoint.js';
import { createUserRoutes, createUserStateRoutes } from './user-routes.js';
import { createUserSkillRoutes } from './user-skill-routes.js';
import { UserStates } from './user-states.js';
import type { CallStats } from '../statistics/call-stats.js';
import { createCallRoutes } from './webrtc/call-routes.js';
import { Calls } from './webrtc/calls.js';

/** The Genesys Cloud part of a simulator. */
export class GenesysPlatform implements Platform {
  readonly tokens: TokenStore;
  readonly errors = genesysErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly cacheHeaders = { 'Cache-Control': 'no-cache, no-store, must-revalidate', Pragma: 'no-cache', Expires: '0' };
  readonly channels: Channels;
  readonly calls: Calls;
  readonly socketEndpoints: readonly SocketEndpoint[];
  readonly #organization: Organization;
  readonly #routes: RouteTable;
  readonly #operations: OperationRoutes | undefined;

  readonly observations: QueueObservations;

  constructor({ seed, entities, operations, settings, now, wall }: PlatformSetup) {
    this.tokens = new TokenStore(createRandomStream(seed, 'tokens'), settings().tokens);
    this.#organization = new Organization(createRandomStream(seed, 'ids'), entities);
    const configuration = new Configuration(createRandomStream(seed, 'configuration'), entities.configuration);
    const notifications = (): Settings['notifications'] => settings().notifications;
    this.channels = new Channels(
      notifications,
      now,
      () => this.#organization.newId(),
      createRandomStream(seed, 'events'),
    );
    const publish = (topic: string, body: unknown): number => this.channels.publishEvent(topic, body);
    this.observations = new QueueObservations(publish, wall);
    const userStates = new UserStates(this.#organization, publish);
    const organization = this.#organization;
    this.calls = new Calls({ organization, publish, settings: () => settings().calls, now, wall });
    this.socketEndpoints = [
      createChannelEndpoint(this.channels, notifications),
      ...createStreamEndpoints(this.channels, this.calls, this.#organization, this.tokens, notifications, now),
    ];
    this.#operations =
      operations &&
      new OperationRoutes(operations, { seed, total: entities.configuration, newId: () => this.#organization.newId() });
    this.#routes = new RouteTable([
      ...createApiRoutes(this.#organization, publish),
      ...createAnalyticsRoutes(
        this.#organization,
        new AnalyticsJobs(
          () => settings().jobs,
          () => this.#organization.newId(),
        ),
      ),
      ...createUserRoutes(this.#organization, userStates),
      ...createUserStateRoutes(this.#organization, userStates),
      ...createUserSkillRoutes(this.#organization, configuration, userStates),
      ...createConfigurationRoutes(
        configuration,
        operations ? undefined : (request) => answerGenerically(request, this.#organization),
      ),
      ...createStateRoutes(this.#organization, configuration, publish, (id) => this.calls.hangUp(id)),
      ...createCallRoutes(this.calls, this.#organization),
      ...createObservationRoutes(this.#organization, this.observations),
      ...createChannelRoutes(this.channels),
      ['POST /oauth/token', (request) => grantToken(request, this.tokens), { kind: 'token' }],
    ]);
  }

  callStats(): CallStats {
    return this.calls.stats();
  }

  resetCallStats(): void {
    this.calls.resetStats();
  }

  stop(): void {
    this.calls.stop();
  }

  findRoute(method: string, segments: readonly string[]): Route {
    const own = this.#routes.findRoute(method, segments);
    if (this.#operations !== undefined && segments[0] === 'api' && segments[1] === 'v2') {
      return this.#findOperation(this.#operations, own, method, segments);
    }
    if (own !== undefined) return own;
    if (segments[0] === 'api' && segments[1] === 'v2') {
      return this.#routes.createFallbackRoute('api', method, segments, (request) =>
        answerGenerically(request, this.#organization),
      );
    }
    return this.#routes.createFallbackRoute('open', method, segments, ({ contextId }) =>
      genesysErrors.forStatus('open', 404, undefined, contextId),
    );
  }

  /** Finds the route of a simulator with operations. A route of its own is preferred, unless the operation names the path more exactly. */
  #findOperation(
    operations: OperationRoutes,
    own: Route | undefined,
    method: string,
    segments: readonly string[],
  ): Route {
    const found = operations.findRoute(method, segments);
    if (own !== undefined && (typeof found !== 'object' || !isMoreExact(found.pattern, own.pattern))) return own;
    if (typeof found === 'object') return found;
    const answer =
      found === 'other-method'
        ? buildMethodNotAllowed
        : ({ contextId }: RouteRequest) => genesysErrors.forStatus('api', 404, undefined, contextId);
    return this.#routes.createFallbackRoute('api', method, segments, answer);
  }

  buildCommonHeaders(contextId: string): Record<string, string> {
    return { 'ININ-Correlation-Id': contextId };
  }
}

/** Definition of Genesys Cloud for the engine. */
export const genesys: PlatformDefinition<GenesysPlatform> = {
  paths: PLAIN_PATHS,
  defaultLimits: [{ name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' }],
  platformOptions: ['notifications', 'calls', 'bulk', 'jobs', 'entities', 'operations'],
  create: (setup) => new GenesysPlatform(setup),
};
