import { type LeaseReply, type LeaseRequest, type Leases, type Quota, type SharedQuota } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import type { Redis } from 'ioredis';
import { keysOf } from './keys.js';
import { openLease } from './lease.fixture.js';
import { RedisLeases, readReply } from './leases.js';
import type { Link } from './link.js';
import type { ResolvedOptions } from './options.js';
import { LEASE_KEYS, leaseScript } from './scripts/lease.js';

const SCRIPT = leaseScript('local now = tonumber(ARGV[#ARGV])');
/** Where the clock of the ledger begins. */
const EPOCH = 1_760_000_000_000;

/** The terms of a shared quota, as a line sends them to its store. */
function termsOf(quota: Quota): SharedQuota {
  const leases = { onLoss: 'share', processes: 1, listen: () => () => undefined } as unknown as Leases;
  const nothing = (): void => undefined;
  const callbacks = { demand: () => 0, freeAt: () => 0, wake: nothing, onStoreLost: nothing, onStoreBack: nothing };
  return openLease({ clock: new VirtualClock(), random: seededRandom(1), leases, ...callbacks }, quota).quota;
}

/** What a ledger answered, in ms since its beginning. */
export interface LedgerAnswer extends LeaseReply {
  readonly belief: Readonly<Record<string, unknown>>;
  /** Permits lent, as `count@from`. */
  readonly lent: string;
  readonly askIn: number;
}

/** One ledger in a real Redis, asked by hand at moments of the test's own. */
export class Ledger {
  now = 0;
  readonly quota: SharedQuota;
  readonly #args: RedisLeases;
  readonly #places = new Map<string, number[]>();
  #known = '';
  #batch = 0;

  constructor(
    readonly redis: Redis,
    limit: number,
    windowMs: number,
    enforcement: SharedQuota['enforcement'] = 'auto',
  ) {
    this.quota = { ...termsOf({ limit, windowMs, enforcement }), scope: 'ledger' };
    this.#args = new RedisLeases({} as Link, { prefix: 'ledger' } as ResolvedOptions, 'ledger:news');
  }

  /** A process asks for so many permits, and tells the rest. */
  async ask(process: string, demand: number, more: Partial<LeaseRequest> = {}): Promise<LedgerAnswer> {
    const request: LeaseRequest = {
      process,
      ledger: this.#known,
      batch: ++this.#batch,
      moves: [],
      demand,
      atOnce: Math.min(1, demand),
      mayAsk: true,
      mayBeTold: false,
      refusal: undefined,
      trial: undefined,
      edge: undefined,
      belief: undefined,
      returning: false,
      leaving: false,
      ...more,
    };
    const keys = keysOf('ledger', this.quota.scope, LEASE_KEYS);
    const args = [...this.#args.argsOf(this.quota, request), String(EPOCH + this.now)];
    const reply = readReply((await this.redis.eval(SCRIPT, keys.length, ...keys, ...args)) as (string | number)[]);
    this.#known = reply.ledger;
    const own = this.#places.get(process) ?? [];
    for (const { count, freeAtTick } of reply.permits) own.push(...Array<number>(count).fill(freeAtTick));
    this.#places.set(process, own);
    await this.#checkWhole(keys[0] as string);
    const belief = JSON.parse((await this.redis.hget(keys[0] as string, 'belief')) ?? '{}') as Record<string, unknown>;
    return {
      ...reply,
      belief,
      lent: reply.permits.map(({ count, from }) => `${count}@${Math.round(from - EPOCH)}`).join(' '),
      askIn: Math.round(reply.askAt - EPOCH - this.now),
    };
  }

  /** All that a process holds was answered now, and the process tells. */
  answered(process: string, more: Partial<LeaseRequest> = {}): Promise<LedgerAnswer> {
    const { tickMs, windowMs } = this.quota;
    const tick = Math.ceil((EPOCH + this.now + windowMs) / tickMs);
    const moves = (this.#places.get(process) ?? []).flatMap((place) => [place, tick, 1]);
    this.#places.set(process, []);
    return this.ask(process, 0, { moves, ...more });
  }

  /** The platform refused the last permit of a process, until a moment. */
  refused(process: string, untilMs: number, more: Partial<LeaseRequest> = {}): Promise<LedgerAnswer> {
    const place = this.#places.get(process)?.pop();
    const sentAt = EPOCH + this.now;
    const until = { from: EPOCH + Math.max(this.now, untilMs - 1_000), to: EPOCH + untilMs };
    const moves = place === undefined ? [] : [place, Math.floor(sentAt / this.quota.tickMs), 1];
    return this.ask(process, 0, { moves, refusal: { sentAt, until }, ...more });
  }

  /** Permits are whole, and the sum of all places is what the ledger counts. */
  async #checkWhole(key: string): Promise<void> {
    const fields = await this.redis.hgetall(key);
    const places = Object.entries(fields).filter(([name]) => /^\d+$/.test(name));
    const counts = places.map(([, count]) => Number(count));
    const sum = counts.reduce((all, count) => all + count, 0);
    if (!counts.every((count) => Number.isInteger(count) && count > 0) || sum !== Number(fields['total']))
      throw new Error(`the ledger counts ${String(fields['total'])} places, and has ${counts.join(' + ')}`);
  }
}
