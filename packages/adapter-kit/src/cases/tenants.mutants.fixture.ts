import type { Mutant } from '../reference/mutant.fixture.js';
export const TENANTS_MUTANTS: Mutant[] = [];
