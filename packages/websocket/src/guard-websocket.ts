import {
  ConfigError,
  createHoldline,
  defineAdapter,
  holdlineOf,
  isHoldline,
  systemClock,
  systemRandom,
  type Clock,
  type Holdline,
  type HoldlineConfig,
  type Random,
} from '@holdline/core';
import { frameLine, needsPermits } from './frames/frame-line.js';
import { FrameLetters } from './frames/letters.js';
import { resolveFrames, type ResolvedFrames } from './frames/options.js';
import type { FrameGuard } from './frames/outlet.js';
import { makeGuardedClass } from './connection/guarded-class.js';
import type { SocketDependencies } from './connection/socket-dependencies.js';
import { handshakeLine } from './handshakes/handshake-line.js';
import { Handshakes } from './handshakes/handshakes.js';
import { resolveHandshakes } from './handshakes/options.js';
import { isEmitterClass } from './native/emitter.js';
import { emitterFlavour } from './native/emitter-driver.js';
import type { WebSocketClass } from './native/native-socket.js';
import { targetFlavour } from './native/target-driver.js';
import { parseWebSocketConfig, type WebSocketConfig } from './options.js';

/**
 * Guards a WebSocket class: the browser's, that of Node 22 and later, or `ws`. Its handshakes wait for their turn, are never more
 * at a time than the platform takes, and are tried again where that helps.
 *
 * What it returns has the contract of the class it is given, and its sockets are instances of that. A socket is `CONNECTING` while
 * it waits; `close()` then sends nothing. It never reconnects by itself once it was open: make a new one, as before. A new socket
 * to a URL whose session was lost is known as the reconnect, and goes ahead of those that connect for the first time.
 *
 * @param Native The class to guard. Guarding a guarded one again does nothing.
 * @param configOrLine A configuration, or a line made before: then its quotas, its bulkhead and its retries are those of the
 *   handshakes.
 * @returns a class to use in its place; `holdlineOf` gives the line of its handshakes, and after `release` it makes native sockets.
 * @throws ConfigError for a wrong configuration, or something that is no WebSocket class.
 * @example
 * ```ts
 * import { guardWebSocket } from '@holdline/websocket';
 * import WebSocket from 'ws';
 *
 * const GuardedWebSocket = guardWebSocket(WebSocket, {
 *   handshakes: { quotas: [{ limit: 50, windowMs: 1_000, enforcement: 'bucket', burst: 10 }] },
 * });
 * const socket = new GuardedWebSocket('wss://streaming.example.com/channels/1');
 * socket.on('message', (data) => console.log(String(data)));
 * ```
 */
export function guardWebSocket<C extends WebSocketClass>(Native: C, configOrLine: WebSocketConfig | Holdline = {}): C {
  const { prototype } = (Native ?? {}) as { prototype?: Partial<WebSocket> };
  if (typeof Native !== 'function' || !prototype || !('send' in prototype) || !('addEventListener' in prototype))
    throw new ConfigError('the first argument of guardWebSocket must be a WebSocket class');
  if (holdlineOf(Native)) return Native;
  const config = isHoldline(configOrLine) ? {} : parseWebSocketConfig(configOrLine);
  const { clock = systemClock, random = systemRandom } = config;
  const options = resolveHandshakes(config.handshakes);
  const frames = config.frames === false ? undefined : frameGuard(resolveFrames(config.frames), clock, random);
  let guard: SocketDependencies | undefined;
  const guardClass = defineAdapter<WebSocketClass>({
    name: 'guardWebSocket',
    attach(_class, line) {
      const flavour = isEmitterClass(Native) ? emitterFlavour : targetFlavour;
      const letters = new FrameLetters(line.deadLetters, clock);
      guard = {
        Native,
        flavour,
        clock,
        frames: frames && { ...frames, letters },
        handshakes: new Handshakes(line, options, clock, random),
      };
      return () => {
        guard = undefined;
        letters.detach();
      };
    },
  });
  const own: HoldlineConfig = {
    ...handshakeLine(options, random),
    ...(config.store && { store: config.store }),
    ...(config.deadLetters !== undefined && { deadLetters: config.deadLetters }),
    clock,
    random,
  };
  return guardClass(
    makeGuardedClass(Native, () => guard),
    isHoldline(configOrLine) ? configOrLine : own,
  );
}

function frameGuard(options: ResolvedFrames, clock: Clock, random: Random): Omit<FrameGuard, 'letters'> {
  const line = createHoldline({ ...frameLine(options), clock, random });
  return { line, options, clock, needsPermits: needsPermits(options) };
}
