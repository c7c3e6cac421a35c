import type { Snapshot } from '@holdline/core';

/**
 * The snapshot of a line that has made no call.
 * @internal
 */
export function emptySnapshot(): Snapshot {
  return {
    calls: 0,
    queued: 0,
    inFlight: 0,
    scopes: [],
    queues: [],
    breakers: [],
    retryBudgets: [],
    token: undefined,
    credentials: [],
    deadLetters: { kept: 0, replayed: 0, lost: 0 },
    listenerFailures: 0,
    dryRun: undefined,
  };
}
