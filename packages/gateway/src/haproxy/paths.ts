import type { GatewayPlan, RoutePattern } from '../plan/types.js';
import { regexOf } from './text.js';

export const isWild = (segment: string): boolean => segment === '*' || segment.startsWith(':');

/** A segment of a pattern as the rules see it: decoded, but for an encoded `/`. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, '%252F'));
  } catch {
    return segment;
  }
}

/** Segments without the empty ones: the rules join `//`. */
export const solid = (segments: readonly string[]): string[] => segments.filter((segment) => segment !== '');

/** A regular expression for the paths of a pattern, and whether these end with it. */
export function pathRegex(segments: readonly string[]): string {
  const parts = solid(segments).map((segment) => {
    if (segment === '**') return '(?:/|$)';
    return isWild(segment) ? '/[^/]+' : `/${regexOf(decodeSegment(segment))}`;
  });
  return `^${parts.join('')}${segments[segments.length - 1] === '**' ? '' : '$'}`;
}

/** Whether the path of a request is one of a pattern, without the braces of a condition. */
export function pathMatches({ segments }: RoutePattern, ignoresCase: boolean): string {
  return `var(txn.hl_path) -m reg ${ignoresCase ? '-i ' : ''}-- '${pathRegex(segments)}'`;
}

/** Conditions under which a request matches a pattern. */
export function matches(pattern: RoutePattern, ignoresCase: boolean): string {
  const path = `{ ${pathMatches(pattern, ignoresCase)} }`;
  return pattern.method === '*' ? path : `{ method -m str -- ${pattern.method} } ${path}`;
}

/**
 * Whether a pattern also counts paths in other case. A platform that reads paths without case would otherwise offer a way round the
 * quota. Patterns that differ only in case are compared as they are.
 */
export function caseReader(plan: GatewayPlan): (pattern: RoutePattern) => boolean {
  if (plan.paths.caseInsensitive) return () => true;
  const keyOf = ({ method, segments }: RoutePattern): string =>
    `${method} ${segments.map((segment) => (isWild(segment) ? '*' : segment.toLowerCase())).join('/')}`;
  const counts = new Map<string, number>();
  const patterns = [...plan.routes, ...plan.names];
  const distinct = new Map(patterns.map((route) => [`${route.method} ${route.segments.join('/')}`, route]));
  for (const route of distinct.values()) counts.set(keyOf(route), (counts.get(keyOf(route)) ?? 0) + 1);
  return (pattern) => (counts.get(keyOf(pattern)) ?? 0) < 2;
}

/** Rules that write the path as the patterns see it to `txn.hl_path`. */
export function pathRules({ paths }: GatewayPlan): string[] {
  const rules = [
    '# The path as a platform may read it: decoded but for %2F, without parameters after `;`, with `//` joined. Only the',
    '# counting uses it. The request is forwarded as it came.',
    'http-request set-var(txn.hl_path) path',
    `http-request set-var(txn.hl_path) 'path,regsub("%2[fF]","%252F",g),url_dec,regsub(";[^/]*",,g),regsub("/+","/",g),regsub("/$",)'`,
  ];
  if (paths.anchor !== undefined) {
    const anchor = regexOf(joined(paths.anchor), '\\\\');
    rules.push(
      '# What stands before the anchor of the paths is not compared.',
      `http-request set-var(txn.hl_path) 'var(txn.hl_path),regsub("^[\\\\x00-\\\\xff]*?(?=${anchor})",,i)'`,
    );
  }
  const prefixes = paths.stripPrefixes.map(solid).filter((prefix) => prefix.length > 0);
  if (prefixes.length > 0) {
    const alternatives = new Set(
      prefixes.map((prefix) =>
        prefix.map((part) => (part.startsWith(':') ? '/[^/]+' : `/${regexOf(decodeSegment(part), '\\\\')}`)).join(''),
      ),
    );
    rules.push(
      '# The prefixes of the paths are not compared.',
      `http-request set-var(txn.hl_path) 'var(txn.hl_path),regsub("^(?:${[...alternatives].join('|')})(?=/|$)",,i)'`,
    );
  }
  return rules;
}

/** An anchor as it stands in a path whose `//` are joined. */
const joined = (anchor: string): string => decodeSegment(anchor).replace(/\/+/g, '/');

/** Longest path that is compared: a longer one may not fit into HAProxy's buffer when it is decoded. */
const LONGEST_PATH = 8_000;

/** Paths that two servers may read in two ways, or that HAProxy cannot read: with `..`, with a `%` that begins nothing, very long. */
export const AMBIGUOUS_PATH = [
  `acl hl_ambiguous path,length gt ${LONGEST_PATH}`,
  `acl hl_ambiguous var(txn.hl_path) -m reg -- '(?:^|/)\\.\\.?(?:/|$)'`,
  `acl hl_ambiguous path -m reg -- '%(?![0-9A-Fa-f]{2})'`,
];
