import { renderFinding } from '../doctor/report.js';
import type { Finding } from '../doctor/finding.js';
import { type Style, wrap } from '../terminal/style.js';
import { count, counted } from '../terminal/words.js';
import { type ContractPackage, shortPath } from './contract-package.js';
import type { Subject } from './contract-file.js';
import type { LoadedKit, ReportedCase, ReportedContract } from './run-contracts.js';

const COLOURS = { passed: 'green', failed: 'red', 'left out': 'yellow' } as const;
const INDENT = '            ';

/** What was found in the package itself. */
export function printPackage(
  { name, version, directory, entry }: ContractPackage,
  findings: readonly Finding[],
  style: Style,
): string {
  const head = `${style('bold', `Package ${name} ${version}`)}, module ${shortPath(directory, entry)}\n`;
  const found = findings.map((one) => `\n${renderFinding(one, style)}`).join('');
  return `${head}${found === '' ? 'The package is complete.\n' : found}`;
}

/** The heading of a contract. */
export function printContractStart(subject: Subject, { version, kit }: LoadedKit, style: Style): string {
  const [what, number] =
    subject.kind === 'adapter'
      ? [`Contract of ${subject.adapter.name}`, kit.CONTRACT_VERSION]
      : [`Contract of the policy ${subject.policy.name}`, kit.POLICY_CONTRACT_VERSION];
  return `\n${style('bold', what)}, version ${number ?? 0}, @holdline/adapter-kit ${version}\n`;
}

/** One case. */
export function printCase({ part, name, result, problem, why, guide, reason }: ReportedCase, style: Style): string {
  const title = `${part === undefined ? '' : `${part}: `}${name}`;
  const line = `  ${style(COLOURS[result], result.padEnd(8))}  ${title}\n`;
  if (result === 'left out') return line + wrap(`Reason: ${reason ?? ''}`, INDENT);
  if (result === 'passed') return line;
  return [
    line,
    ...(problem ?? 'no reason').split('\n').map((text) => wrap(text, INDENT)),
    wrap(`Why: ${why}`, INDENT),
    wrap(`Guide: ${guide ?? ''}`, INDENT),
  ].join('');
}

/** What happened outside of the cases. */
export function printContractEnd({ problems, notes }: ReportedContract, style: Style): string {
  const failed = problems.map((text) => `  ${style('red', 'failed  ')}  ${wrap(text, INDENT).trimStart()}`);
  return [...failed, ...notes.map((text) => `  note      ${wrap(text, INDENT).trimStart()}`)].join('');
}

/** The last line. */
export function printTotal(findings: readonly Finding[], contracts: readonly ReportedContract[]): string {
  const cases = contracts.flatMap((contract) => contract.cases);
  const number = (wanted: ReportedCase['result']): number => cases.filter(({ result }) => result === wanted).length;
  const problems = contracts.reduce((sum, contract) => sum + contract.problems.length, 0);
  const of = (severity: Finding['severity']): number => findings.filter((one) => one.severity === severity).length;
  const parts = [
    `${count(number('passed'))} passed`,
    `${count(number('failed') + problems)} failed`,
    `${count(number('left out'))} left out`,
  ];
  const found =
    of('error') + of('warning') > 0
      ? `; package: ${counted(of('error'), 'error')}, ${counted(of('warning'), 'warning')}`
      : '';
  return `\n${parts.join(', ')}${found}\n`;
}
