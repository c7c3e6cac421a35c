import { isIP } from 'node:net';
import { check, ConfigError, isSecret, reveal, systemClock, type Check, type Clock, type Secret } from '@holdline/core';
import type { AlertOptions } from '@holdline/monitor';
import { isLoopback } from './server/hosts.js';

/**
 * Where a dashboard keeps its history.
 * @public
 */
export interface HistoryOptions {
  /**
   * Path of the file, at most some 100 kB per line. It is replaced every 10 s. One process uses it at a time. A file with other content is
   * renamed, and never overwritten.
   */
  file: string;
}

/**
 * Options of the function `dashboard`.
 * @public
 */
export interface DashboardOptions {
  /**
   * TCP port. 0 takes a free port; `url` then names it.
   * @defaultValue 4653 (ours: HOLD on the keys of a telephone)
   */
  port?: number;
  /**
   * Address to listen on. An address that other machines reach needs `token`.
   * @defaultValue '127.0.0.1' (ours: only this machine)
   */
  host?: string;
  /**
   * Host names under which browsers reach the page, such as the name of a reverse proxy. IP addresses and `localhost` are always allowed. Any
   * other name is refused, because a page of a stranger may use its own name for our address.
   * @defaultValue none
   */
  hosts?: string[];
  /**
   * The token of the readers, at least 16 characters. Scripts send it as `Authorization: Bearer …`, people enter it once.
   * @defaultValue none: everyone on this machine may read
   */
  token?: string | Secret;
  /**
   * Keeps the history of the last hour, day and week over restarts.
   * @defaultValue none: the history is lost at the end of the process
   */
  history?: HistoryOptions;
  /**
   * Alerts of the monitors that the dashboard makes; false: none. Monitors that are given keep their own.
   * @defaultValue the default rules of `@holdline/monitor`, without webhooks
   */
  alerts?: AlertOptions | false;
  /**
   * The clock. Use the clock of the lines.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/** Defaults of {@link DashboardOptions}. */
export const DASHBOARD_DEFAULTS = { port: 4653, host: '127.0.0.1' } as const satisfies DashboardOptions;

/** {@link DashboardOptions}, checked and complete. */
export interface ResolvedDashboardOptions {
  readonly port: number;
  readonly host: string;
  readonly hosts: ReadonlySet<string>;
  readonly token: string | undefined;
  readonly historyFile: string | undefined;
  readonly alerts: AlertOptions | false | undefined;
  readonly clock: Clock;
}

const MIN_TOKEN = 16;

const checkToken: Check<string | Secret> = (value, key) => {
  const text: unknown = isSecret(value) ? value.reveal() : value;
  return typeof text === 'string' && text.length >= MIN_TOKEN && /^[\x21-\x7e]+$/.test(text)
    ? (value as string | Secret)
    : check.refuse(key, text, `a text or secret of at least ${MIN_TOKEN} printable ASCII characters without spaces`);
};

const checkHost: Check<string> = (value, key) =>
  value === 'localhost' || (typeof value === 'string' && isIP(value) !== 0)
    ? value
    : check.refuse(key, value, 'an IP address or localhost');

const checkHostName: Check<string> = (value, key) =>
  typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value)
    ? value.toLowerCase()
    : check.refuse(key, value, 'a host name without a port');

const checkClock: Check<Clock> = (value, key) =>
  check.isRecord(value) && ['now', 'wall', 'setTimer'].every((method) => typeof value[method] === 'function')
    ? (value as unknown as Clock)
    : check.refuse(key, value, 'a clock with now, wall, setTimer');

const checkShape = check.shape<DashboardOptions>({
  port: check.number({ min: 0, max: 65_535, integer: true }),
  host: checkHost,
  hosts: check.list(checkHostName),
  token: checkToken,
  history: check.shape<HistoryOptions>({ file: check.text }),
  // The monitor checks the rules.
  alerts: (value, key) =>
    value === false || check.isRecord(value)
      ? (value as AlertOptions | false)
      : check.refuse(key, value, 'false or an object with rules, webhooks'),
  clock: checkClock,
});

/**
 * Checks {@link DashboardOptions}.
 * @throws ConfigError naming the key, the value and the allowed values.
 */
export function checkDashboardOptions(options: DashboardOptions): ResolvedDashboardOptions {
  const { host, hosts, token, history, alerts, port, clock } = checkShape(options, 'options');
  const address = host ?? DASHBOARD_DEFAULTS.host;
  if (token === undefined && !isLoopback(address))
    throw new ConfigError(
      `options.host must be 127.0.0.1, ::1 or localhost without options.token, got ${JSON.stringify(address)}`,
    );
  if (history && history.file === undefined) throw new ConfigError('options.history needs file');
  return {
    port: port ?? DASHBOARD_DEFAULTS.port,
    host: address,
    hosts: new Set(hosts),
    token: token === undefined ? undefined : reveal(token),
    historyFile: history?.file,
    alerts,
    clock: clock ?? systemClock,
  };
}
