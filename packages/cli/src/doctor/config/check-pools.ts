import type { HoldlineConfig } from '@holdline/core';
import { count, counted } from '../../terminal/words.js';
import { type Finding, finding } from '../finding.js';
import type { SocketLiteral } from '../project/check-sources.js';

/** Duration of an attempt if no recording shows it. */
const ASSUMED_MS = 1_000;

/** What the number of sockets depends on. */
export interface Load {
  /** Attempts a second that the quotas allow; undefined without a known quota. */
  readonly ratePerSec: number | undefined;
  /** Maximum number of attempts on the wire by the bulkhead; undefined without one. */
  readonly concurrent: number | undefined;
  /** 95 % of the attempts take at most so long; undefined without a recording. */
  readonly p95Ms: number | undefined;
}

/** The load that a configuration allows. */
export function loadOf(config: HoldlineConfig | undefined, p95Ms: number | undefined): Load {
  const { governor, bulkhead } = config ?? {};
  const rates = (governor ? (governor.quotas ?? []) : []).flatMap(({ limit, windowMs }) =>
    typeof limit === 'number' ? [(limit * 1_000) / windowMs] : [],
  );
  return {
    ratePerSec: rates.length > 0 ? Math.min(...rates) : undefined,
    concurrent: bulkhead ? bulkhead.maxConcurrent : undefined,
    p95Ms,
  };
}

/** Sockets that a load needs by Little's law, at most the bulkhead; undefined if nothing is known. */
export function socketsNeeded({ ratePerSec, concurrent, p95Ms = ASSUMED_MS }: Load): number | undefined {
  if (ratePerSec === undefined) return concurrent;
  const byRate = Math.ceil((ratePerSec * p95Ms) / 1_000);
  return concurrent === undefined ? byRate : Math.min(byRate, concurrent);
}

/** Agents in the sources that are too small for the load, and a configuration without pools. */
export function checkPools(
  config: HoldlineConfig | undefined,
  literals: readonly SocketLiteral[],
  load: Load,
): Finding[] {
  const needed = socketsNeeded(load);
  const findings: Finding[] = [];
  const small = needed === undefined ? [] : literals.filter(({ maxSockets }) => maxSockets < needed);
  if (needed !== undefined && small.length > 0)
    findings.push(
      finding({
        severity: 'warning',
        check: 'small-pool',
        what: `An agent has fewer sockets than the load needs: ${counted(needed, 'socket')}.`,
        where: small.map(({ place, maxSockets }) => `${place}: maxSockets ${maxSockets}`),
        why: `${describeLoad(load)} Requests then wait in the queue of the agent, which knows neither priorities nor deadlines.`,
        fix: 'Use pools() of @holdline/core/node in the configuration, or raise maxSockets.',
        source: 'docs/guides/connection-pools.md of Holdline',
      }),
    );
  if (config && config.pools === undefined)
    findings.push(
      finding({
        severity: 'info',
        check: 'no-pools',
        what: 'The configuration has no pools.',
        where: ['pools'],
        why: 'Each client then has its own agents, and the line cannot warn of a pool that is too small or shared with long polls.',
        fix: 'In Node, add pools: pools() from @holdline/core/node.',
        source: 'docs/guides/connection-pools.md of Holdline',
      }),
    );
  return findings;
}

function describeLoad({ ratePerSec, concurrent, p95Ms }: Load): string {
  if (ratePerSec === undefined) return `The bulkhead allows ${counted(concurrent ?? 0, 'attempt')} on the wire.`;
  const took = p95Ms === undefined ? `${count(ASSUMED_MS)} ms, assumed` : `${count(p95Ms)} ms, recorded`;
  return `The quota allows ${Math.round(ratePerSec * 10) / 10} attempts a second, and one takes up to ${took}.`;
}
