import type { Emitter } from './emitter.js';
import { withOptions } from './emitter-arguments.js';
import type { Template } from './flavour.js';
import type { NativeSocket, WebSocketClass } from './native-socket.js';

/** The native constructor itself, on a connection that is never made: who else would know what it throws, and answers? */
export function inert(Native: WebSocketClass, args: readonly unknown[]): NativeSocket & Emitter {
  const nowhere = { agent: undefined, createConnection: () => undefined, finishRequest: () => undefined };
  const socket = new Native(...withOptions(args, nowhere)) as NativeSocket & Emitter;
  socket.on('error', () => undefined);
  socket.terminate?.();
  return socket;
}

/** Stands for a socket until there is a native one. An inert one costs as much as a request, and is seldom asked for anything. */
export class EmitterTemplate implements Template {
  readonly protocol = '';
  readonly extensions = '';
  #made: NativeSocket | undefined = undefined;

  constructor(
    readonly url: string,
    private readonly make: () => NativeSocket,
  ) {}

  get binaryType(): string {
    return this.#native.binaryType;
  }

  set binaryType(type: string) {
    this.#native.binaryType = type;
  }

  get bufferedAmount(): number {
    return this.#made?.bufferedAmount ?? 0;
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
    return (this.#made ??= this.make());
  }
}
