import type { CallContext, Clock, Holdline } from '@holdline/core';
import type { FrameData } from './frame-data.js';
import type { FrameDeadLetters } from './frame-dead-letters.js';
import type { ResolvedFrames } from './options.js';

/** Context of one frame. Missing values come from `withCall`, then from the options. */
export interface FrameContext extends Pick<
  CallContext,
  'priority' | 'tenant' | 'weight' | 'signal' | 'totalTimeoutMs'
> {
  /** A newer frame of the same key and priority replaces this one while it waits. */
  key?: string;
}

/** Context of a frame that enters the queue. */
export interface QueuedFrameContext extends FrameContext {
  /** The frame is a dead letter that is sent again. It replaces no other frame and is stored already. */
  isDeadLetter?: boolean;
}

/** The socket that sends the frames. */
export interface FrameTransport {
  /** Whether frames can be sent now. */
  readonly isOpen: boolean;
  readonly bufferedAmount: number;
  /**
   * Gives a frame to the native socket and throws its errors. Calls `done` when the frame is on the network, where the socket
   * reports it.
   */
  send(data: FrameData, options: unknown, done: (error?: Error) => void): void;
}

/** State and options shared by the frames of all sockets of a class. */
export interface FrameDependencies {
  readonly line: Holdline;
  readonly options: ResolvedFrames;
  readonly clock: Clock;
  readonly needsPermits: boolean;
  /** Stores unsent frames. */
  readonly deadLetters: FrameDeadLetters;
}
