import type { ServerResponse } from 'node:http';
import { startBackgroundTimer, type Clock, type Undo } from '@holdline/core';

/** Largest number of open streams. */
export const MAX_STREAMS = 32;
/** A reader that took nothing for so long is dropped. */
export const SLOW_READER_MS = 10_000;
/** An event `alive` is sent after so much silence, so that proxies and the page know that the stream is alive. */
export const HEARTBEAT_MS = 5_000;

interface Stream {
  readonly response: ServerResponse;
  /** Monotonic ms since when the reader takes nothing; undefined: it reads. */
  blockedSince: number | undefined;
  /** Whether a message was left out. */
  hasMissed: boolean;
  sentAt: number;
}

/**
 * The clients of `/api/stream`. A message that a slow reader cannot take is left out, and it gets the whole state when it reads again. So the
 * buffer of a stream holds one message at most.
 */
export class Streams {
  readonly #streams = new Set<Stream>();
  #stopTimer: Undo | undefined;

  /**
   * @param whole - Returns the message with the whole state.
   * @param onChange - Called after the number of streams changed.
   */
  constructor(
    private readonly whole: () => string,
    private readonly clock: Clock,
    private readonly onChange: () => void = () => undefined,
  ) {}

  get size(): number {
    return this.#streams.size;
  }

  get isFull(): boolean {
    return this.#streams.size >= MAX_STREAMS;
  }

  /** Opens a stream. The head of the response is written already. */
  open(response: ServerResponse, firstMessage: string): void {
    const stream: Stream = { response, blockedSince: undefined, hasMissed: false, sentAt: this.clock.now() };
    this.#streams.add(stream);
    const end = (): void => {
      if (!this.#streams.delete(stream)) return;
      if (this.#streams.size === 0) this.#stopTimer?.();
      this.onChange();
    };
    response.on('close', end);
    response.on('error', end);
    response.on('drain', () => {
      if (response.destroyed) return;
      // A message that is larger than the buffer of Node fills it. So the whole state follows only if something was left out.
      const message = stream.hasMissed ? this.whole() : undefined;
      stream.blockedSince = undefined;
      stream.hasMissed = false;
      if (message !== undefined) this.#send(stream, message);
    });
    this.#send(stream, firstMessage);
    if (this.#streams.size === 1) this.#watch();
    this.onChange();
  }

  /** Sends a message to all readers that can take it. */
  publish(message: string): void {
    for (const stream of this.#streams) {
      if (stream.blockedSince === undefined) this.#send(stream, message);
      else stream.hasMissed = true;
    }
  }

  /** Ends all streams. */
  close(): void {
    this.#stopTimer?.();
    for (const { response } of this.#streams) response.end();
  }

  #send(stream: Stream, message: string): void {
    stream.sentAt = this.clock.now();
    if (!stream.response.write(message)) stream.blockedSince ??= this.clock.now();
  }

  /** Drops slow readers, and sends heartbeats. */
  #watch(): void {
    this.#stopTimer = startBackgroundTimer(this.clock, HEARTBEAT_MS, () => {
      const now = this.clock.now();
      for (const stream of this.#streams) {
        if (stream.blockedSince === undefined) {
          if (now - stream.sentAt >= HEARTBEAT_MS - 1)
            this.#send(stream, `event: alive\ndata: ${this.clock.wall()}\n\n`);
        } else if (now - stream.blockedSince >= SLOW_READER_MS) stream.response.destroy();
      }
      if (this.#streams.size > 0) this.#watch();
    });
  }
}
