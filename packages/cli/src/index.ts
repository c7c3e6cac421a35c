export { createProgram, runProgram } from './program.js';
export type { Terminal } from './terminal/terminal.js';
export { explainInWords } from './explain/explain-in-words.js';
