#!/usr/bin/env node
import process from 'node:process';
import { runProgram } from './program.js';
import { endWithReader } from './terminal/terminal.js';

endWithReader();
void runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
