import type { Call } from '../call.js';
import { originOf } from '../endpoint.js';
import { ClosedError, DeadlineError, QueueFullError, ThrottledError, type HoldlineError } from '../errors.js';
import type { Events } from '../events.js';
import { parseQuotaHeaders } from '../headers/quota.js';
import { parseRetryAfter } from '../headers/retry-after.js';
import type { Outcome } from '../outcome.js';
import { PRIORITIES } from '../context.js';
import type { Ports } from '../ports.js';
import { Domain } from './domain.js';
import { Lane } from './lane.js';
import { LearnedQuota } from './learned.js';
import type { BulkheadOptions, GovernorOptions, Quota } from './options.js';
import { Waiter } from './queue.js';
import { Scope, type ScopeSnapshot } from './scope.js';

/** Permits granted before the event loop gets its turn. */
const SLICE = 500;
/** Idle scopes are looked for when there are this many, and then when that number has doubled. */
const FIRST_SWEEP = 1_000;
/** Longest gate for a 429 that never says how long, in ms. */
const LONGEST_GUESS_MS = 60_000;
/** Routes refused until one and the same moment, before the credential is held to be the reason. */
const ROUTES_THAT_PROVE_A_SHARED_LIMIT = 3;

/** What the governor needs to know of a route, worked out once. */
export interface GovernedRoute {
  readonly options: Required<GovernorOptions>;
  readonly rootQuotas: readonly Quota[];
  readonly routeQuotas: readonly Quota[];
  readonly otherQuotas: readonly Quota[];
  readonly bulkhead: BulkheadOptions | undefined;
  /** A closed gate that stays closed for longer than this fails the call at once, in ms. */
  readonly maxGateWaitMs: number;
}

/** The right to make one attempt now. Goes back with {@link Governor.end}. */
export interface Permit {
  readonly lane: Lane;
  readonly weight: number;
  readonly order: number;
  /** Scopes for which this attempt is the probe, with the generation of their gate. */
  readonly probes: readonly (readonly [Scope, number])[] | undefined;
}

/** Grants permits. One per line; its clients share it. */
export class Governor {
  readonly #domains = new Map<string, Domain>();
  readonly #scopes = new Map<string, Scope>();
  #sweepAt = FIRST_SWEEP;
  #order = 0;
  #closed = false;

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    readonly credentialOf: (call: Call) => string,
  ) {}

  /** A permit at once where one is free, else when it is this call's turn. */
  acquire(call: Call, route: GovernedRoute): Permit | Promise<Permit> {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    const { domain } = lane;
    const { weight } = call;
    const nobodyAhead = domain.queue.size === 0 || (lane.waiting === 0 && !domain.queue.peek(now));
    if (nobodyAhead && !this.#closed && domain.root.freeAt(now, weight) <= now && !lane.blocker(now, weight)) {
      return this.#grant(lane, weight, now);
    }
    return this.#enqueue(call, lane, route, now);
  }

  /** The attempt ended. Closes gates, opens them, learns, and lets the next ones go. */
  end(permit: Permit, call: Call, outcome: Outcome, route: GovernedRoute): void {
    const { lane, weight } = permit;
    const { root } = lane.domain;
    const now = this.ports.clock.now();
    const accepted = outcome.status !== undefined && outcome.kind !== 'refused';
    lane.inFlight--;
    if (outcome.kind === 'not-sent') {
      root.undo(weight);
      for (const scope of lane.scopes) scope.undo(weight);
    } else {
      root.end(now, weight, accepted);
      for (const scope of lane.scopes) scope.end(now, weight, accepted);
    }
    if (outcome.kind === 'refused') this.#refused(call, lane, outcome, route, now);
    else if (outcome.status !== undefined && root.quotas.length > 0) this.#readHints(permit, outcome, now);
    if (permit.probes) this.#judgeProbes(permit.probes, accepted, now);
    this.#next(lane);
  }

  /** Applies new numbers to all that exists. Queued calls keep their place. */
  update(options: Required<GovernorOptions>, routes: (name: string) => GovernedRoute | undefined): void {
    const now = this.ports.clock.now();
    for (const domain of this.#domains.values()) {
      domain.queue.agingMs = options.agingMs;
      domain.queue.shares = options.shares;
      for (const lane of domain.lanes.values()) {
        const route = routes(lane.routeName);
        if (route) this.#configure(lane, route, now);
      }
      this.#dispatch(domain);
    }
    for (const scope of this.#scopes.values()) if (scope.parked.size > 0) this.#release(scope);
  }

  /** The attempt was not made after all: its permits are free again. */
  abandon(permit: Permit): void {
    const { lane, weight } = permit;
    const { root } = lane.domain;
    lane.inFlight--;
    root.undo(weight);
    for (const scope of lane.scopes) scope.undo(weight);
    if (permit.probes) this.#judgeProbes(permit.probes, false, this.ports.clock.now());
    this.#next(lane);
  }

  /** Waiting calls over all credentials. */
  get queued(): number {
    let n = 0;
    for (const { queue } of this.#domains.values()) n += queue.size;
    return n;
  }

  get inFlight(): number {
    let n = 0;
    for (const { root } of this.#domains.values()) n += root.inFlight;
    return n;
  }

  /** Refuses what waits and all that comes. */
  close(): void {
    this.#closed = true;
    for (const { queue, pause } of this.#domains.values()) {
      pause?.();
      for (const waiter of queue.waiters()) waiter.reject(new ClosedError('the line was closed', this.#details(waiter.call)));
    }
    for (const scope of this.#scopes.values()) scope.timer?.stop();
  }

  snapshot(): { scopes: ScopeSnapshot[]; queues: { credential: string; waiting: Record<string, number> }[] } {
    const now = this.ports.clock.now();
    return {
      scopes: [...this.#scopes.values()].map((scope) => scope.snapshot(now)),
      queues: [...this.#domains.values()].map(({ credential, queue }) => ({ credential, waiting: queue.counts() })),
    };
  }

  /** Milliseconds a call would wait if it came now, and what for. */
  forecast(call: Call, route: GovernedRoute): { waitMs: number; scope: string | undefined } {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    const { root, queue } = lane.domain;
    const position = queue.ahead(call.priority) + call.weight;
    let latest = now;
    let holding: string | undefined;
    for (const scope of [root, ...lane.scopes]) {
      const at = scope.estimate(now, scope === root ? position : lane.waiting + call.weight);
      if (at > latest) {
        latest = at;
        holding = scope.name;
      }
    }
    return { waitMs: latest - now, scope: holding };
  }

  #grant(lane: Lane, weight: number, now: number): Permit {
    const { root } = lane.domain;
    let probes: (readonly [Scope, number])[] | undefined;
    if (root.take(now, weight)) probes = [[root, root.gate.generation]];
    for (const scope of lane.scopes) {
      if (scope.take(now, weight)) (probes ??= []).push([scope, scope.gate.generation]);
    }
    lane.inFlight++;
    return { lane, weight, order: ++this.#order, probes };
  }

  #enqueue(call: Call, lane: Lane, route: GovernedRoute, now: number): Promise<Permit> {
    const refusal = this.#admit(call, lane, route, now);
    if (refusal) {
      if (this.events.has('refused')) {
        this.events.emit('refused', { route: call.route.name, code: refusal.code, retryAt: refusal.retryAt });
      }
      return Promise.reject(refusal);
    }
    const { domain } = lane;
    const { cancellation } = call;
    if (cancellation?.cancelled) return Promise.reject(cancellation.reason as Error);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const waited = this.ports.clock.now() - now;
        call.info.waitedMs += waited;
        call.info.queuedMs += waited;
        stopCancel?.();
        stopQueued?.();
      };
      const waiter = new Waiter(
        call,
        lane,
        call.weight,
        () => {
          leave();
          resolve(this.#grant(waiter.lane, waiter.weight, this.ports.clock.now()));
        },
        (error) => {
          domain.queue.remove(waiter);
          leave();
          reject(error as Error);
        },
      );
      const stopCancel = cancellation?.onCancel(waiter.reject);
      const stopQueued = call.onQueued?.(waiter.reject);
      domain.queue.add(waiter, now);
      if (this.events.has('queued')) {
        this.events.emit('queued', {
          route: call.route.name,
          priority: PRIORITIES[call.priority] as string,
          tenant: call.tenant,
          queued: domain.queue.size,
          estimatedMs: this.forecast(call, route).waitMs,
        });
      }
      this.#dispatch(domain);
    });
  }

  /** Why a call may not wait, if it may not. */
  #admit(call: Call, lane: Lane, route: GovernedRoute, now: number): HoldlineError | undefined {
    const details = this.#details(call);
    if (this.#closed) return new ClosedError('the line is closed', details);
    const tooHeavy = [lane.domain.root, ...lane.scopes].find((scope) => scope.quotas.some(({ quota }) => quota.limit < call.weight));
    if (tooHeavy) {
      return new QueueFullError(`a call of weight ${call.weight} never fits the quota of ${tooHeavy.name}`, details);
    }
    const closed = lane.longestClosed();
    if (closed) {
      const { closedUntil, retryAt } = closed.gate;
      if (closedUntil - now > route.maxGateWaitMs) {
        return new ThrottledError(`${closed.name} is throttled for longer than maxRetryAfterMs`, { ...details, retryAt });
      }
    }
    if (call.deadlineAt < Infinity) {
      const { waitMs, scope } = this.forecast(call, route);
      if (now + waitMs > call.deadlineAt) {
        const retryAt = this.ports.clock.wall() + waitMs;
        return new DeadlineError(`${scope ?? 'the queue'} has no permit before the deadline`, { ...details, retryAt });
      }
    }
    const { queue } = lane.domain;
    if (queue.size < route.options.maxQueued) return undefined;
    const shed = route.options.overflow === 'shed' ? queue.newestBelow(call.priority) : undefined;
    if (!shed) return new QueueFullError(`${queue.size} calls wait already`, details);
    shed.reject(new QueueFullError('shed for a call of higher priority', this.#details(shed.call)));
    return undefined;
  }

  #details(call: Call): { route: string; attempts: number; waitedMs: number } {
    return { route: call.route.name, attempts: call.info.attempts, waitedMs: call.info.waitedMs };
  }

  /** Something on this way became free. */
  #next(lane: Lane): void {
    if (lane.domain.queue.size > 0) this.#dispatch(lane.domain);
    for (const scope of lane.scopes) if (scope.parked.size > 0) this.#release(scope);
  }

  /** Grants what can be granted, best first, and arms the timers for the rest. */
  #dispatch(domain: Domain): void {
    const { queue, root } = domain;
    const now = this.ports.clock.now();
    for (let granted = 0; ; granted++) {
      const waiter = queue.peek(now);
      if (!waiter) return;
      const at = root.freeAt(now, waiter.weight);
      if (at > now) return this.#arm(root, at);
      const blocker = waiter.lane.blocker(now, waiter.weight);
      if (blocker) {
        this.#park(domain, waiter.lane, blocker, now, waiter.weight);
      } else if (granted >= SLICE) {
        domain.pause ??= this.ports.clock.setTimer(0, () => {
          domain.pause = undefined;
          this.#dispatch(domain);
        });
        return;
      } else {
        queue.serve(waiter, now);
        waiter.resolve();
      }
    }
  }

  #park(domain: Domain, lane: Lane, blocker: Scope, now: number, weight: number): void {
    lane.parkedAt = blocker;
    blocker.parked.add(lane);
    domain.queue.park(lane);
    this.#arm(blocker, blocker.freeAt(now, weight));
  }

  /** One timer per scope. No timer where only an answer can tell: its end dispatches. */
  #arm(scope: Scope, at: number): void {
    if (at === Infinity) return;
    const { timer } = scope;
    if (timer) {
      if (timer.at === at) return;
      timer.stop();
    }
    const { clock } = this.ports;
    const stop = clock.setTimer(at - clock.now(), () => {
      scope.timer = undefined;
      this.#release(scope);
    });
    scope.timer = { at, stop };
  }

  /** Something of this scope may be free: whoever waited for it competes again. */
  #release(scope: Scope): void {
    const domains = new Set<Domain>();
    for (const lane of scope.parked) {
      lane.parkedAt = undefined;
      lane.domain.queue.unpark(lane);
      domains.add(lane.domain);
    }
    scope.parked.clear();
    const own = this.#domains.get(scope.name);
    if (own?.root === scope) domains.add(own);
    for (const domain of domains) this.#dispatch(domain);
  }

  #refused(call: Call, lane: Lane, outcome: Outcome, route: GovernedRoute, now: number): void {
    const wall = this.ports.clock.wall();
    const scope = this.#blame(lane, outcome, now);
    const said = parseRetryAfter(outcome.header, wall) ?? outcome.bodyRetryAfterMs;
    const guess = Math.min(LONGEST_GUESS_MS, route.options.defaultRetryAfterMs * 2 ** Math.min(scope.gate.refusals, 10));
    const retryAfterMs = said ?? guess;
    const until = now + retryAfterMs + this.ports.random.next() * route.options.gateJitterMs;
    const retryAt = wall + retryAfterMs;
    call.info.retryAt = retryAt;
    const wasOpen = scope.gate.state === 'open';
    const news = scope.gate.close(until, retryAt);
    outcome.gatedUntil = scope.gate.closedUntil;
    if (outcome.status === 429 && wasOpen && scope.learned?.refused(now, until) && this.events.has('quotaLearned')) {
      const { limit, windowMs } = scope.learned.window as { limit: number; windowMs: number };
      this.events.emit('quotaLearned', { scope: scope.name, limit, windowMs });
    }
    if (news && this.events.has('gateClosed')) this.events.emit('gateClosed', { scope: scope.name, retryAt, forMs: until - now });
    this.#failWhoCannotWait(scope, route, now);
  }

  /** Whose limit was it? The one the platform names; else one that we know to be used up; else the route's own. */
  #blame(lane: Lane, outcome: Outcome, now: number): Scope {
    const { root } = lane.domain;
    const all = [root, ...lane.scopes];
    if (outcome.limitKey !== undefined) {
      const name = outcome.limitKey;
      return all.find((scope) => scope.quotas.some(({ quota }) => quota.name === name)) ?? lane.routeScope;
    }
    if (outcome.status !== 429) return lane.routeScope;
    const exhausted = all.find((scope) => scope.exhausted(now));
    if (exhausted) return exhausted;
    const { closedUntil } = lane.routeScope.gate;
    let together = 0;
    for (const other of lane.domain.lanes.values()) {
      const { gate } = other.routeScope;
      if (gate.state !== 'open' && Math.abs(gate.closedUntil - closedUntil) < 1000) together++;
    }
    return together >= ROUTES_THAT_PROVE_A_SHARED_LIMIT ? root : lane.routeScope;
  }

  /** A gate that just closed may keep some of the waiting for longer than they can, or will. */
  #failWhoCannotWait(scope: Scope, route: GovernedRoute, now: number): void {
    const { closedUntil, retryAt } = scope.gate;
    const tooLong = closedUntil - now > route.maxGateWaitMs;
    const affected = this.#domains.get(scope.name)?.root === scope ? (this.#domains.get(scope.name) as Domain).queue.waiters() : [];
    for (const lane of scope.lanes) for (const flow of lane.flows) affected.push(...flow.waiters());
    for (const waiter of affected) {
      const details = { ...this.#details(waiter.call), retryAt };
      if (tooLong) waiter.reject(new ThrottledError(`${scope.name} is throttled for longer than maxRetryAfterMs`, details));
      else if (waiter.call.deadlineAt < closedUntil) {
        waiter.reject(new DeadlineError(`${scope.name} is throttled until after the deadline`, details));
      }
    }
  }

  #judgeProbes(probes: NonNullable<Permit['probes']>, accepted: boolean, now: number): void {
    for (const [scope, generation] of probes) {
      if (scope.gate.generation !== generation) continue;
      if (accepted) {
        scope.gate.open();
        scope.learned?.opened(now);
        if (this.events.has('gateOpened')) this.events.emit('gateOpened', { scope: scope.name });
      } else scope.gate.retryProbe();
      this.#release(scope);
    }
  }

  #readHints(permit: Permit, outcome: Outcome, now: number): void {
    const hint = parseQuotaHeaders(outcome.header, this.ports.clock.wall());
    if (!hint) return;
    const { root } = permit.lane.domain;
    const quota = root.quotas.find(({ quota: { limit } }) => limit === hint.limit) ?? root.quotas[0];
    if (!quota) return;
    // A header that claims a reset in a year must not stop the line for longer than the quota could.
    const until = now + Math.min(hint.resetMs ?? quota.window.windowMs, quota.window.windowMs);
    root.hint(hint.remaining, until, permit.order);
  }

  #laneOf(call: Call, route: GovernedRoute, now: number): Lane {
    const credential = this.credentialOf(call);
    let domain = this.#domains.get(credential);
    if (!domain) {
      const root = this.#scope(credential);
      domain = new Domain(credential, root, route.options.shares, route.options.agingMs);
      this.#domains.set(credential, domain);
    }
    const others = this.#othersOf(call, route);
    const key = others === undefined ? call.route.name : `${call.route.name}|${others.join('|')}`;
    let lane = domain.lanes.get(key);
    if (!lane) {
      this.#sweep(domain, now);
      const routeScope = this.#scope(`route:${credential}:${call.route.name}`);
      lane = new Lane(call.route.name, domain, routeScope, others?.map((name) => this.#scope(name)) ?? []);
      domain.lanes.set(key, lane);
    }
    if (lane.configured !== route) this.#configure(lane, route, now);
    return lane;
  }

  /** Gives the scopes of a lane the numbers of its route. */
  #configure(lane: Lane, route: GovernedRoute, now: number): void {
    const { root } = lane.domain;
    const { routeScope, scopes } = lane;
    const { bulkhead } = route;
    lane.configured = route;
    root.setQuotas(route.rootQuotas, now);
    routeScope.setQuotas(route.routeQuotas, now);
    // A route without a documented limit may turn out to have one.
    routeScope.learned = route.routeQuotas.length > 0 ? undefined : (routeScope.learned ?? new LearnedQuota());
    for (const scope of scopes) {
      if (scope === routeScope) continue;
      const kind = scope.name.slice(0, scope.name.indexOf(':'));
      scope.setQuotas(
        route.otherQuotas.filter((quota) => kindOf(quota) === kind),
        now,
      );
    }
    if (!bulkhead) return;
    const { scope: kind = 'credential', maxConcurrent } = bulkhead;
    const limited =
      kind === 'credential' ? root : kind === 'route' ? routeScope : scopes.find(({ name }) => name.startsWith(`${kind}:`));
    if (limited) limited.maxConcurrent = maxConcurrent;
  }

  /** Names of the scopes beside credential and route, or undefined where there are none. */
  #othersOf(call: Call, route: GovernedRoute): string[] | undefined {
    const { otherQuotas, bulkhead } = route;
    const limited = bulkhead?.scope === 'tenant' || bulkhead?.scope === 'host' ? bulkhead.scope : undefined;
    if (otherQuotas.length === 0 && !limited) return undefined;
    const names = new Set<string>();
    if (limited) names.add(`${limited}:${limited === 'tenant' ? (call.tenant ?? '') : originOf(call.url)}`);
    for (const quota of otherQuotas) {
      const key = quota.scope === 'tenant' ? call.tenant : quota.scope === 'host' ? originOf(call.url) : (quota.scope as (call: Call) => string)(call);
      names.add(`${kindOf(quota)}:${String(key ?? '')}`);
    }
    return [...names];
  }

  #scope(name: string): Scope {
    let scope = this.#scopes.get(name);
    if (!scope) this.#scopes.set(name, (scope = new Scope(name)));
    return scope;
  }

  /** Forgets lanes and scopes that are not in use and remember nothing. */
  #sweep(inUse: Domain, now: number): void {
    if (this.#scopes.size < this.#sweepAt) return;
    for (const domain of this.#domains.values()) {
      for (const [key, lane] of domain.lanes) {
        if (lane.inFlight > 0 || lane.waiting > 0 || !lane.scopes.every((scope) => scope.idle(now))) continue;
        domain.lanes.delete(key);
        for (const scope of lane.scopes) scope.lanes.delete(lane);
      }
      const idle = domain.lanes.size === 0 && domain.queue.size === 0 && domain.root.idle(now);
      if (idle && domain !== inUse) this.#domains.delete(domain.credential);
    }
    for (const [name, scope] of this.#scopes) {
      if (scope.lanes.size === 0 && !this.#domains.has(name) && scope.idle(now)) this.#scopes.delete(name);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#scopes.size * 2);
  }
}

/** What the scopes of a quota are called by; quotas of one kind share their scopes. */
function kindOf(quota: Quota): string {
  return typeof quota.scope === 'function' ? (quota.name ?? quota.scope.name) || 'key' : (quota.scope ?? 'credential');
}

/** The quotas of one kind of scope. */
export function named(quotas: readonly Quota[], scope: 'credential' | 'route'): Quota[] {
  return quotas.filter((quota) => (quota.scope ?? 'credential') === scope);
}
