#!/usr/bin/env node
import process from 'node:process';
import { runProgram } from './program.js';
import { endProcess, endWithReader } from './terminal/terminal.js';

endWithReader();
void runProgram(process.argv.slice(2)).then(endProcess);
