import type { Clock, Snapshot } from '@holdline/core';
import type { Alert, DeliveryFailure, MonitorEvents } from '../types.js';
import { AlertEngine } from './engine.js';
import type { MeterHost } from './meter.js';
import type { ResolvedAlertOptions } from './options.js';
import { Reporter, type ReportSource } from './report.js';
import type { AlertRule } from './rules.js';
import { Webhook } from './webhook.js';

/** Number of failed deliveries that are kept. */
const MAX_FAILURES = 100;

/** What an alert set needs of its monitor. */
export interface AlertHost extends MeterHost, ReportSource {
  readonly name: string;
  emit<E extends keyof MonitorEvents>(event: E, payload: MonitorEvents[E]): void;
}

/** The alerts of one monitor: rules, reports and webhooks. */
export class AlertSet {
  readonly engine: AlertEngine;
  readonly #reporters: Reporter[];
  readonly #webhooks: Webhook[];
  /** Oldest first. */
  readonly #failures: DeliveryFailure[] = [];

  constructor(
    { rules, webhooks, fetch }: ResolvedAlertOptions,
    private readonly host: AlertHost,
    clock: Clock,
  ) {
    const sink = {
      raised: (alert: Alert): void => this.#tell('raised', alert),
      resolved: (alert: Alert): void => this.#tell('resolved', alert),
    };
    this.engine = new AlertEngine(
      rules.filter((rule): rule is AlertRule => 'when' in rule),
      host,
      clock,
      sink,
    );
    this.#reporters = rules.flatMap((rule) => ('report' in rule ? [new Reporter(rule, host, clock)] : []));
    this.#webhooks = webhooks.map(
      (options) =>
        new Webhook(
          options,
          clock,
          () => fetch ?? globalThis.fetch,
          (failure) => this.#fail(failure),
        ),
    );
  }

  tick(): void {
    this.engine.tick();
    for (const reporter of this.#reporters) {
      const report = reporter.tick();
      if (report) this.engine.report(report);
    }
  }

  sample(snapshot: Snapshot, now: number): void {
    this.engine.sample(snapshot, now);
  }

  /** Newest first. */
  failures(): DeliveryFailure[] {
    return [...this.#failures].reverse();
  }

  async drain(): Promise<void> {
    await Promise.all(this.#webhooks.map((webhook) => webhook.drain()));
  }

  #tell(what: 'raised' | 'resolved', alert: Alert): void {
    this.host.emit(what === 'raised' ? 'alertRaised' : 'alertResolved', alert);
    for (const webhook of this.#webhooks) webhook.notify({ what, alert: { ...alert }, line: this.host.name });
  }

  #fail(failure: DeliveryFailure): void {
    this.#failures.push(failure);
    if (this.#failures.length > MAX_FAILURES) this.#failures.shift();
    this.host.emit('deliveryFailed', failure);
  }
}
