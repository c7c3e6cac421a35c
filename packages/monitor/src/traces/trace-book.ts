import type { HoldlineEvents } from '@holdline/core';
import type { CallFilter, CallTrace, TraceStep } from '../types.js';
import type { GateBook } from './gate-book.js';
import { selects } from './select.js';

/** Number of active calls with a trace. Further calls are only counted. */
const MAX_ACTIVE = 10_000;
/** Number of steps of a trace. Of a longer one, steps in the middle are left out. */
const MAX_STEPS = 100;
/** Number of scopes of a wait whose gates are looked up. */
const MAX_SCOPES = 20;
const DEFAULT_LIMIT = 100;

type QueuedStep = Extract<TraceStep, { kind: 'queued' }>;
type AttemptStep = Extract<TraceStep, { kind: 'attempt' }>;

/** A call whose end is not known. */
interface ActiveTrace {
  readonly trace: CallTrace;
  /** Monotonic ms. */
  readonly startedAt: number;
  queued: QueuedStep | undefined;
  /** Monotonic ms. */
  queuedAt: number;
  attempt: AttemptStep | undefined;
}

/** Builds the traces of calls from events, and keeps the active and the latest ended ones. */
export class TraceBook {
  readonly #active = new Map<number, ActiveTrace>();
  readonly #ended = new Map<number, CallTrace>();
  /** Numbers of the ended calls, as a ring. The first key of a map that loses its first keys is slow to find. */
  readonly #endedIds: number[] = [];
  #nextEnded = 0;

  constructor(
    private readonly keepCalls: number,
    private readonly gates: GateBook,
  ) {}

  start(event: HoldlineEvents['callStarted'], now: number, wall: number): void {
    if (this.#active.size >= MAX_ACTIVE) return;
    const { callId } = event;
    const { route, method, origin, resource, priority, tenant } = event;
    const trace: CallTrace = {
      callId,
      route,
      method,
      origin,
      resource,
      priority,
      tenant,
      startedAt: wall,
      durationMs: undefined,
      outcome: undefined,
      status: undefined,
      error: undefined,
      attempts: 0,
      waitedMs: 0,
      queuedMs: 0,
      answeredBy: undefined,
      steps: [],
    };
    this.#active.set(callId, { trace, startedAt: now, queued: undefined, queuedAt: 0, attempt: undefined });
  }

  queued(event: HoldlineEvents['queued'], now: number): void {
    const active = this.#active.get(event.callId);
    if (!active) return;
    const { waitsFor, scopes, estimatedMs } = event;
    this.#endWait(active, now);
    active.queuedAt = now;
    active.queued = {
      kind: 'queued',
      at: wallOf(active, now),
      until: undefined,
      waitsFor,
      scopes,
      estimatedMs,
      gates: [],
    };
    addStep(active, active.queued);
  }

  permitted({ callId }: HoldlineEvents['permitted'], now: number): void {
    const active = this.#active.get(callId);
    if (active) this.#endWait(active, now);
  }

  attemptStarted({ callId, attempt }: HoldlineEvents['attemptStarted'], now: number): void {
    const active = this.#active.get(callId);
    if (!active) return;
    this.#endWait(active, now);
    active.trace.attempts = attempt;
    active.attempt = {
      kind: 'attempt',
      at: wallOf(active, now),
      until: undefined,
      attempt,
      outcome: undefined,
      status: undefined,
    };
    addStep(active, active.attempt);
  }

  attempt({ callId, attempt, outcome, status, durationMs }: HoldlineEvents['attempt'], now: number): void {
    const active = this.#active.get(callId);
    if (!active) return;
    const until = wallOf(active, now);
    const step = active.attempt;
    active.attempt = undefined;
    active.trace.attempts = attempt;
    active.trace.status = status;
    if (step) Object.assign(step, { until, outcome, status });
    else addStep(active, { kind: 'attempt', at: until - durationMs, until, attempt, outcome, status });
  }

  retry({ callId, reason, afterMs }: HoldlineEvents['retry'], now: number): void {
    const active = this.#active.get(callId);
    if (!active) return;
    const at = wallOf(active, now);
    addStep(active, { kind: 'delay', at, until: at + afterMs, reason });
  }

  refused({ callId, code, retryAt }: HoldlineEvents['refused'], now: number): void {
    const active = this.#active.get(callId);
    if (!active) return;
    this.#endWait(active, now);
    addStep(active, { kind: 'refused', at: wallOf(active, now), code, retryAt });
  }

  giveUp({ callId, reason, retryAt }: HoldlineEvents['giveUp'], now: number): void {
    const active = this.#active.get(callId);
    if (active) addStep(active, { kind: 'gaveUp', at: wallOf(active, now), reason, retryAt });
  }

  dryRun({ callId, policy, action, forMs, error, reason }: HoldlineEvents['dryRun'], now: number): void {
    const active = this.#active.get(callId);
    if (active) addStep(active, { kind: 'dryRun', at: wallOf(active, now), policy, action, forMs, error, reason });
  }

  /** Ends a trace. The trace of a call that began before the monitor has no steps. */
  end(event: HoldlineEvents['call'], now: number, wall: number): CallTrace {
    const { callId, route, method, origin, priority, tenant } = event;
    const { outcome, status, error, attempts, waitedMs, queuedMs, durationMs, answeredBy } = event;
    const active = this.#active.get(callId);
    const ended = { durationMs, outcome, status, error, attempts, waitedMs, queuedMs, answeredBy };
    let trace: CallTrace;
    if (active) {
      this.#active.delete(callId);
      this.#endWait(active, now);
      // The caller cancelled the call, and the attempt on the wire has no result.
      if (active.attempt) active.attempt.until = wallOf(active, now);
      const last = active.trace.steps.at(-1);
      if (last?.kind === 'delay') last.until = Math.min(last.until, wallOf(active, now));
      trace = Object.assign(active.trace, ended);
    } else {
      const startedAt = wall - durationMs;
      trace = { callId, route, method, origin, resource: '', priority, tenant, startedAt, ...ended, steps: [] };
    }
    this.#keep(trace);
    return trace;
  }

  #keep(trace: CallTrace): void {
    if (this.keepCalls === 0) return;
    const oldest = this.#endedIds[this.#nextEnded];
    if (oldest !== undefined) this.#ended.delete(oldest);
    this.#endedIds[this.#nextEnded] = trace.callId;
    this.#nextEnded = (this.#nextEnded + 1) % this.keepCalls;
    this.#ended.set(trace.callId, trace);
  }

  /** Forgets the active calls, for a line that has none. */
  clearActive(): void {
    this.#active.clear();
  }

  get active(): number {
    return this.#active.size;
  }

  find(callId: number, now: number): CallTrace | undefined {
    const active = this.#active.get(callId);
    return active ? this.#view(active, now) : this.#ended.get(callId);
  }

  /** Newest first. */
  list(filter: CallFilter, now: number): CallTrace[] {
    const found: CallTrace[] = [];
    const closers = filter.scope === undefined ? undefined : this.gates.closers(filter.scope);
    if (filter.outcome === undefined || filter.outcome === 'active') {
      for (const active of this.#active.values()) {
        const trace = this.#view(active, now);
        if (selects(filter, trace, closers)) found.push(trace);
      }
    }
    if (filter.outcome !== 'active') {
      for (const trace of this.#ended.values()) if (selects(filter, trace, closers)) found.push(trace);
    }
    return found.sort((a, b) => b.callId - a.callId).slice(0, filter.limit ?? DEFAULT_LIMIT);
  }

  /** A copy of an active trace with the waits until now. */
  #view(active: ActiveTrace, now: number): CallTrace {
    const { trace, queued, queuedAt } = active;
    const until = wallOf(active, now);
    let queuedMs = 0;
    let delayedMs = 0;
    for (const step of trace.steps) {
      if (step.kind === 'queued') queuedMs += (step.until ?? until) - step.at;
      if (step.kind === 'delay') delayedMs += Math.min(step.until, until) - step.at;
    }
    const steps = trace.steps.map((step) =>
      step === queued ? { ...queued, gates: this.#gatesOf(queued, queuedAt) } : { ...step },
    );
    return { ...trace, queuedMs, waitedMs: queuedMs + delayedMs, steps };
  }

  #endWait(active: ActiveTrace, now: number): void {
    const { queued } = active;
    if (!queued) return;
    queued.until = wallOf(active, now);
    queued.gates = this.#gatesOf(queued, active.queuedAt);
    active.queued = undefined;
  }

  /** The closings of gates that held a wait back: those in force when it began, and later ones. */
  #gatesOf({ waitsFor, scopes }: QueuedStep, since: number): QueuedStep['gates'] {
    const names = new Set(scopes.slice(0, MAX_SCOPES));
    if (waitsFor !== undefined) names.add(waitsFor);
    return [...names].flatMap((scope) => this.gates.since(scope, since)).sort((a, b) => a.closedAt - b.closedAt);
  }
}

/** The wall time of `now`, by the wall time at the start of the call, so that a step never has a negative duration. */
function wallOf({ trace, startedAt }: ActiveTrace, now: number): number {
  return trace.startedAt + Math.max(0, now - startedAt);
}

function addStep({ trace: { steps } }: ActiveTrace, step: TraceStep): void {
  if (steps.length >= MAX_STEPS) steps.splice(MAX_STEPS / 2, 1);
  steps.push(step);
}
