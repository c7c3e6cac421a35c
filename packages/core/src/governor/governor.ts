import type { Call } from '../call.js';
import { PRIORITIES } from '../context.js';
import { ClosedError, DeadlineError, QueueFullError, ThrottledError, type HoldlineError } from '../errors.js';
import type { Events } from '../events.js';
import { parseQuotaHeaders } from '../headers/quota.js';
import { parseRetryAfter } from '../headers/retry-after.js';
import type { Outcome } from '../outcome.js';
import type { Ports } from '../ports.js';
import { blame } from './blame.js';
import { Directory } from './directory.js';
import { Dispatcher } from './dispatcher.js';
import { forecast, type Forecast } from './forecast.js';
import type { Lane } from './lane.js';
import type { BulkheadOptions, GovernorOptions, Quota } from './options.js';
import { Waiter } from './queue.js';
import type { Refusal } from './learned.js';
import type { Attempt, Scope, ScopeSnapshot } from './scope.js';

/** Longest gate for a 429 that never says how long, in ms. */
const LONGEST_GUESS_MS = 60_000;

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
export interface Permit extends Attempt {
  readonly lane: Lane;
  /** Scopes for which this attempt is the probe, with the generation of their gate. */
  readonly probes: readonly (readonly [Scope, number])[] | undefined;
}

/** Grants permits. One per line; its clients share it. */
export class Governor {
  readonly #directory = new Directory();
  readonly #dispatcher: Dispatcher;
  #order = 0;
  #closed = false;

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    readonly credentialOf: (call: Call) => string,
  ) {
    this.#dispatcher = new Dispatcher(ports.clock, this.#directory);
  }

  /** A permit at once where one is free, else when it is this call's turn. */
  acquire(call: Call, route: GovernedRoute): Permit | Promise<Permit> {
    const now = this.ports.clock.now();
    const lane = this.#laneOf(call, route, now);
    const { queue, root } = lane.domain;
    const { weight } = call;
    const nobodyAhead = queue.size === 0 || (lane.waiting === 0 && !queue.peek(now));
    if (nobodyAhead && !this.#closed && root.freeAt(now, weight) <= now && lane.isOpen(now, weight)) {
      return this.#grant(lane, weight, now);
    }
    return this.#enqueue(call, lane, route, now);
  }

  /** The attempt ended. Closes gates, opens them, learns, and lets the next ones go. */
  end(permit: Permit, call: Call, outcome: Outcome, route: GovernedRoute): void {
    const { lane } = permit;
    const { root } = lane.domain;
    const now = this.ports.clock.now();
    const accepted = outcome.status !== undefined && outcome.kind !== 'refused';
    lane.inFlight--;
    if (outcome.kind === 'not-sent') {
      root.undo(permit);
      for (const scope of lane.scopes) scope.undo(permit);
    } else if (outcome.kind === 'refused') {
      this.#refused(call, permit, outcome, route, now);
    } else {
      root.end(now, permit, undefined);
      for (const scope of lane.scopes) scope.end(now, permit, undefined);
    }
    if (outcome.kind !== 'refused' && outcome.status !== undefined && root.quotas.length > 0)
      this.#readHints(permit, outcome, now);
    this.#judgeProbes(permit, accepted);
    this.#dispatcher.freed(lane);
  }

  /** The attempt was not made after all: its permits are free again. */
  abandon(permit: Permit): void {
    const { lane } = permit;
    lane.inFlight--;
    lane.domain.root.undo(permit);
    for (const scope of lane.scopes) scope.undo(permit);
    this.#judgeProbes(permit, false);
    this.#dispatcher.freed(lane);
  }

  /** Applies new numbers to all that exists. Queued calls keep their place. */
  update(options: Required<GovernorOptions>, routes: (name: string) => GovernedRoute | undefined): void {
    const now = this.ports.clock.now();
    this.#directory.rename(routes);
    // Nobody stays set aside for a reason that may be gone.
    this.#dispatcher.releaseAll();
    for (const domain of this.#directory.domains.values()) {
      domain.queue.agingMs = options.agingMs;
      domain.queue.shares = options.shares;
      for (const lane of domain.lanes.values()) {
        const route = routes(lane.routeName);
        if (route) this.#directory.configure(lane, route, now);
      }
      for (const waiter of domain.queue.waiters()) {
        waiter.route = routes(waiter.lane.routeName) ?? waiter.route;
        // Other quotas may mean other scopes.
        const lane = this.#directory.laneOf(waiter.call, domain.credential, waiter.route, now);
        if (lane !== waiter.lane) domain.queue.move(waiter, lane);
        const tooHeavy = this.#tooHeavy(waiter.call, lane);
        if (tooHeavy) waiter.reject(tooHeavy);
      }
    }
    this.#dispatcher.releaseAll();
    this.#dispatcher.run();
  }

  /** Waiting calls over all credentials. */
  get queued(): number {
    let n = 0;
    for (const { queue } of this.#directory.domains.values()) n += queue.size;
    return n;
  }

  get inFlight(): number {
    let n = 0;
    for (const { root } of this.#directory.domains.values()) n += root.inFlight;
    return n;
  }

  /** Refuses what waits and all that comes. */
  close(): void {
    this.#closed = true;
    for (const { queue } of this.#directory.domains.values()) {
      for (const waiter of queue.waiters())
        waiter.reject(new ClosedError('the line was closed', this.#details(waiter.call)));
    }
    this.#dispatcher.close();
  }

  snapshot(): { scopes: ScopeSnapshot[]; queues: { credential: string; waiting: Record<string, number> }[] } {
    const now = this.ports.clock.now();
    const { scopes, domains } = this.#directory;
    return {
      scopes: [...scopes.values()].map((scope) => scope.snapshot(now)),
      queues: [...domains.values()].map(({ credential, queue }) => ({ credential, waiting: queue.counts() })),
    };
  }

  /** Milliseconds a call would wait if it came now, and what for. */
  forecast(call: Call, route: GovernedRoute): Forecast {
    const now = this.ports.clock.now();
    return forecast(this.#laneOf(call, route, now), call, now);
  }

  #laneOf(call: Call, route: GovernedRoute, now: number): Lane {
    return this.#directory.laneOf(call, this.credentialOf(call), route, now);
  }

  #grant(lane: Lane, weight: number, now: number): Permit {
    const { root } = lane.domain;
    const order = ++this.#order;
    let probes: (readonly [Scope, number])[] | undefined;
    if (root.take(now, weight, order)) probes = [[root, root.gate.generation]];
    for (const scope of lane.scopes) {
      if (scope.take(now, weight, order)) (probes ??= []).push([scope, scope.gate.generation]);
    }
    lane.inFlight++;
    return { lane, weight, order, sentAt: now, probes };
  }

  #enqueue(call: Call, lane: Lane, route: GovernedRoute, now: number): Promise<Permit> {
    const { cancellation } = call;
    if (cancellation?.cancelled) return Promise.reject(cancellation.reason as Error);
    const refusal = this.#admit(call, lane, route, now);
    if (refusal) {
      if (this.events.has('refused')) {
        this.events.emit('refused', { route: call.route.name, code: refusal.code, retryAt: refusal.retryAt });
      }
      return Promise.reject(refusal);
    }
    const { queue } = lane.domain;
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
        route,
        () => {
          leave();
          resolve(this.#grant(waiter.lane, waiter.weight, this.ports.clock.now()));
        },
        (error) => {
          // Whoever makes several calls leave may come too late for this one.
          if (!waiter.flow) return;
          queue.remove(waiter);
          leave();
          reject(error as Error);
          this.#dispatcher.left(waiter);
        },
      );
      const stopCancel = cancellation?.onCancel(waiter.reject);
      const stopQueued = call.onQueued?.(waiter.reject);
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
      if (waiter.flow) this.#dispatcher.queued(waiter);
    });
  }

  /** Why a call may not wait, if it may not. */
  #admit(call: Call, lane: Lane, route: GovernedRoute, now: number): HoldlineError | undefined {
    const details = this.#details(call);
    if (this.#closed) return new ClosedError('the line is closed', details);
    const tooHeavy = this.#tooHeavy(call, lane);
    if (tooHeavy) return tooHeavy;
    const closed = lane.longestClosed();
    if (closed) {
      const { closedUntil, retryAt } = closed.gate;
      if (closedUntil - now > route.maxGateWaitMs) {
        return new ThrottledError(`${closed.name} is throttled for longer than maxRetryAfterMs`, {
          ...details,
          retryAt,
        });
      }
    }
    if (call.deadlineAt < Infinity) {
      const { waitMs, scope } = forecast(lane, call, now);
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

  #tooHeavy(call: Call, lane: Lane): HoldlineError | undefined {
    const { weight } = call;
    if (weight === 1) return undefined;
    const scope = [lane.domain.root, ...lane.scopes].find((one) => one.tooSmallFor(weight));
    return (
      scope &&
      new QueueFullError(`a call of weight ${weight} never fits the quota of ${scope.name}`, this.#details(call))
    );
  }

  #details(call: Call): { route: string; attempts: number; waitedMs: number } {
    return { route: call.route.name, attempts: call.info.attempts, waitedMs: call.info.waitedMs };
  }

  #refused(call: Call, permit: Permit, outcome: Outcome, route: GovernedRoute, now: number): void {
    const wall = this.ports.clock.wall();
    const { lane } = permit;
    const { defaultRetryAfterMs, gateJitterMs } = route.options;
    const said = parseRetryAfter(outcome.header, wall) ?? outcome.bodyRetryAfterMs;
    const scope = blame(lane, outcome, permit.order, now, now + (said ?? defaultRetryAfterMs), gateJitterMs);
    const { gate } = scope;
    // Only a refused probe makes the guess grow, not the rest of a burst that ran into the same limit.
    const again = gate.state === 'closed' ? gate.refusals - 1 : gate.refusals;
    const retryAfterMs = said ?? Math.min(LONGEST_GUESS_MS, defaultRetryAfterMs * 2 ** Math.min(again, 10));
    const until = now + retryAfterMs + this.ports.random.next() * gateJitterMs;
    const retryAt = wall + retryAfterMs;
    call.info.retryAt = retryAt;
    outcome.isLate = gate.state === 'closed';
    const news = gate.close(until, retryAt);
    outcome.gatedUntil = gate.closedUntil;
    if (scope === lane.routeScope) lane.domain.gated.add(scope);
    // 503s say nothing of a limit.
    const refusal: Refusal | undefined =
      outcome.status === 429 ? { until: now + retryAfterMs, roundedMs: roundingOf(outcome, said) } : undefined;
    for (const one of [lane.domain.root, ...lane.scopes]) one.end(now, permit, one === scope ? refusal : undefined);
    if (refusal && this.events.has('quotaLearned')) this.#tellLearned(scope);
    if (!news) return;
    if (this.events.has('gateClosed'))
      this.events.emit('gateClosed', { scope: scope.name, retryAt, forMs: until - now });
    this.#failWhoCannotWait(scope, now);
  }

  #tellLearned({ name, learned }: Scope): void {
    if (!learned || learned.limit === Infinity || learned.limit === learned.toldLimit) return;
    const { limit, windowMs } = learned;
    learned.toldLimit = limit;
    this.events.emit('quotaLearned', { scope: name, limit, windowMs });
  }

  /** A gate that just closed may keep some of the waiting for longer than they can, or will. */
  #failWhoCannotWait(scope: Scope, now: number): void {
    const { closedUntil, retryAt } = scope.gate;
    const own = this.#directory.domains.get(scope.name);
    const affected = own?.root === scope ? own.queue.waiters() : [];
    for (const lane of scope.lanes) for (const flow of lane.flows) affected.push(...flow.waiters());
    for (const waiter of affected) {
      const details = { ...this.#details(waiter.call), retryAt };
      if (closedUntil - now > waiter.route.maxGateWaitMs) {
        waiter.reject(new ThrottledError(`${scope.name} is throttled for longer than maxRetryAfterMs`, details));
      } else if (waiter.call.deadlineAt < closedUntil) {
        waiter.reject(new DeadlineError(`${scope.name} is throttled until after the deadline`, details));
      }
    }
  }

  #judgeProbes({ probes, lane }: Permit, accepted: boolean): void {
    for (const [scope, generation] of probes ?? []) {
      if (scope.gate.generation !== generation) continue;
      if (!accepted) {
        scope.gate.retryProbe();
        continue;
      }
      scope.gate.open();
      lane.domain.gated.delete(scope);
      if (this.events.has('gateOpened')) this.events.emit('gateOpened', { scope: scope.name });
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
}

/** The quotas of one kind of scope. */
export function named(quotas: readonly Quota[], scope: 'credential' | 'route'): Quota[] {
  return quotas.filter((quota) => (quota.scope ?? 'credential') === scope);
}

/** By how much a Retry-After may be later than the moment it stands for: it mostly comes in whole seconds. */
function roundingOf(outcome: Outcome, said: number | undefined): number {
  if (said === undefined) return Infinity;
  const value = outcome.header('retry-after');
  return value !== undefined && value.includes('.') ? 0 : 1_000;
}
