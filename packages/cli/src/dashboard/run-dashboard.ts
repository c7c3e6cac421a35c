import { resolve } from 'node:path';
import { launch, registerUrl, withImport } from '../record/launch.js';
import { CommandError, lineOf, usageError } from '../terminal/errors.js';
import { nextSignal } from '../terminal/signal.js';
import type { Terminal } from '../terminal/terminal.js';

/** What `dashboard` is asked for. */
export interface DashboardQuestion {
  /** A recording, or a command with its arguments. */
  target: readonly string[];
  /** Whether `target` came after `--`. */
  isCommand: boolean;
  port?: number;
  history?: string;
  follow?: boolean;
}

/** Shows a recording, or the lines of a command, on a page. */
export async function runDashboard(question: DashboardQuestion, terminal: Terminal): Promise<void> {
  const { target, isCommand, port, history, follow = false } = question;
  if (isCommand) {
    if (follow) throw usageError('--follow is for recordings: the dashboard of a command is always live.');
    const env: Record<string, string> = { NODE_OPTIONS: withImport(registerUrl('@holdline/dashboard')) };
    if (port !== undefined) env['HOLDLINE_DASHBOARD_PORT'] = String(port);
    if (history !== undefined) env['HOLDLINE_DASHBOARD_HISTORY'] = resolve(terminal.cwd, history);
    terminal.exitWith(await launch(target, env));
    return;
  }
  const [file, ...more] = target;
  if (file === undefined || more.length > 0) throw usageError('Name one recording, or a command after --.');
  if (history !== undefined) throw usageError('--history is for commands: a recording is its own history.');
  await showRecording(resolve(terminal.cwd, file), { port, follow }, terminal);
}

async function showRecording(
  path: string,
  { port, follow }: { port: number | undefined; follow: boolean },
  terminal: Terminal,
): Promise<void> {
  const [{ monitorRecording }, { dashboard }] = await Promise.all([
    import('@holdline/monitor/node'),
    import('@holdline/dashboard'),
  ]);
  const stop = new AbortController();
  const ended = nextSignal();
  if (terminal.progress) terminal.err('Reading the recording …\n');
  const monitors = await monitorRecording(path, { follow, signal: stop.signal }).catch((error: unknown) => {
    const { code } = (error ?? {}) as { code?: unknown };
    throw code === 'ENOENT'
      ? usageError(`There is no recording ${path}.`)
      : new CommandError(`The recording cannot be read: ${lineOf(error)}`);
  });
  if (monitors.length === 0) throw new CommandError(`${path} has no line: nothing was recorded.`);
  try {
    const page = await dashboard(monitors, port === undefined ? {} : { port });
    // The page itself keeps no process alive, so that it never holds up an application. Here it is all there is.
    const alive = setInterval(() => undefined, 3_600_000);
    terminal.out(`Dashboard: ${page.url}\n`);
    terminal.err('Ctrl+C ends it.\n');
    await ended;
    clearInterval(alive);
    await page.close();
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown };
    throw code === 'EADDRINUSE'
      ? new CommandError(`Port ${port ?? 4653} is in use. Choose another one with --port, or 0 for any free port.`)
      : error;
  } finally {
    stop.abort();
    for (const one of monitors) one.stop();
  }
}
