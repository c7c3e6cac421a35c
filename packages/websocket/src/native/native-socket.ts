/**
 * A WebSocket class: the browser's, Node's, `ws`, or one that behaves like them.
 * @public
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every class has other constructor arguments
export type WebSocketClass = new (...args: any[]) => object;

/** The members of a native socket that this package uses. */
export interface NativeSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  binaryType: string;
  send(...args: unknown[]): void;
  close(code?: number, reason?: unknown): void;
  /** Only `ws` has these three methods. */
  terminate?(): void;
  ping?(...args: unknown[]): void;
  pong?(...args: unknown[]): void;
}

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

/** Names of the ready states, by number. */
export const STATE_NAMES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

/** Largest size of a close reason, in bytes. */
export const MAX_CLOSE_REASON_BYTES = 123;
