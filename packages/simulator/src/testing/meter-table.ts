import { expect } from 'vitest';
import type { Meter } from '../limits/meter.js';

/** One row: a request at `at` ms, and the wait the meter must name; 0 is accepted and counted. */
export type MeterTable = readonly (readonly [at: number, waitMs: number])[];

export function replayTable(meter: Meter, table: MeterTable): void {
  for (const [at, waitMs] of table) {
    expect([at, meter.waitMs(at)]).toEqual([at, waitMs]);
    if (waitMs === 0) meter.takePermit(at);
  }
}
