import { isMainThread } from 'node:worker_threads';
import { ConfigError, onNewLine, type Holdline } from '@holdline/core';
import { checkDashboardOptions, type DashboardOptions } from '../options.js';
import { RunningDashboard } from '../running-dashboard.js';
import { CombinedLines } from './combined-lines.js';
import { WeakLine } from './weak-line.js';

/** Number of lines with a place of their own on the page. All further lines share one place. */
export const OWN_PLACES = 15;

/** Reads the options of the dashboard of a process from its environment. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): DashboardOptions {
  const read = (name: string): string | undefined => env[`HOLDLINE_DASHBOARD_${name}`] || undefined;
  const [port, host, token, file] = [read('PORT'), read('HOST'), read('TOKEN'), read('HISTORY')];
  const hosts = read('HOSTS')
    ?.split(',')
    .map((name) => name.trim());
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new ConfigError('HOLDLINE_DASHBOARD_PORT must be a number from 0 to 65535');
  return {
    ...(port !== undefined && { port: Number(port) }),
    ...(host !== undefined && { host }),
    ...(hosts !== undefined && { hosts }),
    ...(token !== undefined && { token }),
    ...(file !== undefined && { history: { file } }),
  };
}

/** Shows each new line of the process on a dashboard. */
export function showNewLines(running: RunningDashboard): () => void {
  let places = 0;
  let combined: CombinedLines | undefined;
  return onNewLine((line: Holdline) => {
    if (running.isClosed) return;
    if (places < OWN_PLACES) {
      places++;
      running.add(new WeakLine(line), `line ${places}`);
      return;
    }
    if (!combined) running.add((combined = new CombinedLines()), 'further lines');
    combined.add(line);
  });
}

/** Starts the dashboard of this process. A port that is in use is replaced by a free one, because processes of a cluster have the same options. */
export async function startProcessDashboard(
  env: Readonly<Record<string, string | undefined>>,
  print: (text: string) => void,
): Promise<RunningDashboard | undefined> {
  // `--import` runs in each worker thread too.
  if (!isMainThread) return undefined;
  const options = checkDashboardOptions(readEnvironment(env));
  const running = new RunningDashboard(options);
  const stop = showNewLines(running);
  try {
    await running.listen();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== 'EADDRINUSE') {
      stop();
      await running.close();
      print(`The Holdline dashboard cannot listen (${String(code)}).`);
      return undefined;
    }
    await running.listen(0);
  }
  print(`Holdline dashboard: ${running.url}`);
  return running;
}
