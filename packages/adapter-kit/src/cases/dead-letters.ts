import type { RunnableCase } from './define-case.js';
export const DEAD_LETTERS: RunnableCase[] = [];
