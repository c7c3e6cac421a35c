import { describe, expect, it } from 'vitest';
import { CASES } from '../cases/index.js';
import { ATTEMPTS_MUTANTS } from '../cases/attempts.mutants.fixture.js';
import { FAILURES_MUTANTS } from '../cases/failures.mutants.fixture.js';
import { REFUSALS_MUTANTS } from '../cases/refusals.mutants.fixture.js';
import { TOKENS_MUTANTS } from '../cases/tokens.mutants.fixture.js';
import { ACME } from '../reference/acme.fixture.js';
import { runContract, type ContractReport } from './run-contract.js';

const MUTANTS = [...ATTEMPTS_MUTANTS, ...REFUSALS_MUTANTS, ...FAILURES_MUTANTS, ...TOKENS_MUTANTS];

const failuresOf = ({ cases }: ContractReport): string[] =>
  cases.filter(({ result }) => result === 'failed').map(({ name, error }) => `${name}: ${error?.message ?? ''}`);

describe('the contract', () => {
  it('is fulfilled by the reference adapter, without a case left out', async () => {
    const report = await runContract(ACME);
    expect(failuresOf(report)).toEqual([]);
    expect(report.cases.map(({ result }) => result)).toEqual(CASES.map(() => 'passed'));
  });

  it('has one mutant for each case', () => {
    expect(MUTANTS.map(({ fails }) => fails).sort()).toEqual(CASES.map(({ name }) => name).sort());
  });

  it.concurrent.each(MUTANTS)('fails only "$fails" for its mutant', async ({ fails, adapter }) => {
    const { cases } = await runContract(adapter);
    expect(cases.filter(({ result }) => result === 'failed').map(({ name }) => name)).toEqual([fails]);
  });
});
