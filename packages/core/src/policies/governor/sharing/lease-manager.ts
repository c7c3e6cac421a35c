import type { Clock, Random, Undo } from '../../../contract/clock.js';
import { messageOf } from '../../../contract/errors.js';
import type { EventSink } from '../../../contract/events.js';
import type {
  SharingHost,
  QuotaSharingFactory,
  Leases,
  QuotaSharing,
  SharedQuota,
  SharedScope,
  SharedTerms,
} from '../../../contract/leases.js';
import { sharedQuotaOf } from './lease-terms.js';
import { Lease, type LeaseHost } from './lease.js';

/**
 * Value of `sharing` for custom stores of leases.
 * @public
 */
export const quotaSharing: QuotaSharingFactory = (ports, events, leases, host) =>
  new LeaseManager(ports, events, leases, host);

/** Shares the quotas and gates of a governor with other processes, through the store. */
class LeaseManager<S extends SharedScope> implements QuotaSharing<S> {
  readonly #leases: Leases;
  readonly #open = new Set<Lease>();
  readonly #stop: Undo;
  readonly #id: string;
  #leaseCount = 0;
  /** Leases without a store. The store is lost with the first of them, and back when none is left. */
  readonly #lost = new Set<Lease>();
  #lostAt = 0;

  constructor(
    readonly ports: { readonly clock: Clock; readonly random: Random },
    readonly events: EventSink,
    leases: Leases,
    readonly host: SharingHost<S>,
  ) {
    this.#leases = leases;
    const randomPart = (): string => Math.floor(ports.random.next() * 2 ** 32).toString(36);
    this.#id = `${randomPart()}${randomPart()}`;
    this.#stop = leases.listen({
      onChange: (name) => this.#each((lease, now) => lease.quota.scope === name && lease.onChange(now)),
      onReady: () => this.#each((lease, now) => lease.onReady(now)),
      onGate: (name, forMs) => {
        // The store may relay invalid values of other clients.
        if (!(forMs > 0 && forMs < Infinity)) return;
        for (const scope of host.scopes()) if (scope.name === name) host.onGateClosed(scope, forMs);
      },
    });
  }

  /**
   * Creates a lease for one quota of a scope.
   *
   * @param before - The lease that the new lease replaces.
   */
  lend(scope: S, terms: SharedTerms, before?: Lease): Lease {
    const host: LeaseHost = {
      demand: () => scope.demand(this.ports.clock.now()),
      elsewhereFreeAt: (now, weight) => scope.freeAtBesides(lease, now, weight),
      random: () => this.ports.random.next(),
      wake: () => this.host.wake(scope),
      onStoreLost: (error) => {
        this.#onStoreLost(lease, error);
        if (lease.refuses) this.host.onStoreLost(scope);
      },
      onStoreBack: () => this.#onStoreBack(lease),
      onLimitLearned: () => this.host.onLimitLearned(scope, lease),
    };
    const id = `${this.#id}-${++this.#leaseCount}`;
    const lease: Lease = new Lease(id, quotaOf(terms), this.#leases, this.ports.clock, host, before);
    this.#open.add(lease);
    if (lease.isLost) this.#lost.add(lease);
    return lease;
  }

  /** Applies new numbers. A new window length needs a new ledger with its own ticks. */
  reconfigure(lease: Lease, scope: S, terms: SharedTerms): Lease {
    if (lease.quota.windowMs !== terms.windowMs) {
      const next = this.lend(scope, terms, lease);
      void this.end(lease);
      return next;
    }
    lease.reconfigure(quotaOf(terms));
    return lease;
  }

  /** Ends the lease of a removed quota. Settles when its permits were given back, or the store was unreachable. */
  end(lease: Lease): Promise<void> {
    this.#open.delete(lease);
    this.#lost.delete(lease);
    return lease.close();
  }

  /** Tells the other processes that the platform refuses all attempts of this scope for `forMs`. */
  closeGate(scope: S, forMs: number): void {
    this.#leases.closeGate(scope.name, forMs).catch((error: unknown) => {
      if (this.events.has('storeFailed'))
        this.events.emit('storeFailed', { operation: 'gates.close', message: messageOf(error) });
    });
  }

  /** Registers a new scope, whose gate may already be closed. */
  addScope(scope: S): void {
    const forMs = this.#leases.gateOf(scope.name);
    if (forMs > 0 && forMs < Infinity) this.host.onGateClosed(scope, forMs);
  }

  /** Gives back all permits. Settles when that is done, or the store is unreachable. Afterwards the store may close. */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all([...this.#open].map((lease) => this.end(lease)));
  }

  #each(fn: (lease: Lease, now: number) => unknown): void {
    const now = this.ports.clock.now();
    for (const lease of [...this.#open]) fn(lease, now);
  }

  #onStoreLost(lease: Lease, error: unknown): void {
    this.#lost.add(lease);
    if (this.#lost.size > 1) return;
    this.#lostAt = this.ports.clock.now();
    if (this.events.has('storeLost'))
      this.events.emit('storeLost', { onLoss: this.#leases.onLoss, message: messageOf(error) });
  }

  #onStoreBack(lease: Lease): void {
    this.#lost.delete(lease);
    if (this.#lost.size > 0 || !this.events.has('storeBack')) return;
    this.events.emit('storeBack', { lostForMs: this.ports.clock.now() - this.#lostAt });
  }
}

function quotaOf({ scope, limit, windowMs, enforcement, burst }: SharedTerms): SharedQuota {
  return sharedQuotaOf(scope, limit, windowMs, enforcement, burst);
}
