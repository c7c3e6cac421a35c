import { check, type Holdline } from '@holdline/core';
import type { Monitor, Watchable } from '@holdline/monitor';
import { checkDashboardOptions, type DashboardOptions } from './options.js';
import { RunningDashboard, type Watched } from './running-dashboard.js';

/**
 * A running dashboard.
 * @public
 */
export interface Dashboard {
  /** Address of the page, such as `http://127.0.0.1:4653/`. */
  readonly url: string;
  /** The monitors of the lines, in their order on the page. */
  readonly monitors: readonly Monitor[];
  /** Ends the server and all its streams, writes the history, and stops the monitors that the dashboard made. */
  close(): Promise<void>;
}

/**
 * Serves a live page of lines: their requests, limits, queues, gates, breakers, alerts, and the timeline of each recent call. The page only
 * reads. The dashboard does not keep the process alive.
 *
 * @param watched - A line, a monitor, or a list of them.
 * @returns when the server listens.
 * @throws ConfigError for wrong options, or for an address that other machines reach without `token`. Error with the code `EADDRINUSE` if the
 *   port is in use.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { dashboard } from '@holdline/dashboard';
 *
 * const line = createHoldline();
 * const { url, close } = await dashboard(line, { port: 0 });
 * console.log(url); // http://127.0.0.1:…/
 * await close();
 * ```
 * @public
 */
export async function dashboard(
  watched: Holdline | Watchable | Monitor | readonly (Holdline | Watchable | Monitor)[],
  options: DashboardOptions = {},
): Promise<Dashboard> {
  const resolved = checkDashboardOptions(options);
  const list = (Array.isArray(watched) ? watched : [watched]) as Watched[];
  for (const [i, one] of list.entries()) checkWatched(one, list.length === 1 ? 'watched' : `watched[${i}]`);
  const running = new RunningDashboard(resolved);
  try {
    for (const [i, one] of list.entries()) running.add(one, list.length === 1 ? 'line' : `line ${i + 1}`);
    await running.listen();
  } catch (error) {
    await running.close();
    throw error;
  }
  const { url, monitors } = running;
  return { url, monitors, close: () => running.close() };
}

function checkWatched(value: unknown, key: string): void {
  const isWatchable =
    check.isRecord(value) && typeof value['on'] === 'function' && typeof value['snapshot'] === 'function';
  if (!isWatchable) check.refuse(key, value, 'a line or a monitor');
}
