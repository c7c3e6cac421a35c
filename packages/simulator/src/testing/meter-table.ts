import { expect } from 'vitest';
import type { Meter } from '../limits/meter.js';

/** One row: a request at `at` ms, and the expected wait; a request with a wait of 0 is counted. */
export type MeterTable = readonly (readonly [at: number, waitMs: number])[];

export function replayTable(meter: Meter, table: MeterTable): void {
  for (const [at, waitMs] of table) {
    expect([at, meter.waitMs(at)]).toEqual([at, waitMs]);
    if (waitMs === 0) meter.takePermit(at);
  }
}
