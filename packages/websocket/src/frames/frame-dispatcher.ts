import { type PendingPermit, PRIORITIES } from '@holdline/core';
import { Backpressure } from './backpressure.js';
import type { FrameData } from './frame-data.js';
import type { FrameDependencies } from './frame-dependencies.js';
import { FramePermits } from './frame-permits.js';
import type { Frame, FrameQueue } from './frame-queue.js';
import type { FrameTransport } from './frame-transport.js';

/** Receives the events of a dispatcher. */
export interface DispatchListener {
  /** The line gives no permit for this frame, which is no longer queued. */
  onRefused(frame: Frame, error: Error): void;
  /** The socket has too many buffered bytes. */
  onPaused(): void;
  /** The dispatcher cannot send more frames at the moment. */
  onSettled(): void;
}

/** Sends the frames of one queue, as permits and the buffer of the socket allow. */
export class FrameDispatcher {
  readonly #permits: FramePermits;
  readonly #backpressure: Backpressure;
  #isDispatching = false;

  constructor(
    private readonly dependencies: FrameDependencies,
    private readonly transport: FrameTransport,
    private readonly queue: FrameQueue,
    url: string,
    private readonly listener: DispatchListener,
  ) {
    this.#permits = new FramePermits(dependencies.line, url, {
      onGranted: () => this.dispatch(),
      onRefused: (priority, error) => this.#handleRefusal(priority, error),
    });
    this.#backpressure = new Backpressure(dependencies, transport, () => this.dispatch());
  }

  /** Whether the socket has too many buffered bytes to send another frame. */
  get isPaused(): boolean {
    return this.#backpressure.isPaused;
  }

  /** Sends a frame immediately if the limits allow it. Requires an empty queue. Returns whether the frame is settled. */
  trySend(frame: Frame): boolean {
    if (this.#backpressure.isPaused) {
      this.#backpressure.startPolling();
      return false;
    }
    const { data, options, settle } = frame;
    if (!this.dependencies.needsPermits) {
      this.#transmit(data, options, settle);
      return true;
    }
    let permit: PendingPermit;
    try {
      permit = this.#permits.requestPermit(frame);
    } catch (error) {
      this.listener.onRefused(frame, error as Error);
      return true;
    }
    if (!permit.isGranted) return false;
    this.#transmit(data, options, settle, permit);
    return true;
  }

  /** The line gives no permit: it is closed, or the weight of the frame exceeds a quota. */
  #handleRefusal(priority: number, error: Error): void {
    const frame = this.queue.getOldest(priority);
    if (frame && this.queue.remove(frame)) this.listener.onRefused(frame, error);
    this.dispatch();
  }

  /** Sends the frames that may be sent. Sockets that share a quota take turns, one frame each. */
  dispatch(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    while (this.#sendNext()) {
      if (!this.dependencies.needsPermits || this.queue.size === 0) continue;
      queueMicrotask(() => {
        this.#isDispatching = false;
        this.dispatch();
      });
      return;
    }
    this.#isDispatching = false;
    this.listener.onSettled();
  }

  /** Sends one frame. Returns whether to try again. */
  #sendNext(): boolean {
    if (!this.transport.isOpen) return false;
    if (this.#backpressure.isPaused) {
      // Return permits that this socket cannot use now, so that others can.
      this.#permits.returnGrantedPermits();
      if (this.queue.size > 0) this.#backpressure.startPolling();
      return false;
    }
    for (let priority = 0; priority < PRIORITIES.length; priority++) {
      const frame = this.queue.getOldest(priority);
      if (!frame) {
        this.#permits.returnPermit(priority);
        continue;
      }
      if (!this.dependencies.needsPermits) return this.#sendFrame(frame);
      const permit = this.#permits.findPending(frame);
      if (permit?.isGranted) {
        this.#permits.markUsed(priority);
        return this.#sendFrame(frame, permit);
      }
      if (permit) continue;
      try {
        const requested = this.#permits.requestPermit(frame);
        if (requested.isGranted) return this.#sendFrame(frame, requested);
      } catch (error) {
        this.queue.remove(frame);
        this.listener.onRefused(frame, error as Error);
        return true;
      }
    }
    return false;
  }

  #sendFrame(frame: Frame, permit?: PendingPermit): true {
    const { chunks, settle } = frame;
    if (chunks && chunks.remaining > 1) {
      this.queue.forbidReplacement(frame);
      // Only the last chunk settles the message.
      this.#transmit(chunks.takeChunk(), undefined, () => undefined, permit);
      return true;
    }
    this.queue.remove(frame);
    if (chunks) this.#transmit(chunks.takeChunk(), undefined, settle, permit);
    else this.#transmit(frame.data, frame.options, settle, permit);
    return true;
  }

  #transmit(data: FrameData, options: unknown, settle: Frame['settle'], permit?: PendingPermit): void {
    try {
      this.transport.send(data, options, (error) => {
        settle(error ?? 'sent');
        this.#backpressure.handleFlush();
      });
    } catch (error) {
      permit?.giveBack();
      return settle(error as Error);
    }
    permit?.sent();
    if (!this.#backpressure.isPaused) return;
    this.listener.onPaused();
    this.#backpressure.startPolling();
  }

  /** Stops polling and returns all permits. */
  stop(): void {
    this.#backpressure.stopPolling();
    this.#permits.returnAllPermits();
  }
}
