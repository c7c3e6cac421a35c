import {
  answered,
  createHoldline,
  leaseFleet,
  memoryStore,
  type Clock,
  type Holdline,
  type HoldlineConfig,
  type LeaseNews,
  type LeaseReply,
  type LeaseRequest,
  type Leases,
  type SharedQuota,
} from '@holdline/core';
import { seededRandom, settle } from '@holdline/core/testing';
import type { Redis } from 'ioredis';
import { Simulation } from './fleet.fixture.js';
import { keysOf } from './keys.js';
import { RedisLeases, readReply } from './leases.js';
import type { Link } from './link.js';
import type { ResolvedOptions } from './options.js';
import type { SimulatedPlatform } from './platform.fixture.js';
import { LEASE_KEYS, leaseScript } from './scripts/lease.js';

/** The script of production on the time of the simulation, which is the last argument. Its messages go to a list. */
const SCRIPT = leaseScript('local now = tonumber(ARGV[#ARGV])').replaceAll(
  "redis.call('PUBLISH', news,",
  "redis.call('RPUSH', 'workers:news',",
);

/** Where the clock of the simulated Redis begins. */
const EPOCH = 1_760_000_000_000;

/** What a fleet of workers is made of. */
export interface WorkersOptions {
  readonly processes: number;
  readonly limit: number;
  readonly windowMs: number;
  readonly platform: SimulatedPlatform;
  readonly seed?: number;
  /** Workers of each process: each makes one call after the other. @defaultValue 20 */
  readonly workers?: number;
  /** How long the platform takes to answer, ms. The way there and back takes 1 to 4 ms each. @defaultValue 30 */
  readonly serviceMs?: number;
  /** Longest way to Redis, one way, ms. @defaultValue 1 */
  readonly latencyMs?: number;
  /** Whether the lines share a store. @defaultValue true */
  readonly shares?: boolean;
  /** Whether refusals name the quota. */
  readonly named?: boolean;
  /** What the lines are told, besides the quota. */
  readonly config?: HoldlineConfig;
}

/** One exchange with the ledger, for whoever wants to see it. */
export interface Exchange {
  readonly at: number;
  readonly process: number;
  readonly request: LeaseRequest;
  readonly reply: LeaseReply;
  /** What the ledger believes after it. */
  readonly belief: Readonly<Record<string, unknown>>;
  readonly total: number;
}

/** One process: a whole line, with workers that always have a call to make. */
export class Worker {
  calls = 0;
  settled = 0;
  failed = 0;
  isDead = false;
  readonly news = new Set<LeaseNews>();
  readonly gates = new Map<string, number>();

  line!: Holdline;

  constructor(
    readonly index: number,
    readonly clock: Clock,
  ) {}
}

/**
 * Whole lines of several processes on virtual time, with the real script in a real Redis, before a platform that enforces. Time
 * stands still while Redis answers.
 */
export class Workers {
  readonly simulation = new Simulation();
  readonly members: Worker[] = [];
  exchanges = 0;
  /** Told of every exchange. */
  onExchange: ((exchange: Exchange) => void) | undefined = undefined;
  readonly #random;
  readonly #args: RedisLeases;

  constructor(
    readonly redis: Redis,
    readonly options: WorkersOptions,
  ) {
    this.#random = seededRandom(options.seed ?? 1);
    const resolved = { prefix: 'workers', onLoss: 'share', processes: options.processes } as ResolvedOptions;
    this.#args = new RedisLeases({} as Link, resolved, 'workers:news');
    for (let i = 0; i < options.processes; i++) this.add();
  }

  /** A process joins. */
  add(config = this.options.config): Worker {
    const { limit, windowMs, shares = true, seed = 1 } = this.options;
    const { simulation } = this;
    const offset = this.#random.next() * 1e6;
    const drift = 1 + (this.#random.next() - 0.5) * 2e-4;
    const alive = (fn: () => void) => async (): Promise<void> => {
      if (!member.isDead) fn();
      await settle();
    };
    const clock: Clock = {
      now: () => offset + simulation.now * drift,
      wall: () => EPOCH + simulation.now,
      setTimer: (ms, fn) => simulation.schedule(simulation.now + ms / drift, alive(fn)),
    };
    const index = this.members.length;
    const member: Worker = new Worker(index, clock);
    const leases = shares ? this.#leases(member) : undefined;
    const { journal } = memoryStore({ clock });
    member.line = createHoldline({
      clock,
      random: seededRandom(seed * 100 + index),
      store: { journal, ...(leases && { leases, salt: 'workers' }) },
      governor: { quotas: [{ limit, windowMs, name: 'all' }] },
      ...config,
    });
    this.members.push(member);
    return member;
  }

  /** All members work until then. */
  async work(untilMs: number): Promise<void> {
    for (const member of this.members) this.start(member, untilMs);
    await this.simulation.runUntil(untilMs);
  }

  /** The workers of one member begin. */
  start(member: Worker, untilMs: number): void {
    const worker = async (): Promise<void> => {
      while (this.simulation.now < untilMs && !member.isDead) if (!(await this.call(member))) await this.#pause(100);
    };
    this.simulation.schedule(this.simulation.now, async () => {
      for (let i = 0; i < (this.options.workers ?? 20); i++) void worker();
      await settle();
    });
  }

  /** One call of a member; settles with whether it succeeded. */
  async call(member: Worker): Promise<boolean> {
    member.calls++;
    try {
      await member.line.run({
        method: 'GET',
        url: 'https://api.example.com/x',
        headers: { get: () => undefined, set: () => undefined },
        replayable: true,
        send: () => this.#attempt(member),
      });
      return true;
    } catch {
      member.failed++;
      return false;
    } finally {
      member.settled++;
    }
  }

  #attempt(member: Worker): Promise<ReturnType<typeof answered>> {
    const { platform, serviceMs = 30 } = this.options;
    const { simulation } = this;
    const travel = (): number => 1 + this.#random.next() * 3;
    const arrival = simulation.now + travel();
    return new Promise((resolve) => {
      simulation.schedule(arrival, () => {
        const { accepted, retryAfterMs, resetMs } = platform.answer(arrival);
        const status = accepted ? 200 : 429;
        const limitKey = this.options.named && !accepted ? 'all' : undefined;
        const headers: Record<string, string | undefined> = {
          'retry-after': accepted ? undefined : String(retryAfterMs / 1_000),
          'x-ratelimit-limit': resetMs === undefined ? undefined : String(platform.limit),
          'x-ratelimit-remaining': resetMs === undefined ? undefined : String(platform.limit),
          'x-ratelimit-reset': resetMs === undefined ? undefined : String(resetMs / 1_000),
        };
        simulation.schedule(arrival + serviceMs + travel(), async () => {
          if (!member.isDead)
            resolve(answered({ status }, { status, header: (name) => headers[name], threw: !accepted, limitKey }));
          await settle();
        });
      });
    });
  }

  #leases(own: Worker): Leases {
    const { processes } = this.options;
    const { simulation } = this;
    return {
      fleet: leaseFleet,
      onLoss: 'share',
      processes,
      exchange: (quota, request) => this.#exchange(own, quota, request),
      closeGate: (scope, forMs) => {
        for (const other of this.members) {
          if (other === own) continue;
          this.#tell(other, (news) => {
            other.gates.set(scope, simulation.now + forMs);
            news.onGate(scope, forMs);
          });
        }
        return Promise.resolve();
      },
      gateOf: (scope) => Math.max(0, (own.gates.get(scope) ?? 0) - simulation.now),
      listen: (news) => {
        own.news.add(news);
        return () => own.news.delete(news);
      },
    };
  }

  #pause(ms: number): Promise<void> {
    const { simulation } = this;
    return new Promise((resolve) => simulation.schedule(simulation.now + ms, resolve));
  }

  #way(): number {
    return this.#random.next() * (this.options.latencyMs ?? 1);
  }

  #tell(member: Worker, fn: (news: LeaseNews) => void): void {
    this.simulation.schedule(this.simulation.now + this.#way(), async () => {
      if (!member.isDead) for (const news of member.news) fn(news);
      await settle();
    });
  }

  #exchange(member: Worker, quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply> {
    const { simulation } = this;
    return new Promise((resolve, reject) => {
      simulation.schedule(simulation.now + this.#way(), async () => {
        this.exchanges++;
        const keys = keysOf('workers', quota.scope, LEASE_KEYS);
        const args = [...this.#args.argsOf(quota, request), String(EPOCH + simulation.now)];
        const all = await this.redis
          .multi()
          .eval(SCRIPT, keys.length, ...keys, ...args)
          .lrange('workers:news', 0, -1)
          .del('workers:news')
          .hmget(keys[0] as string, 'belief', 'total')
          .exec();
        const [error, value] = all?.[0] ?? [new Error('no answer'), undefined];
        if (error) return void simulation.schedule(simulation.now, () => reject(error));
        for (const message of (all?.[1]?.[1] ?? []) as string[])
          for (const other of this.members) this.#tell(other, (news) => news.onChange(message.slice('quota '.length)));
        const reply = readReply(value as (string | number)[]);
        const [belief, total] = all?.[3]?.[1] as [string | null, string | null];
        this.onExchange?.({
          at: simulation.now,
          process: member.index,
          request,
          reply,
          belief: JSON.parse(belief ?? '{}') as Record<string, unknown>,
          total: Number(total),
        });
        simulation.schedule(simulation.now + this.#way(), async () => {
          if (!member.isDead) resolve(reply);
          await settle();
        });
      });
    });
  }
}
