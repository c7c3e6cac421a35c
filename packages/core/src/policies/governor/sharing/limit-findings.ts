import type { Interval } from '../../../contract/counting.js';
import type { LeaseRequest } from '../../../contract/leases.js';
import { ResetEdges } from '../learning/reset-edges.js';

/** The part of an exchange that reports about the limit. */
export type LimitReport = Pick<LeaseRequest, 'refusal' | 'trial' | 'edge' | 'mayLearnEdge'>;

/** Findings of one process about a shared limit that the ledger does not know yet. */
export class LimitFindings {
  /** Refusal to report. */
  #refusal: LeaseRequest['refusal'];
  /** Trial result to report. */
  #trial: LeaseRequest['trial'];
  #resets = new ResetEdges();

  /** Whether the findings must be reported at once. */
  get isUrgent(): boolean {
    return this.#refusal !== undefined || this.#trial !== undefined;
  }

  /** Records that the platform refused a lent permit. Only the first refusal is reported. */
  recordRefusal(sentAt: number, until: Interval | undefined): void {
    this.#refusal ??= { sentAt, until };
  }

  /** Records the result of a trial. A refusal takes precedence; otherwise the first result is reported. */
  recordTrial(trial: 'passed' | 'refused' | 'void'): void {
    if (trial === 'refused') this.#trial = trial;
    else this.#trial ??= trial;
  }

  /** Records the reset that an answer names. */
  recordReset(now: number, moment: Interval, windowMs: number): void {
    // Wide bounds agree with any edge.
    if (moment.to - moment.from <= windowMs / 2) this.#resets.recordReset(now, moment, windowMs);
  }

  /**
   * Returns the report for an exchange.
   *
   * @param toLedgerTime - Converts a local time to ledger time.
   */
  report(now: number, windowMs: number, toLedgerTime: (moment: Interval) => Interval | undefined): LimitReport {
    const edge = this.#resets.findEdge(now, windowMs);
    return {
      refusal: this.#refusal,
      trial: this.#trial,
      edge: edge && toLedgerTime(edge),
      mayLearnEdge: this.#resets.isConsistent(now, windowMs),
    };
  }

  /**
   * Drops reported findings after a successful exchange.
   *
   * @param isOther - Whether a new ledger replied, which did not read the request.
   */
  confirm(request: LimitReport, isOther: boolean): void {
    if (isOther || this.#trial === request.trial) this.#trial = undefined;
    if (isOther) return;
    if (this.#refusal === request.refusal) this.#refusal = undefined;
    // The next edge is measured from scratch.
    if (request.edge) this.#resets = new ResetEdges();
  }

  /** Drops the resets after a jump of the ledger clock. */
  dropResets(): void {
    this.#resets = new ResetEdges();
  }

  /** Drops the findings when the store is lost. */
  drop(): void {
    this.#refusal = this.#trial = undefined;
  }
}
