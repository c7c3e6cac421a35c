import type { ContractPart } from '@holdline/adapter-kit';
import { EXIT, lineOf } from '../terminal/errors.js';
import { styleOf } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkPackage, type ContractFacts } from './check-package.js';
import { findContractFile, loadSubjects, type Subject } from './contract-file.js';
import { readPackage, shortPath } from './contract-package.js';
import { printCase, printContractEnd, printContractStart, printPackage, printTotal } from './report.js';
import { loadKit, type ReportedContract, runSubject } from './run-contracts.js';

/** What `adapter-check` is asked for. */
export interface AdapterCheckQuestion {
  place: string | undefined;
  contract?: string;
  part?: readonly ContractPart[];
  json?: boolean;
}

/** Checks a built package, and runs its contract. The exit code is 1 if anything is wrong. */
export async function runAdapterCheck(question: AdapterCheckQuestion, terminal: Terminal): Promise<void> {
  const { place, contract, part: parts, json = false } = question;
  const pkg = readPackage(place, terminal.cwd);
  const style = styleOf(terminal);
  const kit = await loadKit(pkg);
  let subjects: Subject[] | undefined;
  let failure: unknown;
  try {
    subjects = await loadSubjects(findContractFile(contract, pkg, terminal.cwd), pkg);
  } catch (error) {
    failure = error;
  }
  const { CONTRACT_VERSION, POLICY_CONTRACT_VERSION = 0 } = kit.kit;
  const facts: ContractFacts = {
    kinds: subjects?.map(({ kind }) => kind),
    versions: { adapter: CONTRACT_VERSION, policy: POLICY_CONTRACT_VERSION },
  };
  const findings = checkPackage(pkg, facts);
  const write = (text: string): void => {
    if (!json) terminal.out(text);
  };
  write(printPackage(pkg, findings, style));
  const contracts: ReportedContract[] = [];
  for (const subject of subjects ?? []) {
    try {
      write(printContractStart(subject, kit, style));
      const ended = await runSubject(subject, kit, parts, (one) => write(printCase(one, style)));
      write(printContractEnd(ended, style));
      contracts.push(ended);
    } catch (error) {
      failure = error;
      break;
    }
  }
  const report = {
    name: pkg.name,
    version: pkg.version,
    directory: pkg.directory,
    module: shortPath(pkg.directory, pkg.entry),
    kit: kit.version,
    findings,
    contracts,
    error: failure === undefined ? undefined : lineOf(failure),
  };
  if (json) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (failure === undefined) terminal.out(printTotal(findings, contracts));
  if (failure !== undefined) throw failure as Error;
  const isWrong =
    findings.some(({ severity }) => severity === 'error') ||
    contracts.some(({ cases, problems }) => problems.length > 0 || cases.some(({ result }) => result === 'failed'));
  if (isWrong) terminal.exitWith(EXIT.failed);
}
