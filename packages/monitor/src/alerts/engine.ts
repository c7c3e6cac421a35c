import type { Clock, HoldlineEvents, Snapshot } from '@holdline/core';
import { describeScope } from '../describe.js';
import type { Alert, CallFilter, CallTrace } from '../types.js';
import { resolveCondition } from './options.js';
import { createMeter, type Condition, type Meter, type MeterHost } from './meter.js';
import type { AlertRule } from './rules.js';
import { fillText } from './text.js';

/** Number of alerts of one rule that are raised at the same time. */
const MAX_ACTIVE = 100;
/** Number of resolved alerts that are kept. */
const MAX_RESOLVED = 200;
const DEFAULT_RESOLVE_MS = 60_000;
/** Between two ticks with more than this between them, the process did not run, in ms. */
const FROZEN_MS = 120_000;

/** The state of a rule for one subject, with monotonic times. */
interface State {
  /** Since when the condition holds. */
  since: number | undefined;
  /** Since when the raised alert could be resolved. */
  clearSince: number | undefined;
  alert: Alert | undefined;
}

interface RuleState {
  readonly rule: AlertRule;
  readonly condition: Condition;
  readonly meter: Meter;
  readonly states: Map<string, State>;
  active: number;
}

/** What the engine tells. */
export interface AlertSink {
  raised(alert: Alert): void;
  resolved(alert: Alert): void;
}

/** Evaluates the rules once a second, and raises and resolves alerts. */
export class AlertEngine {
  readonly #rules: RuleState[];
  readonly #active = new Set<Alert>();
  /** Oldest first. */
  #resolved: Alert[] = [];
  #lastTick: number;

  constructor(
    rules: readonly AlertRule[],
    host: MeterHost,
    private readonly clock: Clock,
    private readonly sink: AlertSink,
  ) {
    this.#lastTick = clock.now();
    this.#rules = rules.map((rule) => {
      const condition = resolveCondition(rule.when);
      return { rule, condition, meter: createMeter(condition, host), states: new Map(), active: 0 };
    });
  }

  call(event: HoldlineEvents['call'], trace: CallTrace, now: number): void {
    for (const { meter } of this.#rules) meter.call?.(event, trace, now);
  }

  attempt(event: HoldlineEvents['attempt'], now: number): void {
    for (const { meter } of this.#rules) meter.attempt?.(event, now);
  }

  retry(event: HoldlineEvents['retry'], now: number): void {
    for (const { meter } of this.#rules) meter.retry?.(event, now);
  }

  refused(event: HoldlineEvents['refused'], now: number): void {
    for (const { meter } of this.#rules) meter.refused?.(event, now);
  }

  gateClosed(event: HoldlineEvents['gateClosed'], now: number): void {
    for (const { meter } of this.#rules) meter.gateClosed?.(event, now);
  }

  tokenRefreshed(event: HoldlineEvents['tokenRefreshed']): void {
    for (const { meter } of this.#rules) meter.tokenRefreshed?.(event);
  }

  tokenRefreshFailed(event: HoldlineEvents['tokenRefreshFailed']): void {
    for (const { meter } of this.#rules) meter.tokenRefreshFailed?.(event);
  }

  sample(snapshot: Snapshot, now: number): void {
    for (const { meter } of this.#rules) meter.sample?.(snapshot, now);
  }

  tick(): void {
    const now = this.clock.now();
    const frozenMs = now - this.#lastTick > FROZEN_MS ? now - this.#lastTick : 0;
    this.#lastTick = now;
    for (const rule of this.#rules) {
      if (frozenMs > 0) for (const state of rule.states.values()) shift(state, frozenMs);
      this.#evaluate(rule, now);
    }
  }

  /** Active and resolved alerts, newest first. */
  list(): Alert[] {
    return [...this.#resolved, ...this.#active].sort((a, b) => b.raisedAt - a.raisedAt).map((alert) => ({ ...alert }));
  }

  /** Adds an alert that is resolved at once, such as a report. */
  report(alert: Alert): void {
    this.#keep(alert);
    this.sink.raised({ ...alert });
  }

  #evaluate(rule: RuleState, now: number): void {
    const values = rule.meter.values(now);
    for (const [subject, value] of values) {
      const state = rule.states.get(subject);
      if (!state?.alert && !isBeyond(rule.condition, value)) {
        if (state) rule.states.delete(subject);
        continue;
      }
      this.#update(rule, subject, state ?? this.#createState(rule, subject, now), value, now);
    }
    // A subject without a value is quiet: no calls, or the scope is gone.
    for (const [subject, state] of rule.states) {
      if (!values.has(subject)) this.#update(rule, subject, state, undefined, now);
    }
  }

  #createState(rule: RuleState, subject: string, now: number): State {
    const state: State = { since: now, clearSince: undefined, alert: undefined };
    rule.states.set(subject, state);
    return state;
  }

  #update(rule: RuleState, subject: string, state: State, value: number | undefined, now: number): void {
    const { forMs = 0, resolve = {} } = rule.rule;
    if (!state.alert) {
      if (value === undefined) rule.states.delete(subject);
      else if (now - (state.since ?? now) >= forMs && rule.active < MAX_ACTIVE)
        this.#raise(rule, subject, state, value, now);
      return;
    }
    if (value !== undefined && isBeyond(rule.condition, value, resolve.threshold)) {
      state.clearSince = undefined;
      return;
    }
    state.clearSince ??= now;
    if (now - state.clearSince >= (resolve.forMs ?? DEFAULT_RESOLVE_MS)) this.#resolve(rule, subject, state.alert);
  }

  #raise(rule: RuleState, subject: string, state: State, value: number, now: number): void {
    const { name, severity, forMs = 0 } = rule.rule;
    const raisedAt = this.clock.wall();
    const lastedMs = now - (state.since ?? now);
    const alert: Alert = {
      id: subject === '' ? name : `${name}: ${subject}`,
      rule: name,
      severity,
      subject: subject === '' ? undefined : subject,
      text: fillText(
        rule.rule,
        rule.condition,
        subject === '' ? undefined : nameSubject(rule.condition, subject),
        value,
      ),
      raisedAt,
      resolvedAt: undefined,
      calls: filterOf(rule.condition, subject, raisedAt - Math.max(lastedMs, forMs) - rule.condition.windowMs),
    };
    state.alert = alert;
    rule.active++;
    this.#active.add(alert);
    this.sink.raised({ ...alert });
  }

  #resolve(rule: RuleState, subject: string, alert: Alert): void {
    rule.states.delete(subject);
    rule.active--;
    this.#active.delete(alert);
    // The wall clock may have been set back.
    alert.resolvedAt = Math.max(alert.raisedAt, this.clock.wall());
    this.#keep(alert);
    this.sink.resolved({ ...alert });
  }

  #keep(alert: Alert): void {
    this.#resolved.push(alert);
    if (this.#resolved.length > MAX_RESOLVED) this.#resolved = this.#resolved.slice(-MAX_RESOLVED);
  }
}

/** Whether a value is beyond the threshold of a condition, or beyond another threshold on the same side. */
function isBeyond({ above, below }: Condition, value: number, threshold?: number): boolean {
  if (above !== undefined) return value > (threshold ?? above);
  return value < (threshold ?? (below as number));
}

/** Does not count the time for which the process did not run. */
function shift(state: State, ms: number): void {
  if (state.since !== undefined) state.since += ms;
  if (state.clearSince !== undefined) state.clearSince += ms;
}

function nameSubject({ per }: Condition, subject: string): string {
  if (per === 'route') return subject;
  const name = describeScope(subject);
  return name.startsWith('calls ') ? name : `the ${name}`;
}

/** The calls behind an alert. */
function filterOf({ metric, per, status }: Condition, subject: string, since: number): CallFilter | undefined {
  const filter: CallFilter = { since };
  if (per === 'route') filter.route = subject;
  if (per === 'scope') filter.scope = subject;
  switch (metric) {
    case 'answers':
      return { ...filter, ...(status !== undefined && { status }) };
    case 'errorRate':
    case 'errorRateRise':
      return { ...filter, outcome: 'failed' };
    case 'refusals':
      return per === 'scope' ? filter : { ...filter, status: 429 };
    case 'retries':
      return { ...filter, retried: true };
    case 'tokenRefreshFailures':
    case 'tokenExpiresInMs':
      return undefined;
    default:
      return filter;
  }
}
