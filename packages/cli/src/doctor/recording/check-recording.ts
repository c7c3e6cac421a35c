import type { Finding } from '../finding.js';
import { checkPolling } from './polling.js';
import type { RecordedRun } from './recorded-run.js';
import { checkIdenticalReads, checkOuterRetries } from './repeats.js';
import { checkSingleReads } from './single-reads.js';
import { checkRefusedCalls, checkThrottled, checkWaits } from './waits.js';

/** All findings of a recorded run. Their savings overlap: a polled route may also read one thing at a time. */
export function checkRecording(run: RecordedRun): Finding[] {
  return [
    ...checkRefusedCalls(run),
    ...checkPolling(run),
    ...checkSingleReads(run),
    ...checkIdenticalReads(run),
    ...checkOuterRetries(run),
    ...checkThrottled(run),
    ...checkWaits(run),
  ];
}
