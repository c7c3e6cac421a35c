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

/** For stores of your own: the `sharing` of their leases. */
export const quotaSharing: QuotaSharingFactory = (ports, events, leases, host) =>
  new LeaseManager(ports, events, leases, host);

/** The part of the governor that shares its quotas and gates with other processes, through the store. */
class LeaseManager<S extends SharedScope> implements QuotaSharing<S> {
  readonly #leases: Leases;
  readonly #open = new Set<Lease>();
  readonly #stop: Undo;
  readonly #id: string;
  #made = 0;
  /** Leases that are on their own. The store is lost when the first is, and back when none is. */
  readonly #lost = new Set<Lease>();
  #lostAt = 0;

  constructor(
    readonly ports: { readonly clock: Clock; readonly random: Random },
    readonly events: EventSink,
    leases: Leases,
    readonly host: SharingHost<S>,
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
        for (const scope of host.scopes()) if (scope.name === name) host.onGateClosed(scope, forMs);
      },
    });
  }

  /**
   * A lease for one quota of a scope.
   *
   * @param before The one whose place it takes.
   */
  lend(scope: S, terms: SharedTerms, before?: Lease): Lease {
    const host: LeaseHost = {
      demand: () => scope.demand(this.ports.clock.now()),
      elsewhereFreeAt: (now, weight) => scope.freeAtBesides(lease, now, weight),
      chance: () => this.ports.random.next(),
      wake: () => this.host.wake(scope),
      lost: (error) => {
        this.#onStoreLost(lease, error);
        if (lease.refuses) this.host.onStoreLost(scope);
      },
      back: () => this.#onStoreBack(lease),
      learned: () => this.host.onLimitLearned(scope, lease),
    };
    const id = `${this.#id}-${++this.#made}`;
    const lease: Lease = new Lease(id, quotaOf(terms), this.#leases, this.ports.clock, host, before);
    this.#open.add(lease);
    if (lease.isLost) this.#lost.add(lease);
    return lease;
  }

  /** The lease for new numbers. Another window is another ledger, with ticks of its own. */
  reconfigure(lease: Lease, scope: S, terms: SharedTerms): Lease {
    if (lease.quota.windowMs !== terms.windowMs) {
      const next = this.lend(scope, terms, lease);
      void this.end(lease);
      return next;
    }
    lease.reconfigure(quotaOf(terms));
    return lease;
  }

  /** The lease of a quota that is no more. Settles when what it held was given back, or could not be. */
  end(lease: Lease): Promise<void> {
    this.#open.delete(lease);
    this.#lost.delete(lease);
    return lease.close();
  }

  /** Tells the others that the platform wants nothing of this scope for so long. */
  closeGate(scope: S, forMs: number): void {
    this.#leases.closeGate(scope.name, forMs).catch((error: unknown) => {
      if (this.events.has('storeFailed'))
        this.events.emit('storeFailed', { operation: 'gates.close', message: messageOf(error) });
    });
  }

  /** A scope that was just made: its gate may be closed already. */
  addScope(scope: S): void {
    const forMs = this.#leases.gateOf(scope.name);
    if (forMs > 0 && forMs < Infinity) this.host.onGateClosed(scope, forMs);
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
