import type { CallContext, Clock, Holdline } from '@holdline/core';
import type { FrameData } from './frame-data.js';
import type { FrameDeadLetters } from './frame-dead-letters.js';
import type { ResolvedFrames } from './options.js';

/** What may be said about one frame. What is left out is as `withCall` says, and then as the options do. */
export interface FrameContext extends Pick<
  CallContext,
  'priority' | 'tenant' | 'weight' | 'signal' | 'totalTimeoutMs'
> {
  /** A newer frame of the same key and priority takes the place of this one while it waits. */
  key?: string;
}

/** The same of a frame that comes to the queue. */
export interface QueuedFrameContext extends FrameContext {
  /** It is a dead letter that is sent again: it takes no other's place, and is kept already. */
  isDeadLetter?: boolean;
}

/** The socket below. */
export interface FrameTransport {
  /** Whether frames can leave now. */
  readonly isOpen: boolean;
  readonly bufferedAmount: number;
  /** Hands a frame to the native socket. Throws what that throws. `done` is told when it is on the network, where that is seen. */
  send(data: FrameData, options: unknown, done: (error?: Error) => void): void;
}

/** What the frames of all sockets of a class have in common. */
export interface FrameDependencies {
  readonly line: Holdline;
  readonly options: ResolvedFrames;
  readonly clock: Clock;
  readonly needsPermits: boolean;
  /** Where frames that were given up are kept. */
  readonly deadLetters: FrameDeadLetters;
}
