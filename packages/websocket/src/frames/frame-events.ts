import type { Priority } from '@holdline/core';
import type { IncompleteMessage } from '../chunks/reassembler.js';
import type { FrameData } from './frame-data.js';

/**
 * A frame that was not sent.
 * @public
 */
export interface UnsentFrame {
  readonly data: FrameData;
  readonly priority: Priority;
  readonly key: string | undefined;
}

/**
 * Events of the frames of a socket.
 * @public
 */
export interface FrameEvents {
  /** The socket is writable again. */
  drain: undefined;
  /** These frames were given up. The peer received none of them completely. */
  unsent: { frames: readonly UnsentFrame[]; error: Error };
  /** These messages arrived in chunks and stay incomplete, because the socket was closed. */
  incomplete: { messages: readonly IncompleteMessage[] };
}

export const FRAME_EVENTS: Readonly<Record<keyof FrameEvents, true>> = {
  drain: true,
  unsent: true,
  incomplete: true,
};
