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
    answers: {
      cache: {
        entries: 0,
        bytes: 0,
        hits: 0,
        staleHits: 0,
        misses: 0,
        revalidations: 0,
        failedRevalidations: 0,
        notKept: 0,
        invalidations: 0,
      },
      coalesced: 0,
      bulk: { requests: 0, answered: 0, alone: 0 },
    },
    token: undefined,
    credentials: [],
    deadLetters: { kept: 0, replayed: 0, lost: 0 },
    listenerFailures: 0,
    dryRun: undefined,
  };
}
