import { randomUUID } from 'node:crypto';
import {
  quotaSharing,
  type LeaseNews,
  type LeaseReply,
  type LeaseRequest,
  type Leases,
  type SharedQuota,
  type Undo,
} from '@holdline/core';
import type { Link } from '../connection/link.js';
import { makeKeys } from '../scripts/keys.js';
import { defineScript } from '../scripts/script.js';
import type { ResolvedOptions } from '../options.js';
import { ClosedGates, LONGEST_CLOSURE_MS } from './closed-gates.js';
import { decodeReply, encodeRequest } from './exchange-format.js';
import { CLOSE_GATE, READ_GATES } from './gate-scripts.js';
import { buildExchangeScript, LEDGER_KEYS } from './ledger/exchange-script.js';

const EXCHANGE = defineScript(buildExchangeScript());

/** Quotas and gates that all processes share, in Redis. */
export class RedisLeases implements Leases {
  readonly sharing = quotaSharing;
  readonly onLoss: Leases['onLoss'];
  readonly processes: number;
  readonly #id = randomUUID();
  readonly #listeners = new Set<LeaseNews>();
  readonly #gates = new ClosedGates();
  // Private, so that a printed store shows neither the connection nor its password.
  readonly #link: Link;
  readonly #prefix: string;

  constructor(
    link: Link,
    options: ResolvedOptions,
    readonly channel: string,
  ) {
    this.#link = link;
    this.#prefix = options.prefix;
    this.onLoss = options.onLoss;
    this.processes = options.processes;
  }

  async exchange(quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply> {
    const keys = makeKeys(this.#prefix, quota.scope, LEDGER_KEYS);
    const reply = await this.#link.run(EXCHANGE, keys, encodeRequest(quota, request, this.channel));
    return decodeReply(reply as (string | number)[]);
  }

  async closeGate(scope: string, forMs: number): Promise<void> {
    const ms = String(Math.min(LONGEST_CLOSURE_MS, Math.ceil(forMs)));
    await this.#link.run(CLOSE_GATE, this.#gateKeys(), [scope, ms, this.channel, this.#id]);
  }

  gateOf(scope: string): number {
    return this.#gates.remainingMs(scope);
  }

  listen(news: LeaseNews): Undo {
    this.#listeners.add(news);
    return () => {
      this.#listeners.delete(news);
    };
  }

  /** Reads the closed gates: the store can be used again, and messages may have been missed. */
  onReady(): void {
    for (const news of this.#listeners) news.onReady();
    this.#link.run(READ_GATES, this.#gateKeys(), []).then(
      (reply) => {
        const list = reply as (string | number)[];
        for (let i = 0; i + 1 < list.length; i += 2) this.#closeLocally(String(list[i]), Number(list[i + 1]));
      },
      // The link reconnects and then calls onReady again.
      () => undefined,
    );
  }

  /** Handles a message about a quota or a gate. */
  onMessage(kind: string, rest: string): void {
    if (kind === 'quota') for (const news of this.#listeners) news.onChange(rest);
    if (kind !== 'gate') return;
    const [sender, forMs, ...scope] = rest.split(' ');
    if (sender !== this.#id) this.#closeLocally(scope.join(' '), Number(forMs));
  }

  #closeLocally(scope: string, forMs: number): void {
    if (!this.#gates.close(scope, forMs)) return;
    for (const news of this.#listeners) news.onGate(scope, forMs);
  }

  #gateKeys(): string[] {
    return makeKeys(this.#prefix, 'gates', ['closed']);
  }
}
