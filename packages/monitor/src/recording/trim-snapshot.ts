import type { Snapshot } from '@holdline/core';

/** Number of scopes of a recorded snapshot. */
const MAX_SCOPES = 1_000;

type Scope = Snapshot['scopes'][number];

/** Closed gates count most, then waiting calls, then used permits. */
const weightOf = ({ gate, waiting, inFlight, quotas }: Scope): number =>
  (gate === 'open' ? 0 : 1e12) + waiting * 1e6 + inFlight * 1e3 + quotas.reduce((sum, { used }) => sum + used, 0);

/** Leaves out the least busy scopes and circuits of a large snapshot. */
export function trimSnapshot(snapshot: Snapshot): Snapshot {
  const { scopes, breakers, queues } = snapshot;
  if (scopes.length <= MAX_SCOPES && breakers.length <= MAX_SCOPES && queues.length <= MAX_SCOPES) return snapshot;
  const busiest = <T>(all: readonly T[], weight: (one: T) => number): T[] =>
    all.length <= MAX_SCOPES ? [...all] : [...all].sort((a, b) => weight(b) - weight(a)).slice(0, MAX_SCOPES);
  return {
    ...snapshot,
    scopes: busiest(scopes, weightOf),
    breakers: busiest(breakers, ({ state, failed }) => (state === 'closed' ? failed : 1e12)),
    queues: busiest(queues, ({ waiting }) => Object.values(waiting).reduce((sum, n) => sum + n, 0)),
  };
}
