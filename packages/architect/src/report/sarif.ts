import type { Finding } from '../lint/lint-flow.js';
import type { LintReport } from '../lint/lint-files.js';
import type { Place } from '../flow/types.js';
import type { Level } from '../rules/level.js';
import type { RuleInfo } from '../rules/rule.js';

/** A level in SARIF. */
export type SarifLevel = 'error' | 'warning' | 'note';

const LEVELS: Readonly<Record<Level, SarifLevel>> = { error: 'error', warn: 'warning', hint: 'note' };

/**
 * A report in SARIF 2.1.0, as far as Holdline fills it.
 * @public
 */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

/**
 * The run of a {@link SarifLog}.
 * @public
 */
export interface SarifRun {
  readonly tool: { readonly driver: SarifDriver };
  readonly columnKind: 'utf16CodeUnits';
  readonly invocations: readonly SarifInvocation[];
  readonly results: readonly SarifResult[];
}

/**
 * The tool of a {@link SarifRun}, with its rules.
 * @public
 */
export interface SarifDriver {
  readonly name: string;
  readonly semanticVersion?: string;
  readonly rules: readonly SarifRule[];
}

/**
 * A rule of a {@link SarifDriver}.
 * @public
 */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: SarifText;
  readonly fullDescription: SarifText;
  readonly help: SarifText & { readonly markdown: string };
  readonly helpUri: string;
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' | 'note' };
}

/**
 * A text in a {@link SarifLog}.
 * @public
 */
export interface SarifText {
  readonly text: string;
}

/**
 * What could not be read or checked in a {@link SarifRun}.
 * @public
 */
export interface SarifInvocation {
  readonly executionSuccessful: boolean;
  readonly toolExecutionNotifications: readonly SarifNotification[];
}

/**
 * A notification of a {@link SarifInvocation}.
 * @public
 */
export interface SarifNotification {
  readonly level: 'error' | 'warning' | 'note';
  readonly message: SarifText;
  readonly locations: readonly SarifLocation[];
}

/**
 * A finding in a {@link SarifRun}.
 * @public
 */
export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: SarifText;
  readonly locations: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: 'inSource' }[];
}

/**
 * A place in a {@link SarifLog}.
 * @public
 */
export interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: { readonly startLine: number; readonly startColumn?: number };
  };
  readonly logicalLocations?: readonly { readonly name: string; readonly fullyQualifiedName: string }[];
}

/**
 * Writes a report as SARIF 2.1.0, which code hosts and editors show beside the lines of a file. Findings that a comment turns off are in it
 * with their suppression. Files that could not be read are notifications of the invocation.
 *
 * @param report - A report of `lintFiles`.
 * @param rules - What the rules are about.
 * @param version - Version of the tool.
 * @returns the log, to write with `JSON.stringify`.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { lintFiles, RULES, toSarif } from '@holdline/architect';
 *
 * const report = lintFiles([{ file: 'main.yaml', source: 'workflow: { name: Main }' }]);
 * writeFileSync('architect.sarif', JSON.stringify(toSarif(report, RULES), null, 2));
 * ```
 * @public
 */
export function toSarif(report: LintReport, rules: readonly RuleInfo[], version?: string): SarifLog {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const result = (finding: Finding, isSuppressed: boolean): SarifResult => ({
    ruleId: finding.rule,
    ruleIndex: indexes.get(finding.rule) ?? -1,
    level: LEVELS[finding.level],
    message: { text: `${finding.message} ${finding.fix}` },
    locations: [locationOf(finding.place)],
    // Without the line, so that the finding stays the same when lines are added above.
    partialFingerprints: { 'holdlineFinding/v1': `${finding.rule}|${finding.flow}|${finding.place.path}` },
    ...(isSuppressed && { suppressions: [{ kind: 'inSource' as const }] }),
  });
  const notify = (level: SarifLevel, text: string, place: Place): SarifNotification => ({
    level,
    message: { text },
    locations: [locationOf(place)],
  });
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'holdline architect lint',
            ...(version !== undefined && { semanticVersion: version }),
            rules: rules.map(ruleOf),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.unreadable.length === 0,
            toolExecutionNotifications: [
              ...report.unreadable.map(({ message, place }) => notify('error', message, place)),
              ...report.unknownSuppressions.map(({ name, place }) =>
                notify('warning', `A comment turns off '${name}', which is no rule.`, place),
              ),
              ...report.notChecked.map(({ rule, note, file, flow }) =>
                notify('note', `${rule} in ${flow}: ${note}`, { file, path: '' }),
              ),
            ],
          },
        ],
        results: [
          ...report.findings.map((finding) => result(finding, false)),
          ...report.suppressed.map((finding) => result(finding, true)),
        ],
      },
    ],
  };
}

function ruleOf({ id, title, level, reason, sources, wouldHaveCaught }: RuleInfo): SarifRule {
  const list = sources.map(({ text, url, grade }) => `- [${text}](${url}) (grade ${grade})`);
  return {
    id,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: reason },
    help: {
      text: `${reason}\n\nWhat it would have caught: ${wouldHaveCaught}\n\nSource: ${sources[0].url}`,
      markdown: `${reason}\n\n**What it would have caught:** ${wouldHaveCaught}\n\n**Sources**\n\n${list.join('\n')}`,
    },
    helpUri: sources[0].url,
    defaultConfiguration: { level: LEVELS[level] },
  };
}

function locationOf({ file, line, column, path }: Place): SarifLocation {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      ...(line !== undefined && { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } }),
    },
    ...(path !== '' && {
      logicalLocations: [{ name: path.split(' › ').pop() ?? path, fullyQualifiedName: path }],
    }),
  };
}

/** A path as a relative or `file:` URI. */
function uriOf(file: string): string {
  const parts = file.replace(/\\/g, '/').split('/').map(encodeURIComponent);
  const drive = /^[A-Za-z]:/.test(file) ? `/${file.slice(0, 2)}` : undefined;
  if (drive !== undefined) return `file://${[drive, ...parts.slice(1)].join('/')}`;
  return file.startsWith('/') ? `file://${parts.join('/')}` : parts.join('/');
}
