import type { ActiveRoute } from '../call/route.js';
import { EndpointMatcher, pathReader, routeName } from '../config/endpoint.js';
import { type EndpointMatch, endpointsOf, resolvePolicies, type RoutePolicies } from '../config/resolve.js';
import type { HoldlineConfig } from '../config/types.js';
import { pathOf } from '../http/url.js';
import type { Pipeline } from '../pipeline/execution.js';
import type { GovernedRoute } from '../policies/governor/route.js';

/** Maximal numbers of cached routes, and of cached paths per method. A full cache is cleared. */
const MAX_ROUTES = 10_000;
const MAX_PATHS = 4_096;

/** A route with its policies. Its first request allows resolving the route again after an update. */
export interface LineRoute extends ActiveRoute {
  readonly policies: RoutePolicies;
  readonly governed: GovernedRoute | undefined;
  /** All steps and the native transport. */
  readonly pipeline: Pipeline;
  /** The first request of the route. */
  readonly sample: { readonly method: string; readonly path: string };
}

/** The parts of a route that its line makes. */
export type RouteParts = Pick<LineRoute, 'governed' | 'pipeline' | 'mayBeSentAgain' | 'pools' | 'closing' | 'cut'>;

/** The routes of a line, by name and by path. */
export class RouteTable {
  #config!: HoldlineConfig;
  #matcher!: EndpointMatcher<EndpointMatch>;
  #readPath!: (path: string) => string[];
  readonly #routes = new Map<string, LineRoute>();
  /** Routes by method and path. */
  readonly #paths = new Map<string, Map<string, LineRoute>>();

  readonly #compile: (policies: RoutePolicies) => RouteParts;
  readonly #onRoute: (route: LineRoute) => void;

  /**
   * @param compile - Compiles the policies of a route.
   * @param onRoute - Called for each route when it is made.
   */
  constructor(
    compile: (policies: RoutePolicies) => RouteParts,
    onRoute: (route: LineRoute) => void,
    config: HoldlineConfig,
  ) {
    this.#compile = compile;
    this.#onRoute = onRoute;
    this.#index(config);
  }

  /** The path segments of a URL according to the `paths` options. */
  segmentsOf(url: string): readonly string[] {
    return this.#readPath(pathOf(url));
  }

  /** Number of updates of the configuration. */
  generation = 0;

  /** Applies a new configuration and resolves all known routes again. Returns the new routes by their previous names. */
  update(config: HoldlineConfig): Map<string, LineRoute> {
    const known = [...this.#routes.values()];
    this.generation++;
    this.#index(config);
    this.forget();
    return new Map(known.map(({ name, sample }) => [name, this.routeOf(sample.method, sample.path)]));
  }

  /** Forgets all routes. The next call of a route makes it again. */
  forget(): void {
    this.#routes.clear();
    this.#paths.clear();
  }

  /** The route of a request. Known paths need no matching. */
  find(method: string, path: string): LineRoute {
    const known = this.#paths.get(method)?.get(path);
    if (known) return known;
    const route = this.routeOf(method, path);
    let paths = this.#paths.get(method);
    if (!paths || paths.size >= MAX_PATHS) this.#paths.set(method, (paths = new Map<string, LineRoute>()));
    paths.set(path, route);
    return route;
  }

  /** The route of a request, matched against the endpoint patterns. */
  routeOf(method: string, path: string): LineRoute {
    const segments = this.#readPath(path);
    const matches = this.#matcher.match(method, segments);
    const name = routeName(
      method,
      segments,
      matches.map(({ endpoint }) => endpoint),
    );
    const known = this.#routes.get(name);
    if (known) return known;
    const route = this.#make(name, { method, path }, resolvePolicies(this.#config, matches));
    if (this.#routes.size >= MAX_ROUTES) this.forget();
    this.#routes.set(name, route);
    return route;
  }

  #make(name: string, sample: LineRoute['sample'], policies: RoutePolicies): LineRoute {
    const route: LineRoute = {
      name,
      priority: policies.priority,
      weight: policies.weight,
      readOnly: policies.readOnly,
      keyed: policies.keyed,
      policies,
      ...this.#compile(policies),
      generation: this.generation,
      segmentsOf: (url) => this.segmentsOf(url),
      sample,
    };
    this.#onRoute(route);
    return route;
  }

  #index(config: HoldlineConfig): void {
    this.#config = config;
    const paths = config.paths ?? {};
    this.#readPath = pathReader(paths);
    this.#matcher = new EndpointMatcher(paths.caseInsensitive ? (segment) => segment.toLowerCase() : undefined);
    for (const [endpoint, policies] of endpointsOf(config)) this.#matcher.add(endpoint, { endpoint, policies });
  }
}
