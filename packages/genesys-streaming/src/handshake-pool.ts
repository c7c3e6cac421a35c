import {
  ConfigError,
  createHoldline,
  systemClock,
  systemRandom,
  type Clock,
  type Holdline,
  type Random,
} from '@holdline/core';
import { handshakeLine, Handshakes, resolveHandshakes, type HandshakeOptions } from '@holdline/websocket';

/** The handshakes of all clients on a line. */
const pools = new WeakMap<Holdline, Handshakes>();

/** Where time and chance come from. */
export interface HandshakePorts {
  /** The source of time. @defaultValue the system's */
  clock?: Clock | undefined;
  /** The source of chance. @defaultValue `Math.random` */
  random?: Random | undefined;
}

/**
 * The line on which the streams of all clients guarded with `line` are opened. It has quotas of its own, never shared with the
 * HTTP requests on `line`. Called before the first client is guarded, it says how; afterwards it is there to look at.
 *
 * @param line The line the clients are guarded with.
 * @param options How streams are opened. Left out: as `HandshakeOptions` says.
 * @param ports The source of time and of chance.
 * @returns the line of the handshakes: its `snapshot()` and events tell of them.
 * @throws ConfigError for wrong options, or where there are some already.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { genesysCloud } from '@holdline/genesys';
 * import { guardStreaming, handshakesOn } from '@holdline/genesys-streaming';
 *
 * declare const clients: never[];
 * const line = createHoldline(genesysCloud());
 * handshakesOn(line, { quotas: [{ limit: 50, windowMs: 1_000, enforcement: 'bucket', burst: 10 }] });
 * for (const client of clients) guardStreaming(client, line);
 * ```
 */
export function handshakesOn(line: Holdline, options?: HandshakeOptions, ports: HandshakePorts = {}): Holdline {
  if (options && pools.has(line)) throw new ConfigError('the handshakes on this line have their options already');
  return findOrCreatePool(line, options, ports).line;
}

/** The handshakes of the clients on a line; made where there are none. */
export function findOrCreatePool(line: Holdline, options?: HandshakeOptions, ports: HandshakePorts = {}): Handshakes {
  const known = pools.get(line);
  if (known) return known;
  const { clock = systemClock, random = systemRandom } = ports;
  const resolved = resolveHandshakes(options);
  const poolLine = createHoldline({ ...handshakeLine(resolved, random), clock, random });
  const pool = new Handshakes(poolLine, resolved, clock, random, line.sessions);
  pools.set(line, pool);
  // What waits to be opened ends with the line.
  line.onClose(() => poolLine.close());
  return pool;
}
