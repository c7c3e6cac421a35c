import type { Undo } from '@holdline/core';
import type { FrameDependencies } from './frame-dependencies.js';
import type { FrameTransport } from './frame-transport.js';

/** Poll interval of a full socket, in ms: the first and the largest. */
const POLL_MS = { first: 5, most: 100 };

/** Pauses frames while the socket has too many buffered bytes. */
export class Backpressure {
  #isPaused = false;
  #cancelPoll: Undo | undefined;

  /** @param onResume - Called when waiting frames may continue. */
  constructor(
    private readonly dependencies: FrameDependencies,
    private readonly transport: FrameTransport,
    private readonly onResume: () => void,
  ) {}

  /** Whether the socket has too many buffered bytes now. */
  get isPaused(): boolean {
    const { pauseAboveBytes, resumeBelowBytes } = this.dependencies.options;
    const { bufferedAmount } = this.transport;
    this.#isPaused = bufferedAmount > (this.#isPaused ? resumeBelowBytes : pauseAboveBytes);
    return this.#isPaused;
  }

  /** No event reports that buffered bytes have left, so this polls the socket. */
  startPolling(after = POLL_MS.first): void {
    if (this.#cancelPoll) return;
    this.#cancelPoll = this.dependencies.clock.setTimer(after, () => {
      this.#cancelPoll = undefined;
      if (this.transport.isOpen && this.isPaused) this.startPolling(Math.min(POLL_MS.most, after * 2));
      else this.onResume();
    });
  }

  /** Called when a frame is on the network. */
  handleFlush(): void {
    if (!this.#isPaused || this.isPaused) return;
    this.stopPolling();
    this.onResume();
  }

  stopPolling(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }
}
