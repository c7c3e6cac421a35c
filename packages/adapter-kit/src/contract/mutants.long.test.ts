import { expect, it } from 'vitest';
import { failuresOf, MUTANTS } from './mutants.fixture.js';

it.concurrent.each(MUTANTS)('the mutant fails only "$fails" of the whole contract', async ({ fails, adapter }) => {
  expect(await failuresOf(fails, adapter)).toEqual([fails]);
});
