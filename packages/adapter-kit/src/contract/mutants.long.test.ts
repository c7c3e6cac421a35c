import { expect, it } from 'vitest';
import { failuresOf, MUTANTS } from './mutants.fixture.js';

const NAMED = MUTANTS.map((mutant) => [mutant.fails, mutant] as const);

it.concurrent.each(NAMED)('the mutant fails only "%s" of the whole contract', async (fails, { adapter }) => {
  expect(await failuresOf(fails, adapter)).toEqual([fails]);
});
