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
import { groupsOf, isOfLine, renamed } from './scope-keys.js';

/** Idle scopes are looked for when there are this many, and then when that number has doubled. */
const FIRST_SWEEP_SIZE = 1_000;

/** Window of a limit of which nothing is known, ms: the platforms count per minute. */
const LIKELY_WINDOW_MS = 60_000;

/** Finds, makes and forgets partitions, lanes and scopes. */
export class ScopeRegistry {
  readonly partitions = new Map<string, Partition>();
  readonly scopes = new Map<string, QueuedScope>();
  /** Shares the quotas of all scopes with other processes. */
  sharing: QuotaSharing<QueuedScope> | undefined = undefined;
  #sweepAt = FIRST_SWEEP_SIZE;
  readonly #past = new Map<string, readonly Learning[]>();

  /** @param past What an earlier start has learned. */
  constructor(
    readonly dispatcher: QueueDispatcher,
    past: readonly ScopeLearnings[] = [],
  ) {
    for (const { scope, quotas } of past) this.#past.set(scope, quotas);
  }

  /** What was learned, to hand to the next start. Credentials are told apart by their origin only. */
  learnings(): ScopeLearnings[] {
    const all = new Map<string, ScopeLearnings>();
    for (const scope of this.scopes.values()) {
      const name = lastingName(scope.name);
      const quotas = scope.learnedLimits();
      const [least, known] = [quotas, all.get(name)?.quotas].map((one) =>
        Math.min(...(one ?? []).map(({ limit }) => limit)),
      );
      if (quotas.length > 0 && (least as number) < (known as number)) all.set(name, { scope: name, quotas });
    }
    return [...all.values()];
  }

  /** The lane of a call. Its scopes may have numbers of another route still. */
  laneOf(call: ActiveCall, credential: string, route: GovernedRoute, now: number): Lane {
    const groups = groupsOf(route);
    if (groups.length === 0) {
      const known = this.partitions.get(credential)?.lanes.get(call.route.name);
      if (known?.configured === route) return known;
    }
    // A key function of the user may throw; nothing has been made by then.
    const keys = groups.map(({ key }) => key(call, credential));
    let partition = this.partitions.get(credential);
    if (!partition) {
      partition = new Partition(
        credential,
        this.#scope(credential, '', credential),
        this.dispatcher,
        route.options.shares,
        route.options.agingMs,
      );
      this.partitions.set(credential, partition);
    }
    const names = groups.map(({ id }, i) => `${id}:${keys[i] as string}`);
    const laneKey = names.length === 0 ? call.route.name : `${call.route.name}|${names.join('|')}`;
    let lane = partition.lanes.get(laneKey);
    if (!lane) {
      this.#sweep(partition, now);
      const routeScope = this.#scope(`route:${credential}:${call.route.name}`, '', call.route.name);
      const others = groups.map(({ id, kind }, i) =>
        this.#scope(names[i] as string, id, keys[i] as string, kind.endsWith('tenant')),
      );
      // A gate that another process closed is met when a scope is made, and calls are dispatched then: one may have come here meanwhile.
      lane = partition.lanes.get(laneKey) ?? new Lane(call.route.name, partition, routeScope, others);
      partition.lanes.set(laneKey, lane);
    }
    return lane;
  }

  /**
   * Gives the scopes of a lane the numbers of its route, unless they have newer ones.
   *
   * @returns the scopes that had other quotas.
   */
  configure(lane: Lane, route: GovernedRoute, now: number): QueuedScope[] {
    const { partition } = lane;
    if (lane.configured && lane.configured.generation > route.generation) return [];
    lane.configured = route;
    const isNewer = (scope: QueuedScope): boolean => {
      if (scope.generation > route.generation) return false;
      scope.generation = route.generation;
      return true;
    };
    const renumbered: QueuedScope[] = [];
    const setQuotas = (scope: QueuedScope, quotas: readonly Quota[]): void => {
      if (scope.setQuotas(quotas, now)) renumbered.push(scope);
    };
    if (isNewer(partition.root)) {
      const ofLine = route.rootQuotas.filter((quota) => isOfLine(route, quota));
      setQuotas(partition.root, ofLine);
      percentEncode(partition.root, route.options);
    }
    if (isNewer(lane.routeScope)) {
      setQuotas(lane.routeScope, route.routeQuotas);
      this.#learnOf(lane, route);
    }
    for (const { id, quotas, maxConcurrent } of groupsOf(route)) {
      const scope = lane.scopes.find(({ group }) => group === id);
      if (!scope || !isNewer(scope)) continue;
      scope.maxConcurrent = maxConcurrent;
      setQuotas(scope, quotas);
    }
    if (this.#past.size > 0) for (const scope of [partition.root, ...lane.scopes]) this.#recall(scope, now);
    return renumbered;
  }

  /** A route without a documented limit may turn out to have one. */
  #learnOf({ routeScope, partition }: Lane, route: GovernedRoute): void {
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

  /** Lets the scopes of groups whose numbers change keep their state under the new name. */
  rename(routes: (name: string) => GovernedRoute | undefined): void {
    const names = new Map<string, string>();
    for (const { lanes } of this.partitions.values()) {
      for (const { configured, routeName } of lanes.values()) {
        const route = configured && routes(routeName);
        if (!route || route === configured) continue;
        for (const [from, to] of renamed(configured, route)) names.set(from.id, to.id);
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

  #recall(scope: QueuedScope, now: number): void {
    if (scope.isRestored) return;
    scope.isRestored = true;
    scope.restore(this.#past.get(lastingName(scope.name)) ?? [], now);
  }

  #scope(name: string, group: string, key: string, ofTenant = false): QueuedScope {
    let scope = this.scopes.get(name);
    if (!scope) {
      this.scopes.set(name, (scope = new QueuedScope(name, group, key, ofTenant)));
      scope.sharing = this.sharing;
      this.sharing?.addScope(scope);
    }
    return scope;
  }

  /** Forgets lanes that nobody uses, and scopes that nobody uses and that remember nothing. */
  #sweep(inUse: Partition, now: number): void {
    if (this.scopes.size < this.#sweepAt) return;
    for (const partition of this.partitions.values()) {
      for (const [key, lane] of partition.lanes) {
        // A lane remembers nothing itself; its scopes may, and stay.
        if (lane.inFlight > 0 || lane.waiting > 0) continue;
        partition.lanes.delete(key);
        for (const scope of lane.scopes) scope.lanes.delete(lane);
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
    this.#sweepAt = Math.max(FIRST_SWEEP_SIZE, this.scopes.size * 2);
  }
}

/** A route seems to be counted as its credential is, until its own answers say how. */
class RouteCounting implements SharedCounting {
  #own: Counting | undefined = undefined;

  constructor(private readonly root: QueuedScope) {}

  get counts(): Counting | undefined {
    return this.#own ?? this.root.quotas[0]?.counts;
  }

  set counts(counts: Counting | undefined) {
    this.#own = counts;
  }
}

/** A credential's fingerprint is another one in every process. */
function lastingName(scope: string): string {
  return scope.replace(/credential:[^@]*@/, 'credential:*@');
}

/** Gives a credential's scope the rate it may not exceed. */
function percentEncode(root: QueuedScope, { ratePerSec, rampUpMs }: Required<GovernorOptions>): void {
  const spaced = ratePerSec < Infinity;
  const perQuota = root.quotas.map(({ quota: { limit, windowMs } }) =>
    limit === 'discover' ? Infinity : (limit / windowMs) * 1000,
  );
  const whole = Math.min(ratePerSec, ...perQuota);
  if (!spaced && (rampUpMs === 0 || whole === Infinity)) root.pacer = undefined;
  else if (root.pacer) Object.assign(root.pacer, { ratePerSec: whole, rampUpMs, spaced });
  else root.pacer = new Pacer(whole, rampUpMs, spaced);
}
