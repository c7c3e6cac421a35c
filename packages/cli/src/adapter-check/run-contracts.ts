import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isErrorOfNode } from '@holdline/adapter-kit';
import type * as Kit from '@holdline/adapter-kit';
import { type Clock, systemClock } from '@holdline/core';
import { resolvePackage } from '../doctor/project/packages.js';
import { lineOf, usageError } from '../terminal/errors.js';
import type { ContractKind } from './check-package.js';
import type { Subject } from './contract-file.js';
import type { ContractPackage } from './contract-package.js';

/** Without the end of a case in this time, the contract has stopped, ms. A case takes a fraction of a second; its own limits are 20 s. */
const SILENCE_MS = 90_000;

/** One case in a report. */
export interface ReportedCase {
  /** Undefined for a policy. */
  readonly part: string | undefined;
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'left out';
  /** What is wrong, why it matters, and where the guide treats it. */
  readonly problem: string | undefined;
  readonly why: string;
  readonly guide: string | undefined;
  /** Why the case was left out. */
  readonly reason: string | undefined;
}

/** The run of one contract. */
export interface ReportedContract {
  readonly kind: ContractKind;
  readonly name: string;
  readonly version: number;
  readonly cases: ReportedCase[];
  /** Failures outside of a case. */
  readonly problems: string[];
  /** Errors of Node itself, which nothing in the package can prevent. */
  readonly notes: string[];
}

/** The kit that a package has installed, or that of this program. */
export interface LoadedKit {
  readonly version: string;
  readonly kit: Pick<typeof Kit, 'runContract' | 'CONTRACT_VERSION'> &
    Partial<Pick<typeof Kit, 'runPolicyContract' | 'POLICY_CONTRACT_VERSION'>>;
}

/** Loads the kit that the package tests with, so that both run the same cases. */
export async function loadKit({ directory }: ContractPackage): Promise<LoadedKit> {
  const path = resolvePackage('@holdline/adapter-kit', directory);
  if (path === undefined) return { version: 'of holdline', kit: await import('@holdline/adapter-kit') };
  try {
    const { version = '', module = 'dist/index.js' } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
      version?: string;
      module?: string;
    };
    return { version, kit: (await import(pathToFileURL(join(path, module)).href)) as typeof Kit };
  } catch (error) {
    throw usageError(`@holdline/adapter-kit of the package cannot be loaded: ${lineOf(error)}`);
  }
}

/**
 * Runs the contract of one subject.
 *
 * @param onCase - Called after each case.
 * @throws CommandError with the exit code 2 if the subject is malformed.
 */
export async function runSubject(
  subject: Subject,
  { kit }: LoadedKit,
  parts: readonly Kit.ContractPart[] | undefined,
  onCase: (ended: ReportedCase) => void,
  clock: Clock = systemClock,
): Promise<ReportedContract> {
  const cases: ReportedCase[] = [];
  const problems: string[] = [];
  const notes: string[] = [];
  const silence = watchSilence(clock);
  const hear = (ended: Kit.CaseResult | Kit.PolicyCaseResult): void => {
    silence.restart();
    const { name, result, why, error, reason } = ended;
    const part = 'part' in ended ? ended.part : undefined;
    const reported = { part, name, result, problem: error?.problem, why, guide: error?.guide, reason };
    cases.push(reported);
    onCase(reported);
  };
  const stopListening = listenToStrayErrors(problems, notes);
  try {
    const running =
      subject.kind === 'adapter'
        ? kit.runContract(subject.adapter, { onCase: hear, ...(parts && { parts }) })
        : requirePolicies(kit)(subject.policy, { onCase: hear });
    const stopped = await Promise.race([running.then(() => undefined), silence.ended]);
    if (stopped !== undefined) {
      const last = cases.at(-1);
      problems.push(
        `${last ? `After the case '${last.name}'` : 'At its first case'}, the contract stopped: no case ended within ${SILENCE_MS / 1_000} s. A function of the contract file, such as connect(), read() or close(), does not settle.`,
      );
    }
  } catch (error) {
    throw usageError(`The contract cannot run: ${lineOf(error)}`);
  } finally {
    silence.stop();
    stopListening();
  }
  const { name } = subject.kind === 'adapter' ? subject.adapter : subject.policy;
  const version = subject.kind === 'adapter' ? kit.CONTRACT_VERSION : (kit.POLICY_CONTRACT_VERSION ?? 0);
  // A newer kit reports such an error with the case that ran.
  const isKnown = (text: string): boolean => {
    const message = text.slice(text.indexOf(': ') + 2);
    return cases.some(({ problem }) => problem?.startsWith('Nobody handles') && problem.includes(message));
  };
  const unknown = problems.filter((text) => !isKnown(text));
  return { kind: subject.kind, name, version, cases, problems: unknown, notes };
}

function requirePolicies({ runPolicyContract }: LoadedKit['kit']): typeof Kit.runPolicyContract {
  if (runPolicyContract) return runPolicyContract;
  throw new Error('the installed @holdline/adapter-kit has no contract for policies; install a newer version');
}

/** A timer that ends when no case ended for a long time. It keeps the process alive meanwhile. */
function watchSilence(clock: Clock): { ended: Promise<true>; restart(): void; stop(): void } {
  let stop = (): void => undefined;
  let end: (value: true) => void;
  const ended = new Promise<true>((resolve) => (end = resolve));
  const restart = (): void => {
    stop();
    stop = clock.setTimer(SILENCE_MS, () => end(true));
  };
  restart();
  return { ended, restart, stop: () => stop() };
}

/** Errors that nobody handles would end the process without a word about the contract. */
function listenToStrayErrors(problems: string[], notes: string[]): () => void {
  const hear = (error: unknown): void => {
    const list = isErrorOfNode(error) ? notes : problems;
    const whose = list === notes ? 'Node itself' : 'the adapter, its client or the contract file';
    const text = `An error that nobody handles, of ${whose}: ${lineOf(error)}`;
    if (list.length < 20 && !list.includes(text)) list.push(text);
  };
  process.on('unhandledRejection', hear);
  process.on('uncaughtException', hear);
  return () => {
    process.off('unhandledRejection', hear);
    process.off('uncaughtException', hear);
  };
}
