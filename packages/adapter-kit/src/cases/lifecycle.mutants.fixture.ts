import type { Mutant } from '../reference/mutant.fixture.js';
export const LIFECYCLE_MUTANTS: Mutant[] = [];
