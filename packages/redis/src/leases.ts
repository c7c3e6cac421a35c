import { randomUUID } from 'node:crypto';
import {
  leaseFleet,
  type LedgerBounds,
  type LeaseNews,
  type LeaseReply,
  type LeaseRequest,
  type Leases,
  type SharedQuota,
  type Undo,
} from '@holdline/core';
import { scriptOf, type Link, type Script } from './link.js';
import { keysOf } from './keys.js';
import { GATE_CLOSE, GATES_READ } from './scripts/gates.js';
import { LEASE_KEYS, leaseScript } from './scripts/lease.js';
import type { ResolvedOptions } from './options.js';

/** How long all have time to tell a new ledger what they spent, ms. */
const SETTLE_MS = 250;
/** Who has not come for so long is not counted any more, ms. */
const PRESENT_MS = 300_000;
/** No gate is closed for longer by another process, ms: what says more is damaged. */
const LONGEST_GATE_MS = 86_400_000;

const EXCHANGE = scriptOf(leaseScript());

/** Quotas and gates of a fleet, in Redis. */
export class RedisLeases implements Leases {
  readonly fleet = leaseFleet;
  readonly onLoss: Leases['onLoss'];
  readonly processes: number;
  readonly #id = randomUUID();
  readonly #listeners = new Set<LeaseNews>();
  /** Gates that are closed, and until when by `performance.now`. */
  readonly #gates = new Map<string, number>();

  // Whoever prints a store sees neither the way to Redis nor its password.
  readonly #link: Link;
  readonly #prefix: string;

  constructor(
    link: Link,
    options: ResolvedOptions,
    readonly channel: string,
    readonly script: Script = EXCHANGE,
  ) {
    this.#link = link;
    this.#prefix = options.prefix;
    this.onLoss = options.onLoss;
    this.processes = options.processes;
  }

  async exchange(quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply> {
    const keys = keysOf(this.#prefix, quota.scope, LEASE_KEYS);
    const reply = await this.#link.run(this.script, keys, this.argsOf(quota, request));
    return readReply(reply as (string | number)[]);
  }

  /** The arguments of the exchange, as the script reads them. */
  argsOf(quota: SharedQuota, request: LeaseRequest): string[] {
    const { moves, refusal, edge, belief } = request;
    const { enforcement, burst } = quota;
    const bounds = (moment: LedgerBounds | undefined): string[] =>
      moment ? [moment.from.toFixed(3), moment.to.toFixed(3)] : ['-1', '-1'];
    const numbers = [quota.windowMs, quota.tickMs, quota.validMs, quota.graceMs, quota.horizonMs];
    return [
      orNone(quota.limit),
      ...numbers.map(String),
      request.process,
      request.ledger,
      String(request.batch),
      String(request.demand),
      String(request.atOnce),
      request.leaving ? '1' : '0',
      request.returning ? '1' : '0',
      String(SETTLE_MS),
      String(PRESENT_MS),
      this.channel,
      quota.scope,
      enforcement,
      orNone(burst ?? Infinity),
      refusal ? refusal.sentAt.toFixed(3) : '-1',
      ...bounds(refusal?.until),
      ...bounds(edge),
      belief?.counts ?? '',
      ...bounds(belief?.edge),
      orNone(belief?.limit ?? Infinity),
      mayAskOf(request),
      String(moves.length / 3),
      ...moves.map(String),
      request.trial ?? '',
    ];
  }

  async closeGate(scope: string, forMs: number): Promise<void> {
    const keys = keysOf(this.#prefix, 'gates', ['closed']);
    await this.#link.run(GATE_CLOSE, keys, [
      scope,
      String(Math.min(LONGEST_GATE_MS, Math.ceil(forMs))),
      this.channel,
      this.#id,
    ]);
  }

  gateOf(scope: string): number {
    const until = this.#gates.get(scope);
    return until === undefined ? 0 : Math.max(0, until - performance.now());
  }

  listen(news: LeaseNews): Undo {
    this.#listeners.add(news);
    return () => {
      this.#listeners.delete(news);
    };
  }

  /** The store can be used, for the first time or again: gates may have been closed meanwhile. */
  ready(): void {
    for (const news of this.#listeners) news.onReady();
    this.#link.run(GATES_READ, keysOf(this.#prefix, 'gates', ['closed']), []).then(
      (reply) => {
        const list = reply as (string | number)[];
        for (let i = 0; i + 1 < list.length; i += 2) this.#closed(String(list[i]), Number(list[i + 1]));
      },
      // It will be ready again.
      () => undefined,
    );
  }

  /** News of a quota or a gate. */
  heard(kind: string, rest: string): void {
    if (kind === 'quota') for (const news of this.#listeners) news.onChange(rest);
    if (kind !== 'gate') return;
    const [sender, forMs, ...scope] = rest.split(' ');
    if (sender !== this.#id) this.#closed(scope.join(' '), Number(forMs));
  }

  #closed(scope: string, forMs: number): void {
    // Anybody may publish to a channel.
    if (!(forMs > 0 && forMs <= LONGEST_GATE_MS)) return;
    const now = performance.now();
    for (const [name, until] of this.#gates) if (until <= now) this.#gates.delete(name);
    this.#gates.set(scope, now + forMs);
    for (const news of this.#listeners) news.onGate(scope, forMs);
  }
}

/** `2`: only after an edge that answers tell. */
function mayAskOf({ mayAsk, mayBeTold }: LeaseRequest): '0' | '1' | '2' {
  if (!mayAsk) return '0';
  return mayBeTold ? '2' : '1';
}

function orNone(limit: number): string {
  return limit === Infinity ? '-1' : String(limit);
}

/** Reads what the exchange answered. */
export function readReply(reply: readonly (string | number)[]): LeaseReply {
  const [ledger, now, processes, contended, limit, askAt, counts, from, to, isTrial, ...lent] = reply;
  const permits = [];
  for (let i = 0; i + 2 < lent.length; i += 3)
    permits.push({ from: Number(lent[i]), count: Number(lent[i + 1]), freeAtTick: Number(lent[i + 2]) });
  return {
    ledger: String(ledger),
    now: Number(now),
    processes: Number(processes),
    contended: Number(contended) === 1,
    limit: Number(limit) < 0 ? Infinity : Number(limit),
    askAt: Number(askAt),
    counts: counts === '' ? undefined : (counts as LeaseReply['counts']),
    edge: Number(to) < 0 ? undefined : { from: Number(from), to: Number(to) },
    isTrial: Number(isTrial) === 1,
    permits,
  };
}
