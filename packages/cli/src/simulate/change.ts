import { PRIORITIES, type Priority } from '@holdline/core';
import { formatWindow, parseDuration, wrong } from './duration.js';
import { parseRoute } from './scenario.js';

/** A change that a what-if tries. */
export type Change =
  | { kind: 'limit'; limit: number; windowMs: number }
  | { kind: 'credentials'; count: number }
  | { kind: 'priority'; priority: Priority; group: string }
  /** `*` as the route stands for all reads. */
  | { kind: 'cache'; route: string; ttlMs: number }
  | { kind: 'coalesce' }
  | { kind: 'bulk'; route: string; size: number; collectMs: number }
  | { kind: 'drop'; group: string };

const KINDS =
  'limit=600/60s, credentials=2, priority=low:GROUP, cache=ROUTE:60s, coalesce, bulk=ROUTE:50 (or bulk=ROUTE:50:20ms) or drop=GROUP';

/** Reads a limit such as `300/60s`. */
export function parseRate(text: string, key: string): { limit: number; windowMs: number } {
  const parts = /^(\d+)\/(.+)$/.exec(text.trim());
  const limit = Number(parts?.[1]);
  if (!parts || !(limit >= 1) || limit > 1_000_000) throw wrong(key, text, 'requests per window such as 300/60s');
  return { limit, windowMs: parseDuration(parts[2], key, { above: 0 }) };
}

/**
 * Reads the changes of a what-if. ` + ` joins changes that are tried together.
 *
 * @throws ConfigError that names `key`.
 */
export function parseChanges(text: string, groups: readonly string[], key: string): Change[] {
  const changes = text.split(' + ').map((one) => parseChange(one.trim(), groups, key));
  const subjects = changes.map(subjectOf);
  if (new Set(subjects).size < subjects.length)
    throw wrong(key, text, 'changes of different things: two of them change the same');
  return changes;
}

/** What a change changes. Two changes of it would contradict each other. */
function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'priority':
    case 'drop':
      return `group ${change.group}`;
    case 'cache':
    case 'bulk':
      return `${change.kind} ${change.route}`;
    default:
      return change.kind;
  }
}

function parseChange(text: string, groups: readonly string[], key: string): Change {
  if (text === 'coalesce') return { kind: 'coalesce' };
  const [, kind = '', value = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  const named = (group: string): string => {
    if (!groups.includes(group))
      throw wrong(key, text, `a change of one of the groups ${groups.join(', ') || '(none)'}`);
    return group;
  };
  switch (kind) {
    case 'limit':
      return { kind, ...parseRate(value, key) };
    case 'credentials': {
      const count = Number(value);
      if (!Number.isInteger(count) || count < 1 || count > 1_000)
        throw wrong(key, text, 'credentials= with an integer from 1 to 1000');
      return { kind, count };
    }
    case 'priority': {
      const [, priority = '', group = ''] = /^(\w+):(.+)$/.exec(value) ?? [];
      if (!(PRIORITIES as readonly string[]).includes(priority))
        throw wrong(key, text, `priority= with ${PRIORITIES.join(', ')}, and a group, as priority=low:GROUP`);
      return { kind, priority: priority as Priority, group: named(group) };
    }
    case 'cache': {
      const [, route = '', ttl = ''] = /^(.+):([\d.]+(?:ms|s|m|h))$/.exec(value) ?? [];
      if (route === '')
        throw wrong(key, text, "cache= with a route and a time, as 'cache=GET /users/:id:60s' or 'cache=*:60s'");
      const method = route === '*' ? 'GET' : parseRoute(route, key).method;
      if (method !== 'GET' && method !== 'HEAD') throw wrong(key, text, 'cache= with a route of GET or HEAD');
      return { kind, route, ttlMs: parseDuration(ttl, key, { above: 0 }) };
    }
    case 'bulk': {
      const [, route = '', size = '', collect] = /^(.+?):(\d+)(?::([\d.]+(?:ms|s|m|h)))?$/.exec(value) ?? [];
      if (route === '' || Number(size) < 2)
        throw wrong(key, text, "bulk= with a route and a size of at least 2, as 'bulk=GET /users/:id:50'");
      parseRoute(route, key);
      return { kind, route, size: Number(size), collectMs: collect === undefined ? 0 : parseDuration(collect, key) };
    }
    case 'drop':
      return { kind, group: named(value) };
    default:
      throw wrong(key, text, KINDS);
  }
}

/** What a change is, as the subject of a sentence. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'limit':
      return `A limit of ${change.limit} per ${formatWindow(change.windowMs)}`;
    case 'credentials':
      if (change.count === 1) return 'A single credential';
      return change.count === 2 ? 'A second credential' : `A pool of ${change.count} credentials`;
    case 'priority':
      return `Priority ${change.priority} for ${change.group}`;
    case 'cache':
      return `A cache of ${formatWindow(change.ttlMs)} for ${change.route === '*' ? 'all reads' : change.route}`;
    case 'coalesce':
      return 'Joining identical calls';
    case 'bulk':
      return `A bulk request for up to ${change.size} calls of ${change.route}`;
    case 'drop':
      return `A load without ${change.group}`;
  }
}

/** What several changes are together. */
export function describeChanges(changes: readonly Change[]): string {
  return changes
    .map(describeChange)
    .map((text, i) => (i === 0 ? text : text.charAt(0).toLowerCase() + text.slice(1)))
    .join(' with ');
}
