import type { ActiveCall } from '../../call/call.js';
import type { PlacedQuota } from './options.js';
import type { GovernedRoute } from './route.js';

/** Whether two versions of a route have the same groups. */
export function haveSameGroups(before: GovernedRoute, after: GovernedRoute): boolean {
  const list = (route: GovernedRoute): string => JSON.stringify(findGroups(route).map(({ id, kind }) => [id, kind]));
  return list(before) === list(after);
}

/**
 * Scopes besides those of the credential and the route. A group has the quotas of one kind, or one bulkhead, of a line or an
 * endpoint.
 */
export interface Group {
  /** First part of the names of the group's scopes. */
  readonly id: string;
  /** What the group is counted by. After an update with other limits, this identifies the group. */
  readonly kind: string;
  readonly quotas: readonly PlacedQuota[];
  readonly maxConcurrent: number;
  /** Returns the last part of a scope's name: which scope of the group a call belongs to. */
  readonly key: (call: ActiveCall, credential: string) => string;
}

const RESERVED = new Set(['credential', 'tenant', 'route', 'host', 'bulkhead']);

const KEYS = {
  credential: (_call: ActiveCall, credential: string) => credential,
  tenant: (call: ActiveCall) => call.tenant ?? '',
  host: (call: ActiveCall) => call.origin,
  route: (call: ActiveCall, credential: string) => `${credential}:${call.route.name}`,
} as const;

// Numbers instead of `Function.name`: every function in `{ scope: (call) => … }` has the name "scope".
const functions = new WeakMap<(call: ActiveCall) => string, number>();
let functionCount = 0;

/** Returns a name for a key function. */
function nameFunction(fn: (call: ActiveCall) => string): string {
  let n = functions.get(fn);
  if (n === undefined) functions.set(fn, (n = ++functionCount));
  return `key${n}`;
}

function createGroup(quota: PlacedQuota, ofLine: boolean): Group {
  const { scope = 'credential', name, limit, windowMs, segment, entity = '' } = quota;
  // Quotas of an endpoint have their own scopes, which all routes of the endpoint share.
  const own = ofLine ? '' : `/${name ?? `${limit}per${windowMs}`}`;
  let kind: string;
  let id: string | undefined;
  let key: Group['key'];
  if (segment !== undefined) {
    kind = entity;
    key = ({ route, url }) => route.segmentsOf(url)[segment] ?? '';
  } else if (typeof scope === 'string') {
    kind = scope;
    key = KEYS[scope];
  } else {
    kind = nameFunction(scope);
    id = name !== undefined && RESERVED.has(name) ? `key/${name}` : name;
    key = (call) => String(scope(call));
  }
  return { id: id ?? kind + own, kind, quotas: [quota], maxConcurrent: Infinity, key };
}

const cache = new WeakMap<GovernedRoute, readonly Group[]>();

/** Returns the groups of a route, computed once per route. */
export function findGroups(route: GovernedRoute): readonly Group[] {
  let groups = cache.get(route);
  if (!groups) cache.set(route, (groups = computeGroups(route)));
  return groups;
}

function computeGroups(route: GovernedRoute): Group[] {
  const { bulkhead, otherQuotas, rootQuotas } = route;
  const groups = new Map<string, Group>();
  for (const quota of [...rootQuotas.filter((root) => !isLineQuota(route, root)), ...otherQuotas]) {
    const group = createGroup(quota, isLineQuota(route, quota));
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

/** Whether a quota belongs to the line, not to an endpoint. */
export function isLineQuota(route: GovernedRoute, quota: PlacedQuota): boolean {
  return route.options.quotas.includes(quota);
}

/** Pairs the groups of a route before an update with those after it. Groups that stay the same are left out. */
export function pairGroups(before: GovernedRoute, after: GovernedRoute): [from: Group, to: Group][] {
  const difference = (some: readonly Group[], others: readonly Group[]): Group[] =>
    some.filter(({ id }) => !others.some((group) => group.id === id));
  const old = findGroups(before);
  const groups = findGroups(after);
  const added = difference(groups, old);
  const pairs: [Group, Group][] = [];
  for (const from of difference(old, groups)) {
    const at = added.findIndex(({ kind }) => kind === from.kind);
    if (at >= 0) pairs.push([from, ...(added.splice(at, 1) as [Group])]);
  }
  return pairs;
}
