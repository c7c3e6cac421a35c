import {
  abortReason,
  check,
  checkContext,
  currentContext,
  DeadlineError,
  durationInWords,
  type Holdline,
  Listeners,
  NotSentError,
  PRIORITIES,
  type Priority,
  QueueFullError,
  definePrintedForm,
  type Undo,
} from '@holdline/core';
import { ChunkedMessage } from '../chunks/chunked-message.js';
import type { IncompleteMessage } from '../chunks/reassembler.js';
import { describeClose } from '../close-codes.js';
import type { FrameContext, QueuedFrameContext } from './frame-context.js';
import { copyData, encodeForChunks, type FrameData, measureBytes } from './frame-data.js';
import type { FrameDependencies } from './frame-dependencies.js';
import { FrameDispatcher } from './frame-dispatcher.js';
import { FRAME_EVENTS, type FrameEvents, type UnsentFrame } from './frame-events.js';
import { type Frame, type FrameFate, FrameQueue } from './frame-queue.js';
import type { FrameTransport } from './frame-transport.js';

const checkFrameContext = check.shape<{ key: string }>({ key: check.text });

/**
 * The frames of one socket. A frame is sent immediately if no limit delays it. Otherwise it waits in a queue, in which the
 * oldest frame of each priority requests a permit from the line.
 * @public
 */
export interface Frames {
  /** The line that gives permits to the frames. */
  readonly line: Holdline;
  readonly url: string;
  /** The tenant of the socket, if it was constructed within `withCall({ tenant })`. */
  readonly tenant: string | undefined;
  /** Number of queued frames. */
  readonly queued: number;
  /** Bytes of the queued frames. */
  readonly queuedBytes: number;
  /** Whether the next frame can be sent without waiting behind others. The queue can overflow only while this is false. */
  readonly writable: boolean;
  /** Adds a listener. Returns a function that removes it. */
  on<E extends keyof FrameEvents>(event: E, listener: (payload: FrameEvents[E]) => void): Undo;
  /**
   * Sends a frame when the limits allow it.
   *
   * @returns `sent` when the native socket has taken the frame (with `ws`: when it is on the network); `replaced` if a newer
   *   frame of its key replaced it. Rejects with a `HoldlineError` if the frame was given up.
   * @throws ConfigError for an invalid context.
   */
  send(data: FrameData, context?: FrameContext): Promise<FrameFate>;
}

/** The queued frames of one socket, as its connection sees them. */
export class SocketFrames implements Frames {
  readonly #queue = new FrameQueue();
  readonly #dispatcher: FrameDispatcher;
  readonly #listeners = new Listeners(FRAME_EVENTS);
  #wasWritable = true;
  /** Settles `flushQueue` once the queue is empty. */
  #resolveFlush: (() => void) | undefined;
  #closeError: Error | undefined;
  /** Whether the peer has agreed to chunks. */
  #usesChunks = false;
  #messageCount = 0;
  #unregisterSocket: Undo = () => undefined;
  readonly tenant = currentContext()?.tenant;

  constructor(
    private readonly dependencies: FrameDependencies,
    private readonly transport: FrameTransport,
    readonly url: string,
    /** Headers of the handshake that may contain a credential. */
    readonly credentials: readonly (readonly [string, string])[],
  ) {
    this.#dispatcher = new FrameDispatcher(dependencies, transport, this.#queue, url, {
      onRefused: (frame, error) => this.#giveUpFrames([frame], error),
      onPaused: () => (this.#wasWritable = false),
      onSettled: () => this.#handleSettled(),
    });
  }

  get line(): Holdline {
    return this.dependencies.line;
  }

  get queued(): number {
    return this.#queue.size;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  get writable(): boolean {
    return this.transport.isOpen && !this.#resolveFlush && this.#queue.size === 0 && !this.#dispatcher.isPaused;
  }

  on<E extends keyof FrameEvents>(event: E, listener: (payload: FrameEvents[E]) => void): Undo {
    return this.#listeners.on(event, listener);
  }

  send(data: FrameData, context: FrameContext = {}): Promise<FrameFate> {
    const { key, ...rest } = context;
    const checked = { ...checkContext(rest, 'context'), ...checkFrameContext({ key }, 'context') };
    return this.#enqueueAsync(data, checked);
  }

  /** Sends a dead letter again, after all new frames. */
  resendDeadLetter(data: string | Uint8Array): Promise<FrameFate> {
    return this.#enqueueAsync(data, { priority: 'background', isDeadLetter: true });
  }

  /**
   * Called by the connection for each frame.
   *
   * @param settle - Called once with the outcome: immediately if the frame is refused or sent at once.
   */
  enqueue(data: FrameData, options: unknown, context: QueuedFrameContext, settle: Frame['settle']): void {
    if (this.#closeError) return settle(this.#closeError);
    if (this.#resolveFlush || !this.transport.isOpen)
      return settle(new NotSentError('the frame was not sent: the socket is not open'));
    const merged: QueuedFrameContext = { ...currentContext(), ...context };
    const { signal, tenant } = merged;
    if (tenant !== undefined && !merged.isDeadLetter) this.dependencies.deadLetters.recordTenant(this, tenant);
    if (signal?.aborted) return settle(abortReason(signal) as Error);
    const frame = this.#createFrame(data, options, merged, settle);
    if (this.#queue.size === 0 && !frame.chunks && this.#dispatcher.trySend(frame)) return;
    if (!frame.chunks) frame.data = copyData(frame.data);
    if (!this.#makeRoom(frame)) return;
    const older = this.#queue.findReplaceable(frame);
    if (older) {
      const { settle: settleOlder } = older;
      this.#queue.replaceFrame(older, frame);
      this.#watchFrame(older, merged);
      return settleOlder('replaced');
    }
    this.#queue.add(frame);
    this.#watchFrame(frame, merged);
    this.#wasWritable = false;
    this.#dispatcher.dispatch();
  }

  /** Called by the connection when the socket is open. */
  handleOpen(): void {
    this.#unregisterSocket = this.dependencies.deadLetters.registerSocket(this);
  }

  /** Called by the connection when the peer has agreed to chunks. */
  enableChunks(): void {
    this.#usesChunks = true;
  }

  /** Called by the connection with messages that stay incomplete. */
  reportIncomplete(messages: readonly IncompleteMessage[]): void {
    if (messages.length > 0) this.#listeners.emit('incomplete', { messages });
  }

  /** Called by the connection. Settles when every queued frame was sent or given up, or when `flushMs` is over. */
  flushQueue(): Promise<void> {
    return new Promise((resolve) => {
      const { clock, options } = this.dependencies;
      const cancelTimer = clock.setTimer(options.flushMs, () => {
        this.#giveUpFrames(
          this.#queue.removeAll(),
          new NotSentError(`the frame was not sent within flushMs (${durationInWords(options.flushMs)}) after close()`),
        );
        this.#handleSettled();
      });
      this.#resolveFlush = () => {
        cancelTimer();
        this.#closeError = new NotSentError('the frame was not sent: the socket was closed by close()');
        resolve();
      };
      this.#handleSettled();
    });
  }

  /** Called by the connection when the socket is closed. Gives up the queued frames. */
  handleClose(code: number): void {
    this.#unregisterSocket();
    this.#closeError = new NotSentError(describeClose(code));
    this.#dispatcher.stop();
    this.#giveUpFrames(this.#queue.removeAll(), this.#closeError);
    this.#resolveFlush?.();
  }

  #enqueueAsync(data: FrameData, context: QueuedFrameContext): Promise<FrameFate> {
    return new Promise((resolve, reject) => {
      this.enqueue(data, undefined, context, (fate) => {
        if (fate instanceof Error) reject(fate);
        else resolve(fate);
      });
    });
  }

  #createFrame(data: FrameData, options: unknown, context: QueuedFrameContext, settle: Frame['settle']): Frame {
    const { overflow, priority: defaultPriority } = this.dependencies.options;
    const { priority = defaultPriority, key, tenant, weight = 1, isDeadLetter = false } = context;
    const payload = this.#usesChunks ? encodeForChunks(data, options, this.dependencies.options.chunkBytes) : undefined;
    return {
      // Copied bytes are kept, because the caller may reuse the buffer.
      data: typeof data === 'string' ? data : (payload ?? data),
      chunks:
        payload === undefined
          ? undefined
          : new ChunkedMessage(payload, this.#messageCount++, this.dependencies.options.chunkBytes),
      bytes: measureBytes(data),
      priority: PRIORITIES.indexOf(priority),
      key: key ?? (typeof overflow === 'object' && !isDeadLetter ? overflow.coalesce(data) : undefined),
      isDeadLetter,
      tenant,
      weight,
      options,
      settle,
    };
  }

  /** Makes room for a new frame, or refuses it. A frame that replaces another one takes the room of that frame. */
  #makeRoom(frame: Frame): boolean {
    const { maxQueued, maxQueuedBytes, overflow } = this.dependencies.options;
    const queue = this.#queue;
    for (;;) {
      const older = queue.findReplaceable(frame);
      const others = queue.size - (older ? 1 : 0);
      const bytes = queue.bytes - (older?.bytes ?? 0) + frame.bytes;
      if (others < maxQueued && (others === 0 || bytes <= maxQueuedBytes)) return true;
      const oldest = overflow === 'dropOldest' ? queue.findDroppable(frame.priority, older) : undefined;
      if (!oldest) {
        this.#giveUpFrames(
          [frame],
          new QueueFullError(
            `the frame was not sent: the queue of this socket is full with ${queue.size} frames and ${queue.bytes} bytes (maxQueued: ${maxQueued}, maxQueuedBytes: ${maxQueuedBytes})`,
          ),
        );
        return false;
      }
      queue.remove(oldest);
      this.#giveUpFrames(
        [oldest],
        new QueueFullError(
          "the frame was not sent: a newer frame took its place in the full queue of this socket (overflow: 'dropOldest')",
        ),
      );
    }
  }

  /** Gives a queued frame up when its deadline is over or its signal aborts. */
  #watchFrame(frame: Frame, { signal, totalTimeoutMs }: FrameContext): void {
    if (!signal && totalTimeoutMs === undefined) return;
    const { settle } = frame;
    const giveUp = (error: Error, isWanted: boolean): void => {
      // Keep the frame if a newer one replaced it, or if a part of it was sent: the other chunks must follow.
      if (frame.settle === ownSettle && !frame.chunks?.hasStarted && this.#queue.remove(frame))
        this.#giveUpFrames([frame], error, isWanted);
      this.#dispatcher.dispatch();
    };
    const handleAbort = (): void => giveUp(abortReason(signal as AbortSignal) as Error, false);
    signal?.addEventListener('abort', handleAbort, { once: true });
    const cancelTimer =
      totalTimeoutMs === undefined || totalTimeoutMs === Infinity
        ? undefined
        : this.dependencies.clock.setTimer(totalTimeoutMs, () =>
            giveUp(
              new DeadlineError(`the frame was not sent within totalTimeoutMs (${durationInWords(totalTimeoutMs)})`),
              true,
            ),
          );
    const ownSettle = (frame.settle = (fate) => {
      cancelTimer?.();
      signal?.removeEventListener('abort', handleAbort);
      settle(fate);
    });
  }

  /** @param isWanted - Whether the caller still wants the frames to be sent. */
  #giveUpFrames(frames: readonly Frame[], error: Error, isWanted = true): void {
    if (frames.length === 0) return;
    const unsent: UnsentFrame[] = frames.map(({ data, priority, key }) => ({
      data,
      priority: PRIORITIES[priority] as Priority,
      key,
    }));
    if (isWanted) this.dependencies.deadLetters.storeFrames(this, frames, error);
    for (const frame of frames) frame.settle(error);
    this.#listeners.emit('unsent', { frames: unsent, error });
  }

  /** Called when frames were sent or given up. Completes a flush and emits `drain`. */
  #handleSettled(): void {
    if (this.#queue.size > 0) return;
    this.#resolveFlush?.();
    if (this.#wasWritable || !this.writable) return;
    this.#wasWritable = true;
    this.#listeners.emit('drain', undefined);
  }
}

// Hide the URL, the handshake and the queued data when the object is printed: they may contain a token.
definePrintedForm(SocketFrames, ({ queued, queuedBytes, writable }) => ({ queued, queuedBytes, writable }));
