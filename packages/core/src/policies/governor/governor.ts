import type { Call, QueuedCall } from '../../call/call.js';
import type { CredentialReader } from '../../call/credential.js';
import type { Route } from '../../call/route.js';
import type { Undo } from '../../contract/clock.js';
import { PRIORITIES } from '../../contract/context.js';
import { ClosedError, DeadlineError, ThrottledError } from '../../contract/errors.js';
import type { Leases } from '../../contract/leases.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Ports } from '../../contract/store.js';
import { readQuotaHeaders } from '../../http/quota-headers.js';
import { gateWait, readAskedWait } from '../../http/requested-wait.js';
import type { Passage } from '../../pipeline/execution.js';
import type { Events } from '../../runtime/events.js';
import { detailsOf, refusalOf, storeLost, tooHeavy } from './admission.js';
import { blame } from './attribution.js';
import { Dispatcher } from './dispatcher.js';
import { EngineQueue } from './engine-queue.js';
import type { AdaptiveQuota } from './learning/adaptive-quota.js';
import { patienceOf } from './learning/refusal-tolerance.js';
import type { Refusal } from './learning/types.js';
import type { Scope } from './limits/scope.js';
import type { ScopeLearnings, ScopeSnapshot } from './limits/snapshot.js';
import type { GovernorOptions } from './options.js';
import type { Permit } from './permit.js';
import type { Domain, Lane } from './queue/lane.js';
import type { WaitHost } from './queue/wait-queue.js';
import { byAge, Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';
import { haveSameGroups } from './scope-keys.js';
import { Directory } from './scope-registry.js';
import type { Fleet } from './sharing/lease-manager.js';
import { type Forecast, forecast } from './wait-estimate.js';

/** For so long a hint holds where no limit is known, ms; then one attempt asks. */
const LONGEST_HINT_MS = 60_000;
/** Calls moved to other lanes before the event loop gets its turn. */
const SLICE = 500;

/** All that waits in a governor, and what goes on with it by itself. */
export interface Waits {
  readonly domains: ReadonlyMap<string, Domain>;
  /** Lanes whose calls move to other lanes. */
  readonly stale: ReadonlySet<Lane>;
  /** Whether a timer goes on with moving them. */
  readonly isMoving: boolean;
  /** Whether a timer goes on with the dispatch of this domain. */
  pausedIn(domain: Domain): boolean;
}

/** Grants permits. One per line; its clients share it. */
export class Governor implements WaitHost {
  readonly #directory: Directory;
  readonly #dispatcher: Dispatcher;
  /** Where the store shares quotas with other processes. */
  readonly #fleet: Fleet | undefined;
  /** Calls that have a permit and wait for an engine. */
  readonly engineQueue: EngineQueue;
  /** Lanes whose routes go through other scopes since an update, and whose waiting calls have not all moved there yet. */
  readonly #stale = new Set<Lane>();
  /** Ends the pause between two slices of moving. */
  #pause: Undo | undefined = undefined;
  #order = 0;
  /** Of the newest numbers. */
  #generation = 0;
  #isUpdating = false;
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
    this.#directory = new Directory(this, past);
    this.#dispatcher = new Dispatcher(ports.clock, this.#directory, {
      grant: (waiter, now) => this.#serve(waiter, now),
      move: (waiter) => this.#move(waiter),
    });
    this.#fleet = ports.store.leases && this.#join(ports.store.leases);
  }

  /** A permit at once where one is free, else when it is this call's turn. */
  acquire(passage: Passage, given: GovernedRoute): Permit | Promise<Waiter> {
    const { call } = passage;
    const now = this.ports.clock.now();
    // A call that was made before an update, and is sent again, goes by the numbers of now.
    const route = given.generation < this.#generation ? (this.governedNow(call.route) ?? given) : given;
    const lane = this.#laneOf(call, route, now);
    const { queue, root } = lane.domain;
    const { weight } = call;
    const patience = patienceOf(call, route, now);
    const nobodyAhead = queue.size === 0 || (lane.waiting === 0 && !queue.peek(now));
    if (
      nobodyAhead &&
      !this.#closed &&
      root.freeAt(now, weight, patience) <= now &&
      lane.isOpen(now, weight, patience)
    ) {
      return this.#grant(lane, call, now);
    }
    return this.#enqueue(passage, lane, route, now);
  }

  /** The attempt ended. Closes gates, opens them, learns, and lets the next ones go. */
  end(permit: Permit, call: Call, outcome: Outcome, route: GovernedRoute): void {
    const { lane } = permit;
    const { root } = lane.domain;
    const now = this.ports.clock.now();
    const accepted = outcome.status !== undefined && outcome.kind !== 'refused';
    lane.inFlight--;
    if (outcome.isUnsent) {
      root.undo(permit);
      for (const scope of lane.scopes) scope.undo(permit);
    } else if (outcome.kind === 'refused') {
      this.#refused(call, permit, outcome, route, now);
    } else {
      const ended = accepted ? 'accepted' : 'unknown';
      root.end(now, permit, ended);
      for (const scope of lane.scopes) scope.end(now, permit, ended);
    }
    if (outcome.kind !== 'refused' && outcome.status !== undefined) this.#readHints(permit, outcome, route, now);
    this.#judgeProbes(permit, accepted);
    if (outcome.isUnsent) this.#dispatcher.refunded(lane, now);
    else this.#dispatcher.freed(lane, now);
  }

  /** The attempt was not made after all: its permits are free again. */
  abandon(permit: Permit): void {
    const { lane } = permit;
    lane.inFlight--;
    lane.domain.root.undo(permit);
    for (const scope of lane.scopes) scope.undo(permit);
    this.#judgeProbes(permit, false);
    this.#dispatcher.refunded(lane, this.ports.clock.now());
  }

  /** The platform said "not before" in another way than by an answer: closes the gate of the call's route. */
  holdBack(call: Call, route: GovernedRoute, forMs: number): void {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    const until = now + forMs + this.ports.random.next() * route.options.gateJitterMs;
    const scope = lane.routeScope;
    if (this.#closeGate(scope, now, until, this.ports.clock.wall() + forMs)) this.#fleet?.closeGate(scope, until - now);
  }

  /** Whether no gate on its way has closed since the permit was granted. */
  isOpenFor({ lane, probes }: Permit): boolean {
    const isProbe = (scope: Scope): boolean =>
      probes?.some(([one, generation]) => one === scope && scope.gate.generation === generation) ?? false;
    return [lane.domain.root, ...lane.scopes].every((scope) => scope.gate.state === 'open' || isProbe(scope));
  }

  /**
   * Applies new numbers to all that exists. Queued calls keep their place. Those whose way leads through other scopes now move
   * there bit by bit, for they may be many; none of them leaves before it has moved.
   */
  update(
    options: Required<GovernorOptions>,
    routes: (name: string) => GovernedRoute | undefined,
    generation: number,
  ): void {
    this.#generation = generation;
    this.#directory.rename(routes);
    // Nobody stays set aside for a reason that may be gone.
    this.#dispatcher.releaseAll();
    const routeOf = (lane: Lane): GovernedRoute | undefined => routes(lane.routeName) ?? this.#routeOfWaiting(lane);
    this.#isUpdating = true;
    try {
      this.#renumberAll(options, routeOf);
    } finally {
      this.#isUpdating = false;
    }
    for (const { queue } of this.#directory.domains.values())
      for (const waiter of queue.heavy()) if (!waiter.lane.isStale) this.#refuseTooHeavy(waiter);
    for (const lane of this.#stale) {
      const route = routeOf(lane);
      if (route?.apart === lane.configured?.apart) lane.configured = route;
    }
    this.#dispatcher.releaseAll();
    this.#moveSome();
  }

  /** Gives all lanes their new numbers, and finds those that go through other scopes now. */
  #renumberAll(options: Required<GovernorOptions>, routeOf: (lane: Lane) => GovernedRoute | undefined): void {
    const now = this.ports.clock.now();
    for (const { queue, lanes } of [...this.#directory.domains.values()]) {
      queue.agingMs = options.agingMs;
      queue.shares = options.shares;
      for (const [key, lane] of lanes) {
        const { configured } = lane;
        const route = routeOf(lane);
        // What waits where the route no longer goes leaves by the numbers it came with.
        if (!route || (configured && configured.apart !== route.apart)) continue;
        this.#directory.configure(lane, route, now);
        if (lane.waiting === 0 || !configured || haveSameGroups(configured, route)) continue;
        lanes.delete(key);
        lane.isStale = true;
        this.#stale.add(lane);
      }
    }
  }

  /** Waiting calls over all credentials. */
  get queued(): number {
    let n = this.engineQueue.size;
    for (const { queue } of this.#directory.domains.values()) n += queue.size;
    return n;
  }

  /** Waiting calls of a route, the oldest first. */
  queuedOf(route: string): QueuedCall[] {
    const all: Waiter[] = [];
    const gather = (lane: Lane): void => {
      if (lane.routeName === route) for (const flow of lane.flows) all.push(...flow.waiters());
    };
    for (const { lanes } of this.#directory.domains.values()) for (const lane of lanes.values()) gather(lane);
    for (const lane of this.#stale) gather(lane);
    return [...this.engineQueue.of(route), ...all.sort(byAge)];
  }

  /** What the test kit needs to see that each waiting call is woken. */
  get waits(): Waits {
    const pausedIn = (domain: Domain): boolean => this.#dispatcher.isPausedIn(domain);
    return { domains: this.#directory.domains, stale: this.#stale, isMoving: this.#pause !== undefined, pausedIn };
  }

  get inFlight(): number {
    let n = 0;
    for (const { root } of this.#directory.domains.values()) n += root.inFlight;
    // These have their permits, and wait.
    return n - this.engineQueue.size;
  }

  /** Refuses what waits and all that comes. Settles when what the store had lent was given back, or could not be. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { queue } of this.#directory.domains.values()) {
      for (const waiter of queue.waiters())
        waiter.reject(new ClosedError('the line was closed', detailsOf(waiter.call)));
    }
    this.#pause?.();
    this.#stale.clear();
    this.#dispatcher.close();
    await this.#fleet?.close();
  }

  snapshot(): { scopes: ScopeSnapshot[]; queues: { credential: string; waiting: Record<string, number> }[] } {
    const now = this.ports.clock.now();
    const { scopes, domains } = this.#directory;
    return {
      scopes: [...scopes.values()].map((scope) => scope.snapshot(now)),
      queues: [...domains.values()].map(({ credential, queue }) => ({ credential, waiting: queue.counts() })),
    };
  }

  /** The scopes on a call's way, as plain data. */
  scopesOf(call: Call, route: GovernedRoute): ScopeSnapshot[] {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    return [lane.domain.root, ...lane.scopes].map((scope) => scope.snapshot(now));
  }

  /** What was learned from the platform, to hand to the next start. */
  export(): ScopeLearnings[] {
    return this.#directory.learnings();
  }

  /** Milliseconds a call would wait if it came now, and what for. */
  forecast(call: Call, route: GovernedRoute): Forecast {
    const now = this.ports.clock.now();
    return forecast(this.#laneOf(call, route, now), call, now);
  }

  /** Shares quotas and gates with other processes. */
  #join(leases: Leases): Fleet {
    const { clock } = this.ports;
    const fleet = leases.fleet(this.ports, this.events, leases, {
      scopes: () => this.#directory.scopes.values(),
      wake: (scope) => this.#dispatcher.changed(scope),
      learned: (scope, lease) => {
        const { limit, counts } = lease.belief;
        const { windowMs } = lease.quota;
        if (limit < Infinity && this.events.has('quotaLearned'))
          this.events.emit('quotaLearned', { scope: scope.name, limit, windowMs, counts });
      },
      gateClosed: (scope, forMs) => this.#closeGate(scope, clock.now(), clock.now() + forMs, clock.wall() + forMs),
      refuse: (scope) => {
        for (const waiter of this.#waitersOf(scope)) waiter.reject(storeLost(waiter.call, scope));
      },
    });
    this.#directory.fleet = fleet;
    return fleet;
  }

  #laneOf(call: Call, route: GovernedRoute, now: number): Lane {
    const credential = this.credentialOf(call);
    return this.#directory.laneOf(call, route.apart ? `${credential}/${call.route.name}` : credential, route, now);
  }

  /** The numbers of a lane whose route the line has forgotten. */
  #routeOfWaiting({ flows }: Lane): GovernedRoute | undefined {
    for (const { head } of flows) if (head) return this.governedNow(head.call.route);
    return undefined;
  }

  #grant(lane: Lane, { weight, attempts }: Call, now: number): Permit {
    const { root } = lane.domain;
    const order = ++this.#order;
    let probes: (readonly [Scope, number])[] | undefined;
    if (root.take(now, weight, order)) probes = [[root, root.gate.generation]];
    for (const scope of lane.scopes) {
      if (scope.take(now, weight, order)) (probes ??= []).push([scope, scope.gate.generation]);
    }
    lane.inFlight++;
    return { lane, weight, order, sentAt: now, probes, attempts };
  }

  #enqueue(passage: Passage, lane: Lane, route: GovernedRoute, now: number): Promise<Waiter> {
    const { call } = passage;
    const { cancellation } = call;
    if (cancellation?.cancelled) throw cancellation.reason;
    const refusal = this.#closed
      ? new ClosedError('the line is closed', detailsOf(call))
      : refusalOf(call, lane, route, now, this.ports.clock);
    if (refusal) {
      if (this.events.has('refused')) {
        this.events.emit('refused', { route: call.route.name, code: refusal.code, retryAt: refusal.retryAt });
      }
      throw refusal;
    }
    const { queue } = lane.domain;
    const waiter = new Waiter(passage, lane, now);
    const turn = waiter.turn();
    cancellation?.listen(waiter);
    const estimatedMs = this.events.has('queued') ? forecast(lane, call, now).waitMs : 0;
    queue.add(waiter, now);
    if (this.events.has('queued')) {
      this.events.emit('queued', {
        route: call.route.name,
        priority: PRIORITIES[waiter.priority] as string,
        tenant: call.tenant,
        queued: queue.size,
        estimatedMs,
      });
    }
    if (waiter.flow) this.#dispatcher.queued(waiter, now);
    return turn;
  }

  /** It is a waiter's turn, and it has left the queue. */
  #serve(waiter: Waiter, now: number): void {
    waiter.permit = this.#grant(waiter.lane, waiter.call, now);
    this.#endWait(waiter, now);
  }

  /** A scope has other quotas: those who wait for it may go, and some may have become too heavy. */
  renumbered(scope: Scope): void {
    // Looked at all together then.
    if (this.#isUpdating) return;
    for (const waiter of this.#waitersOf(scope)) this.#refuseTooHeavy(waiter);
    this.#dispatcher.changed(scope);
  }

  /** A waiter leaves before its turn. */
  dismiss(waiter: Waiter, reason: unknown): void {
    waiter.lane.domain.queue.remove(waiter);
    waiter.refusal = reason;
    this.#endWait(waiter, this.ports.clock.now());
    this.#dispatcher.left(waiter);
  }

  #endWait(waiter: Waiter, now: number): void {
    const { call, since } = waiter;
    const { info } = call;
    const waited = now - since;
    info.waitedMs += waited;
    info.queuedMs += waited;
    call.cancellation?.unlisten(waiter);
    waiter.end();
  }

  /** Empties stale lanes, as far as a slice goes. */
  #moveSome(): void {
    this.#pause?.();
    this.#pause = undefined;
    let moved = 0;
    for (const lane of this.#stale) {
      for (const flow of lane.flows) {
        for (let waiter = flow.head; waiter; waiter = flow.head) {
          if (moved++ === SLICE) {
            this.#pause = this.ports.clock.setTimer(0, () => this.#moveSome());
            this.#dispatcher.run();
            return;
          }
          this.#move(waiter);
        }
      }
      lane.retire();
      this.#stale.delete(lane);
    }
    this.#dispatcher.run();
  }

  /** Moves a waiter out of its stale lane. */
  #move(waiter: Waiter): void {
    const { call, route, lane } = waiter;
    const { credential, queue } = lane.domain;
    const now = this.ports.clock.now();
    let to: Lane;
    try {
      to = this.#directory.laneOf(call, credential, route, now);
    } catch (error) {
      // A key function of the user threw, as it would for a new call.
      return waiter.reject(error);
    }
    // New numbers of its new way may have made it too heavy, or have moved it already.
    if (!waiter.flow || waiter.lane === to) return;
    queue.move(waiter, to);
    this.#dispatcher.joined(waiter, now);
    this.#refuseTooHeavy(waiter);
  }

  #refuseTooHeavy(waiter: Waiter): void {
    const error = tooHeavy(waiter.call, waiter.lane);
    if (error) waiter.reject(error);
  }

  #refused(call: Call, permit: Permit, outcome: Outcome, route: GovernedRoute, now: number): void {
    const wall = this.ports.clock.wall();
    const { lane } = permit;
    const { defaultRetryAfterMs, gateJitterMs, quotaHeaders } = route.options;
    const asked = readAskedWait(outcome, this.ports.clock, quotaHeaders);
    const askedUntil = now + (asked?.ms ?? defaultRetryAfterMs);
    const { scope, quota, relieved } = blame(lane, outcome, permit.order, now, askedUntil, gateJitterMs);
    const { gate } = scope;
    // Only a refused probe makes the guess grow, not the rest of a burst that ran into the same limit.
    const again = gate.state === 'closed' ? gate.refusals - 1 : gate.refusals;
    const roundTripMs = now - permit.sentAt;
    const retryAfterMs = gateWait(asked?.ms, roundTripMs, again, defaultRetryAfterMs);
    outcome.askedMs = asked && asked.ms >= roundTripMs ? asked.ms : undefined;
    const until = now + retryAfterMs + this.ports.random.next() * gateJitterMs;
    const retryAt = wall + retryAfterMs;
    call.info.retryAt = retryAt;
    outcome.isLate = gate.state === 'closed';
    // 503s say nothing of a limit.
    const refusal: Refusal | undefined =
      outcome.status === 429
        ? { until: now + (asked?.ms ?? retryAfterMs), roundedMs: asked?.roundedMs ?? Infinity }
        : undefined;
    for (const one of [lane.domain.root, ...lane.scopes]) one.end(now, permit, refusal ?? 'unknown', quota);
    if (quota && this.events.has('quotaLearned')) this.#tellLearned(scope.name, quota);
    if (this.#closeGate(scope, now, until, retryAt)) this.#fleet?.closeGate(scope, until - now);
    outcome.gatedUntil = gate.closedUntil;
    if (relieved) for (const one of relieved) this.#dispatcher.changed(one);
  }

  /** Closes a gate, or keeps it closed for longer. Returns whether that is news. */
  #closeGate(scope: Scope, now: number, until: number, retryAt: number): boolean {
    const isNews = scope.gate.close(until, retryAt);
    if (isNews) {
      for (const { routeScope, domain } of scope.lanes) if (routeScope === scope) domain.gated.add(scope);
      if (this.events.has('gateClosed'))
        this.events.emit('gateClosed', { scope: scope.name, retryAt, forMs: until - now });
      this.#failWhoCannotWait(scope, now);
    }
    // Those behind it may have waited for the store, which is asked for nothing while it is closed.
    this.#dispatcher.changed(scope);
    return isNews;
  }

  #tellLearned(scope: string, quota: AdaptiveQuota): void {
    const { limit, windowMs, counts, told } = quota;
    if (limit === Infinity || (told?.limit === limit && told.counts === counts)) return;
    quota.told = { limit, counts };
    this.events.emit('quotaLearned', { scope, limit, windowMs, counts });
  }

  /** A gate that just closed may keep some of the waiting for longer than they can, or will. */
  #failWhoCannotWait(scope: Scope, now: number): void {
    const { closedUntil, retryAt } = scope.gate;
    for (const waiter of this.#waitersOf(scope)) {
      const details = { ...detailsOf(waiter.call), retryAt };
      if (closedUntil - now > waiter.route.maxGateWaitMs) {
        waiter.reject(new ThrottledError(`${scope.name} is throttled for longer than maxRetryAfterMs`, details));
      } else if (waiter.call.deadlineAt < closedUntil) {
        waiter.reject(new DeadlineError(`${scope.name} is throttled until after the deadline`, details));
      }
    }
  }

  /** All whose way leads through this scope. */
  #waitersOf(scope: Scope): Waiter[] {
    const own = this.#directory.domains.get(scope.name);
    const all = own?.root === scope ? own.queue.waiters() : [];
    for (const lane of scope.lanes) for (const flow of lane.flows) all.push(...flow.waiters());
    return all;
  }

  #judgeProbes({ probes, lane }: Permit, accepted: boolean): void {
    if (!probes) return;
    for (const [scope, generation] of probes) {
      if (scope.gate.generation !== generation) continue;
      if (accepted) {
        scope.gate.open();
        lane.domain.gated.delete(scope);
        if (this.events.has('gateOpened')) this.events.emit('gateOpened', { scope: scope.name });
      } else scope.gate.retryProbe();
      this.#dispatcher.changed(scope);
    }
  }

  /** What is left is of the credential's quota, or, where it has none, of what the route alone may send. */
  #readHints({ lane, order }: Permit, outcome: Outcome, route: GovernedRoute, now: number): void {
    const { root } = lane.domain;
    const scope = root.quotas.length > 0 ? root : lane.routeScope;
    const { quotaHeaders } = route.options;
    if (quotaHeaders === false || !scope.readsHints(order)) return;
    const hint = readQuotaHeaders(outcome.header, this.ports.clock, quotaHeaders);
    if (!hint) {
      if (outcome.kind === 'ok') scope.toldNothing();
      return;
    }
    const { remaining, resetMs, limit } = hint;
    const quota = root.quotas.find((one) => one.quota.limit === limit) ?? root.quotas[0];
    if (resetMs !== undefined) quota?.tellReset(now, resetMs);
    const adaptive = quota?.adaptive ?? scope.learned;
    const longestMs = adaptive && (quota || adaptive.limit < Infinity) ? adaptive.windowMs : LONGEST_HINT_MS;
    // A header that claims a reset in a year must not stop the line for longer than the quota could.
    scope.hint(remaining, now + Math.min(resetMs ?? longestMs, longestMs), order);
    adaptive?.tellRemaining(now, remaining - scope.permits);
  }
}
