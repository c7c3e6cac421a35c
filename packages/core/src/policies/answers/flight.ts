import type { ActiveCall } from '../../call/call.js';
import type { Outcome } from '../../contract/outcome.js';
import type { ReadMark } from './invalidation.js';

/**
 * What a flight ends with for a call that joined it: its own outcome, `again` to look for another flight, or `alone` to send itself. The
 * function makes the outcome of one call.
 */
export type FlightEnd = ((call: ActiveCall) => Outcome | undefined) | 'again' | 'alone';

/** One read that several calls share. */
export class Flight {
  readonly #waiting = new Map<ActiveCall, (end: FlightEnd) => void>();
  #end: FlightEnd | undefined;

  constructor(
    /** Index into `PRIORITIES`. A more urgent call does not join. */
    readonly priority: number,
    readonly read: ReadMark,
    /** Called when no call waits any more. */
    readonly onAbandoned?: () => void,
  ) {}

  get isShared(): boolean {
    return this.#waiting.size > 0;
  }

  /** Waits for the end. Rejects as soon as the call is cancelled or the line is closed. */
  async join(call: ActiveCall): Promise<Outcome | 'again' | 'alone'> {
    const joined = new Promise<Outcome | 'again' | 'alone'>((resolve, reject) => {
      this.#waiting.set(call, (end) => {
        try {
          resolve(typeof end === 'string' ? end : (end(call) ?? 'alone'));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    if (this.#end) this.give(this.#end);
    try {
      return await call.whileWanted(joined);
    } finally {
      this.#waiting.delete(call);
      if (!this.isShared && !this.#end) this.onAbandoned?.();
    }
  }

  /** Gives all calls that wait now their outcomes. Later calls may still join. */
  give(end: FlightEnd): void {
    for (const [call, take] of this.#waiting) if (!call.cancellation?.cancelled) take(end);
    this.#waiting.clear();
  }

  /** Ends the flight. Only the first end counts. */
  end(end: FlightEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.give(end);
  }
}
