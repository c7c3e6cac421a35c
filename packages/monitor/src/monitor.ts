import { type EventName, type HoldlineEvents, Listeners, type Snapshot, type Undo } from '@holdline/core';
import { type AlertHost, AlertSet } from './alerts/alert-set.js';
import type { ResolvedAlertOptions } from './alerts/options.js';
import { checkMonitorOptions, checkWatchable, type MonitorOptions, type ResolvedMonitorOptions } from './options.js';
import { startSampling } from './sampler.js';
import { History } from './totals/history.js';
import { largestQuotaUse } from './totals/quota-use.js';
import { TotalCounts } from './totals/totals.js';
import { GateBook } from './traces/gate-book.js';
import { checkFilter } from './traces/select.js';
import { TraceBook } from './traces/trace-book.js';
import type {
  Alert,
  Bucket,
  CallFilter,
  CallTrace,
  GateClosing,
  HistoryRange,
  Monitor,
  MonitorEvents,
  SavedHistory,
  RouteTotals,
  Totals,
  Watchable,
} from './types.js';

/** The events of a monitor. A listener that throws is counted. */
class MonitorListeners extends Listeners<MonitorEvents> {
  failures = 0;

  constructor() {
    super({ call: true, alertRaised: true, alertResolved: true, deliveryFailed: true, closed: true });
  }

  override recordFailure(): void {
    this.failures++;
  }
}

/** The implementation of a monitor. */
export class LineMonitor implements Monitor {
  readonly name: string;
  readonly events = new MonitorListeners();
  readonly #options: ResolvedMonitorOptions;
  readonly #history = new History();
  readonly #totals: TotalCounts;
  readonly #gates = new GateBook();
  readonly #traces: TraceBook;
  readonly #undos: Undo[] = [];
  /** The counts of the last sample, and the events since then. A snapshot for each read would cost too much with many scopes. */
  #deadLetters: Snapshot['deadLetters'] = { kept: 0, replayed: 0, lost: 0 };
  /** Undefined without alerts. */
  alertSet: AlertSet | undefined;
  /** Undefined after the end of the watch, so that the monitor does not keep the line. */
  #watched: Watchable | undefined;
  #closedAt: number | undefined;
  /** The last sample, or the last state of a line whose watch ended. */
  #last: Snapshot;

  /** @param isLive - Whether snapshots show the present state. Those of a recording do not, and its player samples them. */
  constructor(watched: Watchable, options: ResolvedMonitorOptions, isLive = true) {
    this.#options = options;
    this.name = options.name;
    const { clock, history, keepCalls } = options;
    const wall = clock.wall();
    if (history) this.#history.restore(history, wall);
    this.#watched = watched;
    this.#traces = new TraceBook(keepCalls, this.#gates);
    this.#totals = new TotalCounts(wall);
    this.#last = watched.snapshot();
    if (options.alerts) this.installAlerts(options.alerts);
    this.sample(this.#last);
    this.#listen(watched);
    this.#undos.push(startSampling(this, clock, isLive));
  }

  get closedAt(): number | undefined {
    return this.#closedAt;
  }

  get listenerFailures(): number {
    return this.events.failures;
  }

  snapshot(): Snapshot {
    return this.#watched?.snapshot() ?? this.#last;
  }

  totals(): Totals {
    return this.#totals.read(this.#deadLetters, this.#options.clock.now());
  }

  routes(): RouteTotals[] {
    return this.#totals.routes();
  }

  calls(filter: CallFilter = {}): CallTrace[] {
    return this.#traces.list(checkFilter(filter, 'filter'), this.#options.clock.now());
  }

  call(callId: number): CallTrace | undefined {
    return this.#traces.find(callId, this.#options.clock.now());
  }

  history(range: HistoryRange): Bucket[] {
    return this.#history.read(range, this.#options.clock.wall());
  }

  exportHistory(): SavedHistory {
    return this.#history.save();
  }

  alerts(): Alert[] {
    return this.alertSet?.engine.list() ?? [];
  }

  /** Replaces the alerts. */
  installAlerts(options: ResolvedAlertOptions): AlertSet {
    const host: AlertHost = {
      name: this.name,
      isHeld: (scope, now) => this.#gates.isHeld(scope, now),
      totals: () => this.totals(),
      routes: () => this.routes(),
      history: (range) => this.history(range),
      emit: (event, payload) => this.events.emit(event, payload),
    };
    return (this.alertSet = new AlertSet(options, host, this.#options.clock));
  }

  gates(): GateClosing[] {
    return this.#gates.list();
  }

  on<E extends keyof MonitorEvents>(event: E, listener: (payload: MonitorEvents[E]) => void): Undo {
    return this.events.on(event, listener);
  }

  stop(): void {
    if (!this.#watched) return;
    this.#last = this.#watched.snapshot();
    this.#deadLetters = { ...this.#last.deadLetters };
    this.#watched = undefined;
    for (const undo of this.#undos.splice(0)) undo();
  }

  tick(): void {
    this.#history.sample(this.#options.clock.wall());
    this.alertSet?.tick();
  }

  takeSnapshot(): Snapshot {
    return this.snapshot();
  }

  sample(snapshot: Snapshot): void {
    const { clock } = this.#options;
    const wall = clock.wall();
    this.#last = snapshot;
    this.#deadLetters = { ...snapshot.deadLetters };
    this.#gates.adopt(snapshot, clock.now(), wall);
    this.#history.sample(wall, snapshot.queued, largestQuotaUse(snapshot));
    this.alertSet?.sample(snapshot, clock.now());
    if (snapshot.calls === 0) this.#traces.clearActive();
  }

  #listen(watched: Watchable): void {
    const { clock } = this.#options;
    const history = this.#history;
    const totals = this.#totals;
    const traces = this.#traces;
    const on = <E extends EventName>(
      event: E,
      listener: (event: HoldlineEvents[E], now: number, wall: number) => void,
    ): void => {
      this.#undos.push(watched.on(event, (payload) => listener(payload, clock.now(), clock.wall())));
    };
    on('callStarted', (event, now, wall) => traces.start(event, now, wall));
    on('queued', (event, now, wall) => {
      traces.queued(event, now);
      history.sample(wall, event.queued);
    });
    on('permitted', (event, now) => traces.permitted(event, now));
    on('attemptStarted', (event, now) => traces.attemptStarted(event, now));
    on('attempt', (event, now, wall) => {
      traces.attempt(event, now);
      totals.attempt(event, now);
      this.alertSet?.engine.attempt(event, now);
      history.add('attempts', wall);
      if (event.outcome === 'refused') history.add('refusals', wall);
    });
    on('retry', (event, now, wall) => {
      traces.retry(event, now);
      totals.retry(event);
      this.alertSet?.engine.retry(event, now);
      history.add('retries', wall);
    });
    on('refused', (event, now, wall) => {
      traces.refused(event, now);
      totals.refused(event);
      this.alertSet?.engine.refused(event, now);
      history.add('rejected', wall);
    });
    on('giveUp', (event, now) => {
      traces.giveUp(event, now);
      totals.giveUp(event);
    });
    on('dryRun', (event, now) => traces.dryRun(event, now));
    on('call', (event, now, wall) => this.#endCall(event, now, wall));
    on('gateClosed', (event, now, wall) => {
      this.#gates.close(event, now, wall);
      this.alertSet?.engine.gateClosed(event, now);
    });
    on('gateOpened', ({ scope }, now) => this.#gates.open(scope, now));
    on('tokenRefreshed', (event, _now, wall) => {
      totals.tokenRefreshed();
      this.alertSet?.engine.tokenRefreshed(event);
      history.add('tokenRefreshes', wall);
    });
    on('tokenRefreshFailed', (event) => {
      totals.tokenRefreshFailed();
      this.alertSet?.engine.tokenRefreshFailed(event);
    });
    on('deadLetter', ({ what }) => {
      if (what === 'kept' || what === 'replayed' || what === 'lost') this.#deadLetters[what]++;
    });
    on('closed', (_event, _now, wall) => {
      this.#closedAt = wall;
      this.stop();
      this.events.emit('closed', { at: wall });
    });
  }

  #endCall(event: HoldlineEvents['call'], now: number, wall: number): void {
    const trace = this.#traces.end(event, now, wall);
    this.#totals.call(event, now);
    this.alertSet?.engine.call(event, trace, now);
    this.#history.addCall(event.outcome === 'ok', event.durationMs, event.waitedMs, wall);
    if (event.answeredBy !== undefined) this.#history.add('saved', wall);
    this.events.emit('call', trace);
  }
}

/**
 * Watches a line: recent calls with all their steps, totals, routes, latencies, closed gates, and the history of the last hour, day and
 * week. Nothing of it leaves the process, and all memory is bounded. The watch ends with the line, or with `stop()`.
 *
 * @param watched - A line, or a recording that is played back.
 * @throws ConfigError for wrong options.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { describeTrace, monitor } from '@holdline/monitor';
 *
 * const line = createHoldline({ governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } });
 * const watch = monitor(line);
 * for (const trace of watch.calls({ minWaitedMs: 1_000 })) console.log(describeTrace(trace));
 * ```
 * @public
 */
export function monitor(watched: Watchable, options: MonitorOptions = {}): Monitor {
  return new LineMonitor(checkWatchable(watched), checkMonitorOptions(options));
}
