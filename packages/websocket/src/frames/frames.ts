import {
  abortReason,
  check,
  checkContext,
  currentContext,
  DeadlineError,
  type Holdline,
  Listeners,
  NotSentError,
  PRIORITIES,
  type Priority,
  QueueFullError,
  showsAs,
  type Undo,
} from '@holdline/core';
import { ChunkedMessage } from '../chunks/chunked-message.js';
import type { IncompleteMessage } from '../chunks/reassembler.js';
import { describeClose } from '../close-codes.js';
import { copyData, encodeForChunks, type FrameData, measureBytes } from './frame-data.js';
import { FrameDispatcher } from './frame-dispatcher.js';
import { FRAME_EVENTS, type FrameEvents, type UnsentFrame } from './frame-events.js';
import { type Frame, type FrameFate, FrameQueue } from './frame-queue.js';
import type { FrameContext, FrameDependencies, FrameTransport, QueuedFrameContext } from './frame-transport.js';

const checkFrameContext = check.shape<{ key: string }>({ key: check.text });

/**
 * The frames of one socket. They leave at once where nothing holds them back; else they wait here, and of each priority the first
 * one asks the line for a permit.
 */
export class Frames {
  readonly #queue = new FrameQueue();
  readonly #dispatcher: FrameDispatcher;
  readonly #listeners = new Listeners(FRAME_EVENTS);
  #wasWritable = true;
  /** Waits until all has left. */
  #resolveFlush: (() => void) | undefined = undefined;
  #closeError: Error | undefined = undefined;
  /** Whether the peer has agreed to chunks. */
  #usesChunks = false;
  #messageCount = 0;
  #unregisterSocket: Undo = () => undefined;
  /** Whose socket it is, as was said around its construction. */
  readonly tenant = currentContext()?.tenant;

  constructor(
    private readonly dependencies: FrameDependencies,
    private readonly transport: FrameTransport,
    readonly url: string,
    /** Headers of its handshake that may be a credential. */
    readonly credentials: readonly (readonly [string, string])[],
  ) {
    this.#dispatcher = new FrameDispatcher(dependencies, transport, this.#queue, url, {
      onRefused: (frame, error) => this.#giveUpFrames([frame], error),
      onPaused: () => (this.#wasWritable = false),
      onSettled: () => this.#handleSettled(),
    });
  }

  /** The line that the frames take their permits from. */
  get line(): Holdline {
    return this.dependencies.line;
  }

  /** Frames that wait. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Their bytes. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** Whether a frame may be sent without waiting behind others. Then, and only then, the queue cannot overflow. */
  get writable(): boolean {
    return this.transport.isOpen && !this.#resolveFlush && this.#queue.size === 0 && !this.#dispatcher.isPaused;
  }

  /** Listens. Returns what stops it. */
  on<E extends keyof FrameEvents>(event: E, listener: (payload: FrameEvents[E]) => void): Undo {
    return this.#listeners.on(event, listener);
  }

  /**
   * Sends a frame, when it may leave.
   *
   * @returns `sent` when the native socket has taken it (of `ws`: when it is on the network); `replaced` where a newer frame of its
   *   key took its place. Rejects with a `HoldlineError` where it was given up.
   * @throws ConfigError for a wrong context.
   */
  send(data: FrameData, context: FrameContext = {}): Promise<FrameFate> {
    const { key, ...rest } = context;
    const checked = { ...checkContext(rest, 'context'), ...checkFrameContext({ key }, 'context') };
    return this.#enqueueAsync(data, checked);
  }

  /** Sends a dead letter again, after all that is new. */
  resendDeadLetter(data: string | Uint8Array): Promise<FrameFate> {
    return this.#enqueueAsync(data, { priority: 'background', isDeadLetter: true });
  }

  /**
   * For its connection.
   *
   * @param settle Told once what became of it; at once, where it is refused or leaves.
   */
  enqueue(data: FrameData, options: unknown, context: QueuedFrameContext, settle: Frame['settle']): void {
    if (this.#closeError) return settle(this.#closeError);
    if (this.#resolveFlush || !this.transport.isOpen) return settle(new NotSentError('the socket is not open'));
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

  /** For its connection, which is open. */
  handleOpen(): void {
    this.#unregisterSocket = this.dependencies.deadLetters.registerSocket(this);
  }

  /** For its connection: the peer has agreed to chunks. */
  enableChunks(): void {
    this.#usesChunks = true;
  }

  /** For its connection: of these messages the rest will not come. */
  reportIncomplete(messages: readonly IncompleteMessage[]): void {
    if (messages.length > 0) this.#listeners.emit('incomplete', { messages });
  }

  /** For its connection: settles when all that waits has left, was given up, or the time for it is over. */
  flushQueue(): Promise<void> {
    return new Promise((resolve) => {
      const { clock, options } = this.dependencies;
      const cancelTimer = clock.setTimer(options.flushMs, () => {
        this.#giveUpFrames(
          this.#queue.removeAll(),
          new NotSentError(`the socket was closed, and it did not leave in ${options.flushMs} ms`),
        );
        this.#handleSettled();
      });
      this.#resolveFlush = () => {
        cancelTimer();
        this.#closeError = new NotSentError('the socket is closed');
        resolve();
      };
      this.#handleSettled();
    });
  }

  /** For its connection, which is closed: what waits is given back. */
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
      // A caller may use his buffer again.
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

  /** Makes room for a newcomer, which takes none where it takes the place of an older one, or refuses it. */
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
        this.#giveUpFrames([frame], new QueueFullError(`${queue.size} frames of this socket wait already`));
        return false;
      }
      queue.remove(oldest);
      this.#giveUpFrames([oldest], new QueueFullError('dropped for a newer frame'));
    }
  }

  /** Gives a waiting frame up when its time is over or its signal aborts. */
  #watchFrame(frame: Frame, { signal, totalTimeoutMs }: FrameContext): void {
    if (!signal && totalTimeoutMs === undefined) return;
    const { settle } = frame;
    const giveUp = (error: Error, isWanted: boolean): void => {
      // A newer one may have taken its place; and of what is on its way in chunks the rest has to follow.
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
            giveUp(new DeadlineError(`did not leave within ${totalTimeoutMs} ms`), true),
          );
    const ownSettle = (frame.settle = (fate) => {
      cancelTimer?.();
      signal?.removeEventListener('abort', handleAbort);
      settle(fate);
    });
  }

  /** @param isWanted Whether somebody would still send them. */
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

  /** Something left or was given up: nobody may wait any more. */
  #handleSettled(): void {
    if (this.#queue.size > 0) return;
    this.#resolveFlush?.();
    if (this.#wasWritable || !this.writable) return;
    this.#wasWritable = true;
    this.#listeners.emit('drain', undefined);
  }
}

// Its URL and its handshake may have a token, and what waits is nobody's business.
showsAs(Frames, ({ queued, queuedBytes, writable }) => ({ queued, queuedBytes, writable }));
