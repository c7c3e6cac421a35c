import type { Undo } from '@holdline/core';
import type { FrameGuard, Outlet } from './outlet.js';

/** How often a socket that is full is looked at, ms: at first, and at most. */
const LOOK_MS = { first: 5, most: 100 };

/** Holds frames back while a socket has more bytes than it gets rid of. */
export class Brake {
  #isOn = false;
  #stopLooking: Undo | undefined = undefined;

  /** @param released Told when frames may go on, where they waited for it. */
  constructor(
    private readonly guard: FrameGuard,
    private readonly outlet: Outlet,
    private readonly released: () => void,
  ) {}

  /** Whether the socket holds too much, as it is now. */
  get isOn(): boolean {
    const { pauseAboveBytes, resumeBelowBytes } = this.guard.options;
    const { bufferedAmount } = this.outlet;
    this.#isOn = bufferedAmount > (this.#isOn ? resumeBelowBytes : pauseAboveBytes);
    return this.#isOn;
  }

  /** Nothing tells when a socket has got rid of its bytes, so it is looked at. */
  wait(after = LOOK_MS.first): void {
    if (this.#stopLooking) return;
    this.#stopLooking = this.guard.clock.setTimer(after, () => {
      this.#stopLooking = undefined;
      if (this.outlet.isOpen && this.isOn) this.wait(Math.min(LOOK_MS.most, after * 2));
      else this.released();
    });
  }

  /** A frame is on the network. */
  flushed(): void {
    if (!this.#isOn || this.isOn) return;
    this.stop();
    this.released();
  }

  /** Looks no more. */
  stop(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }
}
