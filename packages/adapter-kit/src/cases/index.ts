import { ANSWERS } from './answers.js';
import { ATTEMPTS } from './attempts.js';
import { BODIES } from './bodies.js';
import { CANCELLATION } from './cancellation.js';
import { DEAD_LETTERS } from './dead-letters.js';
import type { RunnableCase } from './define-case.js';
import { FAILURES } from './failures.js';
import { LIFECYCLE } from './lifecycle.js';
import { REFUSALS } from './refusals.js';
import { TENANTS } from './tenants.js';
import { TOKENS } from './tokens.js';

/** All cases of the contract, in the order in which they run. */
export const CASES: readonly RunnableCase[] = [
  ...ATTEMPTS,
  ...REFUSALS,
  ...FAILURES,
  ...TOKENS,
  ...CANCELLATION,
  ...BODIES,
  ...ANSWERS,
  ...LIFECYCLE,
  ...TENANTS,
  ...DEAD_LETTERS,
];
