import type { Undo } from '../../../contract/clock.js';
import { messageOf } from '../../../contract/errors.js';
import type { FleetHost, LeaseFleet, Leases, SharedQuota } from '../../../contract/leases.js';
import type { Ports } from '../../../contract/store.js';
import type { Events } from '../../../runtime/events.js';
import type { Scope } from '../limits/scope.js';
import type { Quota } from '../options.js';
import { sharedQuota } from './lease-terms.js';
import { Lease, type LeaseHost } from './lease.js';

/** For stores of your own: the `fleet` of their leases. */
export const leaseFleet: LeaseFleet = (ports, events, leases, host) => new Fleet(ports, events, leases, host);

/** The part of the governor that shares its quotas and gates with other processes, through the store. */
export class Fleet {
  readonly #leases: Leases;
  readonly #open = new Set<Lease>();
  readonly #stop: Undo;
  readonly #id: string;
  #made = 0;
  /** Leases that are on their own. The store is lost when the first is, and back when none is. */
  readonly #lost = new Set<Lease>();
  #lostAt = 0;

  constructor(
    readonly ports: Ports,
    readonly events: Events,
    leases: Leases,
    readonly host: FleetHost,
  ) {
    this.#leases = leases;
    const part = (): string => Math.floor(ports.random.next() * 2 ** 32).toString(36);
    this.#id = `${part()}${part()}`;
    this.#stop = leases.listen({
      onChange: (name) => this.#each((lease, now) => lease.quota.scope === name && lease.changed(now)),
      onReady: () => this.#each((lease, now) => lease.ready(now)),
      onGate: (name, forMs) => {
        // What a store hands on may come from anybody.
        if (!(forMs > 0 && forMs < Infinity)) return;
        for (const scope of host.scopes()) if (scope.name === name) host.gateClosed(scope, forMs);
      },
    });
  }

  /**
   * A lease for one quota of a scope.
   *
   * @param before The one whose place it takes.
   */
  lend(scope: Scope, quota: Quota, before?: Lease): Lease {
    const host: LeaseHost = {
      demand: () => scope.demand(this.ports.clock.now()),
      elsewhereFreeAt: (now, weight) => elsewhereFreeAt(scope, lease, now, weight),
      chance: () => this.ports.random.next(),
      wake: () => this.host.wake(scope),
      lost: (error) => {
        this.#wentMissing(lease, error);
        if (lease.refuses) this.host.refuse(scope);
      },
      back: () => this.#cameBack(lease),
      learned: () => this.host.learned(scope, lease),
    };
    const id = `${this.#id}-${++this.#made}`;
    const lease: Lease = new Lease(id, terms(scope, quota), this.#leases, this.ports.clock, host, before);
    this.#open.add(lease);
    if (lease.isLost) this.#lost.add(lease);
    return lease;
  }

  /** The lease for new numbers. Another window is another ledger, with ticks of its own. */
  renumber(lease: Lease, scope: Scope, quota: Quota): Lease {
    if (lease.quota.windowMs !== quota.windowMs) {
      const next = this.lend(scope, quota, lease);
      void this.end(lease);
      return next;
    }
    lease.renumber(terms(scope, quota));
    return lease;
  }

  /** The lease of a quota that is no more. Settles when what it held was given back, or could not be. */
  end(lease: Lease): Promise<void> {
    this.#open.delete(lease);
    this.#lost.delete(lease);
    return lease.close();
  }

  /** Tells the others that the platform wants nothing of this scope for so long. */
  closeGate(scope: Scope, forMs: number): void {
    this.#leases.closeGate(scope.name, forMs).catch((error: unknown) => {
      if (this.events.has('storeFailed'))
        this.events.emit('storeFailed', { operation: 'gates.close', message: messageOf(error) });
    });
  }

  /** A scope that was just made: its gate may be closed already. */
  welcome(scope: Scope): void {
    scope.fleet = this;
    const forMs = this.#leases.gateOf(scope.name);
    if (forMs > 0 && forMs < Infinity) this.host.gateClosed(scope, forMs);
  }

  /** Gives back what is held. Settles when that was done, or could not be: the store may be closed then. */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all([...this.#open].map((lease) => this.end(lease)));
  }

  #each(fn: (lease: Lease, now: number) => unknown): void {
    const now = this.ports.clock.now();
    for (const lease of [...this.#open]) fn(lease, now);
  }

  #wentMissing(lease: Lease, error: unknown): void {
    this.#lost.add(lease);
    if (this.#lost.size > 1) return;
    this.#lostAt = this.ports.clock.now();
    if (this.events.has('storeLost'))
      this.events.emit('storeLost', { onLoss: this.#leases.onLoss, message: messageOf(error) });
  }

  #cameBack(lease: Lease): void {
    this.#lost.delete(lease);
    if (this.#lost.size > 0 || !this.events.has('storeBack')) return;
    this.events.emit('storeBack', { lostForMs: this.ports.clock.now() - this.#lostAt });
  }
}

/** When everything in a scope but what this lease lends lets so many permits pass. Infinity while nobody can tell. */
function elsewhereFreeAt(scope: Scope, lease: Lease, now: number, weight: number): number {
  if (scope.inFlight >= scope.maxConcurrent) return Infinity;
  let at = scope.gate.freeAt(now);
  for (const quota of scope.quotas) {
    if (quota.lease !== lease) at = Math.max(at, quota.freeAt(now, weight, 0));
    else if (quota.bucket) at = Math.max(at, quota.bucket.freeAt(now, weight));
  }
  if (scope.learned) at = Math.max(at, scope.learned.freeAt(now, weight, 0));
  return scope.throughput ? Math.max(at, scope.throughput.freeAt(now)) : at;
}

/** What all processes call this quota. The window is part of it: a ledger counts in its ticks, and cannot read those of another. */
function terms(scope: Scope, quota: Quota): SharedQuota {
  const { name, limit, windowMs, enforcement, shape, burst } = quota;
  const own = name === undefined ? String(windowMs) : `${name}|${windowMs}`;
  // What smooths is ours, and no business of the platform's.
  const held = shape === 'bucket' ? undefined : burst;
  return sharedQuota(`${scope.name}|${own}`, limit === 'discover' ? Infinity : limit, windowMs, enforcement, held);
}
