import { check, systemClock, type Check, type Clock } from '@holdline/core';
import { type AlertOptions, checkAlertOptions, type ResolvedAlertOptions } from './alerts/options.js';
import type { SavedHistory, Watchable } from './types.js';

/**
 * Options of the function `monitor`.
 * @public
 */
export interface MonitorOptions {
  /**
   * Name of the line, for pages and messages.
   * @defaultValue 'line'
   */
  name?: string;
  /**
   * Number of ended calls that the monitor keeps, newest first. Besides, it keeps at most 10,000 active calls.
   * @defaultValue 2,000 (ours: some 3 MB)
   */
  keepCalls?: number;
  /**
   * The history that an earlier monitor exported.
   * @defaultValue none
   */
  history?: SavedHistory;
  /**
   * The alerts; false: none.
   * @defaultValue the default rules, without webhooks
   */
  alerts?: AlertOptions | false;
  /**
   * The clock. A line does not reveal its clock: give the clock of the line, if it has one. With another clock, all times and waits are wrong.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/** Defaults of {@link MonitorOptions}. */
export const MONITOR_DEFAULTS = {
  name: 'line',
  keepCalls: 2_000,
} as const satisfies MonitorOptions;

/** {@link MonitorOptions}, checked and complete. */
export interface ResolvedMonitorOptions extends Required<Omit<MonitorOptions, 'history' | 'alerts'>> {
  readonly alerts: ResolvedAlertOptions | undefined;
  readonly history: SavedHistory | undefined;
}

export const checkClock: Check<Clock> = (value, key) =>
  check.isRecord(value) && ['now', 'wall', 'setTimer'].every((method) => typeof value[method] === 'function')
    ? (value as unknown as Clock)
    : check.refuse(key, value, 'a clock with now, wall, setTimer');

/**
 * Checks that a value is a line, or has the same events and snapshots.
 * @throws ConfigError if it is something else.
 */
export function checkWatchable(value: Watchable): Watchable {
  return check.isRecord(value) && typeof value.on === 'function' && typeof value.snapshot === 'function'
    ? (value as unknown as Watchable)
    : check.refuse('watched', value, 'a line');
}

const checkShape = check.shape<MonitorOptions>({
  name: check.text,
  keepCalls: check.number({ min: 0, max: 1_000_000, integer: true }),
  history: (value, key) =>
    check.isRecord(value)
      ? (value as unknown as SavedHistory)
      : check.refuse(key, value, 'a history that exportHistory() returned'),
  // The alerts check their options.
  alerts: (value, key) =>
    value === false || check.isRecord(value) ? value : check.refuse(key, value, 'false or an object'),
  clock: checkClock,
});

/**
 * Checks {@link MonitorOptions}.
 * @throws ConfigError naming the key, the value and the allowed values.
 */
export function checkMonitorOptions(options: MonitorOptions): ResolvedMonitorOptions {
  const { history, alerts = {}, ...rest } = checkShape(options, 'options');
  return {
    clock: systemClock,
    ...MONITOR_DEFAULTS,
    ...rest,
    history,
    alerts: alerts === false ? undefined : checkAlertOptions(alerts, 'options.alerts'),
  };
}
