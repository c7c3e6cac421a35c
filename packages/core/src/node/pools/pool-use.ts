import type { PoolReason } from '../../contract/events.js';
import type { PoolReport } from '../../contract/pools.js';
import { addUsage, readUsage, type SocketUsage } from './usage.js';

/** A pool, or an agent that a client brought. */
export interface PoolView {
  readonly name: string;
  /** The agents and the dispatcher of the pool. */
  readonly agents: readonly object[];
  /** Maximal number of sockets per origin. */
  readonly maxSockets: number | undefined;
}

/** Reads the sockets of all agents of a pool. */
export function readPool({ agents }: PoolView, origin: string): SocketUsage {
  return agents.map((agent) => readUsage(agent, origin)).reduce(addUsage);
}

// One registry per process, not per copy of the package: the ESM and the CommonJS build may be loaded together.
const KEY = Symbol.for('@holdline/core/pool-uses/1');
const realm = globalThis as { [KEY]?: WeakMap<object, Set<PoolUse>> };
/** The uses of each pool by all lines of the process. The key is the first agent of the pool. */
const usesOf = (realm[KEY] ??= new WeakMap());

/** What one line does with one pool at one origin. */
export class PoolUse {
  /** Route of the last attempt. */
  route = '';
  /** Attempts that the bulkheads allow at the same time. */
  attempts = 0;
  hasCalls = false;
  hasLongPolls = false;
  /** The highest number of sockets that requests wanted while some waited. */
  #peak = 0;
  readonly #warned = new Set<PoolReason>();
  readonly #shared: Set<PoolUse>;

  constructor(
    readonly pool: PoolView,
    readonly origin: string,
  ) {
    const key = pool.agents[0] as object;
    this.#shared = usesOf.get(key) ?? new Set<PoolUse>();
    usesOf.set(key, this.#shared.add(this));
  }

  /** Ends the use, so that other lines do not count it. */
  end(): void {
    this.#shared.delete(this);
  }

  report(): PoolReport {
    const { pool, origin, hasLongPolls } = this;
    const usage = readPool(pool, origin);
    const { name, maxSockets } = pool;
    return { name, origin, maxSockets, ...usage, longPolls: hasLongPolls, warnings: this.#findWarnings(usage) };
  }

  /** The report, and the warnings that no earlier call returned. */
  news(): { report: PoolReport; warnings: PoolReport['warnings'] } {
    const report = this.report();
    const warnings = report.warnings.filter(({ reason }) => !this.#warned.has(reason));
    for (const { reason } of warnings) this.#warned.add(reason);
    return { report, warnings };
  }

  #findWarnings({ inUse, waiting }: SocketUsage): PoolReport['warnings'] {
    const { attempts, origin, pool } = this;
    const { maxSockets = Infinity } = pool;
    if (waiting > 0) this.#peak = Math.max(this.#peak, inUse + waiting);
    const lines = [...this.#shared].filter((use) => use.origin === origin);
    const together = lines.reduce((sum, use) => sum + use.attempts, 0);
    const isShared = maxSockets < Infinity && this.hasCalls && this.hasLongPolls;
    const checks: [PoolReason, boolean, number][] = [
      ['requests wait', this.#peak > 0, this.#peak],
      ['too small', attempts > maxSockets, attempts],
      ['shared with long polls', isShared, Math.max(attempts, inUse + waiting)],
      ['shared with another line', lines.length > 1 && together > maxSockets, together],
    ];
    return checks.flatMap(([reason, holds, wanted]) => (holds ? { reason, wanted } : []));
  }
}
