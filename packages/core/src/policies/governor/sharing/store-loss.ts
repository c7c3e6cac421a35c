import type { Leases } from '../../../contract/leases.js';
import { type LastKnown, Substitute } from './fallback-limiter.js';

/** What one process may send of a quota while the store is lost. */
export class StoreLoss {
  isLost = false;
  #substitute: Substitute | undefined = undefined;

  constructor(readonly onLoss: Leases['onLoss']) {}

  /** Whether calls are to be refused. */
  get refuses(): boolean {
    return this.isLost && this.onLoss === 'refuse';
  }

  begin(known: LastKnown, now: number): void {
    this.isLost = true;
    if (this.onLoss === 'share') this.#substitute = new Substitute(known, now);
  }

  end(): void {
    this.isLost = false;
    this.#substitute = undefined;
  }

  /** When so many permits may be spent without the store; Infinity where it is there, or calls are refused. */
  freeAt(now: number, weight: number): number {
    if (this.isLost && this.onLoss === 'open') return now;
    return this.#substitute?.freeAt(now, weight) ?? Infinity;
  }

  take(weight: number): void {
    this.#substitute?.take(weight);
  }

  ended(now: number, weight: number): void {
    this.#substitute?.end(now, weight);
  }

  undo(weight: number): void {
    this.#substitute?.undo(weight);
  }
}
