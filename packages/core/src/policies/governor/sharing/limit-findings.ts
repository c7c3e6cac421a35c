import type { Interval } from '../../../contract/counting.js';
import type { LeaseRequest } from '../../../contract/leases.js';
import { ResetEdges } from '../learning/reset-edges.js';

/** The part of an exchange that is about the limit. */
export type TellsOfLimit = Pick<LeaseRequest, 'refusal' | 'trial' | 'edge' | 'acceptsCountingTrial'>;

/** What one process has found out about a shared limit, until the ledger has been told. */
export class LimitFindings {
  /** A refusal that the ledger has not been told. */
  #refusal: LeaseRequest['refusal'] = undefined;
  /** What became of a trial, as long as the ledger has not been told. */
  #trial: LeaseRequest['trial'] = undefined;
  #resets = new ResetEdges();

  /** Whether the ledger has to be told at once. */
  get isUrgent(): boolean {
    return this.#refusal !== undefined || this.#trial !== undefined;
  }

  /** The platform refused a lent permit. The first refusal is told. */
  refused(sentAt: number, until: Interval | undefined): void {
    this.#refusal ??= { sentAt, until };
  }

  /** A trial ended. Of several trials the first is told, unless one was refused. */
  trialEnded(trial: 'passed' | 'refused' | 'void'): void {
    if (trial === 'refused') this.#trial = trial;
    else this.#trial ??= trial;
  }

  /** An answer told when the quota resets. */
  tellReset(now: number, moment: Interval, windowMs: number): void {
    // Bounds as wide as a window agree with any edge.
    if (moment.to - moment.from <= windowMs / 2) this.#resets.recordReset(now, moment, windowMs);
  }

  /** Returns what to tell now. @param inLedger Converts a moment of ours to the ledger's time. */
  tell(now: number, windowMs: number, inLedger: (moment: Interval) => Interval | undefined): TellsOfLimit {
    const edge = this.#resets.findEdge(now, windowMs);
    return {
      refusal: this.#refusal,
      trial: this.#trial,
      edge: edge && inLedger(edge),
      acceptsCountingTrial: this.#resets.isConsistent(now, windowMs),
    };
  }

  /** The exchange succeeded. @param isOther Whether a new ledger answered, which has not read the request. */
  told(request: TellsOfLimit, isOther: boolean): void {
    if (isOther || this.#trial === request.trial) this.#trial = undefined;
    if (isOther) return;
    if (this.#refusal === request.refusal) this.#refusal = undefined;
    // What is told from now on is measured anew.
    if (request.edge) this.#resets = new ResetEdges();
  }

  /** The ledger's clock was set. */
  forgetResets(): void {
    this.#resets = new ResetEdges();
  }

  /** The store is lost. */
  drop(): void {
    this.#refusal = this.#trial = undefined;
  }
}
