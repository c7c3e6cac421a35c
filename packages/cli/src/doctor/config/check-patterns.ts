import type { HoldlineConfig } from '@holdline/core';
import { type Finding, finding } from '../finding.js';
import type { Operation } from '../project/operations.js';
import { nearest } from './nearest.js';

/** An endpoint pattern of a configuration. */
interface Pattern {
  readonly text: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly policies: readonly string[];
  /** Position in the configuration. Of equal patterns, the later one wins. */
  readonly index: number;
}

const split = (path: string): string[] => path.split('/').filter((part) => part !== '');
const isWild = (segment: string): boolean => segment === '*' || segment.startsWith(':');

function parse([text, policies]: [string, object], index: number): Pattern {
  const [method = '', path = ''] = text.replace(/\/\{([\w-]+)\}(?=\/|$)/g, '/:$1').split(' ');
  return { text, method, segments: split(path), policies: Object.keys(policies), index };
}

function matches({ method, segments }: Pattern, operation: Operation, anyMethod = false): boolean {
  if (!anyMethod && method !== '*' && method !== operation.method) return false;
  const parts = split(operation.path);
  const rest = segments[segments.length - 1] === '**';
  const fixed = rest ? segments.slice(0, -1) : segments;
  if (rest ? parts.length < fixed.length : parts.length !== fixed.length) return false;
  // A fixed segment also fits a parameter of the operation: it is one value of it.
  return fixed.every((segment, i) => isWild(segment) || isWild(parts[i] ?? '') || segment === parts[i]);
}

/** Sorts like the line: a fixed segment before `:any` before `**`, then a method before `*`, then the later pattern. */
function isMoreSpecific(a: Pattern, b: Pattern): boolean {
  const rank = (segment: string | undefined): number => {
    if (segment === undefined) return 3;
    if (segment === '**') return 2;
    return isWild(segment) ? 1 : 0;
  };
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const difference = rank(a.segments[i]) - rank(b.segments[i]);
    if (difference !== 0) return difference < 0;
  }
  if (a.method !== b.method) return b.method === '*';
  return a.index > b.index;
}

/**
 * Endpoint patterns that match no operation, have a typo, or never apply because more specific patterns hide them.
 *
 * @param operations - Operations of the platform; none if they are unknown.
 * @param preset - Patterns of a preset, which cover more versions of the platform than the installed SDK.
 */
export function checkPatterns(
  { endpoints = {}, paths }: HoldlineConfig,
  operations: readonly Operation[],
  source: string,
  preset: ReadonlySet<string> = new Set(),
): Finding[] {
  const patterns = Object.entries(endpoints).map(parse);
  const own = patterns.filter(({ text }) => !preset.has(text));
  const known = operations.length > 0;
  const isGenesys = ({ segments }: Pattern): boolean => paths?.anchor === '/api/v2/' || segments[0] === 'api';
  return own.flatMap((pattern): Finding[] => {
    const twin = patterns.find((other) => isTwin(pattern, other) && other.index > pattern.index);
    if (twin) return [shadowed(pattern, [twin.text], 'Both match the same requests, and the later one wins.')];
    if (!known || !isGenesys(pattern)) return [];
    const covered = operations.filter((operation) => matches(pattern, operation));
    if (covered.length === 0) return [unmatched(pattern, operations, source)];
    const hiding = hiddenBy(pattern, patterns, covered);
    return hiding.length > 0
      ? [
          shadowed(
            pattern,
            hiding,
            `Each of its ${covered.length === 1 ? 'operations' : `${covered.length} operations`} has a more specific pattern that sets the same policies.`,
          ),
        ]
      : [];
  });
}

/** Whether two patterns differ only in the names of their parameters and set the same policies. */
function isTwin(a: Pattern, b: Pattern): boolean {
  const shape = ({ method, segments }: Pattern): string =>
    `${method} ${segments.map((segment) => (isWild(segment) ? ':' : segment)).join('/')}`;
  return a !== b && shape(a) === shape(b) && a.policies.every((policy) => b.policies.includes(policy));
}

function hiddenBy(pattern: Pattern, patterns: readonly Pattern[], covered: readonly Operation[]): string[] {
  const hiding = new Set<string>();
  const better = patterns.filter(
    (other) =>
      other !== pattern &&
      isMoreSpecific(other, pattern) &&
      pattern.policies.every((policy) => other.policies.includes(policy)),
  );
  for (const operation of covered) {
    // The pattern must cover the whole operation. `/users/me` hides only one value of `/users/:id`.
    const hider = better.find((other) => matches(other, operation) && coversAll(other, operation));
    if (!hider) return [];
    hiding.add(hider.text);
  }
  return [...hiding];
}

function coversAll({ segments }: Pattern, operation: Operation): boolean {
  return split(operation.path).every((part, i) => {
    const segment = segments[i];
    return !isWild(part) || segment === undefined || segment === '**' || isWild(segment);
  });
}

function shadowed({ text }: Pattern, by: readonly string[], why: string): Finding {
  return finding({
    severity: 'warning',
    check: 'shadowed-pattern',
    what: `The pattern '${text}' never applies.`,
    where: [text, ...by.map((other) => `hidden by ${other}`)],
    why,
    fix: 'Remove one of the patterns, or merge their options.',
    source: 'docs/guides/endpoint-patterns.md of Holdline',
  });
}

function unmatched(pattern: Pattern, operations: readonly Operation[], source: string): Finding {
  const others = [
    ...new Set(operations.filter((operation) => matches(pattern, operation, true)).map(({ method }) => method)),
  ];
  const text = `${pattern.method} /${pattern.segments.map((segment) => (isWild(segment) ? ':id' : segment)).join('/')}`;
  const names = new Set(
    operations
      .filter(({ method }) => pattern.method === '*' || method === pattern.method)
      .map(({ method, path }) => `${pattern.method === '*' ? '*' : method} ${path}`),
  );
  const near = others.length > 0 ? undefined : (nearest(text, names) ?? nearest(text, [...names].map(withoutPrefix)));
  const suggestion =
    near === undefined ? undefined : near.includes('/api/v2/') ? near : near.replace(' /', ' /api/v2/');
  let fix = 'Compare it with the documentation of the platform.';
  if (others.length > 0) fix = `The platform has this path with ${others.sort().join(', ')}.`;
  else if (suggestion !== undefined) fix = `Did you mean '${suggestion}'?`;
  return finding({
    severity: 'warning',
    check: 'unknown-pattern',
    what: `The pattern '${pattern.text}' matches no operation of the platform.`,
    where: [pattern.text],
    why: 'Its options never apply, and nothing says so while the program runs.',
    fix,
    source,
  });
}

const withoutPrefix = (name: string): string => name.replace('/api/v2/', '/');
