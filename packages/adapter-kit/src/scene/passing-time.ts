import type { Holdline } from '@holdline/core';
import type { VirtualClock } from '@holdline/core/testing';

/**
 * Decides when virtual time may pass. Real connections need real time, so the clock stands while an attempt is on the wire. Otherwise a
 * time limit would end an attempt that the machine had no time for.
 */
export class PassingTime {
  /** Calls that wait for time, by line and id. */
  readonly #waiting = new Set<string>();
  readonly #onWire = new Set<string>();
  #lines = 0;

  constructor(readonly clock: VirtualClock) {}

  /** Whether a call waits for time, and no call is on the wire. */
  get isWaitedFor(): boolean {
    return this.#waiting.size > 0 && this.#onWire.size === 0;
  }

  follow(line: Holdline): void {
    const number = ++this.#lines;
    const wait = ({ callId }: { callId: number }): void => void this.#waiting.add(`${number} ${callId}`);
    const proceed = ({ callId }: { callId: number }): void => void this.#waiting.delete(`${number} ${callId}`);
    line.on('retry', wait);
    line.on('queued', wait);
    line.on('permitted', proceed);
    line.on('attemptStarted', (event) => {
      proceed(event);
      this.#onWire.add(`${number} ${event.callId}`);
    });
    line.on('attempt', ({ callId }) => void this.#onWire.delete(`${number} ${callId}`));
    line.on('call', (event) => {
      proceed(event);
      this.#onWire.delete(`${number} ${event.callId}`);
    });
  }
}
