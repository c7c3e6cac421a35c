import type { Clock } from '@holdline/core';
import type { FrameDependencies } from '../frames/frame-dependencies.js';
import type { Handshakes } from '../handshakes/handshakes.js';
import type { WebSocketClass } from '../native/native-socket.js';
import type { SocketDriver } from '../native/socket-driver.js';

/** State and options shared by all sockets of a guarded class. */
export interface SocketDependencies {
  readonly Native: WebSocketClass;
  readonly driver: SocketDriver;
  readonly handshakes: Handshakes;
  /** Undefined: frames go directly to the native socket. */
  readonly frames: FrameDependencies | undefined;
  readonly clock: Clock;
}
