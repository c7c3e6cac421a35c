import {
  answered,
  createHoldline,
  failed,
  leaseFleet,
  memoryStore,
  withCall,
  type CallContext,
  type Clock,
  type Holdline,
  type HoldlineConfig,
  type LeaseNews,
  type LeaseReply,
  type LeaseRequest,
  type Leases,
  type Outcome,
  type Random,
  type SharedQuota,
  type Undo,
} from '@holdline/core';
import { findStalledCalls, seededRandom, settle } from '@holdline/core/testing';
import type { Redis } from 'ioredis';
import { Simulation } from './fleet.fixture.js';
import { keysOf } from './keys.js';
import { RedisLeases, readReply } from './leases.js';
import { scriptOf, type Link } from './link.js';
import type { ResolvedOptions } from './options.js';
import { LEASE_KEYS, leaseScript } from './scripts/lease.js';

/**
 * The script of production in a function. Its time is handed over as the last argument, and what it would publish comes back
 * beside its answer.
 */
const SCRIPT = scriptOf(
  `local published = {}
local function exchange()
${leaseScript('local now = tonumber(ARGV[#ARGV])').replaceAll("redis.call('PUBLISH', news,", 'table.insert(published,')}
end
return { exchange(), published }`,
);

/** Where the clock of the simulated Redis begins. */
const EPOCH = 1_760_000_000_000;

/** How long a call may wait for something else than what it could leave by, ms. */
const LONGEST_DOUBT_MS = 5_000;

/** How an attempt ends. */
export interface PlatformReply {
  /** 0: the connection breaks, and nobody knows what became of it. -1: it is never made. */
  status: number;
  afterMs: number;
  headers?: Record<string, string>;
  limitKey?: string;
}

/** An attempt as the platform sees it. */
export interface Attempt {
  readonly at: number;
  readonly url: string;
  readonly weight: number;
  readonly tenant: string | undefined;
  readonly member: number;
}

/** Lines of several processes over one ledger: real script, real lines; time, network and platform are simulated. */
export class LineFleet {
  readonly simulation = new Simulation(settle);
  readonly members: Member[] = [];
  readonly attempts: (Attempt & { status: number })[] = [];
  readonly random: Random;
  exchanges = 0;
  /** Until when Redis cannot be reached. */
  lostUntil = -Infinity;
  /** Answers that get lost on the way. */
  drops = 0;
  /** By how much the clock of Redis was set. */
  redisJumpMs = 0;
  /** Whether Redis forgets all as soon as it is written. */
  evicts = false;
  latencyMs = 3;
  /** What the platform answers. */
  reply: (attempt: Attempt) => PlatformReply = () => ({ status: 200, afterMs: 50 });
  readonly gates = new Map<string, number>();
  /** Quotas that were asked for. */
  readonly scopes = new Set<string>();
  readonly faults: string[] = [];

  constructor(
    readonly redis: Redis,
    /** Keeps the worlds of one Redis apart. */
    readonly name: string,
    readonly config: HoldlineConfig,
    seed: number,
    readonly processes: number,
    readonly onLoss: Leases['onLoss'] = 'share',
  ) {
    this.random = seededRandom(seed);
    for (let i = 0; i < processes; i++) this.join();
  }

  get now(): number {
    return this.simulation.now;
  }

  join(): Member {
    const member = new Member(this, this.members.length);
    this.members.push(member);
    return member;
  }

  /** Tells all processes, a little later. */
  tell(fn: (news: LeaseNews) => void, but?: Member): void {
    if (this.now < this.lostUntil) return;
    for (const member of this.members) {
      if (member === but) continue;
      member.after(1 + this.random.next(), () => {
        for (const news of member.news) fn(news);
      });
    }
  }

  /** Redis is back: connections come about, and gates are read. */
  back(): void {
    this.tell((news) => news.onReady());
    for (const [scope, until] of this.gates)
      if (until > this.now) this.tell((news) => news.onGate(scope, until - this.now));
  }

  keys(scope: string): string[] {
    return keysOf(this.name, scope, LEASE_KEYS);
  }

  /** Redis forgets some keys of all ledgers. */
  async forget(some: (key: string) => boolean = () => true): Promise<void> {
    const keys = [...this.scopes].flatMap((scope) => this.keys(scope)).filter(some);
    if (keys.length > 0) await this.redis.del(keys);
  }

  /** What the ledgers hold that is no whole number. */
  async fractions(): Promise<string[]> {
    const found: string[] = [];
    for (const scope of this.scopes) {
      const [places, , , , served] = this.keys(scope) as [string, string, string, string, string];
      const counts = Object.entries(await this.redis.hgetall(places)).filter(([at]) => /^\d+$|^total$/.test(at));
      const shares = await this.redis.zrange(served, 0, -1, 'WITHSCORES');
      for (let i = 0; i + 1 < shares.length; i += 2) counts.push([shares[i] as string, shares[i + 1] as string]);
      for (const [at, n] of counts) if (!/^\d+$/.test(n)) found.push(`${scope} ${at}: ${n}`);
    }
    return found;
  }

  /** Runs until a moment, or until `isDone`. Notes calls that nothing will wake. */
  async run(until: number, isDone: () => boolean = () => false): Promise<void> {
    const { simulation } = this;
    await settle();
    while (simulation.now < until && !isDone() && this.faults.length === 0) {
      const next = simulation.nextAt;
      if (next === undefined || next > until) {
        await simulation.runUntil(until);
        break;
      }
      await simulation.runUntil(next);
      // Sums of fractions: what is due now may come a hair later.
      if ((simulation.nextAt ?? Infinity) - next < 1e-3) continue;
      for (const member of this.members) {
        if (member.isDead || member.isFrozen) continue;
        this.#look(member);
      }
    }
  }

  /**
   * Notes calls that nothing will wake. A call that aging has brought to the head may leave before its timer: as long as its lease
   * is awake that is a delay, and a fault only where it lasts.
   */
  #look(member: Member): void {
    const seen = new Map<string, number>();
    for (const fault of findStalledCalls(member.line)) {
      const kind = fault.replace(/[\d.]+ (ms|calls)/g, '');
      const since = member.doubts.get(kind) ?? this.now;
      seen.set(kind, since);
      if (!fault.includes('it is free in') || this.now - since > LONGEST_DOUBT_MS)
        this.faults.push(`p${member.id} at ${this.now}: ${fault}`);
    }
    member.doubts = seen;
  }

  async exchange(member: Member, quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply> {
    await member.pause(this.random.next() * this.latencyMs);
    if (this.now < this.lostUntil) {
      await member.pause(this.random.next() < 0.5 ? 5 : 500);
      throw new Error('lost');
    }
    this.exchanges++;
    this.scopes.add(quota.scope);
    const keys = this.keys(quota.scope);
    const args = [...member.store.argsOf(quota, request), String(EPOCH + this.now + this.redisJumpMs)];
    const [reply, published] = await this.#script(keys, args);
    for (const message of published) this.tell((news) => news.onChange(message.slice('quota '.length)));
    if (this.drops > 0) {
      this.drops--;
      await member.pause(500);
      throw new Error('dropped');
    }
    await member.pause(this.random.next() * this.latencyMs);
    return readReply(reply);
  }

  /** The simulation stands still meanwhile. */
  #script(keys: string[], args: string[]): Promise<[(string | number)[], string[]]> {
    const forget = async <T>(reply: T): Promise<T> => {
      if (this.evicts) await this.redis.del(keys);
      return reply;
    };
    const work = this.redis
      .evalsha(SCRIPT.sha, keys.length, ...keys, ...args)
      .catch((error: unknown) => {
        if (!String(error).includes('NOSCRIPT')) throw error;
        return this.redis.eval(SCRIPT.text, keys.length, ...keys, ...args);
      })
      .then(forget);
    this.simulation.waitsFor(work);
    return work as Promise<[(string | number)[], string[]]>;
  }
}

/** One process: a line, and its way to Redis. */
export class Member {
  readonly news = new Set<LeaseNews>();
  readonly store: RedisLeases;
  readonly line: Holdline;
  isDead = false;
  isClosed = false;
  /** Calls that have not ended, counted by whoever makes them. */
  pending = 0;
  /** Calls that might have left earlier, and since when. */
  doubts = new Map<string, number>();
  /** What it was told last. */
  config: HoldlineConfig;
  frozenUntil = -Infinity;
  readonly #gates = new Map<string, number>();

  constructor(
    readonly fleet: LineFleet,
    readonly id: number,
  ) {
    const resolved = { prefix: fleet.name, onLoss: fleet.onLoss, processes: fleet.processes } as ResolvedOptions;
    this.store = new RedisLeases({} as Link, resolved, 'news');
    const offset = fleet.random.next() * 1e6;
    const clock: Clock = {
      now: () => offset + fleet.now,
      wall: () => EPOCH + fleet.now,
      setTimer: (ms, fn) => {
        if (Number.isNaN(ms)) fleet.faults.push(`p${id}: a timer of NaN`);
        return this.after(Math.max(0, ms), fn);
      },
    };
    const { journal } = memoryStore({ clock });
    const random = seededRandom(Math.floor(fleet.random.next() * 2 ** 31));
    this.config = fleet.config;
    this.line = createHoldline({
      ...fleet.config,
      clock,
      random,
      store: { journal, leases: this.#leases(), salt: 's' },
    });
  }

  get isFrozen(): boolean {
    return this.fleet.now < this.frozenUntil;
  }

  /** Takes new numbers for its quotas. */
  update(config: HoldlineConfig): void {
    this.config = { ...this.config, ...config };
    this.line.update(this.config);
  }

  /** Refuses what waits, and gives back what is held. */
  close(): void {
    this.isClosed = true;
    void this.line.close();
  }

  after(ms: number, fn: () => void): Undo {
    const { simulation } = this.fleet;
    let undo: Undo = () => undefined;
    const run = (): void => {
      if (this.isDead) return;
      // What a frozen process should do it does when it thaws.
      if (this.isFrozen) undo = simulation.schedule(this.frozenUntil, run);
      else fn();
    };
    undo = simulation.schedule(simulation.now + ms, run);
    return () => undo();
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** One call. */
  call(url: string, context: CallContext = {}): Promise<unknown> {
    const { weight = 1, tenant } = context;
    const request = {
      method: 'GET',
      url,
      replayable: true,
      headers: { get: () => undefined, set: () => undefined },
      send: () => this.#send(url, weight, tenant),
    };
    return withCall(context, () => this.line.run(request));
  }

  async #send(url: string, weight: number, tenant: string | undefined): Promise<Outcome> {
    const { fleet } = this;
    const attempt = { at: fleet.now, url, weight, tenant, member: this.id };
    const { status, afterMs, headers = {}, limitKey } = fleet.reply(attempt);
    fleet.attempts.push({ ...attempt, status });
    await this.pause(afterMs);
    if (status <= 0) return failed(new Error('broken'), status < 0 ? 'not-sent' : 'unknown');
    const header = (name: string): string | undefined => headers[name.toLowerCase()];
    return answered({ status }, { status, header, threw: status >= 400, ...(limitKey && { limitKey }) });
  }

  #leases(): Leases {
    const { fleet } = this;
    return {
      fleet: leaseFleet,
      onLoss: fleet.onLoss,
      processes: fleet.processes,
      exchange: (quota, request) => fleet.exchange(this, quota, request),
      closeGate: (scope, forMs) => {
        if (fleet.now < fleet.lostUntil) return Promise.reject(new Error('lost'));
        fleet.gates.set(scope, Math.max(fleet.now + forMs, fleet.gates.get(scope) ?? 0));
        for (const member of fleet.members) if (member !== this) member.#gates.set(scope, fleet.now + forMs);
        fleet.tell((news) => news.onGate(scope, forMs), this);
        return Promise.resolve();
      },
      gateOf: (scope) => Math.max(0, (this.#gates.get(scope) ?? 0) - fleet.now),
      listen: (news) => {
        this.news.add(news);
        return () => {
          this.news.delete(news);
        };
      },
    };
  }
}

/** The most that came within any window, by weight. */
export function mostWithin(attempts: readonly { at: number; weight: number }[], windowMs: number): number {
  const sorted = [...attempts].sort((a, b) => a.at - b.at);
  let [most, sum] = [0, 0];
  for (let i = 0, j = 0; i < sorted.length; i++) {
    sum += (sorted[i] as { weight: number }).weight;
    while ((sorted[i] as { at: number }).at - (sorted[j] as { at: number }).at >= windowMs)
      sum -= (sorted[j++] as { weight: number }).weight;
    most = Math.max(most, sum);
  }
  return most;
}
