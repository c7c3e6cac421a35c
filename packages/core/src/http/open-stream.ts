import type { OpenAnswer } from '../contract/cancellation.js';

const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<OpenStream>((stream) => stream.done())
    : /* v8 ignore next */ undefined;

/**
 * An answer that is read from a stream after its call has ended. It is done when somebody says so, when the stream closes, or when
 * the stream was collected: it is not held from here.
 */
export class OpenStream implements OpenAnswer {
  #isDone = false;
  #listener: (() => void) | undefined = undefined;

  /** @param stream That of the platform, or of Node. */
  constructor(
    stream: object,
    readonly isBeyondBudget = false,
  ) {
    collected?.register(stream, this, this);
    // Streams of Node tell. To ask others, one would have to read them.
    const { once } = stream as { once?: (event: string, listener: () => void) => unknown };
    if (typeof once === 'function') once.call(stream, 'close', () => this.done());
  }

  onDone(fn: () => void): void {
    if (this.#isDone) fn();
    else this.#listener = fn;
  }

  done(): void {
    this.#isDone = true;
    collected?.unregister(this);
    this.#listener?.();
    this.#listener = undefined;
  }
}
