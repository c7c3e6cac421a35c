import { describe, expect, it } from 'vitest';
import { CASES } from '../cases/index.js';
import { ACME } from '../reference/acme.fixture.js';
import { failuresOf, MUTANTS } from './mutants.fixture.js';
import { runContract } from './run-contract.js';

const NAMED = MUTANTS.map((mutant) => [mutant.fails, mutant] as const);

describe('the contract', () => {
  it('is fulfilled by the reference adapter, without a case left out', async () => {
    const { cases } = await runContract(ACME);
    const failures = cases.filter(({ error }) => error).map(({ name, error }) => `${name}: ${error?.message ?? ''}`);
    expect(failures).toEqual([]);
    expect(cases.map(({ result }) => result)).toEqual(CASES.map(() => 'passed'));
  });

  it('finds a token at a foreign origin also if the adapter claims to know no origin', async () => {
    const foreign = 'sends no token to a foreign origin';
    const adapter = MUTANTS.find(({ fails }) => fails === foreign)?.adapter ?? ACME;
    const lacks = { ownOrigin: 'a function has no base address' };
    expect(await failuresOf(foreign, { ...adapter, lacks }, ['tokens'])).toEqual([foreign]);
  });

  it('has one mutant for each case', () => {
    expect(MUTANTS.map(({ fails }) => fails).sort()).toEqual(CASES.map(({ name }) => name).sort());
  });

  // The long test runs the whole contract for each mutant.
  it.concurrent.each(NAMED)('fails only "%s" in its part for its mutant', async (fails, { adapter }) => {
    const part = CASES.find(({ name }) => name === fails)?.part;
    expect(await failuresOf(fails, adapter, part && [part])).toEqual([fails]);
  });
});
