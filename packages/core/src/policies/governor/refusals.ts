import type { ActiveCall } from '../../call/call.js';
import type { Clock, Random } from '../../contract/clock.js';
import type { Refusal } from '../../contract/counting.js';
import { DeadlineError, ThrottledError } from '../../contract/errors.js';
import type { EventSink } from '../../contract/events.js';
import type { Outcome } from '../../contract/outcome.js';
import { gateWaitMs, readRequestedWait } from '../../http/requested-wait.js';
import { detailsOf } from './admission.js';
import { attributeRefusal } from './attribution.js';
import type { Dispatcher } from './dispatcher.js';
import type { AdaptiveQuota } from './learning/adaptive-quota.js';
import type { Permit } from './permit.js';
import type { QueuedScope } from './queue/lane.js';
import type { GovernedRoute } from './route.js';
import type { ScopeRegistry } from './scope-registry.js';

/** Attributes each refusal to a limit, closes the gate of its scope, and opens the gate when a probe is accepted. */
export class Refusals {
  constructor(
    readonly ports: { readonly clock: Clock; readonly random: Random },
    readonly events: EventSink,
    readonly registry: ScopeRegistry,
    readonly dispatcher: Dispatcher,
  ) {}

  /** An attempt was refused. */
  refused(call: ActiveCall, permit: Permit, outcome: Outcome, route: GovernedRoute, now: number): void {
    const { clock, random } = this.ports;
    const wall = clock.wall();
    const { lane } = permit;
    const { defaultRetryAfterMs, gateJitterMs, quotaHeaders } = route.options;
    const asked = readRequestedWait(outcome, clock, quotaHeaders);
    const askedUntil = now + (asked?.ms ?? defaultRetryAfterMs);
    const { scope, quota, relieved } = attributeRefusal(lane, outcome, permit.order, now, askedUntil, gateJitterMs);
    const { gate } = scope;
    // Only a refused probe makes the guess grow, not the rest of a burst that ran into the same limit.
    const again = gate.state === 'closed' ? gate.refusals - 1 : gate.refusals;
    const roundTripMs = now - permit.sentAt;
    const retryAfterMs = gateWaitMs(asked?.ms, roundTripMs, again, defaultRetryAfterMs);
    outcome.requestedMs = asked && asked.ms >= roundTripMs ? asked.ms : undefined;
    const until = now + retryAfterMs + random.next() * gateJitterMs;
    const retryAt = wall + retryAfterMs;
    call.info.retryAt = retryAt;
    outcome.isLate = gate.state === 'closed';
    // 503s say nothing of a limit.
    const refusal: Refusal | undefined =
      outcome.status === 429
        ? { until: now + (asked?.ms ?? retryAfterMs), roundedMs: asked?.roundedMs ?? Infinity }
        : undefined;
    for (const one of [lane.partition.root, ...lane.scopes]) one.end(now, permit, refusal ?? 'unknown', quota);
    if (quota && this.events.has('quotaLearned')) this.#tellLearned(scope.name, quota);
    this.closeGate(scope, now, until, retryAt);
    outcome.gatedUntil = gate.closedUntil;
    if (relieved) for (const one of relieved) this.dispatcher.onScopeChanged(one);
  }

  /** Closes a gate, or keeps it closed for longer, and tells the other processes. */
  closeGate(scope: QueuedScope, now: number, until: number, retryAt: number): void {
    if (this.#closeGate(scope, now, until, retryAt)) this.registry.sharing?.closeGate(scope, until - now);
  }

  /** Another process closed a gate. */
  closedElsewhere(scope: QueuedScope, forMs: number): void {
    const { clock } = this.ports;
    this.#closeGate(scope, clock.now(), clock.now() + forMs, clock.wall() + forMs);
  }

  /** Opens the gates whose probe was accepted, and lets another probe leave where it was not. */
  judgeProbes({ probes, lane }: Permit, accepted: boolean): void {
    if (!probes) return;
    for (const [scope, generation] of probes) {
      if (scope.gate.generation !== generation) continue;
      if (accepted) {
        scope.gate.open();
        lane.partition.gated.delete(scope);
        if (this.events.has('gateOpened')) this.events.emit('gateOpened', { scope: scope.name });
      } else scope.gate.retryProbe();
      this.dispatcher.onScopeChanged(scope);
    }
  }

  /** Returns whether the gate is closed for longer than before. */
  #closeGate(scope: QueuedScope, now: number, until: number, retryAt: number): boolean {
    const isNews = scope.gate.close(until, retryAt);
    if (isNews) {
      for (const { routeScope, partition } of scope.lanes) if (routeScope === scope) partition.gated.add(scope);
      if (this.events.has('gateClosed'))
        this.events.emit('gateClosed', { scope: scope.name, retryAt, forMs: until - now });
      failWhoCannotWait(scope, now);
    }
    // Those behind it may have waited for the store, which is asked for nothing while it is closed.
    this.dispatcher.onScopeChanged(scope);
    return isNews;
  }

  #tellLearned(scope: string, quota: AdaptiveQuota): void {
    const { limit, windowMs, counts, reported: told } = quota;
    if (limit === Infinity || (told?.limit === limit && told.counts === counts)) return;
    quota.reported = { limit, counts };
    this.events.emit('quotaLearned', { scope, limit, windowMs, counts });
  }
}

/** Rejects the waiting calls for which the gate of this scope is closed too long. */
function failWhoCannotWait(scope: QueuedScope, now: number): void {
  const { closedUntil, retryAt } = scope.gate;
  for (const waiter of scope.waiters()) {
    const { call, lane } = waiter;
    const details = { ...detailsOf(call), retryAt };
    if (closedUntil - now > lane.route.maxGateWaitMs) {
      waiter.reject(new ThrottledError(`${scope.name} is throttled for longer than maxRetryAfterMs`, details));
    } else if (call.deadlineAt < closedUntil) {
      waiter.reject(new DeadlineError(`${scope.name} is throttled until after the deadline`, details));
    }
  }
}
