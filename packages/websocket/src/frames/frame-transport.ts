import type { FrameData } from './frame-data.js';

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
