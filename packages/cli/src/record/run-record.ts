import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { loadRun } from '../doctor/recording/load-run.js';
import type { RecordedRun } from '../doctor/recording/recorded-run.js';
import { CommandError, lineOf, usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';
import { count, counted, duration, percent } from '../terminal/words.js';
import { launch, registerUrl, withImport } from './launch.js';

/** What `record` is asked for. */
export interface RecordQuestion {
  command: readonly string[];
  output: string;
}

const MARK = '{"holdline":"recording"';

/** Runs a command and records its lines. Ends with the exit code of the command. */
export async function runRecord({ command, output }: RecordQuestion, terminal: Terminal): Promise<void> {
  const file = resolve(terminal.cwd, output);
  checkTarget(file);
  const before = new Map(recordingsOf(file).map((path) => [path, statSync(path).mtimeMs]));
  const code = await launch(command, {
    NODE_OPTIONS: withImport(registerUrl('@holdline/monitor')),
    HOLDLINE_RECORD: file,
  });
  const written = recordingsOf(file).filter((path) => before.get(path) !== statSync(path).mtimeMs);
  for (const path of written) terminal.err(await summaryOf(path));
  if (written.length === 0)
    terminal.err(
      `Nothing was recorded: ${command[0] ?? ''} made no line. The application must create a line in a process of Node.\n`,
    );
  terminal.exitWith(code);
}

/** A folder that does not exist, or a file with other content, is an error before the command runs. */
function checkTarget(file: string): void {
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory())
    throw usageError(`There is no folder ${dirname(file)}.`);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isFile()) throw usageError(`${file} is no file.`);
  if (stat.size === 0) return;
  const head = Buffer.alloc(MARK.length);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, head, 0, head.length, 0);
  } finally {
    closeSync(fd);
  }
  if (head.toString() !== MARK) throw usageError(`${file} exists and is no recording. Choose another name.`);
}

/** The recordings with this name. Worker threads have their own, and `%p` stands for the number of the process. */
function recordingsOf(file: string): string[] {
  const [start = '', ...rest] = basename(file).split('%p');
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const name = new RegExp(`^${[start, ...rest].map(escape).join('\\d+')}(?:\\.thread-\\d+)?$`);
  try {
    return readdirSync(dirname(file))
      .filter((entry) => name.test(entry))
      .map((entry) => join(dirname(file), entry));
  } catch {
    return [];
  }
}

async function summaryOf(path: string): Promise<string> {
  try {
    return renderSummary(path, await loadRun(path, []));
  } catch (error) {
    if (error instanceof CommandError) return `${error.message}\n`;
    return `${path} cannot be read: ${lineOf(error)}\n`;
  }
}

/** A path as an argument for a shell. */
const quoted = (path: string): string => (/^[\w./:@%+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

function renderSummary(path: string, run: RecordedRun): string {
  const failed = run.calls.filter((call) => call.failed).length;
  const throttled = run.calls.reduce(
    (sum, { attempts }) => sum + attempts.filter(({ status }) => status === 429).length,
    0,
  );
  const waited = run.calls.filter(({ waitedMs }) => waitedMs > 0).length;
  const took = Number.isFinite(run.until - run.from) ? ` in ${duration(run.until - run.from)}` : '';
  const share = run.calls.length === 0 ? '' : ` (${percent(failed / run.calls.length)})`;
  return [
    `Recorded ${path}: ${counted(run.calls.length, 'call')}, ${counted(run.requests, 'request')}${took}; ${count(failed)} failed${share}, ${count(throttled)} answered 429, ${count(waited)} waited.\n`,
    `Next: holdline doctor --recording ${quoted(path)}\n`,
  ].join('');
}
