import type { OpenAnswer } from '@holdline/core';
import type { HeaderBlock } from './header-block.js';

/** What an answer is made of after its head. */
export type AnswerEvent =
  | { readonly kind: 'data'; readonly chunk: Uint8Array }
  | { readonly kind: 'end'; readonly trailers: HeaderBlock }
  | { readonly kind: 'error'; readonly error: unknown };

/** The head of an answer. */
export interface Head {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: HeaderBlock;
  /** The socket of an answer that changed the protocol. */
  readonly socket: Socket | undefined;
}

/** The members of a socket that this package uses. */
export interface Socket {
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

/** Takes the events of one answer. */
export interface AnswerReader {
  take(event: AnswerEvent): void;
}

/** The connection that an answer comes from. */
export interface AnswerSource {
  pause(): void;
  resume(): void;
  abort(reason: unknown): void;
}

/** Largest part of an unwanted body that is read to keep its connection, bytes. The `dump()` of undici has the same limit. */
const MAX_DRAINED_BYTES = 131_072;

/**
 * The answer of one attempt. Its connection is paused until the line has decided who gets the answer. Events that arrive nevertheless wait
 * in a queue, because a paused connection may deliver the chunk that it has already read.
 */
export class Answer implements OpenAnswer {
  #queue: AnswerEvent[] = [];
  #reader: AnswerReader | undefined;
  #isPaused = true;
  #isOver = false;
  #isUnwanted = false;
  #listeners: (() => void)[] = [];
  readonly #flow: Flow;

  constructor(
    readonly head: Head,
    source: AnswerSource | Flow,
  ) {
    this.#flow = source instanceof Flow ? source : new Flow(source);
    // An upgraded connection belongs to its socket.
    if (head.socket) this.finish();
    this.#flow.add(this);
  }

  get status(): number {
    return this.head.status;
  }

  get statusText(): string {
    return this.head.statusText ?? '';
  }

  /** Whether all of the answer has arrived, or nobody wants the rest. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Adds an event of the connection, for this answer and its copies. */
  push(event: AnswerEvent): void {
    this.#flow.push(event);
  }

  receive(event: AnswerEvent): void {
    if (this.#isOver) return;
    if (event.kind !== 'data') this.finish();
    if (this.#reader && this.#queue.length === 0) this.#reader.take(event);
    else this.#queue.push(event);
  }

  /** Gives the answer to its reader: at first the events that wait. */
  readBy(reader: AnswerReader, isPaused = false): void {
    this.#reader = reader;
    const { head } = this;
    if (head.socket) return;
    this.#isPaused = isPaused;
    this.#deliver();
    this.#flow.update();
  }

  pause(): void {
    this.#isPaused = true;
    this.#flow.update();
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
    this.#flow.update();
  }

  #deliver(): void {
    while (this.#reader && !this.#isPaused && this.#queue.length > 0)
      this.#reader.take(this.#queue.shift() as AnswerEvent);
    // The end of an empty body waits for nobody.
    if (this.#reader && this.#queue.length === 1 && this.#queue[0]?.kind !== 'data')
      this.#reader.take(this.#queue.shift() as AnswerEvent);
  }

  /** Ends the answer for its reader. The connection is closed if no copy needs it. */
  abort(reason: unknown): void {
    const wasOver = this.#isOver;
    this.#queue = [];
    this.finish();
    if (!wasOver) this.#flow.leave(this, reason);
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.take({ kind: 'error', error: reason });
  }

  /** Reads a short rest of a body that nobody wants, so that its connection stays usable. A long one closes the connection. */
  drain(): void {
    if (this.#reader) return;
    this.head.socket?.destroy();
    if (Number(this.head.headers.get('content-length') ?? 0) > MAX_DRAINED_BYTES) return this.abort(undefined);
    let bytes = 0;
    this.#isUnwanted = true;
    this.readBy({
      take: (event) => {
        if (event.kind === 'data' && (bytes += event.chunk.length) > MAX_DRAINED_BYTES) this.abort(undefined);
      },
    });
  }

  /** Ends what is left of a body that nobody wants. */
  discard(): void {
    this.drain();
    if (this.#isUnwanted && !this.#isOver) this.abort(undefined);
  }

  /** Returns a second answer with the same content. Both must be read, because the slower reader paces the connection. */
  copy(): Answer {
    if (this.head.socket) return this;
    const copy = new Answer(this.head, this.#flow);
    for (const event of this.#queue) copy.receive(event);
    return copy;
  }

  /** Reads the body and keeps it for the reader. Undefined: it is longer than `maxBytes`, broken, or `signal` aborted. */
  peek(maxBytes: number, onGiveUp: (giveUp: () => void) => void): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const seen: AnswerEvent[] = [];
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      const stop = (body: Uint8Array | undefined): void => {
        if (this.#reader !== reader) return;
        this.#reader = undefined;
        this.#isPaused = true;
        this.#queue.unshift(...seen);
        this.#flow.update();
        resolve(body);
      };
      const reader: AnswerReader = {
        take(event) {
          seen.push(event);
          if (event.kind === 'data') {
            chunks.push(event.chunk);
            if ((bytes += event.chunk.length) > maxBytes) stop(undefined);
          } else stop(event.kind === 'end' ? concat(chunks, bytes) : undefined);
        },
      };
      onGiveUp(() => stop(undefined));
      this.readBy(reader);
    });
  }

  onDone(fn: () => void): void {
    if (this.#isOver) fn();
    else this.#listeners.push(fn);
  }

  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** The connection of an answer and its copies. It flows while all of them want data. */
class Flow {
  readonly #answers = new Set<Answer>();
  #isPaused = false;

  constructor(private readonly source: AnswerSource) {}

  add(answer: Answer): void {
    this.#answers.add(answer);
    this.update();
  }

  push(event: AnswerEvent): void {
    for (const answer of [...this.#answers]) answer.receive(event);
  }

  update(): void {
    const isPaused = [...this.#answers].some((answer) => answer.isPaused && !answer.isOver);
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.source.pause();
    else this.source.resume();
  }

  leave(answer: Answer, reason: unknown): void {
    this.#answers.delete(answer);
    if (this.#answers.size > 0) this.update();
    else this.source.abort(reason);
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
