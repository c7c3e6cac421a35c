import type { Holdline, HoldlineEvents, Undo } from '@holdline/core';
import { metrics, type MeterProvider } from '@opentelemetry/api';
import { callError, methodAttribute, validStatus } from './attributes.js';
import { hubOf, type Hub, type Source } from './hub.js';
import type { ResolvedTelemetryOptions } from './options.js';
import { addState } from './state.js';
import { attemptCode, requestCode, type Tally } from './tally.js';

/** Records the metrics of one line, by its events and snapshots. */
export class Recorder implements Source {
  #hub: Hub | undefined;
  #tally: Tally | undefined;
  /** The provider that was asked last. It is not asked again. */
  #asked: MeterProvider | undefined;
  #leave: Undo | undefined;
  #isStoreLost = false;
  readonly #undo: Undo[] = [];

  constructor(
    readonly line: Holdline,
    readonly options: ResolvedTelemetryOptions,
    onClosed: () => void,
  ) {
    this.#bind();
    this.#undo.push(
      line.on('call', (event) => this.#onCall(event)),
      line.on('attempt', (event) => this.#onAttempt(event)),
      line.on('permitted', ({ route, priority, waitedMs }) => {
        const tally = this.tally;
        if (!tally || !this.#hub) return;
        const { attributes } = tally.queueWait.find(route, priority, tally.maxSeries);
        this.#hub.instruments.histograms.queueWait.record(waitedMs / 1_000, attributes);
      }),
      line.on('retry', ({ route, reason }) => this.#count('retries', route, reason)),
      line.on('giveUp', ({ route, reason }) => this.#count('giveUps', route, reason)),
      line.on('refused', ({ route, code }) => this.#count('rejections', route, code)),
      line.on('tokenRefreshed', () => this.#count('refreshes', '', 'ok')),
      line.on('tokenRefreshFailed', () => this.#count('refreshes', '', 'failed')),
      line.on('deadLetter', ({ what }) => this.#count('deadLetters', '', what)),
      line.on('storeFailed', ({ operation }) => this.#count('storeFailures', '', operation)),
      line.on('storeState', ({ state }) => void (this.#isStoreLost = state !== 'ready')),
      line.on('storeLost', () => void (this.#isStoreLost = true)),
      line.on('storeBack', () => void (this.#isStoreLost = false)),
      line.on('closed', onClosed),
    );
  }

  /** The counts of the line; undefined while no meter provider is registered. */
  get tally(): Tally | undefined {
    return this.#tally ?? this.#bind();
  }

  /** Called before each collection. A line whose snapshot fails adds nothing. */
  addState(): void {
    const tally = this.tally;
    if (!tally) return;
    try {
      const { clock, tenants } = this.options;
      addState(this.line.snapshot(), tally, { clock, tenants, isStoreLost: this.#isStoreLost });
    } catch {
      // A collection must go on with the other lines.
    }
  }

  /** Ends the recording. The counts stay. */
  end(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#leave?.();
  }

  #bind(): Tally | undefined {
    const { meterProvider, name, maxSeries } = this.options;
    const provider = meterProvider ?? metrics.getMeterProvider();
    if (provider === this.#asked) return undefined;
    this.#asked = provider;
    const hub = hubOf(provider);
    if (!hub) return undefined;
    this.#hub = hub;
    this.#leave = hub.add(this);
    return (this.#tally = hub.tally(name, maxSeries));
  }

  #count(counter: 'retries' | 'giveUps' | 'rejections', route: string, value: string): void;
  #count(counter: 'refreshes' | 'deadLetters' | 'storeFailures' | 'saved', route: '', value: string): void;
  #count(counter: Exclude<keyof Tally['counters'], 'attempts' | 'refusals'>, route: string, value: string): void {
    const tally = this.tally;
    if (tally) tally.counters[counter].find(route, value, tally.maxSeries).count++;
  }

  #onCall(event: HoldlineEvents['call']): void {
    const tally = this.tally;
    if (!tally || !this.#hub) return;
    const { route, outcome, durationMs, answeredBy } = event;
    const error = outcome === 'ok' ? '' : callError(event);
    tally.counters.calls.find(route, error, tally.maxSeries).count++;
    if (this.options.callDuration) {
      const { attributes } = tally.callDuration.find(route, outcome, tally.maxSeries);
      this.#hub.instruments.histograms.callDuration.record(durationMs / 1_000, attributes);
    }
    if (answeredBy !== undefined) this.#count('saved', '', answeredBy);
  }

  #onAttempt({ route, method, origin, outcome, status, durationMs }: HoldlineEvents['attempt']): void {
    const tally = this.tally;
    if (!tally || !this.#hub) return;
    const { counters, maxSeries } = tally;
    const valid = validStatus(status);
    counters.attempts.find(route, attemptCode(outcome, valid), maxSeries).count++;
    if (outcome === 'refused') counters.refusals.find(route, valid ?? 0, maxSeries).count++;
    const { httpDuration, urlTemplate } = this.options;
    if (httpDuration === 'auto' ? this.#hub.isHttpMeasuredElsewhere : !httpDuration) return;
    const target = urlTemplate ? `${origin} ${route}` : origin;
    const code = requestCode(methodAttribute(method), outcome, valid);
    const { attributes } = tally.httpDuration.find(target, code, maxSeries);
    this.#hub.instruments.histograms.httpDuration.record(durationMs / 1_000, attributes);
  }
}
