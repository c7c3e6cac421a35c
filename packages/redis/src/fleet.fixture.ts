import {
  leaseFleet,
  type Clock,
  type LeaseNews,
  type LeaseReply,
  type LeaseRequest,
  type Leases,
  type Quota,
  type SharedQuota,
  type Undo,
} from '@holdline/core';
import { seededRandom } from '@holdline/core/testing';
import type { Redis } from 'ioredis';
import { keysOf } from './keys.js';
import { openLease, type LeaseOwner, type SharedLease } from './lease.fixture.js';
import { RedisLeases, readReply } from './leases.js';
import type { Link } from './link.js';
import type { ResolvedOptions } from './options.js';
import type { PlatformAnswer, SimulatedPlatform } from './platform.fixture.js';
import { LEASE_KEYS, leaseScript } from './scripts/lease.js';

/** The script of production with one line changed: its time is the simulation's, handed over as the last argument. */
const SCRIPT = leaseScript('local now = tonumber(ARGV[#ARGV])');

/** Keys of the one ledger of a fleet. */
export const SIM_KEYS = keysOf('sim', 'sim', LEASE_KEYS);

/** Where the clock of the simulated Redis begins. */
const EPOCH = 1_760_000_000_000;

/** Whoever is refused waits as long as it takes. */
const PATIENT_MS = 3_600_000;

interface Event {
  at: number;
  order: number;
  run: () => void | Promise<void>;
}

/** Time of a whole fleet. An event may wait for the real Redis; meanwhile it stands still. */
export class Simulation {
  now = 0;
  /** @param settle Lets what has just settled react, after each event. */
  constructor(
    readonly settle = async () => {
      for (let i = 0; i < 12; i++) await Promise.resolve();
    },
  ) {}

  readonly #heap: Event[] = [];
  readonly #work = new Set<Promise<unknown>>();
  #order = 0;

  schedule(at: number, run: () => void | Promise<void>): Undo {
    const event: Event = { at: Math.max(at, this.now), order: ++this.#order, run };
    this.#push(event);
    return () => {
      event.run = () => undefined;
    };
  }

  async runUntil(end: number): Promise<void> {
    for (let event = this.#heap[0]; event && event.at <= end; event = this.#heap[0]) {
      this.#pop();
      this.now = event.at;
      await event.run();
      await this.#settled();
    }
    this.now = end;
  }

  /** When the next event is due. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Time stands still until this has ended. */
  waitsFor(work: Promise<unknown>): void {
    this.#work.add(work);
    const ended = (): void => void this.#work.delete(work);
    work.then(ended, ended);
  }

  async #settled(): Promise<void> {
    await this.settle();
    while (this.#work.size > 0) {
      await Promise.allSettled(this.#work);
      await this.settle();
    }
  }

  #before(a: Event, b: Event): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(event, heap[parent] as Event)) break;
      heap[i] = heap[parent] as Event;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!this.#before(heap[child] as Event, last)) break;
      heap[i] = heap[child] as Event;
      i = child;
    }
    heap[i] = last;
  }
}

/** What a fleet is made of, and what is wrong with its world. */
export interface FleetOptions {
  limit: number;
  windowMs: number;
  processes: number;
  seed?: number;
  /** Longest way to Redis, and to the platform, one way, ms. */
  latencyMs?: number;
  /** How long the platform takes to answer, at most, ms. */
  answerMs?: number;
  onLoss?: Leases['onLoss'];
  /** What is told of the limit: the one that is kept. */
  given?: number;
  enforcement?: SharedQuota['enforcement'];
  burst?: number;
  /** By how much the clock of Redis is faster, ms per ms. */
  redisDrift?: number;
  /** Enforces; without one all is accepted. */
  platform?: SimulatedPlatform;
}

/** One process of the fleet: calls wait, and leave as the lease allows. */
export class Process {
  waiting = 0;
  sent = 0;
  isDead = false;
  lost = 0;
  back = 0;
  readonly lease: SharedLease;
  /** Until when, by its clock, the platform wants nothing. */
  closedUntil = -Infinity;
  #order = 0;
  #timer: { at: number; stop: Undo } | undefined = undefined;

  constructor(
    readonly fleet: Fleet,
    readonly clock: Clock,
    readonly name: string,
    quota: Quota,
    leases: Leases,
    /** What listens to the news of the store. */
    readonly news: Set<LeaseNews>,
  ) {
    const owner: LeaseOwner = {
      clock,
      leases,
      random: { next: () => fleet.chance() },
      demand: (now) => (now < this.closedUntil ? 0 : this.waiting),
      freeAt: (now) => Math.max(now, this.closedUntil),
      wake: () => this.dispatch(),
      onStoreLost: () => this.lost++,
      onStoreBack: () => this.back++,
    };
    this.lease = openLease(owner, quota);
  }

  want(n: number): void {
    this.waiting += n;
    this.dispatch();
  }

  dispatch(): void {
    if (this.isDead) return;
    const now = this.clock.now();
    const freeAt = (): number => (this.closedUntil > now ? this.closedUntil : this.lease.freeAt(now, 1, PATIENT_MS));
    while (this.waiting > 0 && freeAt() <= now) {
      this.waiting--;
      const order = ++this.#order;
      this.lease.take(now, 1, order);
      this.sent++;
      this.fleet.send(this, { weight: 1, order, sentAt: now });
    }
    if (this.waiting === 0) return;
    const at = freeAt();
    if (at > now) this.lease.wanted(now, 1, PATIENT_MS);
    if (at === Infinity || at <= now || (this.#timer && this.#timer.at <= at)) return;
    this.#timer?.stop();
    const stop = this.clock.setTimer(at - now, () => {
      this.#timer = undefined;
      this.dispatch();
    });
    this.#timer = { at, stop };
  }
}

/** An attempt on its way. */
interface Sent {
  weight: number;
  order: number;
  /** By the clock of its process. */
  sentAt: number;
}

/** A fleet on a clock of its own, with the real script in a real Redis. */
export class Fleet {
  readonly simulation = new Simulation();
  readonly processes: Process[] = [];
  /** When attempts came to the platform. */
  readonly arrivals: number[] = [];
  /** Until when Redis cannot be reached. */
  lostUntil = -Infinity;
  /** Whether the next answer of Redis is lost on the way. */
  dropNext = false;
  exchanges = 0;
  /** By how much the clock of Redis was set, ms. */
  jumpMs = 0;
  readonly #random;
  readonly #args: RedisLeases;

  constructor(
    readonly redis: Redis,
    readonly options: FleetOptions,
  ) {
    this.#random = seededRandom(options.seed ?? 1);
    const resolved = { prefix: 'sim', onLoss: 'share', processes: options.processes } as ResolvedOptions;
    this.#args = new RedisLeases({} as Link, resolved, 'sim:news');
    for (let i = 0; i < options.processes; i++) this.add();
  }

  chance(): number {
    return this.#random.next();
  }

  add(): Process {
    const { limit, windowMs, given = limit, enforcement = 'auto', burst } = this.options;
    const quota: Quota = { limit: given === Infinity ? 'discover' : given, windowMs, enforcement };
    if (burst !== undefined) quota.burst = burst;
    const offset = this.#random.next() * 1e6;
    const drift = 1 + (this.#random.next() - 0.5) * 2e-4;
    const { simulation } = this;
    const clock: Clock = {
      now: () => offset + simulation.now * drift,
      wall: () => EPOCH + simulation.now,
      setTimer: (ms, fn) => simulation.schedule(simulation.now + ms / drift, () => this.#alive(process, fn)),
    };
    const name = `p${this.processes.length}`;
    const news = new Set<LeaseNews>();
    const leases = this.#leases(() => process, news);
    const process: Process = new Process(this, clock, name, quota, leases, news);
    this.processes.push(process);
    return process;
  }

  /** An attempt goes to the platform and comes back. */
  send(process: Process, sent: Sent): void {
    const { latencyMs = 2, answerMs = 20, platform } = this.options;
    const { simulation } = this;
    const arrival = simulation.now + this.#random.next() * latencyMs;
    const answeredAt = arrival + this.#random.next() * answerMs;
    simulation.schedule(arrival, () => {
      const answer = platform?.answer(arrival);
      if (answer?.accepted !== false) this.arrivals.push(arrival);
      simulation.schedule(answeredAt, () => this.#alive(process, () => this.#ended(process, sent, answer)));
    });
  }

  #ended(process: Process, sent: Sent, answer: PlatformAnswer | undefined): void {
    const { lease, clock } = process;
    const now = clock.now();
    const roundTripMs = (this.options.latencyMs ?? 2) + (this.options.answerMs ?? 20);
    if (answer?.resetMs !== undefined) {
      const at = now + answer.resetMs;
      lease.tellReset(now, { from: at - 1_000 - roundTripMs, to: at + 1_000 });
    }
    if (answer?.accepted !== false) return lease.end(now, sent.weight, sent.order);
    lease.refused(now, sent, { until: now + answer.retryAfterMs, roundedMs: 1_000 }, roundTripMs);
    // Nothing is lost: it goes again. And nobody sends until then.
    process.waiting++;
    for (const one of this.processes) {
      this.simulation.schedule(this.simulation.now + 1, () =>
        this.#alive(one, () => {
          one.closedUntil = Math.max(one.closedUntil, one.clock.now() + answer.retryAfterMs + this.#random.next() * 50);
          one.dispatch();
        }),
      );
    }
  }

  /** The most arrivals in any window of the platform. */
  most(from = -Infinity): number {
    const { windowMs } = this.options;
    const times = this.arrivals.filter((at) => at >= from).sort((a, b) => a - b);
    let most = 0;
    for (let i = 0, j = 0; i < times.length; i++) {
      while ((times[i] as number) - (times[j] as number) >= windowMs) j++;
      most = Math.max(most, i - j + 1);
    }
    return most;
  }

  #alive(process: Process, fn: () => void): void {
    if (!process.isDead) fn();
  }

  #leases(own: () => Process, listeners: Set<LeaseNews>): Leases {
    const { onLoss = 'share', processes } = this.options;
    return {
      fleet: leaseFleet,
      onLoss,
      processes,
      exchange: (quota, request) => this.#exchange(own(), quota, request),
      closeGate: () => Promise.resolve(),
      gateOf: () => 0,
      listen: (news) => {
        listeners.add(news);
        return () => listeners.delete(news);
      },
    };
  }

  #exchange(process: Process, quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply> {
    const { latencyMs = 2, redisDrift = 0 } = this.options;
    const { simulation } = this;
    const way = (): number => this.#random.next() * latencyMs;
    return new Promise((resolve, reject) => {
      simulation.schedule(simulation.now + way(), async () => {
        if (simulation.now < this.lostUntil)
          return void simulation.schedule(simulation.now + 5, () =>
            this.#alive(process, () => reject(new Error('lost'))),
          );
        this.exchanges++;
        const args = [
          ...this.#args.argsOf(quota, { ...request, process: process.name }),
          String(EPOCH + this.jumpMs + simulation.now * (1 + redisDrift)),
        ];
        const reply = (await this.redis.eval(SCRIPT, SIM_KEYS.length, ...SIM_KEYS, ...args)) as (string | number)[];
        // News travel at the speed of an answer.
        if ((request.ledger !== '' && String(reply[0]) !== request.ledger) || request.returning || request.refusal)
          this.#tellAll(quota);
        const isDropped = this.dropNext;
        this.dropNext = false;
        simulation.schedule(simulation.now + way(), () =>
          this.#alive(process, () => (isDropped ? reject(new Error('dropped')) : resolve(readReply(reply)))),
        );
      });
    });
  }

  #tellAll({ scope }: SharedQuota): void {
    for (const process of this.processes)
      this.simulation.schedule(this.simulation.now + 1, () =>
        this.#alive(process, () => {
          for (const news of process.news) news.onChange(scope);
        }),
      );
  }
}
