import { type ActiveCall, closedError, type QueuedCall } from '../../call/call.js';
import type { CredentialReader } from '../../call/credential.js';
import type { Route } from '../../contract/call.js';
import { PRIORITIES, type Priority } from '../../contract/context.js';
import type { SharingHost } from '../../contract/leases.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Ports } from '../../contract/store.js';
import { readQuotaHeaders } from '../../http/quota-headers.js';
import type { Execution } from '../../pipeline/execution.js';
import type { Events } from '../../runtime/events.js';
import { checkAdmission, createStoreLostError } from './admission.js';
import { Dispatcher } from './dispatcher.js';
import { EngineQueue } from './engine-queue.js';
import { refusalToleranceOf } from './learning/refusal-tolerance.js';
import type { ScopeLearnings, ScopeSnapshot } from './limits/snapshot.js';
import type { GovernorOptions } from './options.js';
import type { Permit } from './permit.js';
import type { Partition, Lane, QueuedScope } from './queue/lane.js';
import type { QueueSnapshot } from './queue/snapshot.js';
import { compareAge, Waiter } from './queue/waiter.js';
import { Reconfiguration } from './reconfigure.js';
import { Refusals } from './refusals.js';
import type { GovernedRoute } from './route.js';
import { ScopeRegistry } from './scope-registry.js';
import { type WaitEstimate, estimateWait } from './wait-estimate.js';

/** How long a quota hint holds if no limit is known, in ms. After that one attempt tests whether it still holds. */
const MAX_HINT_MS = 60_000;

/** The waiting calls of a governor, and the timers that continue their dispatch. */
export interface WaitState {
  readonly partitions: ReadonlyMap<string, Partition>;
  /** Lanes whose calls move to other lanes. */
  readonly stale: ReadonlySet<Lane>;
  /** Whether a timer moves more of them. */
  readonly isMoving: boolean;
  /** Whether a timer continues the dispatch of this partition. */
  isPausedIn(partition: Partition): boolean;
}

/** Grants permits. A line has one governor, which all its clients share. */
export class Governor {
  readonly #registry: ScopeRegistry;
  readonly #dispatcher: Dispatcher;
  readonly #refusals: Refusals;
  readonly #reconfiguration: Reconfiguration;
  /** Calls that have a permit and wait for a slot of an engine. */
  readonly engineQueue: EngineQueue;
  /** Number of the last attempt that got a permit. */
  #order = 0;
  /** Updates of the line so far. */
  #generation = 0;
  #closed = false;

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    readonly credentialOf: CredentialReader,
    /** Resolves a route with the current options; undefined if the route has no governor any more. */
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
    this.#registry.sharing = leases?.sharing(ports, events, leases, this.#createSharingHost());
  }

  /** Returns a permit if one is free, else a promise of the call's turn in the queue. */
  acquire(execution: Execution, given: GovernedRoute): Permit | Promise<Waiter<Lane>> {
    const { call } = execution;
    const now = this.ports.clock.now();
    // A retry of a call from before an update follows the current options.
    const route = given.generation < this.#generation ? (this.governedNow(call.route) ?? given) : given;
    const lane = this.#findLane(call, route, now);
    const { queue, root } = lane.partition;
    const { weight } = call;
    const tolerance = refusalToleranceOf(call, route, now);
    const isFirst = queue.size === 0 || (lane.waiting === 0 && !queue.peek(now));
    const isFree = isFirst && root.freeAt(now, weight, tolerance) <= now && lane.isOpen(now, weight, tolerance);
    return isFree && !this.#closed ? this.#grant(lane, call, now) : this.#enqueue(execution, lane, route, now);
  }

  /** Records the end of an attempt: learns from the outcome, closes or opens gates, and dispatches waiting calls. */
  end(permit: Permit, call: ActiveCall, outcome: Outcome, route: GovernedRoute): void {
    if (outcome.isUnsent) return this.abandon(permit);
    const { lane } = permit;
    const now = this.ports.clock.now();
    const isRefused = outcome.kind === 'refused';
    const isAccepted = outcome.status !== undefined && !isRefused;
    lane.inFlight--;
    if (isRefused) this.#refusals.handleRefusal(call, permit, outcome, route, now);
    else for (const scope of lane.allScopes) scope.end(now, permit, isAccepted ? 'accepted' : 'unknown');
    if (isAccepted) this.#readHints(permit, outcome, route, now);
    this.#refusals.judgeProbes(permit, isAccepted);
    this.#dispatcher.onPermitsFreed(lane, now);
  }

  /** Gives back the permits of an attempt that was not sent. */
  abandon(permit: Permit): void {
    const { lane } = permit;
    lane.inFlight--;
    for (const scope of lane.allScopes) scope.undo(permit);
    this.#refusals.judgeProbes(permit, false);
    this.#dispatcher.onPermitsRefunded(lane, this.ports.clock.now());
  }

  /** Closes the gate of the call's route for `forMs`. For a platform that announces a pause without refusing an attempt. */
  holdBack(call: ActiveCall, route: GovernedRoute, forMs: number): void {
    const now = this.ports.clock.now();
    const lane = this.#findLane(call, route, now);
    const until = now + forMs + this.ports.random.next() * route.options.gateJitterMs;
    this.#refusals.closeGate(lane.routeScope, now, until, this.ports.clock.wall() + forMs, undefined);
  }

  /** Reports that a call that waited has got its permit. */
  reportPermit({ call, since }: Waiter<Lane>): void {
    if (!this.events.has('permitted')) return;
    const { id: callId, route, priority, tenant } = call;
    const waitedMs = this.ports.clock.now() - since;
    this.events.emit('permitted', {
      callId,
      route: route.name,
      priority: PRIORITIES[priority] as Priority,
      tenant,
      waitedMs,
    });
  }

  /** Whether every gate of the permit's scopes is open, or has this attempt as its probe. */
  isOpenFor({ lane, probes }: Permit): boolean {
    const isProbe = (scope: QueuedScope): boolean =>
      probes?.some(([one, generation]) => one === scope && scope.gate.generation === generation) ?? false;
    return lane.allScopes.every((scope) => scope.gate.state === 'open' || isProbe(scope));
  }

  /** Applies new options to all scopes, lanes and waiting calls. */
  update(
    options: Required<GovernorOptions>,
    routes: (name: string) => GovernedRoute | undefined,
    generation: number,
  ): void {
    this.#generation = generation;
    this.#reconfiguration.update(options, routes);
  }

  /** Number of waiting calls over all credentials. */
  get queued(): number {
    let n = this.engineQueue.size;
    for (const { queue } of this.#registry.partitions.values()) n += queue.size;
    return n;
  }

  /** Waiting calls of a route: those that wait for an engine, then the others, oldest first. */
  listQueued(route: string): QueuedCall[] {
    const lanes = [...this.#registry.partitions.values()].flatMap((partition) => [...partition.lanes.values()]);
    const waiters = [...lanes, ...this.#reconfiguration.stale].flatMap((lane) =>
      lane.routeName === route ? lane.waiters() : [],
    );
    return [...this.engineQueue.listCalls(route), ...waiters.sort(compareAge)];
  }

  /** Whether a gate of the call's scopes lets nothing pass now. */
  isGated(call: ActiveCall, route: GovernedRoute): boolean {
    const now = this.ports.clock.now();
    return this.#findLane(call, route, now).allScopes.some(({ gate }) => gate.freeAt(now) > now);
  }

  /** For the test kit, which checks that something will wake each waiting call. */
  get waits(): WaitState {
    const { stale, isMoving } = this.#reconfiguration;
    const { partitions } = this.#registry;
    return { partitions, stale, isMoving, isPausedIn: (partition) => this.#dispatcher.isPausedIn(partition) };
  }

  /** Number of attempts on the wire. */
  get inFlight(): number {
    let n = 0;
    for (const { root } of this.#registry.partitions.values()) n += root.inFlight;
    // Calls that wait for an engine hold permits, but are not on the wire.
    return n - this.engineQueue.size;
  }

  /**
   * Refuses all waiting calls and all new ones. Settles when the permits lent by the store are given back, or cannot be given
   * back.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { queue } of this.#registry.partitions.values()) {
      for (const waiter of queue.waiters()) waiter.reject(closedError(waiter.call));
    }
    this.#reconfiguration.close();
    this.#dispatcher.close(this.#registry.scopes);
    await this.#registry.sharing?.close();
  }

  /** All scopes and queues as plain data. */
  snapshot(): { scopes: ScopeSnapshot[]; queues: QueueSnapshot[] } {
    const now = this.ports.clock.now();
    const { scopes, partitions } = this.#registry;
    return {
      scopes: [...scopes.values()].map((scope) => scope.snapshot(now)),
      queues: [...partitions.values()].map(({ credential, queue }) => ({
        credential,
        waiting: queue.countByPriority(),
        tenants: queue.countByTenant(),
      })),
    };
  }

  /** The scopes of a call as plain data. */
  snapshotScopes(call: ActiveCall, route: GovernedRoute): ScopeSnapshot[] {
    const now = this.ports.clock.now();
    return this.#findLane(call, route, now).allScopes.map((scope) => scope.snapshot(now));
  }

  /** What the governor has learned about the platform's limits, for the next start. */
  export(): ScopeLearnings[] {
    return this.#registry.learnings();
  }

  /** Estimates how long a call would wait if it came now, and for which scope. */
  estimateWait(call: ActiveCall, route: GovernedRoute): WaitEstimate {
    const now = this.ports.clock.now();
    return estimateWait(this.#findLane(call, route, now), call, now);
  }

  /** Handles news from other processes and from the store. */
  #createSharingHost(): SharingHost<QueuedScope> {
    return {
      scopes: () => this.#registry.scopes.values(),
      wake: (scope) => this.#dispatcher.onScopeChanged(scope),
      onLimitLearned: (scope, { sharedEstimate: { limit, counts }, quota: { windowMs } }) => {
        if (limit < Infinity && this.events.has('quotaLearned'))
          this.events.emit('quotaLearned', { scope: scope.name, limit, windowMs, counts });
      },
      onGateClosed: (scope, forMs) => this.#refusals.adoptClosedGate(scope, forMs),
      onStoreLost: (scope) => {
        for (const waiter of scope.waiters()) waiter.reject(createStoreLostError(waiter.call));
      },
    };
  }

  #findLane(call: ActiveCall, route: GovernedRoute, now: number): Lane {
    const credential = this.credentialOf(call);
    const partition = route.apart ? `${credential}/${call.route.name}` : credential;
    return this.#reconfiguration.findLane(call, partition, route, now);
  }

  #grant(lane: Lane, { weight, attempts }: ActiveCall, now: number): Permit {
    const order = ++this.#order;
    let probes: (readonly [QueuedScope, number])[] | undefined;
    for (const scope of lane.allScopes) {
      if (scope.take(now, weight, order)) (probes ??= []).push([scope, scope.gate.generation]);
    }
    lane.inFlight++;
    return { lane, weight, order, sentAt: now, probes, attempts };
  }

  #enqueue(execution: Execution, lane: Lane, route: GovernedRoute, now: number): Promise<Waiter<Lane>> {
    const { call } = execution;
    const { cancellation } = call;
    if (cancellation?.cancelled) throw cancellation.reason;
    const error = this.#closed ? closedError(call) : checkAdmission(call, lane, route, now, this.ports.clock);
    if (error) throw error;
    const { queue } = lane.partition;
    const waiter = new Waiter(execution, lane, now);
    const turn = waiter.waitForTurn();
    cancellation?.listen(waiter);
    const estimate = this.events.has('queued') ? estimateWait(lane, call, now) : undefined;
    queue.add(waiter, now);
    if (estimate) {
      this.events.emit('queued', {
        callId: call.id,
        route: call.route.name,
        priority: PRIORITIES[waiter.priority] as Priority,
        tenant: call.tenant,
        queued: queue.size,
        estimatedMs: estimate.waitMs,
        waitsFor: estimate.scope?.name,
        scopes: lane.allScopes.map(({ name }) => name),
      });
    }
    if (waiter.flow) this.#dispatcher.onQueued(waiter, now);
    return turn;
  }

  /** Reads quota headers of an answer. They concern the credential's quota, or the route's if the credential has none. */
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
    const maxMs = adaptive && (quota || adaptive.limit < Infinity) ? adaptive.windowMs : MAX_HINT_MS;
    // A header that claims a reset in a year must not stop the line longer than one window of the quota.
    scope.recordRemaining(remaining, now + Math.min(resetMs ?? maxMs, maxMs), order);
    adaptive?.recordRemaining(now, remaining - scope.permits);
  }
}
