import { Problem, ContractError } from './failure.js';
import type { ContractRunner } from './types.js';

// Both contracts, that of adapters and that of policies, are lists of cases. This file runs such a list.

/** Time limit of one case in a test runner, ms. A case takes a fraction of a second; a busy machine may need longer. */
const CASE_TIMEOUT_MS = 60_000;

/** What a case of any contract has. */
interface AnyCase {
  readonly name: string;
  readonly why: string;
  readonly guide: string;
  readonly needs: readonly string[];
}

/** What an author declares for any contract. */
interface Subject {
  readonly name: string;
  readonly lacks?: Readonly<Partial<Record<string, string>>> | undefined;
}

/** The end of one case. */
interface CaseEnd {
  readonly result: 'passed' | 'failed' | 'left out';
  readonly error: ContractError | undefined;
  readonly reason: string | undefined;
}

/** Cases, what they test, and how one of them runs. `run` rejects with a `ContractError`. */
export interface CaseList<C extends AnyCase> {
  readonly cases: readonly C[];
  readonly subject: Subject;
  run(one: C): Promise<void>;
}

/** Returns the reason why a case does not apply; undefined if it applies. */
function reasonToLeaveOut({ needs }: AnyCase, { lacks = {} }: Subject): string | undefined {
  const missing = needs.find((feature) => lacks[feature] !== undefined);
  return missing && lacks[missing];
}

/** Registers the cases that apply as tests of a runner. */
export function registerCases<C extends AnyCase>(
  { describe, it, expect }: ContractRunner,
  { cases, subject, run }: CaseList<C>,
  titleOf: (one: C) => string,
): void {
  describe(`contract of ${subject.name}`, () => {
    for (const one of cases) {
      if (reasonToLeaveOut(one, subject) !== undefined) continue;
      const body = async function (this: unknown): Promise<void> {
        allowTime(this);
        await run(one);
        expect?.(undefined).toBe(undefined);
      };
      it(titleOf(one), body, CASE_TIMEOUT_MS);
    }
  });
}

/** Mocha takes the time limit of a test from its context, and ignores the third argument of `it`. */
function allowTime(context: unknown): void {
  const { timeout } = (context ?? {}) as { timeout?: unknown };
  if (typeof timeout === 'function') timeout.call(context, CASE_TIMEOUT_MS);
}

/** Runs the cases one after the other. Each result has the facts of its case without the function that runs it. */
export async function runCases<C extends AnyCase & { run: unknown }>(
  { cases, subject, run }: CaseList<C>,
  onCase: ((result: Omit<C, 'run'> & CaseEnd) => void) | undefined,
): Promise<(Omit<C, 'run'> & CaseEnd)[]> {
  const results: (Omit<C, 'run'> & CaseEnd)[] = [];
  for (const one of cases) {
    const { run: ownRun, ...facts } = one;
    void ownRun;
    const reason = reasonToLeaveOut(one, subject);
    const error = reason === undefined ? await failureOf(run(one)) : undefined;
    const ended = {
      ...facts,
      result: reason !== undefined ? 'left out' : error ? 'failed' : 'passed',
      error,
      reason,
    } as const;
    results.push(ended);
    onCase?.(ended);
  }
  return results;
}

async function failureOf(running: Promise<void>): Promise<ContractError | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    return error as ContractError;
  }
}

/** The error of a case, with the reason of the case and the heading of the guide that treats it. */
export function contractError(failure: unknown, { why, guide }: AnyCase, page: string): ContractError {
  const problem = failure instanceof Problem ? failure.message : `The case ended with an error: ${String(failure)}`;
  return new ContractError(problem, why, `${page}#${guide}`, { cause: failure });
}
