import { describe, expect, test } from 'vitest';
import { checkFreeze, checkKill } from './processes.js';
import { CLIENTS, OPERATIONS, PROCESS_FAULTS } from './table.mjs';

describe.each(CLIENTS)('%s', (client) => {
  describe.each(PROCESS_FAULTS)('$name', (fault) => {
    for (const operation of OPERATIONS) {
      const expected = fault.expected(client, 'once', operation);
      if ('reason' in expected) continue;
      test(`${operation}: ${JSON.stringify(expected)}`, async () => {
        const check = fault.name.startsWith('kill') ? checkKill : checkFreeze;
        expect(await check(client, operation)).toEqual(expected);
      });
    }
  });
});
