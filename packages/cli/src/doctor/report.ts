import { type Style, wrap } from '../terminal/style.js';
import { count, counted, percent } from '../terminal/words.js';
import { type DoctorReport, type Finding, SEVERITIES, type Severity } from './finding.js';

const COLOURS = { error: 'red', warning: 'yellow', info: 'blue' } as const;

/** The report as text, errors first. */
export function renderReport(report: DoctorReport, style: Style): string {
  const { directory, versions, findings, recording } = report;
  const parts = [`${style('bold', `Project ${directory}`)}\n`];
  if (versions.length > 0) parts.push(wrap(versions.join(', '), '  '));
  for (const severity of SEVERITIES)
    for (const found of findings.filter((candidate) => candidate.severity === severity))
      parts.push(`\n${renderFinding(found, style)}`);
  parts.push(`\n${renderTotal(findings)}`);
  if (recording)
    parts.push(wrap(`Recording: ${counted(recording.calls, 'call')}, ${counted(recording.requests, 'request')}.`));
  for (const note of report.notes) parts.push(wrap(`Note: ${note}`));
  return parts.join('');
}

/** One finding as text. */
export function renderFinding(found: Finding, style: Style): string {
  const { severity, what, where, why, fix, source, saving } = found;
  const lines = [wrap(`${style(COLOURS[severity], severity)}: ${what}`)];
  for (const place of where) lines.push(wrap(place, '    '));
  lines.push(wrap(`Why: ${why}`, '  '), wrap(`Do: ${fix}`, '  '));
  if (saving && saving.requests > 0)
    lines.push(wrap(`Saves: ${counted(saving.requests, 'request')}, ${percent(saving.share)} of the recording`, '  '));
  if (source !== undefined) lines.push(style('dim', wrap(`Source: ${source}`, '  ')));
  return lines.join('');
}

function renderTotal(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing found.\n';
  const totals = SEVERITIES.map((severity) => ({
    severity,
    total: findings.filter((found) => found.severity === severity).length,
  }));
  const name = (severity: Severity, total: number): string =>
    severity === 'info' ? `${count(total)} for information` : counted(total, severity);
  return `${totals.map(({ severity, total }) => name(severity, total)).join(', ')}\n`;
}
