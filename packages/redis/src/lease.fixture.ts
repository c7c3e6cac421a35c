import { leaseFleet, type Clock, type LeaseFleet, type Leases, type Quota, type Random } from '@holdline/core';

type Sharing = ReturnType<LeaseFleet>;
type Scope = Parameters<Sharing['lend']>[0];
type Ports = Parameters<LeaseFleet>[0];
type Events = Parameters<LeaseFleet>[1];

/** One process's lease of a shared quota. */
export type SharedLease = ReturnType<Sharing['lend']>;

/** What a lease asks and tells the process that holds it. */
export interface LeaseOwner {
  readonly clock: Clock;
  readonly random: Random;
  readonly leases: Leases;
  /** Permits that waiting calls need now. */
  demand(now: number): number;
  /** Earliest time at which a call may leave, as far as other limits know. */
  freeAt(now: number): number;
  /** Permits may be available now. */
  wake(): void;
  onStoreLost(): void;
  onStoreBack(): void;
}

/** Opens a lease for one quota, through the sharing that core exports for stores. */
export function openLease(owner: LeaseOwner, quota: Quota): SharedLease {
  const emit = (event: string): void => (event === 'storeLost' ? owner.onStoreLost() : owner.onStoreBack());
  const events = { has: () => true, emit } as unknown as Events;
  // The sharing draws its own name first. It must not change the seeded numbers that follow.
  const random = { next: () => 0 };
  const sharing = leaseFleet({ clock: owner.clock, random } as Ports, events, owner.leases, {
    scopes: () => [],
    wake: () => owner.wake(),
    learned: () => undefined,
    gateClosed: () => undefined,
    refuse: () => undefined,
  });
  random.next = () => owner.random.next();
  const scope = {
    name: 'sim',
    inFlight: 0,
    maxConcurrent: Infinity,
    quotas: [],
    gate: { freeAt: (now: number) => owner.freeAt(now) },
    demand: (now: number) => owner.demand(now),
  };
  return sharing.lend(scope as unknown as Scope, quota);
}
