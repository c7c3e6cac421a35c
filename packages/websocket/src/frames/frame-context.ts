import type { CallContext } from '@holdline/core';

/**
 * Context of one frame. Missing values come from `withCall`, then from the options.
 * @public
 */
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
