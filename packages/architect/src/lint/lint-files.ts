import type { Flow, Place } from '../flow/types.js';
import { decodeText } from '../read/decode.js';
import { FlowFileError, type FlowFileErrorCode } from '../read/flow-file-error.js';
import { readFlow } from '../read/read-flow.js';
import { readStudioScript, type StudioScript } from '../studio/studio-script.js';
import { type Examination, examineFlow, examineScript, type Finding, type NotChecked } from './lint-flow.js';
import { checkLintOptions, type LintOptions } from './options.js';
import { isSuppressed, readSuppressions, type Suppressions } from './suppressions.js';

/**
 * A file for {@link lintFiles}.
 * @public
 */
export interface LintInput {
  /** Name of the file in findings. Nothing is opened. */
  readonly file: string;
  /** Text or bytes of the file. */
  readonly source: string | Uint8Array;
}

/**
 * A file that is no flow, or is damaged.
 * @public
 */
export interface UnreadableFile {
  readonly place: Place;
  /** Code of the `FlowFileError`, or `IO` for a file that a caller could not open. */
  readonly code: FlowFileErrorCode | 'IO';
  /** What is wrong, with the place. */
  readonly message: string;
}

/**
 * What {@link lintFiles} found.
 * @public
 */
export interface LintReport {
  /** Number of flows and scripts that were read. */
  readonly flows: number;
  /** Findings in the order of the files, and in each file by place. */
  readonly findings: readonly Finding[];
  /** Findings that a comment of the file turns off. */
  readonly suppressed: readonly Finding[];
  /** What rules did not check, and why. */
  readonly notChecked: readonly NotChecked[];
  /** Comments that turn off a rule that does not exist. */
  readonly unknownSuppressions: readonly UnknownSuppression[];
  /** Files that were not checked at all. */
  readonly unreadable: readonly UnreadableFile[];
}

/**
 * A comment `holdline-disable-next-line` with a name that no rule has.
 * @public
 */
export interface UnknownSuppression {
  readonly place: Place;
  readonly name: string;
  /** The rule whose name is nearest. */
  readonly nearest: string | undefined;
}

/**
 * Reads flows and checks them. A file that cannot be read is reported, and the others are checked nevertheless.
 *
 * @param inputs - The files.
 * @param options - Levels of the rules, and the numbers that some of them need.
 * @defaultValue the levels of the rules, and no numbers
 * @returns the findings, what was not checked, and the files that could not be read.
 * @throws LintOptionError for a wrong option.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { lintFiles } from '@holdline/architect';
 *
 * const files = ['flows/main.yaml', 'flows/lookup.i3WorkFlow'];
 * const report = lintFiles(files.map((file) => ({ file, source: readFileSync(file) })), { callsPerMinute: 120 });
 * console.log(report.findings.length, report.unreadable.length);
 * ```
 * @public
 */
export function lintFiles(inputs: readonly LintInput[], options: LintOptions = {}): LintReport {
  const checked = checkLintOptions(options);
  const findings: Finding[] = [];
  const suppressed: Finding[] = [];
  const notChecked: NotChecked[] = [];
  const unknownSuppressions: UnknownSuppression[] = [];
  const unreadable: UnreadableFile[] = [];
  let flows = 0;
  for (const { file, source } of inputs) {
    try {
      const { examination, comments } = examine({ file, source }, checked);
      flows += 1;
      for (const found of examination.findings) (isSuppressed(comments, found) ? suppressed : findings).push(found);
      notChecked.push(...examination.notChecked);
      for (const { line, ...unknown } of comments.unknown)
        unknownSuppressions.push({ ...unknown, place: { file, line, path: '' } });
    } catch (error) {
      if (!(error instanceof FlowFileError)) throw error;
      unreadable.push({ place: error.place, code: error.code, message: error.message });
    }
  }
  return { flows, findings, suppressed, notChecked, unknownSuppressions, unreadable };
}

function examine(
  { file, source }: LintInput,
  options: LintOptions,
): { examination: Examination; comments: Suppressions } {
  const document = readDocument({ file, source });
  if ('mediaType' in document) return { examination: examineScript(document, options), comments: readSuppressions('') };
  // An export is one line of base64, which has no comments.
  const text = document.format === 'archy' ? decodeText(source, file) : '';
  return { examination: examineFlow(document, options), comments: readSuppressions(text) };
}

/** Reads a flow, or else a script of CXone Studio. The error for a file that is neither says that it is no flow. */
function readDocument({ file, source }: LintInput): Flow | StudioScript {
  try {
    return readFlow(source, { file });
  } catch (error) {
    if (!(error instanceof FlowFileError) || error.code !== 'NOT_A_FLOW') throw error;
    try {
      return readStudioScript(source, { file });
    } catch {
      throw error;
    }
  }
}
