import type { Undo } from '@holdline/core';
import { type LineMonitor, monitor } from '../monitor.js';
import type { Alert, DeliveryFailure, Monitor, MonitorEvents, Watchable } from '../types.js';
import { type AlertOptions, checkAlertOptions } from './options.js';

/**
 * The alerts of a line.
 * @public
 */
export interface Alerts {
  /** The monitor that the alerts are part of. */
  readonly monitor: Monitor;
  /** Active alerts and the last 200 resolved ones, newest first. */
  list(): Alert[];
  /** The last 100 webhooks that could not be delivered, newest first. */
  failedDeliveries(): DeliveryFailure[];
  /** Adds a listener. The returned function removes it. */
  on<E extends 'alertRaised' | 'alertResolved' | 'deliveryFailed'>(
    event: E,
    listener: (payload: MonitorEvents[E]) => void,
  ): Undo;
  /** Settles when no webhook waits for its delivery. */
  drain(): Promise<void>;
}

/**
 * Raises and resolves alerts by rules, as events and webhooks. A monitor has one set of alerts: this set replaces the earlier one.
 *
 * @param watched - A monitor, or a line, which then gets a monitor.
 * @throws ConfigError for wrong options. It shows neither URLs nor secrets.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { alerts } from '@holdline/monitor';
 *
 * const line = createHoldline();
 * const watch = alerts(line, {
 *   webhooks: [{ url: process.env.SLACK_URL ?? 'https://hooks.example', format: 'slack', severities: ['critical'] }],
 * });
 * watch.on('alertRaised', ({ severity, text }) => console.error(severity, text));
 * ```
 * @public
 */
export function alerts(watched: Monitor | Watchable, options: AlertOptions = {}): Alerts {
  const checked = checkAlertOptions(options);
  const watch = isMonitor(watched) ? watched : (monitor(watched as Watchable, { alerts: options }) as LineMonitor);
  const set = isMonitor(watched) ? watch.installAlerts(checked) : (watch.alertSet ?? watch.installAlerts(checked));
  return {
    monitor: watch,
    list: () => set.engine.list(),
    failedDeliveries: () => set.failures(),
    on: (event, listener) => watch.on(event, listener),
    drain: () => set.drain(),
  };
}

/** Whether a value is a monitor, of this or another copy of this package. `monitor` checks everything else. */
function isMonitor(value: Monitor | Watchable | undefined): value is LineMonitor {
  return typeof (value as Partial<LineMonitor> | undefined)?.installAlerts === 'function';
}
