import type { Clock } from '@holdline/core';
import type { FrameGuard } from '../frames/outlet.js';
import type { Handshakes } from '../handshakes/handshakes.js';
import type { Flavour } from '../native/flavour.js';
import type { WebSocketClass } from '../native/native-socket.js';

/** What all sockets of a guarded class have in common. */
export interface SocketDependencies {
  readonly Native: WebSocketClass;
  readonly flavour: Flavour;
  readonly handshakes: Handshakes;
  /** Undefined: frames go straight to the native socket. */
  readonly frames: FrameGuard | undefined;
  readonly clock: Clock;
}
