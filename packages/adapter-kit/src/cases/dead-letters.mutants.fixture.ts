import type { Mutant } from '../reference/mutant.fixture.js';
export const DEAD_LETTERS_MUTANTS: Mutant[] = [];
