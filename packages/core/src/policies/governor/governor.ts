import type { ActiveCall, QueuedCall } from '../../call/call.js';
import type { CredentialReader } from '../../call/credential.js';
import type { Route } from '../../contract/call.js';
import { PRIORITIES, type Priority } from '../../contract/context.js';
import { ClosedError } from '../../contract/errors.js';
import type { SharingHost } from '../../contract/leases.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Ports } from '../../contract/store.js';
import { readQuotaHeaders } from '../../http/quota-headers.js';
import type { Execution } from '../../pipeline/execution.js';
import type { Events } from '../../runtime/events.js';
import { detailsOf, refusalOf, storeLost } from './admission.js';
import { Dispatcher } from './dispatcher.js';
import { EngineQueue } from './engine-queue.js';
import { refusalToleranceOf } from './learning/refusal-tolerance.js';
import type { ScopeLearnings, ScopeSnapshot } from './limits/snapshot.js';
import type { GovernorOptions } from './options.js';
import type { Permit } from './permit.js';
import type { Partition, Lane, QueuedScope } from './queue/lane.js';
import { byAge, Waiter } from './queue/waiter.js';
import { Reconfiguration } from './reconfigure.js';
import { Refusals } from './refusals.js';
import type { GovernedRoute } from './route.js';
import { ScopeRegistry } from './scope-registry.js';
import { type WaitEstimate, estimateWait } from './wait-estimate.js';

/** For so long a hint holds where no limit is known, ms; then one attempt asks. */
const LONGEST_HINT_MS = 60_000;

/** All that waits in a governor, and what goes on with it by itself. */
export interface WaitState {
  readonly partitions: ReadonlyMap<string, Partition>;
  /** Lanes whose calls move to other lanes. */
  readonly stale: ReadonlySet<Lane>;
  /** Whether a timer goes on with moving them. */
  readonly isMoving: boolean;
  /** Whether a timer goes on with the dispatch of this partition. */
  pausedIn(partition: Partition): boolean;
}

/** Grants permits. One per line; its clients share it. */
export class Governor {
  readonly #registry: ScopeRegistry;
  readonly #dispatcher: Dispatcher;
  readonly #refusals: Refusals;
  readonly #reconfiguration: Reconfiguration;
  /** Calls that have a permit and wait for an engine. */
  readonly engineQueue: EngineQueue;
  #order = 0;
  /** Of the newest numbers. */
  #generation = 0;
  #closed = false;

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    readonly credentialOf: CredentialReader,
    /** The numbers that a route would have if it were made now; undefined where it is governed no more. */
    readonly governedNow: (route: Route) => GovernedRoute | undefined,
    past?: readonly ScopeLearnings[],
  ) {
    this.engineQueue = new EngineQueue(ports.clock, events);
    this.#dispatcher = new Dispatcher(ports.clock, {
      grant: (lane, call, now) => this.#grant(lane, call, now),
      move: (waiter) => this.#reconfiguration.move(waiter),
    });
    this.#registry = new ScopeRegistry(this.#dispatcher, past);
    this.#refusals = new Refusals(ports, events, this.#registry, this.#dispatcher);
    this.#reconfiguration = new Reconfiguration(ports.clock, this.#registry, this.#dispatcher, governedNow);
    const { leases } = ports.store;
    this.#registry.sharing = leases?.sharing(ports, events, leases, this.#sharingHost());
  }

  /** A permit at once where one is free, else when it is this call's turn. */
  acquire(execution: Execution, given: GovernedRoute): Permit | Promise<Waiter<Lane>> {
    const { call } = execution;
    const now = this.ports.clock.now();
    // A call that was made before an update, and is sent again, goes by the numbers of now.
    const route = given.generation < this.#generation ? (this.governedNow(call.route) ?? given) : given;
    const lane = this.#laneOf(call, route, now);
    const { queue, root } = lane.partition;
    const { weight } = call;
    const tolerance = refusalToleranceOf(call, route, now);
    const nobodyAhead = queue.size === 0 || (lane.waiting === 0 && !queue.peek(now));
    if (
      nobodyAhead &&
      !this.#closed &&
      root.freeAt(now, weight, tolerance) <= now &&
      lane.isOpen(now, weight, tolerance)
    ) {
      return this.#grant(lane, call, now);
    }
    return this.#enqueue(execution, lane, route, now);
  }

  /** The attempt ended. Closes gates, opens them, learns, and lets the next ones go. */
  end(permit: Permit, call: ActiveCall, outcome: Outcome, route: GovernedRoute): void {
    const { lane } = permit;
    const { root } = lane.partition;
    const now = this.ports.clock.now();
    const accepted = outcome.status !== undefined && outcome.kind !== 'refused';
    lane.inFlight--;
    if (outcome.isUnsent) {
      root.undo(permit);
      for (const scope of lane.scopes) scope.undo(permit);
    } else if (outcome.kind === 'refused') {
      this.#refusals.refused(call, permit, outcome, route, now);
    } else {
      const ended = accepted ? 'accepted' : 'unknown';
      root.end(now, permit, ended);
      for (const scope of lane.scopes) scope.end(now, permit, ended);
    }
    if (outcome.kind !== 'refused' && outcome.status !== undefined) this.#readHints(permit, outcome, route, now);
    this.#refusals.judgeProbes(permit, accepted);
    if (outcome.isUnsent) this.#dispatcher.onPermitsRefunded(lane, now);
    else this.#dispatcher.onPermitsFreed(lane, now);
  }

  /** The attempt was not made after all: its permits are free again. */
  abandon(permit: Permit): void {
    const { lane } = permit;
    lane.inFlight--;
    lane.partition.root.undo(permit);
    for (const scope of lane.scopes) scope.undo(permit);
    this.#refusals.judgeProbes(permit, false);
    this.#dispatcher.onPermitsRefunded(lane, this.ports.clock.now());
  }

  /** The platform said "not before" in another way than by an answer: closes the gate of the call's route. */
  holdBack(call: ActiveCall, route: GovernedRoute, forMs: number): void {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    const until = now + forMs + this.ports.random.next() * route.options.gateJitterMs;
    this.#refusals.closeGate(lane.routeScope, now, until, this.ports.clock.wall() + forMs);
  }

  /** Whether no gate on its way has closed since the permit was granted. */
  isOpenFor({ lane, probes }: Permit): boolean {
    const isProbe = (scope: QueuedScope): boolean =>
      probes?.some(([one, generation]) => one === scope && scope.gate.generation === generation) ?? false;
    return [lane.partition.root, ...lane.scopes].every((scope) => scope.gate.state === 'open' || isProbe(scope));
  }

  /** Applies new numbers to all that exists. */
  update(
    options: Required<GovernorOptions>,
    routes: (name: string) => GovernedRoute | undefined,
    generation: number,
  ): void {
    this.#generation = generation;
    this.#reconfiguration.update(options, routes);
  }

  /** Waiting calls over all credentials. */
  get queued(): number {
    let n = this.engineQueue.size;
    for (const { queue } of this.#registry.partitions.values()) n += queue.size;
    return n;
  }

  /** Waiting calls of a route, the oldest first. */
  queuedOf(route: string): QueuedCall[] {
    const all: Waiter<Lane>[] = [];
    const gather = (lane: Lane): void => {
      if (lane.routeName === route) for (const flow of lane.flows) all.push(...flow.waiters());
    };
    for (const { lanes } of this.#registry.partitions.values()) for (const lane of lanes.values()) gather(lane);
    for (const lane of this.#reconfiguration.stale) gather(lane);
    return [...this.engineQueue.of(route), ...all.sort(byAge)];
  }

  /** What the test kit needs to see that each waiting call is woken. */
  get waits(): WaitState {
    const pausedIn = (partition: Partition): boolean => this.#dispatcher.isPausedIn(partition);
    const { stale, isMoving } = this.#reconfiguration;
    return { partitions: this.#registry.partitions, stale, isMoving, pausedIn };
  }

  get inFlight(): number {
    let n = 0;
    for (const { root } of this.#registry.partitions.values()) n += root.inFlight;
    // These have their permits, and wait.
    return n - this.engineQueue.size;
  }

  /** Refuses what waits and all that comes. Settles when what the store had lent was given back, or could not be. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { queue } of this.#registry.partitions.values()) {
      for (const waiter of queue.waiters())
        waiter.reject(new ClosedError('the line was closed', detailsOf(waiter.call)));
    }
    this.#reconfiguration.close();
    this.#dispatcher.close(this.#registry.scopes);
    await this.#registry.sharing?.close();
  }

  snapshot(): { scopes: ScopeSnapshot[]; queues: { credential: string; waiting: Record<string, number> }[] } {
    const now = this.ports.clock.now();
    const { scopes, partitions } = this.#registry;
    return {
      scopes: [...scopes.values()].map((scope) => scope.snapshot(now)),
      queues: [...partitions.values()].map(({ credential, queue }) => ({ credential, waiting: queue.counts() })),
    };
  }

  /** The scopes on a call's way, as plain data. */
  scopesOf(call: ActiveCall, route: GovernedRoute): ScopeSnapshot[] {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    return [lane.partition.root, ...lane.scopes].map((scope) => scope.snapshot(now));
  }

  /** What was learned from the platform, to hand to the next start. */
  export(): ScopeLearnings[] {
    return this.#registry.learnings();
  }

  /** Milliseconds a call would wait if it came now, and what for. */
  estimateWait(call: ActiveCall, route: GovernedRoute): WaitEstimate {
    const now = this.ports.clock.now();
    return estimateWait(this.#laneOf(call, route, now), call, now);
  }

  /** What becomes of news from other processes. */
  #sharingHost(): SharingHost<QueuedScope> {
    return {
      scopes: () => this.#registry.scopes.values(),
      wake: (scope) => this.#dispatcher.onScopeChanged(scope),
      onLimitLearned: (scope, { sharedEstimate: { limit, counts }, quota: { windowMs } }) => {
        if (limit < Infinity && this.events.has('quotaLearned'))
          this.events.emit('quotaLearned', { scope: scope.name, limit, windowMs, counts });
      },
      onGateClosed: (scope, forMs) => this.#refusals.closedElsewhere(scope, forMs),
      onStoreLost: (scope) => {
        for (const waiter of scope.waiters()) waiter.reject(storeLost(waiter.call, scope));
      },
    };
  }

  #laneOf(call: ActiveCall, route: GovernedRoute, now: number): Lane {
    const credential = this.credentialOf(call);
    const partition = route.apart ? `${credential}/${call.route.name}` : credential;
    return this.#reconfiguration.laneOf(call, partition, route, now);
  }

  #grant(lane: Lane, { weight, attempts }: ActiveCall, now: number): Permit {
    const { root } = lane.partition;
    const order = ++this.#order;
    let probes: (readonly [QueuedScope, number])[] | undefined;
    if (root.take(now, weight, order)) probes = [[root, root.gate.generation]];
    for (const scope of lane.scopes) {
      if (scope.take(now, weight, order)) (probes ??= []).push([scope, scope.gate.generation]);
    }
    lane.inFlight++;
    return { lane, weight, order, sentAt: now, probes, attempts };
  }

  #enqueue(execution: Execution, lane: Lane, route: GovernedRoute, now: number): Promise<Waiter<Lane>> {
    const { call } = execution;
    const { cancellation } = call;
    if (cancellation?.cancelled) throw cancellation.reason;
    const refusal = this.#closed
      ? new ClosedError('the line is closed', detailsOf(call))
      : refusalOf(call, lane, route, now, this.ports.clock);
    if (refusal) throw this.engineQueue.refused(call, refusal);
    const { queue } = lane.partition;
    const waiter = new Waiter(execution, lane, now);
    const turn = waiter.turn();
    cancellation?.listen(waiter);
    const estimatedMs = this.events.has('queued') ? estimateWait(lane, call, now).waitMs : 0;
    queue.add(waiter, now);
    if (this.events.has('queued')) {
      this.events.emit('queued', {
        route: call.route.name,
        priority: PRIORITIES[waiter.priority] as Priority,
        tenant: call.tenant,
        queued: queue.size,
        estimatedMs,
      });
    }
    if (waiter.flow) this.#dispatcher.onQueued(waiter, now);
    return turn;
  }

  /** What is left is of the credential's quota, or, where it has none, of what the route alone may send. */
  #readHints({ lane, order }: Permit, outcome: Outcome, route: GovernedRoute, now: number): void {
    const { root } = lane.partition;
    const scope = root.quotas.length > 0 ? root : lane.routeScope;
    const { quotaHeaders } = route.options;
    if (quotaHeaders === false || !scope.readsHints(order)) return;
    const hint = readQuotaHeaders(outcome.header, this.ports.clock, quotaHeaders);
    if (!hint) {
      if (outcome.kind === 'ok') scope.recordSilence();
      return;
    }
    const { remaining, resetMs, limit } = hint;
    const quota = root.quotas.find((one) => one.quota.limit === limit) ?? root.quotas[0];
    if (resetMs !== undefined) quota?.recordReset(now, resetMs);
    const adaptive = quota?.adaptive ?? scope.learned;
    const longestMs = adaptive && (quota || adaptive.limit < Infinity) ? adaptive.windowMs : LONGEST_HINT_MS;
    // A header that claims a reset in a year must not stop the line for longer than the quota could.
    scope.recordRemaining(remaining, now + Math.min(resetMs ?? longestMs, longestMs), order);
    adaptive?.recordRemaining(now, remaining - scope.permits);
  }
}
