import { mergeOptions } from './emitter-arguments.js';
import type { Emitter } from './emitter.js';
import type { NativeSocket, WebSocketClass } from './native-socket.js';
import type { PlaceholderSocket } from './socket-driver.js';

/**
 * Creates a native socket that never connects. Only the native constructor knows which arguments it refuses, and with what
 * error.
 */
export function createInertSocket(Native: WebSocketClass, args: readonly unknown[]): NativeSocket & Emitter {
  const nowhere = { agent: undefined, createConnection: () => undefined, finishRequest: () => undefined };
  const socket = new Native(...mergeOptions(args, nowhere)) as NativeSocket & Emitter;
  socket.on('error', () => undefined);
  socket.terminate?.();
  return socket;
}

/**
 * Stands in for a socket until there is a native one. Creates the inert socket on first use: it costs as much as a request and
 * is seldom needed.
 */
export class EmitterPlaceholder implements PlaceholderSocket {
  readonly protocol = '';
  readonly extensions = '';
  #created: NativeSocket | undefined;

  constructor(
    readonly url: string,
    private readonly createSocket: () => NativeSocket,
  ) {}

  get binaryType(): string {
    return this.#native.binaryType;
  }

  set binaryType(type: string) {
    this.#native.binaryType = type;
  }

  get bufferedAmount(): number {
    return this.#created?.bufferedAmount ?? 0;
  }

  send(...args: unknown[]): void {
    this.#native.send(...args);
  }

  ping(...args: unknown[]): void {
    this.#native.ping?.(...args);
  }

  pong(...args: unknown[]): void {
    this.#native.pong?.(...args);
  }

  get #native(): NativeSocket {
    return (this.#created ??= this.createSocket());
  }
}
