import type { ActiveCall } from '../../call/call.js';
import type { Clock, Random } from '../../contract/clock.js';
import type { Refusal } from '../../contract/counting.js';
import type { EventSink, HoldlineEvents } from '../../contract/events.js';
import type { Outcome } from '../../contract/outcome.js';
import { gateWaitMs, readRequestedWait } from '../../http/requested-wait.js';
import { createWaitError } from './admission.js';
import { attributeRefusal } from './attribution.js';
import type { Dispatcher } from './dispatcher.js';
import type { AdaptiveQuota } from './learning/adaptive-quota.js';
import type { Permit } from './permit.js';
import type { QueuedScope } from './queue/lane.js';
import type { GovernedRoute } from './route.js';
import type { ScopeRegistry } from './scope-registry.js';

/** The refused call that closes a gate. */
type GateCloser = HoldlineEvents['gateClosed']['by'];

/** Attributes each refusal to a limit, closes the gate of its scope, and opens the gate when a probe is accepted. */
export class Refusals {
  constructor(
    readonly ports: { readonly clock: Clock; readonly random: Random },
    readonly events: EventSink,
    readonly registry: ScopeRegistry,
    readonly dispatcher: Dispatcher,
  ) {}

  /** Handles a refused attempt. */
  handleRefusal(call: ActiveCall, permit: Permit, outcome: Outcome, route: GovernedRoute, now: number): void {
    const { clock, random } = this.ports;
    const wall = clock.wall();
    const { lane } = permit;
    const { defaultRetryAfterMs, gateJitterMs, quotaHeaders } = route.options;
    const asked = readRequestedWait(outcome, clock, quotaHeaders);
    const askedUntil = now + (asked?.ms ?? defaultRetryAfterMs);
    const { scope, quota, relieved } = attributeRefusal(lane, outcome, permit.order, now, askedUntil, gateJitterMs);
    const { gate } = scope;
    // Only a refused probe lengthens the default wait, not the rest of a burst that met the same limit.
    const isLate = gate.state === 'closed';
    const refusals = isLate ? gate.refusals - 1 : gate.refusals;
    const roundTripMs = now - permit.sentAt;
    const retryAfterMs = gateWaitMs(asked?.ms, roundTripMs, refusals, defaultRetryAfterMs);
    outcome.isLate = isLate;
    outcome.requestedMs = asked && asked.ms >= roundTripMs ? asked.ms : undefined;
    const until = now + retryAfterMs + random.next() * gateJitterMs;
    const retryAt = wall + retryAfterMs;
    call.info.retryAt = retryAt;
    // A 503 is not about a limit, unless its adapter says so.
    const refusal: Refusal | undefined = outcome.isThrottled
      ? { until: now + (asked?.ms ?? retryAfterMs), roundedMs: asked?.roundedMs ?? Infinity }
      : undefined;
    for (const one of lane.allScopes) one.end(now, permit, refusal ?? 'unknown', quota);
    if (quota && this.events.has('quotaLearned')) this.#reportLearned(scope.name, quota);
    this.closeGate(scope, now, until, retryAt, { callId: call.id, route: call.route.name, status: outcome.status });
    outcome.gatedUntil = gate.closedUntil;
    if (relieved) for (const one of relieved) this.dispatcher.onScopeChanged(one);
  }

  /** Closes a gate, or keeps it closed for longer, and informs the other processes. */
  closeGate(scope: QueuedScope, now: number, until: number, retryAt: number, by: GateCloser): void {
    if (this.#closeGate(scope, now, until, retryAt, by)) this.registry.sharing?.closeGate(scope, until - now);
  }

  /** Closes a gate that another process has closed. */
  adoptClosedGate(scope: QueuedScope, forMs: number): void {
    const { clock } = this.ports;
    this.#closeGate(scope, clock.now(), clock.now() + forMs, clock.wall() + forMs, undefined);
  }

  /** Opens the gates whose probe was accepted. The other gates of the permit send another probe. */
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

  /** Returns whether the gate stays closed for longer than before. */
  #closeGate(scope: QueuedScope, now: number, until: number, retryAt: number, by: GateCloser): boolean {
    const isNews = scope.gate.close(until, retryAt);
    if (isNews) {
      for (const { routeScope, partition } of scope.lanes) if (routeScope === scope) partition.gated.add(scope);
      if (this.events.has('gateClosed'))
        this.events.emit('gateClosed', { scope: scope.name, retryAt, forMs: until - now, by });
      rejectLongWaits(scope, now);
    }
    // Waiting calls may have asked the store for permits. Behind a closed gate they ask for none.
    this.dispatcher.onScopeChanged(scope);
    return isNews;
  }

  #reportLearned(scope: string, quota: AdaptiveQuota): void {
    const { limit, windowMs, counts, reported } = quota;
    if (limit === Infinity || (reported?.limit === limit && reported.counts === counts)) return;
    quota.reported = { limit, counts };
    this.events.emit('quotaLearned', { scope, limit, windowMs, counts });
  }
}

/** Rejects the waiting calls whose wait for the gate exceeds `maxRetryAfterMs` or their deadline. */
function rejectLongWaits(scope: QueuedScope, now: number): void {
  const { closedUntil, retryAt } = scope.gate;
  const waitMs = closedUntil - now;
  for (const waiter of scope.waiters()) {
    const { call, lane } = waiter;
    const { maxGateWaitMs } = lane.route;
    const isTooLong = waitMs > maxGateWaitMs;
    if (isTooLong || call.deadlineAt < closedUntil)
      waiter.reject(createWaitError(call, scope, waitMs, retryAt, isTooLong ? maxGateWaitMs : undefined));
  }
}
