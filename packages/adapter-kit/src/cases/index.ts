import { ATTEMPTS } from './attempts.js';
import { FAILURES } from './failures.js';
import { REFUSALS } from './refusals.js';
import { TOKENS } from './tokens.js';
import type { RunnableCase } from './define-case.js';

/** All cases of the contract, in the order in which they run. */
export const CASES: readonly RunnableCase[] = [...ATTEMPTS, ...REFUSALS, ...FAILURES, ...TOKENS];
