import type { LeaseReply, LeaseRequest, SharedQuota } from '@holdline/core';
import type { Redis } from 'ioredis';
import { readTerms } from '../../fixtures/lease.fixture.js';
import { EPOCH_MS, SimulatedLedgers } from '../../fixtures/simulated-ledgers.fixture.js';

/** A reply of a ledger. */
export interface LedgerAnswer extends LeaseReply {
  /** Permits lent, as `count@from`, `from` in ms since the start. */
  readonly lent: string;
  /** How long to wait before the next question, ms. */
  readonly askIn: number;
}

/** One ledger in a real Redis. The test sends its requests and sets their time. */
export class Ledger {
  now = 0;
  readonly quota: SharedQuota;
  readonly #ledgers: SimulatedLedgers;
  /** The ticks of the places that each process holds. */
  readonly #places = new Map<string, number[]>();
  #knownLedger = '';
  #batch = 0;

  constructor(
    readonly redis: Redis,
    limit: number,
    windowMs: number,
    enforcement: SharedQuota['enforcement'] = 'auto',
  ) {
    this.quota = { ...readTerms({ limit, windowMs, enforcement }), scope: 'ledger' };
    this.#ledgers = new SimulatedLedgers(redis, 'ledger');
  }

  /** A process asks for permits, and reports `more`. */
  async ask(process: string, demand: number, more: Partial<LeaseRequest> = {}): Promise<LedgerAnswer> {
    const request: LeaseRequest = {
      process,
      ledger: this.#knownLedger,
      batch: ++this.#batch,
      moves: [],
      demand,
      atOnce: Math.min(1, demand),
      mayRunTrial: true,
      mayLearnEdge: false,
      refusal: undefined,
      trial: undefined,
      edge: undefined,
      estimate: undefined,
      returning: false,
      leaving: false,
      ...more,
    };
    const { reply } = await this.#ledgers.exchange(this.quota, request, this.now);
    this.#knownLedger = reply.ledger;
    const own = this.#places.get(process) ?? [];
    for (const { count, freeAtTick } of reply.permits) own.push(...Array<number>(count).fill(freeAtTick));
    this.#places.set(process, own);
    await this.#checkPlaces();
    return {
      ...reply,
      lent: reply.permits.map(({ count, from }) => `${count}@${Math.round(from - EPOCH_MS)}`).join(' '),
      askIn: Math.round(reply.askAt - EPOCH_MS - this.now),
    };
  }

  /** Reports that all attempts of a process were answered now. */
  answered(process: string, more: Partial<LeaseRequest> = {}): Promise<LedgerAnswer> {
    const { tickMs, windowMs } = this.quota;
    const tick = Math.ceil((EPOCH_MS + this.now + windowMs) / tickMs);
    const moves = (this.#places.get(process) ?? []).flatMap((place) => [place, tick, 1]);
    this.#places.set(process, []);
    return this.ask(process, 0, { moves, ...more });
  }

  /** Reports that the platform refused the last permit of a process, until `untilMs`. */
  refused(process: string, untilMs: number, more: Partial<LeaseRequest> = {}): Promise<LedgerAnswer> {
    const place = this.#places.get(process)?.pop();
    const sentAt = EPOCH_MS + this.now;
    const until = { from: EPOCH_MS + Math.max(this.now, untilMs - 1_000), to: EPOCH_MS + untilMs };
    const moves = place === undefined ? [] : [place, Math.floor(sentAt / this.quota.tickMs), 1];
    return this.ask(process, 0, { moves, refusal: { sentAt, until }, ...more });
  }

  /** Checks that all places are whole numbers, and that their sum is the stored total. */
  async #checkPlaces(): Promise<void> {
    const fields = await this.redis.hgetall(this.#ledgers.keys(this.quota.scope)[0] as string);
    const places = Object.entries(fields).filter(([name]) => /^\d+$/.test(name));
    const counts = places.map(([, count]) => Number(count));
    const sum = counts.reduce((all, count) => all + count, 0);
    if (!counts.every((count) => Number.isInteger(count) && count > 0) || sum !== Number(fields['total']))
      throw new Error(`the ledger has a total of ${String(fields['total'])}, and places ${counts.join(' + ')}`);
  }
}
