import type { Answer } from '../http/answer.js';
import { matchesPattern, parsePattern, type Pattern, extractParams } from '../paths/path-pattern.js';
import { type PathDialect, PLAIN_PATHS } from '../paths/request-path.js';
import { guessRouteName } from '../paths/route-name.js';
import type { RequestKind, RouteRequest } from './request.js';

export type RouteHandler = (request: RouteRequest) => Answer | Promise<Answer>;

export interface Route {
  /** Method and path pattern, for example `GET /api/v2/users/:id`. */
  readonly name: string;
  readonly kind: RequestKind;
  readonly pattern: Pattern;
  /** The route changes nothing, whatever its method. */
  readonly isReadOnly: boolean;
  /** The route honours Idempotency-Key. */
  readonly acceptsIdempotencyKey: boolean;
  readonly handle: RouteHandler;
}

/** Properties of a route that differ from the default. */
export interface RouteFlags {
  readonly kind?: RequestKind;
  readonly isReadOnly?: boolean;
  readonly acceptsIdempotencyKey?: boolean;
}

/** One entry of a route table: pattern, handler and flags. */
export type RouteDefinition = readonly [name: string, handle: RouteHandler, flags?: RouteFlags];

/** The routes of a platform. */
export class RouteTable {
  readonly #paths: PathDialect;
  /** By method and number of segments, so that a search compares only a few patterns. */
  readonly #byShape = new Map<string, Route[]>();

  constructor(lines: readonly RouteDefinition[], paths: PathDialect = PLAIN_PATHS) {
    this.#paths = paths;
    for (const [name, handle, flags] of lines) {
      const route = createRoute(parsePattern('route', name, paths), handle, flags);
      const shape = `${route.pattern.method} ${route.pattern.segments.length}`;
      this.#byShape.set(shape, [...(this.#byShape.get(shape) ?? []), route]);
    }
  }

  findRoute(method: string, segments: readonly string[]): Route | undefined {
    return this.#byShape
      .get(`${method} ${segments.length}`)
      ?.find((route) => matchesPattern(route.pattern, method, segments));
  }

  /** Creates a route for a path that is not in the table, named after the path. */
  createFallbackRoute(kind: RequestKind, method: string, segments: readonly string[], handle: RouteHandler): Route {
    const name = guessRouteName(method, segments, this.#paths);
    const pattern: Pattern = { text: name, method, segments: [], isOpenEnded: true, isExact: false, ignoreCase: false };
    return {
      name,
      kind,
      pattern,
      isReadOnly: isSafeMethod(method) || isQueryRequest(method, segments),
      acceptsIdempotencyKey: false,
      handle,
    };
  }
}

/** Creates a route, which is named after its pattern. */
export function createRoute(pattern: Pattern, handle: RouteHandler, flags: RouteFlags = {}): Route {
  const { method, segments, text } = pattern;
  const { kind = 'api', acceptsIdempotencyKey = false } = flags;
  const isReadOnly = flags.isReadOnly ?? (isSafeMethod(method) || isQueryRequest(method, segments));
  return { name: text, kind, pattern, isReadOnly, acceptsIdempotencyKey, handle };
}

export function extractRouteParams(found: Route, segments: readonly string[]): Record<string, string> {
  return extractParams(found.pattern, segments);
}

function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** Tells whether a POST only reads. Both platforms end such paths in one of these words. */
function isQueryRequest(method: string, segments: readonly string[]): boolean {
  const last = segments.at(-1);
  return method === 'POST' && (last === 'query' || last === 'search');
}
