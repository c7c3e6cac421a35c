import type { Clock, Holdline } from '@holdline/core';
import type { FrameDeadLetters } from './frame-dead-letters.js';
import type { ResolvedFrames } from './options.js';

/** State and options shared by the frames of all sockets of a class. */
export interface FrameDependencies {
  readonly line: Holdline;
  readonly options: ResolvedFrames;
  readonly clock: Clock;
  readonly needsPermits: boolean;
  /** Stores unsent frames. */
  readonly deadLetters: FrameDeadLetters;
}
