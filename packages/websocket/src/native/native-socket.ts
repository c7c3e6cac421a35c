/** A WebSocket class: the browser's, Node's, `ws`, or one that behaves like them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has constructor arguments of its own
export type WebSocketClass = new (...args: any[]) => object;

/** What is used of a socket of any class. */
export interface NativeSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  binaryType: string;
  send(...args: unknown[]): void;
  close(code?: number, reason?: unknown): void;
  /** These three of `ws`. */
  terminate?(): void;
  ping?(...args: unknown[]): void;
  pong?(...args: unknown[]): void;
}

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

/** Bytes that the reason of a close may have. */
export const MAX_CLOSE_REASON_BYTES = 123;
