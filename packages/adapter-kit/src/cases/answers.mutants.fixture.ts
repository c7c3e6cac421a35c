import type { Mutant } from '../reference/mutant.fixture.js';
export const ANSWERS_MUTANTS: Mutant[] = [];
