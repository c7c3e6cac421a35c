import {
  type Clock,
  ConfigError,
  createHoldline,
  defineAdapter,
  type Holdline,
  type HoldlineConfig,
  isGuarded,
  isHoldline,
  type Random,
  systemClock,
  systemRandom,
} from '@holdline/core';
import { makeGuardedClass } from './connection/guarded-class.js';
import type { SocketDependencies } from './connection/socket-dependencies.js';
import { FrameDeadLetters } from './frames/frame-dead-letters.js';
import type { FrameDependencies } from './frames/frame-dependencies.js';
import { createFrameLineConfig, needsPermits } from './frames/frame-line.js';
import { type ResolvedFrames, resolveFrames } from './frames/options.js';
import { handshakeLine } from './handshakes/handshake-line.js';
import { Handshakes } from './handshakes/handshakes.js';
import { resolveHandshakes } from './handshakes/options.js';
import { emitterDriver } from './native/emitter-driver.js';
import { isEmitterClass } from './native/emitter.js';
import type { WebSocketClass } from './native/native-socket.js';
import { targetDriver } from './native/target-driver.js';
import { parseWebSocketConfig, type WebSocketConfig } from './options.js';

/**
 * Guards a WebSocket class: the browser's, that of Node 22 and later, or `ws`. The handshakes of its sockets wait for permits,
 * stay below the limits of the platform, and are retried where a retry can succeed.
 *
 * The returned class has the contract of the given class, and its sockets are instances of that class. A socket is `CONNECTING`
 * while its handshake waits; `close()` then sends nothing. A socket that was open never reconnects by itself: create a new one,
 * as before. A new socket to the URL of a lost session counts as its reconnect. A reconnect goes ahead of first connections.
 *
 * @param Native - The class to guard. Guarding a guarded class again has no effect, unless the configuration differs.
 * @param configOrLine - A configuration, or an existing line. The quotas, the bulkhead and the retries of an existing line apply
 *   to the handshakes.
 * @returns the class to use instead. `holdlineOf` returns the line of its handshakes. After `release`, the class creates native
 *   sockets.
 * @throws ConfigError for an invalid configuration, or an argument that is not a WebSocket class.
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
 * @public
 */
export function guardWebSocket<C extends WebSocketClass>(Native: C, configOrLine: WebSocketConfig | Holdline = {}): C {
  const { prototype } = (Native ?? {}) as { prototype?: Partial<WebSocket> };
  if (typeof Native !== 'function' || !prototype || !('send' in prototype) || !('addEventListener' in prototype))
    throw new ConfigError('the first argument of guardWebSocket must be a WebSocket class');
  if (isGuarded('guardWebSocket', Native, configOrLine)) return Native;
  const config = isHoldline(configOrLine) ? {} : parseWebSocketConfig(configOrLine);
  const { clock = systemClock, random = systemRandom } = config;
  const options = resolveHandshakes(config.handshakes);
  const frames =
    config.frames === false ? undefined : createFrameDependencies(resolveFrames(config.frames), clock, random);
  let dependencies: SocketDependencies | undefined;
  const guardClass = defineAdapter<WebSocketClass>({
    name: 'guardWebSocket',
    attach(_class, line) {
      const driver = isEmitterClass(Native) ? emitterDriver : targetDriver;
      const deadLetters = new FrameDeadLetters(line.deadLetters, clock);
      dependencies = {
        Native,
        driver,
        clock,
        frames: frames && { ...frames, deadLetters },
        handshakes: new Handshakes(line, options, clock, random),
      };
      return () => {
        dependencies = undefined;
        deadLetters.unregisterAll();
      };
    },
  });
  const lineConfig: HoldlineConfig = {
    ...handshakeLine(options, random),
    ...(config.store && { store: config.store }),
    ...(config.deadLetters !== undefined && { deadLetters: config.deadLetters }),
    clock,
    random,
  };
  return guardClass(
    makeGuardedClass(Native, () => dependencies),
    isHoldline(configOrLine) ? configOrLine : lineConfig,
    configOrLine,
  );
}

function createFrameDependencies(
  options: ResolvedFrames,
  clock: Clock,
  random: Random,
): Omit<FrameDependencies, 'deadLetters'> {
  const line = createHoldline({ ...createFrameLineConfig(options), clock, random });
  return { line, options, clock, needsPermits: needsPermits(options) };
}
