import { beforeAll, describe, expect, test } from 'vitest';
import { checkCell } from './cell.js';
import { prepareProcess, SCENARIOS } from './scenarios.js';
import { DURATIONS, FAULTS, OPERATIONS, type ClientName } from './table.mjs';

/** Defines a test for every cell of a client. */
export function testClient(client: ClientName): void {
  beforeAll(prepareProcess);

  test('every fault of the table can be produced', () => {
    expect(Object.keys(SCENARIOS).sort()).toEqual(FAULTS.map(({ name }) => name).sort());
  });

  describe.each(FAULTS)('$name', (fault) => {
    for (const duration of DURATIONS)
      for (const operation of OPERATIONS) {
        const expected = fault.expected(client, duration, operation);
        if ('reason' in expected) continue;
        const { caller, attempts, executions, letters } = expected;
        test(`${duration}, ${operation}: ${caller}, ${attempts} attempts, ${executions} executions, ${letters} letters`, () =>
          checkCell(client, fault.name, duration, operation, expected));
      }
  });
}
