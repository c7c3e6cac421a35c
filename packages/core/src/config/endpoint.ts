import { type Check, flag, list, refuse, shape, text } from '../contract/check.js';

/**
 * Normalisation of paths before they are matched with endpoint patterns.
 * @public
 */
export interface PathOptions {
  /**
   * Whether case does not matter, so that `/Users` and `/users` are one endpoint.
   * @defaultValue false (RFC 9110: paths are case-sensitive)
   */
  caseInsensitive?: boolean;
  /**
   * Text that starts the path. The part before its first occurrence, such as the prefix of a gateway, is removed.
   * @defaultValue none
   */
  anchor?: string;
  /**
   * Prefixes to remove, with `:name` or `{name}` for any one segment: `/services/:version`. Only the first matching prefix is removed.
   * @defaultValue none
   */
  stripPrefixes?: string[];
}

/** Writes each parameter `{name}` of a pattern as `:name`. Other braces stay, and the checks refuse them. */
export const normalizePattern = (pattern: string): string => pattern.replace(/\/\{([\w-]+)\}(?=\/|$)/g, '/:$1');

const prefixCheck: Check<string> = (value, key) => {
  const prefix = normalizePattern(text(value, key));
  return /[{}]/.test(prefix) ? refuse(key, value, "a path such as '/v2/:org' or '/v2/{org}'") : prefix;
};

/** Checks {@link PathOptions}. */
export const checkPaths = shape<PathOptions>({ caseInsensitive: flag, anchor: text, stripPrefixes: list(prefixCheck) });

const METHOD = /^(\*|[A-Z]+)$/;

/**
 * A parsed endpoint pattern, whose parameters have the form `:name`.
 * @internal
 */
export interface Endpoint {
  readonly pattern: string;
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * Parses a pattern such as `METHOD /path/:param/**`. `*` matches any method or any one segment, `:name` or `{name}` any one segment,
 * `**` the rest.
 *
 * @throws ConfigError that names `key`, for a malformed pattern.
 * @internal
 */
export function parseEndpoint(given: string, key: string): Endpoint {
  const allowed = "an endpoint such as 'GET /users/:id', 'GET /users/{id}', 'POST /reports/**' or '* /admin/**'";
  const pattern = normalizePattern(given);
  const [method, path, rest] = pattern.split(' ');
  if (!method || !path || rest !== undefined || !METHOD.test(method) || !path.startsWith('/'))
    refuse(key, given, allowed);
  const segments = splitPath(path);
  for (const [i, segment] of segments.entries()) {
    const wild = segment === '**' && i < segments.length - 1;
    const nameless = segment === ':';
    const mixed = segment.includes('*') && segment !== '*' && segment !== '**';
    if (wild || nameless || mixed || /[?#{}]/.test(segment)) refuse(key, given, allowed);
  }
  return { pattern, method, segments };
}

function splitPath(path: string): string[] {
  const segments = path.split('/');
  segments.shift();
  if (segments[segments.length - 1] === '') segments.pop();
  return segments;
}

/** Makes a function that normalises a path and splits it into segments. */
export function pathReader(options: PathOptions): (path: string) => string[] {
  const fold = (value: string): string => (options.caseInsensitive ? value.toLowerCase() : value);
  const anchor = options.anchor === undefined ? undefined : fold(options.anchor);
  const prefixes = (options.stripPrefixes ?? []).map((prefix) => splitPath(fold(prefix)));
  return (given) => {
    let path = fold(given);
    if (anchor !== undefined) {
      const at = path.indexOf(anchor);
      if (at > 0) path = path.slice(at);
    }
    const segments = splitPath(path);
    for (const prefix of prefixes) {
      if (prefix.length <= segments.length && prefix.every((part, i) => part.startsWith(':') || part === segments[i])) {
        return segments.slice(prefix.length);
      }
    }
    return segments;
  };
}

interface TrieNode<T> {
  fixed: Map<string, TrieNode<T>>;
  any: TrieNode<T> | undefined;
  /** Patterns that end here, by method, the last added first. */
  exact: Map<string, T[]> | undefined;
  /** Patterns that end here with `**`, by method, the last added first. */
  rest: Map<string, T[]> | undefined;
}

const createNode = <T>(): TrieNode<T> => ({ fixed: new Map(), any: undefined, exact: undefined, rest: undefined });

function addFirst<T>(values: Map<string, T[]>, method: string, value: T): void {
  values.set(method, [value, ...(values.get(method) ?? [])]);
}

const isWild = (segment: string): boolean => segment === '*' || segment.startsWith(':');

/** Finds the values of all endpoint patterns that match a request, the most specific first. */
export class EndpointMatcher<T> {
  readonly #root = createNode<T>();

  /** @param fold - Normalises the fixed segments of patterns, as the path reader normalises paths. */
  constructor(readonly fold: (value: string) => string = (value) => value) {}

  add(endpoint: Endpoint, value: T): void {
    let node = this.#root;
    for (const segment of endpoint.segments) {
      if (segment === '**') {
        addFirst((node.rest ??= new Map()), endpoint.method, value);
        return;
      }
      if (isWild(segment)) node = node.any ??= createNode();
      else {
        const name = this.fold(segment);
        let child = node.fixed.get(name);
        if (!child) node.fixed.set(name, (child = createNode()));
        node = child;
      }
    }
    addFirst((node.exact ??= new Map()), endpoint.method, value);
  }

  /**
   * Returns all matches, the most specific first: a fixed segment before `:any` before `**`, then a method before `*`. Of patterns
   * that differ only in the names of their parameters, the last added comes first.
   */
  match(method: string, segments: readonly string[]): T[] {
    const found: T[] = [];
    const take = (values: Map<string, T[]> | undefined): void => {
      if (values) found.push(...(values.get(method) ?? []), ...(values.get('*') ?? []));
    };
    const walk = (node: TrieNode<T>, depth: number): void => {
      if (depth === segments.length) take(node.exact);
      else {
        const child = node.fixed.get(segments[depth] as string);
        if (child) walk(child, depth + 1);
        if (node.any) walk(node.any, depth + 1);
      }
      take(node.rest);
    };
    walk(this.#root, 0);
    return found;
  }
}

/**
 * The name of a route. A segment that is fixed in a pattern stays, and a parameter has its name in the pattern. Any other segment that
 * looks like an identifier becomes `:id`. Paths that match different patterns have different names.
 *
 * @param matches - The matching patterns, most specific first.
 */
export function routeName(method: string, segments: readonly string[], matches: readonly Endpoint[]): string {
  const names = segments.map((segment, i) => {
    const parts = matches
      .map((endpoint) => endpoint.segments[i])
      .filter((part): part is string => part !== undefined && part !== '**');
    return parts.find((part) => !isWild(part)) ?? parts[0] ?? (looksLikeId(segment) ? ':id' : segment);
  });
  // An empty segment at the end counts: `//` is another path than `/`.
  const end = names.at(-1) === '' ? '/' : '';
  return `${method} /${names.join('/')}${end}`;
}

/** Whether a segment looks like an identifier: a UUID, a number, hex, base64, an e-mail address or a date, but not `v2`. */
export function looksLikeId(segment: string): boolean {
  let digits = 0;
  let others = 0;
  for (let i = 0; i < segment.length; i++) {
    const c = segment.charCodeAt(i);
    if (c >= 48 && c <= 57) digits++;
    else if (c === 64 || c === 37)
      return true; // @ or %: an e-mail address or an encoded value
    else others++;
  }
  if (digits === 0) return segment.length > 40;
  if (others === 0) return true;
  return segment.length >= 8 && digits >= 3;
}
