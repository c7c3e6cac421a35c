import { beforeAll, test } from 'vitest';
import { checkCell } from './cell.js';
import { prepareProcess } from './scenarios.js';
import { FAULTS, type Operation } from './table.mjs';

beforeAll(prepareProcess);

/** A few cells of the matrix, for every change. `npm run test:more` checks all. */
test.each<[string, Operation]>([
  ['connection refused', 'unkeyed write'],
  ['DNS failure', 'read'],
  ['TLS failure', 'keyed write'],
  ['reset before execution', 'stream'],
  ['reset after execution', 'keyed write'],
  ['reset after execution', 'unkeyed write'],
  ['truncated body', 'read'],
  ['503', 'unkeyed write'],
  ['429 with Retry-After', 'stream'],
  ['401 storm', 'unkeyed write'],
  ['clock jumps 1 h back', 'keyed write'],
  ['process frozen for 10 minutes', 'unkeyed write'],
  ['source stream failing', 'stream'],
])('axios, %s, %s', async (name, operation) => {
  const expected = FAULTS.find((fault) => fault.name === name)?.expected('axios', 'once', operation);
  if (!expected || 'reason' in expected) throw new Error('the table has no such cell');
  await checkCell('axios', name, 'once', operation, expected);
});
