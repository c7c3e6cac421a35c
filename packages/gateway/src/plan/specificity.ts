import type { RoutePattern } from './types.js';

const isWild = (segment: string): boolean => segment === '*' || segment.startsWith(':');

/** A text that sorts before those of less specific patterns: a fixed segment, any one segment, the end of the path, any rest. */
function rankOf(segments: readonly string[]): string {
  const ranks = segments.map((segment) => (segment === '**' ? '3' : isWild(segment) ? '1' : '0'));
  return `${ranks.join('')}2`;
}

/**
 * Sorts endpoints so that of all that match a request, the first is the one that a line takes: a fixed segment before any one segment
 * before any rest, then a method before `*`, then the endpoint that was added last.
 */
export function sortBySpecificity<E extends RoutePattern, T>(endpoints: readonly [E, T][]): [E, T][] {
  const ranked = endpoints.map((entry, place) => ({
    entry,
    place,
    rank: rankOf(entry[0].segments),
    isAny: Number(entry[0].method === '*'),
  }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.isAny - b.isAny || b.place - a.place));
  return ranked.map(({ entry }) => entry);
}

/** Whether some request may match both patterns. */
export function mayOverlap(a: RoutePattern, b: RoutePattern, fold: (text: string) => string): boolean {
  if (a.method !== b.method && a.method !== '*' && b.method !== '*') return false;
  for (let i = 0; ; i++) {
    const [left, right] = [a.segments[i], b.segments[i]];
    if (left === '**' || right === '**' || (left === undefined && right === undefined)) return true;
    if (left === undefined || right === undefined) return false;
    if (!isWild(left) && !isWild(right) && fold(left) !== fold(right)) return false;
  }
}
