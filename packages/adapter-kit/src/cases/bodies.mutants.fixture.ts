import type { Mutant } from '../reference/mutant.fixture.js';
export const BODIES_MUTANTS: Mutant[] = [];
