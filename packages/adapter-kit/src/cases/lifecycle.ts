import type { RunnableCase } from './define-case.js';
export const LIFECYCLE: RunnableCase[] = [];
