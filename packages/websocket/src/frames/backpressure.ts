import type { Undo } from '@holdline/core';
import type { FrameDependencies, FrameTransport } from './frame-transport.js';

/** How often a socket that is full is looked at, ms: at first, and at most. */
const POLL_MS = { first: 5, most: 100 };

/** Holds frames back while a socket has more bytes than it gets rid of. */
export class Backpressure {
  #isPaused = false;
  #cancelPoll: Undo | undefined = undefined;

  /** @param onResume Told when frames may go on, where they waited for it. */
  constructor(
    private readonly dependencies: FrameDependencies,
    private readonly transport: FrameTransport,
    private readonly onResume: () => void,
  ) {}

  /** Whether the socket holds too much, as it is now. */
  get isPaused(): boolean {
    const { pauseAboveBytes, resumeBelowBytes } = this.dependencies.options;
    const { bufferedAmount } = this.transport;
    this.#isPaused = bufferedAmount > (this.#isPaused ? resumeBelowBytes : pauseAboveBytes);
    return this.#isPaused;
  }

  /** Nothing tells when a socket has got rid of its bytes, so it is looked at. */
  startPolling(after = POLL_MS.first): void {
    if (this.#cancelPoll) return;
    this.#cancelPoll = this.dependencies.clock.setTimer(after, () => {
      this.#cancelPoll = undefined;
      if (this.transport.isOpen && this.isPaused) this.startPolling(Math.min(POLL_MS.most, after * 2));
      else this.onResume();
    });
  }

  /** A frame is on the network. */
  handleFlush(): void {
    if (!this.#isPaused || this.isPaused) return;
    this.stopPolling();
    this.onResume();
  }

  /** Looks no more. */
  stopPolling(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }
}
