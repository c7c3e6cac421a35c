import type { Scope } from '../policies/governor/limits/scope.js';
import type { Fleet } from '../policies/governor/sharing/lease-manager.js';
import type { Lease } from '../policies/governor/sharing/lease.js';
import type { Events } from '../runtime/events.js';
import type { Undo } from './clock.js';
import type { Ports } from './store.js';

/** What the governor does when something was heard from the others. */
export interface FleetHost {
  scopes(): Iterable<Scope>;
  /** There may be permits now. */
  wake(scope: Scope): void;
  /** The fleet believes something else of the platform. */
  learned(scope: Scope, lease: Lease): void;
  /** Another process closed a gate. */
  gateClosed(scope: Scope, forMs: number): void;
  /** Permits of this scope will not come as long as the store is lost. */
  refuse(scope: Scope): void;
}

/** Makes the part of a governor that shares its quotas. */
export type LeaseFleet = (ports: Ports, events: Events, leases: Leases, host: FleetHost) => Fleet;

/** A quota that several processes spend together, and how its permits are lent. Times in ms. */
export interface SharedQuota {
  /** What is counted together: the same name in every process. */
  readonly scope: string;
  /** Permits per window; Infinity until one is learned. */
  readonly limit: number;
  readonly windowMs: number;
  /** Grain of the ledger: all its moments are whole ticks. */
  readonly tickMs: number;
  /** How long after its beginning a permit may be spent. */
  readonly validMs: number;
  /** How long after that the ledger waits to hear of it before it counts as spent at its latest. */
  readonly graceMs: number;
  /** How far ahead of the first free permit others are lent along with it. */
  readonly horizonMs: number;
  /** How the platform counts; `auto`: the fleet finds it out. */
  readonly enforcement: 'auto' | 'fixed' | 'sliding' | 'bucket';
  /** Permits that a bucket of the platform holds, where that is not the limit. */
  readonly burst: number | undefined;
}

/** A moment known by its bounds, ms of the ledger's clock. */
export interface LedgerBounds {
  readonly from: number;
  readonly to: number;
}

/** What a fleet believes of its platform. */
export interface FleetBelief {
  /** The limit in force. */
  readonly limit: number;
  /** How the platform counts, as far as known. */
  readonly counts: 'fixed' | 'sliding' | 'bucket' | undefined;
  /** Of fixed windows: an edge. All others are whole windows apart. */
  readonly edge: LedgerBounds | undefined;
}

/**
 * What one process tells the ledger of a quota, and asks of it, in one exchange.
 *
 * A ledger knows of each permit in use only when its place is free again, as a tick of the ledger's clock; a lent permit starts
 * with the latest that could be.
 */
export interface LeaseRequest {
  /** Unique per process and quota. */
  readonly process: string;
  /** The ledger this process knows; '' before its first exchange. */
  readonly ledger: string;
  /** Grows with every new list of moves, so that one that is sent twice counts once. */
  readonly batch: number;
  /** Threes of numbers: so many places, free at one tick, are free at another. From 0: what was spent without a lease. */
  readonly moves: readonly number[];
  /** Permits wanted, and how many of them at one moment. */
  readonly demand: number;
  readonly atOnce: number;
  /** Whether one of those who wait may find out something by being refused. */
  readonly mayAsk: boolean;
  /** Whether answers say when the quota is whole again, and may soon agree on an edge: nothing needs to be refused for it. */
  readonly mayBeTold: boolean;
  /** An attempt that the platform refused although the ledger had lent it: when it left, and when it may come again, if it was told. */
  readonly refusal: { readonly sentAt: number; readonly until: LedgerBounds | undefined } | undefined;
  /** What became of an attempt that went beyond what is known to pass; `void`: never sent, or answered with nothing about the limit. */
  readonly trial: 'passed' | 'refused' | 'void' | undefined;
  /** An edge of fixed windows, as answers told it. */
  readonly edge: LedgerBounds | undefined;
  /** What was believed before the ledger was lost: a new one begins with it. */
  readonly belief: FleetBelief | undefined;
  /** Whether this process was on its own until now: others may have been too, and all tell what they spent before more is lent. */
  readonly returning: boolean;
  /** Whether this is the last exchange of this process. */
  readonly leaving: boolean;
}

/** Permits that may be spent from one moment on. */
export interface LentPermits {
  readonly count: number;
  /** Ledger ms. */
  readonly from: number;
  /** The tick at which their places are free again if nothing more is heard of them. */
  readonly freeAtTick: number;
}

/** What a ledger answers: also the limit in force, lower than the given one while the platform refuses more. */
export interface LeaseReply extends FleetBelief {
  /** Another one than was asked for has done nothing yet: it must be told first what was spent. */
  readonly ledger: string;
  /** The ledger's clock, ms. */
  readonly now: number;
  /** Processes that spend this quota. */
  readonly processes: number;
  /** Whether others want permits that are not there. */
  readonly contended: boolean;
  /** Whether the permits go beyond what is known to pass, to find out something. */
  readonly isTrial: boolean;
  /** Ledger ms before which asking again is useless. */
  readonly askAt: number;
  readonly permits: readonly LentPermits[];
}

/** What happened to quotas elsewhere. */
export interface LeaseNews {
  /** Permits came back to a quota for which this process may wait, or its ledger is a new one and wants to know what was spent. */
  onChange(scope: string): void;
  /** A gate was closed by another process, for so long from now on. */
  onGate(scope: string, forMs: number): void;
  /** The store is there again. */
  onReady(): void;
}

/** Quotas that are kept by several processes together. Also the port for an engine of your own behind the governor. */
export interface Leases {
  /** Who spends what is lent: `leaseFleet`. The store brings it, so that a page without a fleet does not load it. */
  readonly fleet: LeaseFleet;
  /**
   * What happens while the store is lost: each process goes on with its `share` of the limit, calls are refused (`refuse`), or
   * each goes on as if it were alone (`open`).
   */
  readonly onLoss: 'share' | 'refuse' | 'open';
  /** Processes there may be, before the first answer told. */
  readonly processes: number;
  /** Rejects when the store is lost, or does not answer in a bounded time. */
  exchange(quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply>;
  /** Tells all processes that the platform wants nothing of this scope for so long. Rejects when the store is lost. */
  closeGate(scope: string, forMs: number): Promise<void>;
  /** For how long the gate of a scope is closed, as far as was heard, in ms. */
  gateOf(scope: string): number;
  listen(news: LeaseNews): Undo;
}
