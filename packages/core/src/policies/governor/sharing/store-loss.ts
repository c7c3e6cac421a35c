import type { Leases } from '../../../contract/leases.js';
import { type LastKnown, FallbackLimiter } from './fallback-limiter.js';

/** Decides what one process may send of a quota while the store is lost. */
export class StoreLoss {
  isLost = false;
  #fallback: FallbackLimiter | undefined;

  constructor(readonly onLoss: Leases['onLoss']) {}

  /** Whether calls are refused. */
  get refuses(): boolean {
    return this.isLost && this.onLoss === 'refuse';
  }

  begin(known: LastKnown, now: number): void {
    this.isLost = true;
    if (this.onLoss === 'share') this.#fallback = new FallbackLimiter(known, now);
  }

  end(): void {
    this.isLost = false;
    this.#fallback = undefined;
  }

  /** Returns when `weight` permits may be used without the store; Infinity while the store is reachable, or calls are refused. */
  freeAt(now: number, weight: number): number {
    if (this.isLost && this.onLoss === 'open') return now;
    return this.#fallback?.freeAt(now, weight) ?? Infinity;
  }

  take(weight: number): void {
    this.#fallback?.take(weight);
  }

  recordEnd(now: number, weight: number): void {
    this.#fallback?.end(now, weight);
  }

  undo(weight: number): void {
    this.#fallback?.undo(weight);
  }
}
