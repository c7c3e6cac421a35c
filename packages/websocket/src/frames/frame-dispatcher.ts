import { PRIORITIES, type PendingPermit } from '@holdline/core';
import { Brake } from './brake.js';
import type { FrameData } from './frame-data.js';
import type { FrameGuard, Outlet } from './outlet.js';
import { Permits } from './permits.js';
import type { Frame, FrameQueue } from './queue.js';

/** Told what becomes of the frames that a dispatcher sends. */
export interface DispatchListener {
  /** The line gives no permit for this frame, which is no longer queued. */
  refused(frame: Frame, error: Error): void;
  /** The socket holds as many bytes as it may. */
  paused(): void;
  /** All that may leave has left. */
  settled(): void;
}

/** Sends the frames of one queue, as permits and the buffer of the socket allow. */
export class FrameDispatcher {
  readonly #permits: Permits;
  readonly #brake: Brake;
  #isPumping = false;

  constructor(
    private readonly guard: FrameGuard,
    private readonly outlet: Outlet,
    private readonly queue: FrameQueue,
    url: string,
    private readonly listener: DispatchListener,
  ) {
    this.#permits = new Permits(guard.line, url, {
      granted: () => this.pump(),
      refused: (priority, error) => this.#refused(priority, error),
    });
    this.#brake = new Brake(guard, outlet, () => this.pump());
  }

  /** Whether the socket holds too many bytes to send another frame. */
  get isPaused(): boolean {
    return this.#brake.isOn;
  }

  /** Sends a frame with nobody before it, if nothing holds it back. */
  sendAtOnce(frame: Frame): boolean {
    if (this.#brake.isOn) {
      this.#brake.wait();
      return false;
    }
    const { data, options, settle } = frame;
    if (!this.guard.needsPermits) {
      this.#leave(data, options, settle);
      return true;
    }
    let permit: PendingPermit;
    try {
      permit = this.#permits.ask(frame);
    } catch (error) {
      this.listener.refused(frame, error as Error);
      return true;
    }
    if (!permit.isGranted) return false;
    this.#leave(data, options, settle, permit);
    return true;
  }

  /** The line will give no permit: it is closed, or this weight never fits. */
  #refused(priority: number, error: Error): void {
    const frame = this.queue.first(priority);
    if (frame && this.queue.remove(frame)) this.listener.refused(frame, error);
    this.pump();
  }

  /** Lets go what may go. Where sockets share a quota they take turns, one frame each. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#step()) {
      if (!this.guard.needsPermits || this.queue.size === 0) continue;
      queueMicrotask(() => {
        this.#isPumping = false;
        this.pump();
      });
      return;
    }
    this.#isPumping = false;
    this.listener.settled();
  }

  /** Sends one frame. Returns whether there may be more to do. */
  #step(): boolean {
    if (!this.outlet.isOpen) return false;
    if (this.#brake.isOn) {
      // A permit that cannot be used is somebody else's.
      this.#permits.giveBackGranted();
      if (this.queue.size > 0) this.#brake.wait();
      return false;
    }
    for (let priority = 0; priority < PRIORITIES.length; priority++) {
      const frame = this.queue.first(priority);
      if (!frame) {
        this.#permits.giveBack(priority);
        continue;
      }
      if (!this.guard.needsPermits) return this.#send(frame);
      const permit = this.#permits.of(frame);
      if (permit?.isGranted) {
        this.#permits.take(priority);
        return this.#send(frame, permit);
      }
      if (permit) continue;
      try {
        const fresh = this.#permits.ask(frame);
        if (fresh.isGranted) return this.#send(frame, fresh);
      } catch (error) {
        this.queue.remove(frame);
        this.listener.refused(frame, error as Error);
        return true;
      }
    }
    return false;
  }

  #send(frame: Frame, permit?: PendingPermit): true {
    const { chunks, settle } = frame;
    if (chunks && chunks.left > 1) {
      this.queue.begin(frame);
      // What becomes of the message, its last chunk tells.
      this.#leave(chunks.next(), undefined, () => undefined, permit);
      return true;
    }
    this.queue.remove(frame);
    if (chunks) this.#leave(chunks.next(), undefined, settle, permit);
    else this.#leave(frame.data, frame.options, settle, permit);
    return true;
  }

  #leave(data: FrameData, options: unknown, settle: Frame['settle'], permit?: PendingPermit): void {
    try {
      this.outlet.send(data, options, (error) => {
        settle(error ?? 'sent');
        this.#brake.flushed();
      });
    } catch (error) {
      permit?.giveBack();
      return settle(error as Error);
    }
    permit?.sent();
    if (!this.#brake.isOn) return;
    this.listener.paused();
    this.#brake.wait();
  }

  /** The socket is closed: returns all permits. */
  stop(): void {
    this.#brake.stop();
    this.#permits.giveBackAll();
  }
}
