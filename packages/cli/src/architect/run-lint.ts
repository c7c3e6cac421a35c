import { writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { type Level, lintFiles, type LintOptions, type LintReport, RULES, toSarif } from '@holdline/architect';
import { CommandError, EXIT, lineOf, usageError } from '../terminal/errors.js';
import { styleOf } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { counted } from '../terminal/words.js';
import { readVersion } from '../version.js';
import { findFlowFiles } from './flow-files.js';
import { loadLintOptions } from './lint-options.js';
import { renderLintReport } from './report.js';

/** Flags of `architect lint`. */
export interface LintFlags {
  config?: string;
  callsPerMinute?: number;
  p95?: number;
  maxLevel: Level | 'none';
  json?: boolean;
  /** A file, or true for the standard output. */
  sarif?: string | true;
}

/** What `architect lint` is asked for. */
export interface LintQuestion extends LintFlags {
  places: readonly string[];
}

/** Levels, from none to the most serious one. */
const LEVELS = ['none', 'hint', 'warn', 'error'] as const;

/** Checks flows and reports. The exit code is 1 if a finding is above the allowed level, and 2 if a file could not be read. */
export async function runLint(question: LintQuestion, terminal: Terminal): Promise<void> {
  const { places, sarif, json = false, maxLevel } = question;
  const sarifFile = typeof sarif === 'string' ? checkSarifFile(sarif, terminal.cwd) : undefined;
  if (sarif === true && json)
    throw usageError('--json and --sarif both print to the standard output: give --sarif a file.');
  const { options, path } = await loadLintOptions(question.config, terminal.cwd);
  const files = await findFlowFiles(places, terminal.cwd);
  const all = lintFiles(files.read(), withFlags(options, question));
  // A folder may have other YAML than flows.
  const isOther = ({ place, code }: LintReport['unreadable'][number]): boolean =>
    code === 'NOT_A_FLOW' && files.found.has(place.file);
  const others = all.unreadable.filter(isOther).length;
  const unreadable = [...files.unreadable, ...all.unreadable.filter((one) => !isOther(one))];
  const report: LintReport = { ...all, unreadable };
  const notes = [...files.notes];
  if (others > 0)
    notes.push(`${counted(others, 'YAML file')} of the folders ${others === 1 ? 'is no flow' : 'are no flows'}.`);
  if (sarif === true) terminal.out(sarifOf(report));
  else if (json) terminal.out(`${JSON.stringify({ config: path ?? null, ...report, notes }, null, 2)}\n`);
  else terminal.out(renderLintReport(report, notes, styleOf(terminal)));
  // After the report, which a file that cannot be written must not cost.
  if (sarifFile !== undefined) write(sarifFile, sarifOf(report));
  const isAbove = report.findings.some(({ level }) => LEVELS.indexOf(level) > LEVELS.indexOf(maxLevel));
  if (unreadable.length > 0) terminal.exitWith(EXIT.usage);
  else if (isAbove) terminal.exitWith(EXIT.failed);
}

const withFlags = (options: LintOptions, { callsPerMinute, p95 }: LintQuestion): LintOptions => ({
  ...options,
  ...(callsPerMinute !== undefined && { callsPerMinute }),
  ...(p95 !== undefined && { p95Ms: p95 }),
});

const sarifOf = (report: LintReport): string => `${JSON.stringify(toSarif(report, RULES, readVersion()), null, 2)}\n`;

/** Refuses a name that may be a flow: `--sarif main.yaml` would overwrite it. */
function checkSarifFile(file: string, cwd: string): string {
  if (!['.sarif', '.json'].includes(extname(file)))
    throw usageError(
      `The file of --sarif must end with .sarif or .json, got '${file}'. To print SARIF, write --sarif after the flows.`,
    );
  return resolve(cwd, file);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`The report ${file} cannot be written: ${lineOf(error)}.`);
  }
}
