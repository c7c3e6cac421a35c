import type { Call } from '../../call/call.js';
import type { PlacedQuota } from './options.js';
import type { GovernedRoute } from './route.js';

/** Whether calls of a route go through the same scopes as before, besides those that every route has. */
export function haveSameGroups(before: GovernedRoute, after: GovernedRoute): boolean {
  const old = groupsOf(before);
  const young = groupsOf(after);
  return old.length === young.length && old.every(({ id, kind }, i) => id === young[i]?.id && kind === young[i].kind);
}

/** What is counted together beside credentials and routes: the quotas of one kind, or one bulkhead, of a line or an endpoint. */
export interface Group {
  /** First part of the names of its scopes. */
  readonly id: string;
  /** What it is counted by; a group that changes its numbers is known again by it. */
  readonly kind: string;
  readonly quotas: readonly PlacedQuota[];
  readonly maxConcurrent: number;
  /** Which of its scopes a call belongs to. */
  readonly key: (call: Call, credential: string) => string;
}

const RESERVED = new Set(['credential', 'tenant', 'route', 'host', 'bulkhead']);

const KEYS = {
  credential: (_call: Call, credential: string) => credential,
  tenant: (call: Call) => call.tenant ?? '',
  host: (call: Call) => call.origin,
  route: (call: Call, credential: string) => `${credential}:${call.route.name}`,
} as const;

// Functions have no name to rely on: `{ scope: (call) => … }` is called "scope" wherever it stands.
const functions = new WeakMap<(call: Call) => string, number>();
let known = 0;

function nameOf(fn: (call: Call) => string): string {
  let n = functions.get(fn);
  if (n === undefined) functions.set(fn, (n = ++known));
  return `key${n}`;
}

function groupOf(quota: PlacedQuota, ofLine: boolean): Group {
  const { scope = 'credential', name, limit, windowMs, segment, entity = '' } = quota;
  // What an endpoint adds is counted apart from the line's own quotas of that kind, over all routes it is added to.
  const own = ofLine ? '' : `/${name ?? `${limit}per${windowMs}`}`;
  if (segment !== undefined) {
    const key = ({ route, url }: Call): string => route.segmentsOf(url)[segment] ?? '';
    return { id: `${entity}${own}`, kind: entity, quotas: [quota], maxConcurrent: Infinity, key };
  }
  if (typeof scope === 'string')
    return { id: `${scope}${own}`, kind: scope, quotas: [quota], maxConcurrent: Infinity, key: KEYS[scope] };
  const kind = nameOf(scope);
  const id = name === undefined ? `${kind}${own}` : RESERVED.has(name) ? `key/${name}` : name;
  return { id, kind, quotas: [quota], maxConcurrent: Infinity, key: (call) => String(scope(call)) };
}

const cache = new WeakMap<GovernedRoute, readonly Group[]>();

/** The groups that calls of a route belong to, worked out once. */
export function groupsOf(route: GovernedRoute): readonly Group[] {
  let groups = cache.get(route);
  if (!groups) cache.set(route, (groups = findGroups(route)));
  return groups;
}

function findGroups(route: GovernedRoute): Group[] {
  const { bulkhead, otherQuotas, rootQuotas } = route;
  const groups = new Map<string, Group>();
  for (const quota of [...rootQuotas.filter((root) => !isOfLine(route, root)), ...otherQuotas]) {
    const group = groupOf(quota, isOfLine(route, quota));
    const same = groups.get(group.id);
    groups.set(group.id, same ? { ...same, quotas: [...same.quotas, quota] } : group);
  }
  if (bulkhead) {
    const { scope = 'credential', maxConcurrent } = bulkhead;
    const id = `bulkhead/${scope}/${maxConcurrent}`;
    groups.set(id, { id, kind: `bulkhead/${scope}`, quotas: [], maxConcurrent, key: KEYS[scope] });
  }
  return [...groups.values()];
}

/** Whether a quota is the line's, and not one that an endpoint added. */
export function isOfLine(route: GovernedRoute, quota: PlacedQuota): boolean {
  return route.options.quotas.includes(quota);
}

/** Which groups of a route became which others when its numbers changed. */
export function renamed(before: GovernedRoute, after: GovernedRoute): [from: Group, to: Group][] {
  const old = groupsOf(before);
  const young = groupsOf(after);
  const gone = old.filter(({ id }) => !young.some((group) => group.id === id));
  const come = young.filter(({ id }) => !old.some((group) => group.id === id));
  const pairs: [Group, Group][] = [];
  for (const from of gone) {
    const at = come.findIndex(({ kind }) => kind === from.kind);
    if (at >= 0) pairs.push([from, ...(come.splice(at, 1) as [Group])]);
  }
  return pairs;
}
