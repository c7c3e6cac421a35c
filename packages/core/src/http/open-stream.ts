import type { OpenAnswer } from '../contract/cancellation.js';

const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<OpenStream>((stream) => stream.done())
    : /* v8 ignore next */ undefined;

/**
 * An answer whose stream the caller reads after the call has ended. It ends with `done`, when the stream closes, or when the garbage
 * collector frees the stream, which this object does not keep alive.
 * @public
 */
export class OpenStream implements OpenAnswer {
  #isDone = false;
  #listener: (() => void) | undefined;

  /** @param stream - A web stream or a Node stream. */
  constructor(
    stream: object,
    readonly isBeyondBudget = false,
  ) {
    collected?.register(stream, this, this);
    // Node streams emit `close`. The end of a web stream is visible only to its reader.
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
