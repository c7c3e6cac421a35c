import { counted, percent } from '../../terminal/words.js';
import { type Finding, finding } from '../finding.js';
import { ASSUMED_MAX, bulkReadOf } from './alternatives.js';
import { groupBy } from '../group-by.js';
import type { RecordedCall, RecordedRun } from './recorded-run.js';

/** Reads that start within this time of the first one could have been one read. */
export const BATCH_MS = 1_000;
/** A route with fewer saved requests is no pattern. */
const MIN_SAVED = 5;

/** Groups calls by time: each group starts with its first call and lasts {@link BATCH_MS}. */
export function batchesOf(calls: readonly RecordedCall[]): RecordedCall[][] {
  const batches: RecordedCall[][] = [];
  let opened = -Infinity;
  for (const call of calls) {
    if (call.startedAt - opened >= BATCH_MS) {
      opened = call.startedAt;
      batches.push([]);
    }
    batches[batches.length - 1]?.push(call);
  }
  return batches;
}

/** Routes that read one thing at a time, although a list can read many. */
export function checkSingleReads(run: RecordedRun): Finding[] {
  const reads = run.calls.filter(({ method, attempts }) => method === 'GET' && attempts.length > 0);
  return [...groupBy(reads, ({ route }) => route)].flatMap(([route, calls]): Finding[] => {
    const bulk = bulkReadOf(route);
    if (!bulk) return [];
    const max = bulk.max ?? ASSUMED_MAX;
    let together = 0;
    let lists = 0;
    for (const batch of batchesOf(calls)) {
      const things = new Set(batch.map(({ resource }) => resource)).size;
      if (things < 2) continue;
      together += things;
      lists += Math.ceil(things / max);
    }
    const saved = together - lists;
    if (saved < MIN_SAVED) return [];
    const share = run.requests === 0 ? 0 : saved / run.requests;
    const assumed = bulk.max === undefined ? ` No maximum is documented; this counts with ${ASSUMED_MAX}.` : '';
    return [
      finding({
        severity: share >= 0.1 ? 'warning' : 'info',
        check: 'single-reads',
        what: `${route} reads one thing at a time: ${counted(together, 'request')} within a second of each other.`,
        where: [route],
        why: `${counted(lists, 'list')} would have read the same, ${percent(share)} fewer requests.`,
        fix: `Use ${bulk.route}?${bulk.parameter}=a,b with at most ${max} ids.${assumed} A thing that the list lacks does not exist.`,
        source: bulk.source,
        saving: { requests: saved, share },
      }),
    ];
  });
}
