import type { Clock, Random, Undo } from './clock.js';
import type { Attempt, Counting, Enforcement, Interval, OnLoss, Refusal } from './counting.js';
import type { EventSink } from './events.js';

/**
 * A scope of the governor whose quotas are shared.
 * @internal
 */
export interface SharedScope {
  readonly name: string;
  /** Permits that waiting calls need from the store. */
  demand(now: number): number;
  /** When all limits of the scope except this lease allow so many permits. Infinity: the time depends on an answer. */
  freeAtBesides(lease: QuotaLease, now: number, weight: number): number;
}

/**
 * The part of one process in a quota that several processes share.
 * @internal
 */
export interface QuotaLease {
  readonly quota: SharedQuota;
  /** The limit in force for all processes together. */
  readonly limit: number;
  /** What all processes together know about the limit of the platform. */
  readonly sharedEstimate: SharedEstimate;
  /** Processes that share this quota, as far as known. */
  readonly processes: number;
  /** Whether the store is lost. The process then enforces a local limit. */
  readonly isLost: boolean;
  /** Whether calls are refused while the store is lost. */
  readonly refuses: boolean;
  /** Whether all processes together want more permits than are free. */
  readonly isContended: boolean;
  /** Whether an exchange is under way, or a timer is armed. */
  readonly isAwake: boolean;
  /**
   * When `weight` permits are at hand: `now`, later, or Infinity while the time depends on the ledger. Never starts an exchange.
   */
  freeAt(now: number, weight: number, refusalToleranceMs?: number): number;
  /** Takes permits that are free by `freeAt`. */
  take(now: number, weight: number, order: number): void;
  /** Ends an attempt that the platform may have counted. */
  end(now: number, weight: number, order: number, passed?: boolean): void;
  /** Frees the permits of an attempt that was never sent. */
  undo(weight: number, order: number): void;
  /** Records that the platform refused an attempt although the ledger had lent its permits. */
  refused(now: number, attempt: Attempt, refusal: Refusal, roundTripMs: number): void;
  /** Whether the attempt is a trial beyond the known limit. */
  isTrial(order: number): boolean;
  /** Announces that the next waiting call needs `weight` permits at one moment. */
  announceDemand(now: number, weight: number, refusalToleranceMs?: number): void;
  /** Records the reset that an answer names. */
  recordReset(now: number, moment: Interval): void;
  /** When the `n`th permit is expected, if no attempt leaves before `from`. */
  estimate(now: number, n: number, from: number): number;
  /** Whether dropping the lease loses nothing. */
  idle(now: number): boolean;
}

/**
 * Numbers of a shared quota, and its name in all processes.
 * @internal
 */
export type SharedTerms = Pick<SharedQuota, 'scope' | 'limit' | 'windowMs' | 'enforcement' | 'burst'>;

/**
 * Shares the quotas and gates of a governor with other processes, through the store.
 * @internal
 */
export interface QuotaSharing<S extends SharedScope = SharedScope> {
  /** Creates a lease for one quota of a scope. */
  lend(scope: S, terms: SharedTerms): QuotaLease;
  /** Applies new numbers. Returns the same lease, or its replacement. */
  reconfigure(lease: QuotaLease, scope: S, terms: SharedTerms): QuotaLease;
  /** Ends the lease of a removed quota. Settles when its permits were given back, or the store was unreachable. */
  end(lease: QuotaLease): Promise<void>;
  /** Tells the other processes that the platform refuses all attempts of this scope for `forMs`. */
  closeGate(scope: S, forMs: number): void;
  /** Registers a new scope. Its gate closes where another process has closed the gate. */
  addScope(scope: S): void;
  /**
   * Ends all leases. Settles when their permits were given back, or the store was unreachable. Afterwards the store may close.
   */
  close(): Promise<void>;
}

/**
 * Callbacks of the governor for events in other processes and in the store.
 * @internal
 */
export interface SharingHost<S extends SharedScope = SharedScope> {
  scopes(): Iterable<S>;
  /** Called when permits may be free. */
  wake(scope: S): void;
  /** Called when the shared estimate of the platform changed. */
  onLimitLearned(scope: S, lease: QuotaLease): void;
  /** Called when another process closed a gate. */
  onGateClosed(scope: S, forMs: number): void;
  /** Called when calls of this scope are refused until the store is back. */
  onStoreLost(scope: S): void;
}

/**
 * Creates the part of a governor that shares its quotas.
 * @public
 */
export interface QuotaSharingFactory {
  /** @internal */
  <S extends SharedScope>(
    ports: { readonly clock: Clock; readonly random: Random },
    events: EventSink,
    leases: Leases,
    host: SharingHost<S>,
  ): QuotaSharing<S>;
}

/**
 * A quota that several processes share, and the terms for lending its permits. Times in ms.
 * @public
 */
export interface SharedQuota {
  /** Name of the quota, the same in every process. */
  readonly scope: string;
  /** Permits per window; Infinity until a limit is learned. */
  readonly limit: number;
  readonly windowMs: number;
  /** Resolution of the ledger: all its times are whole ticks. */
  readonly tickMs: number;
  /** How long after its start a permit may be used. */
  readonly validMs: number;
  /** How long the ledger then waits for a report, before the permit counts as used at the latest possible time. */
  readonly graceMs: number;
  /** How far ahead of the first free permit further permits are lent with it. */
  readonly horizonMs: number;
  /** How the platform counts; `auto`: the processes find out together. */
  readonly enforcement: Enforcement;
  /** Capacity of a token bucket of the platform, where the capacity is not the limit. */
  readonly burst: number | undefined;
}

/**
 * What all processes together know about the limit of the platform. Times are ms of the ledger clock.
 * @public
 */
export interface SharedEstimate {
  /** The limit in force. */
  readonly limit: number;
  /** How the platform counts, as far as known. */
  readonly counts: Counting | undefined;
  /** An edge of fixed windows. All other edges are whole windows apart. */
  readonly edge: Interval | undefined;
}

/**
 * Report and request of one process to the ledger of a quota, in one exchange.
 *
 * For each permit in use the ledger stores only the tick at which the permit is free again. A lent permit starts with the latest
 * possible tick.
 * @public
 */
export interface LeaseRequest {
  /** Identifies the lease: unique per process and quota. */
  readonly process: string;
  /** The ledger that this process knows; empty before the first exchange. */
  readonly ledger: string;
  /** Number of the list of moves. The ledger applies a list that is sent twice only once. */
  readonly batch: number;
  /**
   * Triples `[from, to, count]`: `count` permits that were free at tick `from` are free at tick `to`. From 0: used without a
   * lease.
   */
  readonly moves: readonly number[];
  /** Wanted permits, and how many of them at one moment. */
  readonly demand: number;
  readonly atOnce: number;
  /** Whether a waiting call tolerates a refusal, so that the ledger may lend a trial. */
  readonly mayRunTrial: boolean;
  /** Whether answers name resets that may soon agree on an edge. The ledger then needs no trial. */
  readonly mayLearnEdge: boolean;
  /** A refused attempt whose permits the ledger had lent: when it left, and the end of the refusal, if named. */
  readonly refusal: { readonly sentAt: number; readonly until: Interval | undefined } | undefined;
  /** Result of a trial. `void`: never sent, or answered without information about the limit. */
  readonly trial: 'passed' | 'refused' | 'void' | undefined;
  /** An edge of fixed windows that answers name. */
  readonly edge: Interval | undefined;
  /** Estimate from before the ledger was lost. A new ledger starts with it. */
  readonly estimate: SharedEstimate | undefined;
  /**
   * Whether this process worked without the store until now. Other processes may have too; the ledger collects their reports
   * before it lends.
   */
  readonly returning: boolean;
  /** Whether this is the last exchange of the process. */
  readonly leaving: boolean;
}

/**
 * Permits that may be used from one moment on.
 * @public
 */
export interface LentPermits {
  readonly count: number;
  /** Start of validity, ledger ms. */
  readonly from: number;
  /** Tick at which the permits are free again without a report. */
  readonly freeAtTick: number;
}

/**
 * Answer of a ledger. The limit in force is lower than the given limit while the platform refuses more.
 * @public
 */
export interface LeaseReply extends SharedEstimate {
  /** Id of the ledger. Where it differs from the request, the ledger applied nothing: the process must report its use first. */
  readonly ledger: string;
  /** Time of the ledger, ms. */
  readonly now: number;
  /** Processes that share this quota. */
  readonly processes: number;
  /** Whether other processes want permits that are not free. */
  readonly contended: boolean;
  /** Whether the permits are trials beyond the known limit. */
  readonly isTrial: boolean;
  /** Ledger ms before which another request gains nothing. */
  readonly askAt: number;
  readonly permits: readonly LentPermits[];
}

/**
 * Notifications from other processes and from the store.
 * @public
 */
export interface LeaseNews {
  /** Called when permits of a quota may be free, or when a new ledger needs a report of the permits in use. */
  onChange(scope: string): void;
  /** Called when another process closed a gate for `forMs` from now. */
  onGate(scope: string, forMs: number): void;
  /** Called when the store is reachable again. */
  onReady(): void;
}

/**
 * Quotas shared by several processes. Also the port for a custom engine behind the governor.
 * @public
 */
export interface Leases {
  /** Factory of the sharing part: `quotaSharing`. The store brings it, so that a page without a shared store does not load it. */
  readonly sharing: QuotaSharingFactory;
  /** Behaviour while the store is lost. */
  readonly onLoss: OnLoss;
  /** Assumed number of processes before the first answer. */
  readonly processes: number;
  /**
   * Exchanges a report and a request with the ledger.
   *
   * Rejects when the store is lost, or does not answer in a bounded time.
   */
  exchange(quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply>;
  /** Tells all processes that the platform refuses attempts of this scope for `forMs`. Rejects when the store is lost. */
  closeGate(scope: string, forMs: number): Promise<void>;
  /** Returns for how long the gate of a scope is closed, as far as known, in ms. */
  gateOf(scope: string): number;
  listen(news: LeaseNews): Undo;
}
