import type { Call } from '../../contract/call.js';
import type { Undo } from '../../contract/clock.js';
import type { LinePools, PoolHost, PoolReport } from '../../contract/pools.js';
import type { LineRoute } from '../../line/route-table.js';
import { startBackgroundTimer } from '../../runtime/background-timer.js';
import { type PoolView, PoolUse } from './pool-use.js';
import { readLimit } from './usage.js';

/** A pool with the options that put a request into it, for axios, for undici and for node-fetch. */
export interface PoolChoice extends PoolView {
  readonly options: Options;
}

type Options = Readonly<Record<string, unknown>>;

/** Time until the requests of new attempts are in the queues of their pools, ms. A shorter wait for a socket needs no warning. */
const SETTLE_MS = 50;
/** Maximal number of pools that a line watches. A client that makes an agent for each request has more. */
const MAX_USES = 100;

/** Chooses the pools of one line, and warns of pools that are too small or shared. */
export class WatchedPools implements LinePools {
  readonly #uses: PoolUse[] = [];
  readonly #due = new Set<PoolUse>();
  #stopTimer: Undo | undefined;
  readonly #host: PoolHost;
  readonly #calls: PoolChoice;
  readonly #longPolls: PoolChoice;

  constructor(host: PoolHost, calls: PoolChoice, longPolls: PoolChoice) {
    this.#host = host;
    this.#calls = calls;
    this.#longPolls = longPolls;
    host.onClose(() => this.#close());
  }

  choose(call: Call, own: object): object | undefined {
    const { governor, bulkhead } = (call.route as LineRoute).policies;
    const isLongPoll = governor !== false && governor.apart;
    const chosen = isLongPoll ? this.#longPolls : this.#calls;
    const given = findAgent(call.url, own as Options);
    // The agent of node-fetch may be a function. It tells nothing.
    const use = typeof given === 'function' ? undefined : this.#useOf(given ?? chosen, call.origin);
    if (use) {
      use.route = call.route.name;
      use.attempts = Math.max(use.attempts, bulkhead ? bulkhead.maxConcurrent : 0);
      if (isLongPoll) use.hasLongPolls = true;
      else use.hasCalls = true;
      this.#checkSoon(use);
    }
    return given ? undefined : withoutOwn(chosen.options, own as Options);
  }

  report(origin: string): PoolReport[] {
    return this.#uses.filter((use) => origin === '' || use.origin === origin).map((use) => use.report());
  }

  #useOf(pool: object, origin: string): PoolUse {
    const known = this.#uses.find((use) => use.origin === origin && (use.pool === pool || use.pool.agents[0] === pool));
    if (known) return known;
    if (this.#uses.length >= MAX_USES) this.#uses.shift()?.end();
    const isOurs = pool === this.#calls || pool === this.#longPolls;
    const use = new PoolUse(
      isOurs ? (pool as PoolChoice) : { name: 'own', agents: [pool], maxSockets: readLimit(pool) },
      origin,
    );
    this.#uses.push(use);
    return use;
  }

  #checkSoon(use: PoolUse): void {
    this.#due.add(use);
    if (this.#stopTimer) return;
    this.#stopTimer = startBackgroundTimer(this.#host.ports.clock, SETTLE_MS, () => this.#check());
  }

  #check(): void {
    this.#stopTimer = undefined;
    for (const use of this.#due) {
      const { route } = use;
      const { report, warnings } = use.news();
      const { name: pool, origin, maxSockets, waiting } = report;
      for (const { reason, wanted } of warnings)
        this.#host.events.emit('pool', { route, pool, origin, reason, maxSockets, wanted, waiting });
    }
    this.#due.clear();
  }

  #close(): void {
    this.#stopTimer?.();
    for (const use of this.#uses) use.end();
  }
}

/** Finds the agent that a request brings: in the options of axios, undici or node-fetch. */
function findAgent(url: string, own: Options): object | undefined {
  const agent = own[url.startsWith('https:') ? 'httpsAgent' : 'httpAgent'] ?? own['dispatcher'] ?? own['agent'];
  return (typeof agent === 'object' && agent !== null) || typeof agent === 'function' ? agent : undefined;
}

/** Options without those that the request has itself. A redirect may use the agent for the other protocol. */
function withoutOwn(options: Options, own: Options): Options {
  const names = Object.keys(options);
  if (names.every((name) => own[name] === undefined)) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => own[name] === undefined));
}
