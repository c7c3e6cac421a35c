import type { Finding, Level, LintReport, Place, RuleInfo } from '@holdline/architect';
import { groupBy } from '../doctor/group-by.js';
import { type Style, wrap } from '../terminal/style.js';
import { counted, listed } from '../terminal/words.js';

const COLOURS = { error: 'red', warn: 'yellow', hint: 'blue' } as const;
const LEVELS: readonly Level[] = ['error', 'warn', 'hint'];

/** Width of the report: that of a terminal as it opens. */
const WIDTH = 80;
const INDENT = '      ';

const lines = (text: string, indent = ''): string => wrap(text, indent, WIDTH);

/** The report as text, in the order of the files. Why a rule matters stands at its first finding. */
export function renderLintReport(report: LintReport, skipped: readonly string[], style: Style): string {
  const explained = new Set<string>();
  const parts: string[] = [];
  for (const [file, findings] of groupBy(report.findings, ({ place }) => place.file)) {
    parts.push(`${style('bold', plain(file))}\n`);
    for (const found of findings) parts.push(renderFinding(found, !explained.has(found.rule), style), '\n');
    for (const { rule } of findings) explained.add(rule);
  }
  for (const { message } of report.unreadable)
    parts.push(lines(`${style('red', 'not read')}: ${plain(message)}`), '\n');
  parts.push(renderTotal(report));
  parts.push(renderNotChecked(report));
  for (const { name, nearest, place } of report.unknownSuppressions) {
    const near = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    parts.push(lines(`Note: The comment in ${positionOf(place)} turns off '${plain(name)}', which is no rule.${near}`));
  }
  for (const note of skipped) parts.push(lines(`Note: ${note}`));
  return parts.join('');
}

function renderFinding(
  { level, rule, place, message, reason, fix, source }: Finding,
  isFirst: boolean,
  style: Style,
): string {
  const position = place.line === undefined ? '' : `${place.line}:${place.column ?? 1} `;
  const parts = [`  ${position}${style(COLOURS[level], level)} ${rule}\n`, lines(message, INDENT)];
  if (place.path !== '') parts.push(style('dim', lines(`In: ${place.path}`, INDENT)));
  if (isFirst) parts.push(lines(`Why: ${reason}`, INDENT));
  parts.push(lines(`Do: ${fix}`, INDENT));
  if (isFirst) parts.push(style('dim', lines(`Source: ${source.url} (grade ${source.grade})`, INDENT)));
  return parts.join('');
}

function renderTotal({ flows, findings, suppressed, unreadable }: LintReport): string {
  const totals = LEVELS.map((level): [Level, number] => [level, findings.filter((one) => one.level === level).length]);
  const found = totals.filter(([, total]) => total > 0).map(([level, total]) => counted(total, nounOf(level)));
  const parts = [`${counted(flows, 'flow')}: ${found.length > 0 ? found.join(', ') : 'nothing found'}`];
  if (suppressed.length > 0) parts.push(`${counted(suppressed.length, 'finding')} turned off by comments`);
  if (unreadable.length > 0) parts.push(`${counted(unreadable.length, 'file')} not read`);
  return lines(parts.join('; '));
}

const nounOf = (level: Level): string => (level === 'warn' ? 'warning' : level);

function renderNotChecked({ notChecked }: LintReport): string {
  if (notChecked.length === 0) return '';
  const groups = groupBy(notChecked, ({ rule, note }) => `${rule}: ${note}`);
  return [...groups].reduce((text, [note, places]) => {
    const flows = [...new Set(places.map(({ flow, file }) => flow || file))];
    const names = flows.length > 3 ? counted(flows.length, 'flow') : listed(flows.map((name) => `'${name}'`));
    return `${text}${lines(`- ${note} (${names})`, '  ')}`;
  }, 'Not checked:\n');
}

const positionOf = ({ file, line }: Place): string => (line === undefined ? plain(file) : `${plain(file)}:${line}`);

/** Text of a user without control characters, which would move the cursor. */
const plain = (text: string): string => text.replace(/[\u0000-\u001F\u007F-\u009F]+/g, ' ');

/** The rules as text. */
export function renderRules(rules: readonly RuleInfo[], style: Style): string {
  return rules
    .map(({ id, title, level, reason, sources, wouldHaveCaught }) =>
      [
        `${style('bold', id)} (${style(COLOURS[level], level)})\n`,
        lines(`${title}.`, '  '),
        lines(`Why: ${reason}`, '  '),
        lines(`Would have caught: ${wouldHaveCaught}`, '  '),
        ...sources.map(({ text, url, grade }) => style('dim', lines(`Source: ${text}, ${url} (grade ${grade})`, '  '))),
      ].join(''),
    )
    .join('\n');
}
