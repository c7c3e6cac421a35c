import type { Clock, Random, Undo } from './clock.js';
import type { Attempt, Interval, Counting, Enforcement, Refusal } from './counting.js';
import type { EventSink } from './events.js';

/**
 * What happens while the store is lost: each process goes on with its `share` of the limit, calls are refused (`refuse`), or
 * each goes on as if it were alone (`open`).
 */
export type OnLoss = 'share' | 'refuse' | 'open';

/** A scope of the governor whose quotas are shared. */
export interface SharedScope {
  readonly name: string;
  /** Permits that waiting calls need of the store. */
  demand(now: number): number;
  /** When everything in the scope besides this lease allows so many permits. Infinity: only an answer can tell. */
  freeAtBesides(lease: QuotaLease, now: number, weight: number): number;
}

/** The part of one process in a quota that several spend together. */
export interface QuotaLease {
  readonly quota: SharedQuota;
  /** The limit in force for all processes together. */
  readonly limit: number;
  /** What all processes together know of the platform's limit. */
  readonly sharedEstimate: SharedEstimate;
  /** Processes that spend this quota, as far as known. */
  readonly processes: number;
  /** Whether the store is lost. The process then keeps a limit of its own. */
  readonly isLost: boolean;
  /** Whether calls are to be refused as long as the store is lost. */
  readonly refuses: boolean;
  /** Whether all processes together want more permits than there are. */
  readonly isContended: boolean;
  /** Whether an exchange is under way, or a timer is armed. */
  readonly isAwake: boolean;
  /** When `weight` permits are at hand: `now`, later, or Infinity while only the ledger can tell. Never starts an exchange. */
  freeAt(now: number, weight: number, refusalToleranceMs?: number): number;
  /** Takes permits that are free by `freeAt`. */
  take(now: number, weight: number, order: number): void;
  /** The attempt ended, and the platform may have counted it. */
  end(now: number, weight: number, order: number, passed?: boolean): void;
  /** The attempt was never sent. Its permits are free at once. */
  undo(weight: number, order: number): void;
  /** The platform refused the attempt, though the ledger had lent its permits. */
  refused(now: number, attempt: Attempt, refusal: Refusal, roundTripMs: number): void;
  /** Whether the attempt went beyond the limit that is known to pass. */
  isTrial(order: number): boolean;
  /** The next waiting call needs `weight` permits at one moment. */
  announceDemand(now: number, weight: number, refusalToleranceMs?: number): void;
  /** An answer told when the quota resets. */
  recordReset(now: number, moment: Interval): void;
  /** When the `n`th permit can be expected, if no attempt leaves before `from`. */
  estimate(now: number, n: number, from: number): number;
  /** Whether the lease can be dropped without loss. */
  idle(now: number): boolean;
}

/** The numbers of a shared quota, and the name that all processes give it. */
export type SharedTerms = Pick<SharedQuota, 'scope' | 'limit' | 'windowMs' | 'enforcement' | 'burst'>;

/** The part of a governor that shares its quotas and gates with other processes, through the store. */
export interface QuotaSharing<S extends SharedScope = SharedScope> {
  /** A lease for one quota of a scope. */
  lend(scope: S, terms: SharedTerms): QuotaLease;
  /** Applies new numbers. Returns the same lease, or one that takes its place. */
  reconfigure(lease: QuotaLease, scope: S, terms: SharedTerms): QuotaLease;
  /** Ends the lease of a quota that was removed. Settles when its permits were given back, or the store could not be told. */
  end(lease: QuotaLease): Promise<void>;
  /** Tells the other processes that the platform refuses all attempts of this scope for so long. */
  closeGate(scope: S, forMs: number): void;
  /** A scope was created. Its gate closes where another process has closed it. */
  addScope(scope: S): void;
  /** Ends all leases. Settles when their permits were given back, or the store could not be told. The store may close then. */
  close(): Promise<void>;
}

/** What the governor does when something was heard from the others. */
export interface SharingHost<S extends SharedScope = SharedScope> {
  scopes(): Iterable<S>;
  /** There may be permits now. */
  wake(scope: S): void;
  /** The fleet believes something else of the platform. */
  onLimitLearned(scope: S, lease: QuotaLease): void;
  /** Another process closed a gate. */
  onGateClosed(scope: S, forMs: number): void;
  /** Permits of this scope will not come as long as the store is lost. */
  onStoreLost(scope: S): void;
}

/** Makes the part of a governor that shares its quotas. */
export type QuotaSharingFactory = <S extends SharedScope>(
  ports: { readonly clock: Clock; readonly random: Random },
  events: EventSink,
  leases: Leases,
  host: SharingHost<S>,
) => QuotaSharing<S>;

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
  readonly enforcement: Enforcement;
  /** Permits that a bucket of the platform holds, where that is not the limit. */
  readonly burst: number | undefined;
}

/** What all processes of a fleet know of the platform's limit. Moments are in ms of the ledger's clock. */
export interface SharedEstimate {
  /** The limit in force. */
  readonly limit: number;
  /** How the platform counts, as far as known. */
  readonly counts: Counting | undefined;
  /** Of fixed windows: an edge. All others are whole windows apart. */
  readonly edge: Interval | undefined;
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
  readonly mayRunTrial: boolean;
  /** Whether answers say when the quota is whole again, and may soon agree on an edge: nothing needs to be refused for it. */
  readonly mayLearnEdge: boolean;
  /** An attempt that the platform refused although the ledger had lent it: when it left, and when it may come again, if it was told. */
  readonly refusal: { readonly sentAt: number; readonly until: Interval | undefined } | undefined;
  /** What became of an attempt that went beyond what is known to pass; `void`: never sent, or answered with nothing about the limit. */
  readonly trial: 'passed' | 'refused' | 'void' | undefined;
  /** An edge of fixed windows, as answers told it. */
  readonly edge: Interval | undefined;
  /** What was believed before the ledger was lost: a new one begins with it. */
  readonly estimate: SharedEstimate | undefined;
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
export interface LeaseReply extends SharedEstimate {
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
  /** Who spends what is lent: `quotaSharing`. The store brings it, so that a page without a fleet does not load it. */
  readonly sharing: QuotaSharingFactory;
  /** What happens while the store is lost. */
  readonly onLoss: OnLoss;
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
