import type { Flow, Place } from '../flow/types.js';
import { printable } from '../read/flow-file-error.js';
import { FLOW_RULES, STUDIO_RULES } from '../rules/index.js';
import type { StudioScript } from '../studio/studio-script.js';
import { compareLevels, type Level } from '../rules/level.js';
import { FlowAnalysis, type Problem, type Rule, type RuleInfo, type RuleSource } from '../rules/rule.js';
import { checkLintOptions, type LintOptions, type LintSettings, settingsOf } from './options.js';

/**
 * What a rule found in a flow.
 * @public
 */
export interface Finding {
  /** Name of the rule. */
  readonly rule: string;
  readonly level: Level;
  readonly place: Place;
  /** Name of the flow. */
  readonly flow: string;
  /** One sentence: what is wrong here. */
  readonly message: string;
  /** Why it matters. */
  readonly reason: string;
  /** What to do. */
  readonly fix: string;
  /** Where the fact comes from. */
  readonly source: RuleSource;
}

/**
 * What a rule did not check in a flow.
 * @public
 */
export interface NotChecked {
  readonly rule: string;
  readonly file: string;
  /** Name of the flow. */
  readonly flow: string;
  /** What was not checked, and why. */
  readonly note: string;
}

/** The findings of one document, and what was not checked. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

/** Runs rules on one document. */
export function runRules<Document>(
  rules: readonly Rule<Document>[],
  document: Document,
  { name, file }: { readonly name: string; readonly file: string },
  settings: LintSettings,
): Examination {
  const findings: Finding[] = [];
  const notChecked: NotChecked[] = [];
  for (const rule of rules) {
    const level = settings.levelOf(rule.id) ?? rule.level;
    if (level === 'off') continue;
    rule.check(document, {
      settings,
      report: (problem) => findings.push(findingOf(rule, level, problem, name)),
      leaveOut: (note) => notChecked.push({ rule: rule.id, file, flow: name, note: printable(note, 1_000) }),
    });
  }
  return { findings: findings.sort(compareFindings), notChecked };
}

function findingOf(
  { id, reason, sources }: RuleInfo,
  level: Level,
  { place, message, fix, atMost = level }: Problem,
  flow: string,
): Finding {
  const lower = compareLevels(level, atMost) < 0 ? atMost : level;
  // A message may have names and expressions of the file.
  return { rule: id, level: lower, place, flow, message: printable(message, 1_000), reason, fix, source: sources[0] };
}

/** Orders findings by their place. Findings at one place keep the order of the rules. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareTexts(a.place.file, b.place.file) ||
    (a.place.line ?? 0) - (b.place.line ?? 0) ||
    (a.place.column ?? 0) - (b.place.column ?? 0)
  );
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Runs all rules on a flow. The options are checked. */
export function examineFlow(flow: Flow, options: LintOptions): Examination {
  return runRules(
    FLOW_RULES,
    new FlowAnalysis(flow),
    { name: flow.name, file: flow.place.file },
    settingsOf(options, flow.name),
  );
}

/** Runs all rules on a script of CXone Studio. The options are checked. */
export function examineScript(script: StudioScript, options: LintOptions): Examination {
  return runRules(STUDIO_RULES, script, { name: script.name, file: script.file }, settingsOf(options, script.name));
}

/**
 * Checks a flow against the limits of the platform.
 *
 * @param flow - A flow, for example from `readFlow`.
 * @param options - Levels of the rules, and the numbers that some of them need.
 * @defaultValue the levels of the rules, and no numbers
 * @returns the findings in the order of the file. The same flow gives the same findings.
 * @throws LintOptionError for a wrong option.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { lintFlow, readFlow } from '@holdline/architect';
 *
 * const flow = readFlow(readFileSync('flows/lookup.yaml'), { file: 'flows/lookup.yaml' });
 * for (const { place, level, rule, message } of lintFlow(flow, { callsPerMinute: 120, p95Ms: 800 }))
 *   console.log(`${place.file}:${place.line ?? 1} ${level} ${rule}: ${message}`);
 * ```
 * @public
 */
export function lintFlow(flow: Flow, options: LintOptions = {}): Finding[] {
  return [...examineFlow(flow, checkLintOptions(options)).findings];
}
