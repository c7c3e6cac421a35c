// The common parts of the goodput scenarios: the plan, and the table with ratios to the best peer.
import { num, percent, times } from './stats.mjs';
import { table } from './report.mjs';
import { seeded } from '../servers.mjs';

/** Parameters of a mode. In short mode, the window and the steps of Retry-After are a fifth. */
export const plan = (short) =>
  short
    ? { limit: 50, windowMs: 2_000, grainMs: 200, serviceMs: 30 }
    : { limit: 50, windowMs: 10_000, grainMs: 1_000, serviceMs: 30 };

/** Phases of a fixed window: its age when the client starts. No phase is close to an edge. */
export function phases(n, windowMs) {
  const random = seeded(20_261_122);
  return Array.from({ length: n }, (_, i) => Math.round(windowMs * (0.15 + (0.7 * (i + random())) / n)));
}

export const describeReasons = (reasons) =>
  Object.entries(reasons ?? {})
    .map(([reason, n]) => `${reason} ${num(n)}`)
    .join(', ');

/** The best peer: the one with the fewest refusals among all peers within 5 points of the highest goodput. */
export function bestPeer(rows) {
  const peers = rows.filter((row) => !row.ours && row.goodput !== undefined);
  if (peers.length === 0) return undefined;
  const highest = Math.max(...peers.map((row) => row.goodput));
  const close = peers.filter((row) => row.goodput >= highest - 0.05);
  return close.reduce((best, row) => (row.refused < best.refused ? row : best));
}

/**
 * @param columns `[heading, (row) => text]` of each column between the name and the ratios.
 * @param rows `{ name, ours, goodput (0 to 1), refused, broken }`
 */
export function goodputTable(columns, rows) {
  const best = bestPeer(rows);
  const ratio = (value, to) => (to > 0 ? times(value / to) : value > 0 ? times(Infinity) : times(1));
  const body = rows.map((row) => {
    if (row.broken) return [row.name, `failed: ${row.broken}`, ...Array(columns.length + 1).fill('–')];
    return [
      row.name,
      ...columns.map(([, text]) => text(row)),
      ratio(row.goodput, best?.goodput),
      ratio(row.refused, best?.refused),
    ];
  });
  const head = ['', ...columns.map(([heading]) => heading), 'goodput : best peer', 'refusals : best peer'];
  const note = best
    ? `Best peer: ${best.name} (${percent(best.goodput)}, ${num(best.refused)} refused).`
    : 'No peer is available for comparison.';
  return `${table(head, body)}\n\n${note}`;
}

export const loopNote = ({ p99, max }) =>
  `Delay of the event loop: ${num(p99)} ms (p99), ${num(max)} ms at most, with all rows in one process.`;
