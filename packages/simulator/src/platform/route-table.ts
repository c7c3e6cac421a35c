import type { Answer } from '../http/answer.js';
import { matches, parsePattern, type Pattern, readParams } from '../paths/path-pattern.js';
import { type PathDialect, PLAIN_PATHS } from '../paths/request-path.js';
import { guessRoute } from '../paths/route-name.js';
import type { Kind, RouteRequest } from './request.js';

export type Handler = (request: RouteRequest) => Answer | Promise<Answer>;

export interface Route {
  /** Method and path pattern, for example `GET /api/v2/users/:id`. */
  readonly name: string;
  readonly kind: Kind;
  readonly pattern: Pattern;
  /** Changes nothing, whatever its method. */
  readonly isRead: boolean;
  /** Honours Idempotency-Key. */
  readonly isKeyed: boolean;
  readonly handle: Handler;
}

/** What is special about a route. */
export interface RouteFlags {
  readonly kind?: Kind;
  readonly isRead?: boolean;
  readonly isKeyed?: boolean;
}

/** One line of a route table: its pattern, what it does, and what is special about it. */
export type RouteLine = readonly [name: string, handle: Handler, flags?: RouteFlags];

/** The routes of a platform. */
export class RouteTable {
  readonly #paths: PathDialect;
  /** By method and number of segments, so that finding a route looks at a handful of patterns. */
  readonly #byShape = new Map<string, Route[]>();

  constructor(lines: readonly RouteLine[], paths: PathDialect = PLAIN_PATHS) {
    this.#paths = paths;
    for (const [name, handle, flags = {}] of lines) {
      const pattern = parsePattern('route', name, paths);
      const { kind = 'api', isKeyed = false } = flags;
      const isRead = flags.isRead ?? (isSafe(pattern.method) || isQuery(pattern.method, pattern.segments));
      const shape = `${pattern.method} ${pattern.segments.length}`;
      const route = { name, kind, pattern, isRead, isKeyed, handle };
      this.#byShape.set(shape, [...(this.#byShape.get(shape) ?? []), route]);
    }
  }

  find(method: string, segments: readonly string[]): Route | undefined {
    return this.#byShape.get(`${method} ${segments.length}`)?.find((route) => matches(route.pattern, method, segments));
  }

  /** A route for what the table does not know, named by its path. */
  guess(kind: Kind, method: string, segments: readonly string[], handle: Handler): Route {
    const name = guessRoute(method, segments, this.#paths);
    const pattern: Pattern = { text: name, method, segments: [], open: true, exact: false, ignoreCase: false };
    return { name, kind, pattern, isRead: isSafe(method) || isQuery(method, segments), isKeyed: false, handle };
  }
}

export function paramsOf(found: Route, segments: readonly string[]): Record<string, string> {
  return readParams(found.pattern, segments);
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** A POST that only asks: both platforms end such paths in one of these words. */
function isQuery(method: string, segments: readonly string[]): boolean {
  const last = segments.at(-1);
  return method === 'POST' && (last === 'query' || last === 'search');
}
