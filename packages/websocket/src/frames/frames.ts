import {
  abortReason,
  check,
  checkContext,
  currentContext,
  DeadlineError,
  Listeners,
  showsAs,
  NotSentError,
  PRIORITIES,
  QueueFullError,
  type Holdline,
  type Priority,
  type Undo,
} from '@holdline/core';
import type { IncompleteMessage } from '../chunks/reassembler.js';
import { Chunks } from '../chunks/chunked-message.js';
import { closedWith } from '../close-codes.js';
import { FRAME_EVENTS, type FrameEvents, type UnsentFrame } from './events.js';
import { bytesOf, keep, payloadOf, type FrameData } from './frame-data.js';
import { FrameDispatcher } from './frame-dispatcher.js';
import type { FrameContext, FrameGuard, Outlet, QueueContext } from './outlet.js';
import { FrameQueue, type Frame, type FrameFate } from './queue.js';

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
  #flushed: (() => void) | undefined = undefined;
  #closed: Error | undefined = undefined;
  /** Whether the peer has agreed to chunks. */
  #inChunks = false;
  #messages = 0;
  #leaveLetters: Undo = () => undefined;
  /** Whose socket it is, as was said around its construction. */
  readonly tenant = currentContext()?.tenant;

  constructor(
    private readonly guard: FrameGuard,
    private readonly outlet: Outlet,
    readonly url: string,
    /** Headers of its handshake that may be a credential. */
    readonly credentials: readonly (readonly [string, string])[],
  ) {
    this.#dispatcher = new FrameDispatcher(guard, outlet, this.#queue, url, {
      refused: (frame, error) => this.#giveUp([frame], error),
      paused: () => (this.#wasWritable = false),
      settled: () => this.#settled(),
    });
  }

  /** The line that the frames take their permits from. */
  get line(): Holdline {
    return this.guard.line;
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
    return this.outlet.isOpen && !this.#flushed && this.#queue.size === 0 && !this.#dispatcher.isPaused;
  }

  /** Listens. Returns what stops it. */
  on<E extends keyof FrameEvents>(event: E, listener: (told: FrameEvents[E]) => void): Undo {
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
    return this.#promised(data, checked);
  }

  /** Sends a dead letter again, after all that is new. */
  resend(data: string | Uint8Array): Promise<FrameFate> {
    return this.#promised(data, { priority: 'background', isLetter: true });
  }

  /**
   * For its connection.
   *
   * @param settle Told once what became of it; at once, where it is refused or leaves.
   */
  enqueue(data: FrameData, options: unknown, context: QueueContext, settle: Frame['settle']): void {
    if (this.#closed) return settle(this.#closed);
    if (this.#flushed || !this.outlet.isOpen) return settle(new NotSentError('the socket is not open'));
    const said: QueueContext = { ...currentContext(), ...context };
    const { signal, tenant } = said;
    if (tenant !== undefined && !said.isLetter) this.guard.letters.used(this, tenant);
    if (signal?.aborted) return settle(abortReason(signal) as Error);
    const frame = this.#frameOf(data, options, said, settle);
    if (this.#queue.size === 0 && !frame.chunks && this.#dispatcher.sendAtOnce(frame)) return;
    if (!frame.chunks) frame.data = keep(frame.data);
    if (!this.#makeRoom(frame)) return;
    const older = this.#queue.olderOf(frame);
    if (older) {
      const { settle: tellOlder } = older;
      this.#queue.replace(older, frame);
      this.#watch(older, said);
      return tellOlder('replaced');
    }
    this.#queue.add(frame);
    this.#watch(frame, said);
    this.#wasWritable = false;
    this.#dispatcher.pump();
  }

  /** For its connection, which is open. */
  opened(): void {
    this.#leaveLetters = this.guard.letters.opened(this);
  }

  /** For its connection: the peer has agreed to chunks. */
  agreeToChunks(): void {
    this.#inChunks = true;
  }

  /** For its connection: of these messages the rest will not come. */
  incomplete(messages: readonly IncompleteMessage[]): void {
    if (messages.length > 0) this.#listeners.emit('incomplete', { messages });
  }

  /** For its connection: settles when all that waits has left, was given up, or the time for it is over. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      const { clock, options } = this.guard;
      const stop = clock.setTimer(options.flushMs, () => {
        this.#giveUp(
          this.#queue.empty(),
          new NotSentError(`the socket was closed, and it did not leave in ${options.flushMs} ms`),
        );
        this.#settled();
      });
      this.#flushed = () => {
        stop();
        this.#closed = new NotSentError('the socket is closed');
        resolve();
      };
      this.#settled();
    });
  }

  /** For its connection, which is closed: what waits is given back. */
  closed(code: number): void {
    this.#leaveLetters();
    this.#closed = new NotSentError(closedWith(code));
    this.#dispatcher.stop();
    this.#giveUp(this.#queue.empty(), this.#closed);
    this.#flushed?.();
  }

  #promised(data: FrameData, context: QueueContext): Promise<FrameFate> {
    return new Promise((resolve, reject) => {
      this.enqueue(data, undefined, context, (fate) => {
        if (fate instanceof Error) reject(fate);
        else resolve(fate);
      });
    });
  }

  #frameOf(data: FrameData, options: unknown, context: QueueContext, settle: Frame['settle']): Frame {
    const { overflow, priority: usual } = this.guard.options;
    const { priority = usual, key, tenant, weight = 1, isLetter = false } = context;
    const payload = this.#inChunks ? payloadOf(data, options, this.guard.options.chunkBytes) : undefined;
    return {
      // A caller may use his buffer again.
      data: typeof data === 'string' ? data : (payload ?? data),
      chunks: payload === undefined ? undefined : new Chunks(payload, this.#messages++, this.guard.options.chunkBytes),
      bytes: bytesOf(data),
      priority: PRIORITIES.indexOf(priority),
      key: key ?? (typeof overflow === 'object' && !isLetter ? overflow.coalesce(data) : undefined),
      isLetter,
      tenant,
      weight,
      options,
      settle,
    };
  }

  /** Makes room for a newcomer, which takes none where it takes the place of an older one, or refuses it. */
  #makeRoom(frame: Frame): boolean {
    const { maxQueued, maxQueuedBytes, overflow } = this.guard.options;
    const queue = this.#queue;
    for (;;) {
      const older = queue.olderOf(frame);
      const others = queue.size - (older ? 1 : 0);
      const bytes = queue.bytes - (older?.bytes ?? 0) + frame.bytes;
      if (others < maxQueued && (others === 0 || bytes <= maxQueuedBytes)) return true;
      const oldest = overflow === 'dropOldest' ? queue.oldestDownFrom(frame.priority, older) : undefined;
      if (!oldest) {
        this.#giveUp([frame], new QueueFullError(`${queue.size} frames of this socket wait already`));
        return false;
      }
      queue.remove(oldest);
      this.#giveUp([oldest], new QueueFullError('dropped for a newer frame'));
    }
  }

  /** Gives a waiting frame up when its time is over or its signal aborts. */
  #watch(frame: Frame, { signal, totalTimeoutMs }: FrameContext): void {
    if (!signal && totalTimeoutMs === undefined) return;
    const { settle } = frame;
    const leave = (error: Error, isWanted: boolean): void => {
      // A newer one may have taken its place; and of what is on its way in chunks the rest has to follow.
      if (frame.settle === own && !frame.chunks?.isBegun && this.#queue.remove(frame))
        this.#giveUp([frame], error, isWanted);
      this.#dispatcher.pump();
    };
    const aborted = (): void => leave(abortReason(signal as AbortSignal) as Error, false);
    signal?.addEventListener('abort', aborted, { once: true });
    const stop =
      totalTimeoutMs === undefined || totalTimeoutMs === Infinity
        ? undefined
        : this.guard.clock.setTimer(totalTimeoutMs, () =>
            leave(new DeadlineError(`did not leave within ${totalTimeoutMs} ms`), true),
          );
    const own = (frame.settle = (fate) => {
      stop?.();
      signal?.removeEventListener('abort', aborted);
      settle(fate);
    });
  }

  /** @param isWanted Whether somebody would still send them. */
  #giveUp(frames: readonly Frame[], error: Error, isWanted = true): void {
    if (frames.length === 0) return;
    const unsent: UnsentFrame[] = frames.map(({ data, priority, key }) => ({
      data,
      priority: PRIORITIES[priority] as Priority,
      key,
    }));
    if (isWanted) this.guard.letters.keep(this, frames, error);
    for (const frame of frames) frame.settle(error);
    this.#listeners.emit('unsent', { frames: unsent, error });
  }

  /** Something left or was given up: nobody may wait any more. */
  #settled(): void {
    if (this.#queue.size > 0) return;
    this.#flushed?.();
    if (this.#wasWritable || !this.writable) return;
    this.#wasWritable = true;
    this.#listeners.emit('drain', undefined);
  }
}

// Its URL and its handshake may have a token, and what waits is nobody's business.
showsAs(Frames, ({ queued, queuedBytes, writable }) => ({ queued, queuedBytes, writable }));
