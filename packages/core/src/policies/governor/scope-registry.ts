import type { ActiveCall } from '../../call/call.js';
import type { Counting } from '../../contract/counting.js';
import type { QuotaSharing } from '../../contract/leases.js';
import { AdaptiveQuota } from './learning/adaptive-quota.js';
import type { SharedCounting } from './learning/types.js';
import { Pacer } from './limits/pacer.js';
import type { Learning, ScopeLearnings } from './limits/snapshot.js';
import type { GovernorOptions, Quota } from './options.js';
import { Partition, Lane, type QueueDispatcher, QueuedScope } from './queue/lane.js';
import type { GovernedRoute } from './route.js';
import { findGroups, isLineQuota, pairGroups } from './scope-keys.js';

/** Number of scopes from which idle ones are removed. The next sweep is at twice the number that is left. */
const MIN_SWEEP_SIZE = 1_000;

/** Window of a limit of which nothing is known, in ms. The platforms count per minute. */
const LIKELY_WINDOW_MS = 60_000;

/** Finds, creates and removes partitions, lanes and scopes. */
export class ScopeRegistry {
  readonly partitions = new Map<string, Partition>();
  readonly scopes = new Map<string, QueuedScope>();
  /** Shares the quotas of all scopes with other processes. */
  sharing: QuotaSharing<QueuedScope> | undefined = undefined;
  #sweepAt = MIN_SWEEP_SIZE;
  /** Learnings of an earlier start, by scope. */
  readonly #past = new Map<string, readonly Learning[]>();

  /** @param past - Learnings of an earlier start. */
  constructor(
    readonly dispatcher: QueueDispatcher,
    past: readonly ScopeLearnings[] = [],
  ) {
    for (const { scope, quotas } of past) this.#past.set(scope, quotas);
  }

  /**
   * Collects what the scopes have learned, for the next start. Of several credentials with one origin, the lowest limit is
   * kept.
   */
  learnings(): ScopeLearnings[] {
    const all = new Map<string, ScopeLearnings>();
    const minLimit = (quotas: readonly Learning[] = []): number => Math.min(...quotas.map(({ limit }) => limit));
    for (const scope of this.scopes.values()) {
      const name = removeFingerprint(scope.name);
      const quotas = scope.learnedLimits();
      if (minLimit(quotas) < minLimit(all.get(name)?.quotas)) all.set(name, { scope: name, quotas });
    }
    return [...all.values()];
  }

  /** Finds or creates the lane of a call. Its scopes may still have the options of another version of the route. */
  findLane(call: ActiveCall, credential: string, route: GovernedRoute, now: number): Lane {
    const groups = findGroups(route);
    if (groups.length === 0) {
      const known = this.partitions.get(credential)?.lanes.get(call.route.name);
      if (known?.configured === route) return known;
    }
    // A key function of the user may throw. Nothing is created before.
    const keys = groups.map(({ key }) => key(call, credential));
    let partition = this.partitions.get(credential);
    if (!partition) {
      partition = new Partition(
        credential,
        this.#findScope(credential, '', credential),
        this.dispatcher,
        route.options.shares,
        route.options.agingMs,
      );
      this.partitions.set(credential, partition);
    }
    const names = groups.map(({ id }, i) => `${id}:${keys[i] as string}`);
    const laneKey = [call.route.name, ...names].join('|');
    let lane = partition.lanes.get(laneKey);
    if (!lane) {
      this.#sweep(partition, now);
      const routeScope = this.#findScope(`route:${credential}:${call.route.name}`, '', call.route.name);
      const others = groups.map(({ id, kind }, i) =>
        this.#findScope(names[i] as string, id, keys[i] as string, kind.endsWith('tenant')),
      );
      // A new scope may learn that another process closed its gate. That dispatches calls, one of which may create this lane.
      lane = partition.lanes.get(laneKey) ?? new Lane(call.route.name, partition, routeScope, others);
      partition.lanes.set(laneKey, lane);
    }
    return lane;
  }

  /**
   * Applies the options of a route to the scopes of its lane. Scopes with options of a later update keep theirs.
   *
   * @returns the scopes whose quotas changed.
   */
  configure(lane: Lane, route: GovernedRoute, now: number): QueuedScope[] {
    const { root } = lane.partition;
    if (lane.configured && lane.configured.generation > route.generation) return [];
    lane.configured = route;
    const changed: QueuedScope[] = [];
    const apply = (scope: QueuedScope, quotas: readonly Quota[], maxConcurrent = Infinity): boolean => {
      if (scope.generation > route.generation) return false;
      scope.generation = route.generation;
      scope.maxConcurrent = maxConcurrent;
      if (scope.setQuotas(quotas, now)) changed.push(scope);
      return true;
    };
    const lineQuotas = route.rootQuotas.filter((quota) => isLineQuota(route, quota));
    if (apply(root, lineQuotas)) setPacer(root, route.options);
    if (apply(lane.routeScope, route.routeQuotas)) this.#learnRouteLimit(lane, route);
    for (const { id, quotas, maxConcurrent } of findGroups(route)) {
      const scope = lane.scopes.find(({ group }) => group === id);
      if (scope) apply(scope, quotas, maxConcurrent);
    }
    if (this.#past.size > 0) for (const scope of lane.allScopes) this.#recallLearnings(scope, now);
    return changed;
  }

  /** Prepares a route without a documented limit to learn one from refusals. */
  #learnRouteLimit({ routeScope, partition }: Lane, route: GovernedRoute): void {
    if (route.routeQuotas.length > 0) routeScope.learned = undefined;
    else if (!routeScope.learned) {
      const windowMs = partition.root.quotas[0]?.quota.windowMs ?? LIKELY_WINDOW_MS;
      routeScope.learned = new AdaptiveQuota(
        { limit: Infinity, windowMs, enforcement: 'auto' },
        new RouteCounting(partition.root),
      );
      routeScope.learned.adoptInFlight(routeScope.permits);
    }
  }

  /** Renames the scopes of groups whose name an update changes. The scopes keep their state. */
  renameGroups(routes: (name: string) => GovernedRoute | undefined): void {
    const names = new Map<string, string>();
    for (const { lanes } of this.partitions.values()) {
      for (const { configured, routeName } of lanes.values()) {
        const route = configured && routes(routeName);
        if (!route || route === configured) continue;
        for (const [from, to] of pairGroups(configured, route)) names.set(from.id, to.id);
      }
    }
    if (names.size === 0) return;
    for (const scope of [...this.scopes.values()]) {
      const id = names.get(scope.group);
      if (id === undefined || this.scopes.has(`${id}:${scope.key}`)) continue;
      this.scopes.delete(scope.name);
      scope.group = id;
      scope.name = `${id}:${scope.key}`;
      this.scopes.set(scope.name, scope);
    }
  }

  /** Applies the learnings of an earlier start to a scope, once. */
  #recallLearnings(scope: QueuedScope, now: number): void {
    if (scope.isRestored) return;
    scope.isRestored = true;
    scope.restore(this.#past.get(removeFingerprint(scope.name)) ?? [], now);
  }

  #findScope(name: string, group: string, key: string, ofTenant = false): QueuedScope {
    let scope = this.scopes.get(name);
    if (!scope) {
      this.scopes.set(name, (scope = new QueuedScope(name, group, key, ofTenant)));
      scope.sharing = this.sharing;
      this.sharing?.addScope(scope);
    }
    return scope;
  }

  /** Removes idle lanes, partitions and scopes. A scope with state stays. */
  #sweep(inUse: Partition, now: number): void {
    if (this.scopes.size < this.#sweepAt) return;
    for (const partition of this.partitions.values()) {
      for (const [key, lane] of partition.lanes) {
        // A lane has no state. Scopes with state stay.
        if (lane.inFlight > 0 || lane.waiting > 0) continue;
        partition.lanes.delete(key);
        lane.retire();
      }
      const idle = partition.lanes.size === 0 && partition.queue.size === 0 && partition.root.idle(now);
      if (idle && partition !== inUse) this.partitions.delete(partition.credential);
    }
    for (const [name, scope] of this.scopes) {
      if (scope.lanes.size > 0 || this.partitions.has(name) || !scope.idle(now)) continue;
      this.scopes.delete(name);
      scope.endLeases();
      for (const { gated } of this.partitions.values()) gated.delete(scope);
    }
    this.#sweepAt = Math.max(MIN_SWEEP_SIZE, this.scopes.size * 2);
  }
}

/** How a route is counted: as its credential's quota, until the route's own answers show how. */
class RouteCounting implements SharedCounting {
  #own: Counting | undefined;

  constructor(private readonly root: QueuedScope) {}

  get counts(): Counting | undefined {
    return this.#own ?? this.root.quotas[0]?.counts;
  }

  set counts(counts: Counting | undefined) {
    this.#own = counts;
  }
}

/** Removes the fingerprint of the credential, which differs between processes, from the name of a scope. */
function removeFingerprint(scope: string): string {
  return scope.replace(/credential:[^@]*@/, 'credential:*@');
}

/** Sets the pacer of a credential's scope, if the options limit its rate. */
function setPacer(root: QueuedScope, { ratePerSec, rampUpMs }: Required<GovernorOptions>): void {
  const spaced = ratePerSec < Infinity;
  const quotaRates = root.quotas.map(({ quota: { limit, windowMs } }) =>
    limit === 'discover' ? Infinity : (limit / windowMs) * 1000,
  );
  const rate = Math.min(ratePerSec, ...quotaRates);
  if (!spaced && (rampUpMs === 0 || rate === Infinity)) root.pacer = undefined;
  else if (root.pacer) Object.assign(root.pacer, { ratePerSec: rate, rampUpMs, spaced });
  else root.pacer = new Pacer(rate, rampUpMs, spaced);
}
