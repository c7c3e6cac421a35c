import { SimulatorOptionError } from '../option-error.js';
import { PLAIN_PATHS } from './request-path.js';

/** A parsed pattern: `PUT /api/v2/architect/ivrs/:id`, `POST /api/v2/analytics/**`, `* /api/v2/**`. `{id}` is read as `:id`. */
export interface Pattern {
  readonly text: string;
  /** Upper case, or `*`. */
  readonly method: string;
  readonly segments: readonly string[];
  /** The path ends in `**`, which matches zero or more further segments. */
  readonly isOpenEnded: boolean;
  /** The pattern has no `*`, so it is the name of one route. */
  readonly isExact: boolean;
  /** Literal segments match in any case; here they are in lower case. */
  readonly ignoreCase: boolean;
}

const PATTERN_FORM =
  'a method or *, one space, and a path of literal segments, :name, {name} and *, with an optional ** at the end, ' +
  "for example 'GET /api/v2/users/:id' or '* /api/v2/**'";

/**
 * Parses a pattern. It creates no regular expression.
 *
 * @throws SimulatorOptionError that names `key` when the text is not a pattern.
 */
export function parsePattern(key: string, value: unknown, { split, ignoreCase } = PLAIN_PATHS): Pattern {
  if (typeof value !== 'string') throw new SimulatorOptionError(key, value, PATTERN_FORM);
  const text = value.replace(/\/\{([\w-]+)\}(?=\/|$)/g, '/:$1');
  const [method = '', path = '', ...rest] = text.split(' ');
  if (rest.length > 0 || !/^([A-Za-z]+|\*)$/.test(method) || !path.startsWith('/') || /[?#{}]/.test(path)) {
    throw new SimulatorOptionError(key, value, PATTERN_FORM);
  }
  const segments = split(path).map((segment) =>
    ignoreCase && !segment.startsWith(':') ? segment.toLowerCase() : segment,
  );
  const open = segments.at(-1) === '**';
  if (open) segments.pop();
  for (const segment of segments) {
    if (segment === ':' || (segment !== '*' && segment.includes('*')))
      throw new SimulatorOptionError(key, value, PATTERN_FORM);
  }
  const upper = method.toUpperCase();
  const exact = !open && upper !== '*' && !segments.includes('*');
  return { text, method: upper, segments, isOpenEnded: open, isExact: exact, ignoreCase };
}

export function matchesPattern(pattern: Pattern, method: string, segments: readonly string[]): boolean {
  if (pattern.method !== '*' && pattern.method !== method) return false;
  const wanted = pattern.segments;
  if (pattern.isOpenEnded ? segments.length < wanted.length : segments.length !== wanted.length) return false;
  for (let index = 0; index < wanted.length; index += 1) {
    const part = wanted[index];
    if (part === undefined || part === '*' || part.startsWith(':')) continue;
    const given = segments[index];
    if (part !== given && !(pattern.ignoreCase && part === given?.toLowerCase())) return false;
  }
  return true;
}

/** Tells whether the first segment in which two patterns of one path differ is literal only in `pattern`. */
export function isMoreExact(pattern: Pattern, other: Pattern): boolean {
  const isParam = (segment: string | undefined): boolean => segment?.startsWith(':') === true;
  const index = pattern.segments.findIndex((segment, at) => isParam(segment) !== isParam(other.segments[at]));
  return index >= 0 && !isParam(pattern.segments[index]);
}

/** Extracts the values of the `:name` segments from a matching path. Invalid percent-encoding stays unchanged. */
export function extractParams(pattern: Pattern, segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  pattern.segments.forEach((part, index) => {
    if (part.startsWith(':')) params[part.slice(1)] = decodeSegment(segments[index] ?? '');
  });
  return params;
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
