import { check, type Priority, type Undo } from '@holdline/core';
import type { IncompleteMessage } from '../chunks/reassembler.js';
import type { FrameData } from './options.js';

/** A frame that was given up. */
export interface UnsentFrame {
  readonly data: FrameData;
  readonly priority: Priority;
  readonly key: string | undefined;
}

/** What is told of the frames of a socket. */
export interface FrameEvents {
  /** It is writable again. */
  drain: undefined;
  /** These were given up: nothing of them was sent, or nothing that the peer takes for whole. */
  unsent: { frames: readonly UnsentFrame[]; error: Error };
  /** Of these messages, which came in chunks, the rest will not come: the socket was closed. */
  incomplete: { messages: readonly IncompleteMessage[] };
}

const eventCheck = check.oneOf('drain', 'unsent', 'incomplete');
const listenerCheck = check.callable();

/** Who listens to the frames of a socket. */
export class FrameListeners {
  readonly #all = new Map<keyof FrameEvents, Set<(told: never) => void>>();

  on<E extends keyof FrameEvents>(event: E, listener: (told: FrameEvents[E]) => void): Undo {
    eventCheck(event, 'event');
    listenerCheck(listener, 'listener');
    let listeners = this.#all.get(event);
    if (!listeners) this.#all.set(event, (listeners = new Set()));
    // Wrapped, so that one function registered twice is two listeners.
    const entry = (told: never): void => listener(told);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  tell<E extends keyof FrameEvents>(event: E, told: FrameEvents[E]): void {
    for (const listener of [...(this.#all.get(event) ?? [])]) {
      try {
        listener(told as never);
      } catch (error) {
        // As with native events: it disturbs nobody else, and is not swallowed.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
