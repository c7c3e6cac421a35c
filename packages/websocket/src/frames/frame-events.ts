import type { Priority } from '@holdline/core';
import type { IncompleteMessage } from '../chunks/reassembler.js';
import type { FrameData } from './frame-data.js';

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

/** Their names. */
export const FRAME_EVENTS: Readonly<Record<keyof FrameEvents, true>> = {
  drain: true,
  unsent: true,
  incomplete: true,
};
