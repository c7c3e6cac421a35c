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

/** The pool of each line. */
const pools = new WeakMap<Holdline, Handshakes>();

/**
 * Sources of time and random numbers for the handshakes.
 * @public
 */
export interface HandshakePorts {
  /** Source of time. @defaultValue the system clock */
  clock?: Clock | undefined;
  /** Source of random numbers. @defaultValue `Math.random` */
  random?: Random | undefined;
}

/**
 * Returns the line that opens the streams of all clients on `line`. Its quotas are separate from those of the HTTP requests on `line`.
 * Options are accepted before the first client is guarded.
 *
 * @param line - The line of the guarded clients.
 * @param options - How streams are opened. Without them the defaults of `HandshakeOptions` apply.
 * @param ports - Sources of time and random numbers.
 * @returns the line of the handshakes. Its `snapshot()` and its events show them.
 * @throws ConfigError if the options are wrong, or the handshakes on `line` have options already.
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
 * @public
 */
export function handshakesOn(line: Holdline, options?: HandshakeOptions, ports: HandshakePorts = {}): Holdline {
  if (options && pools.has(line))
    throw new ConfigError(
      'handshakesOn takes options only before the first client on the line is guarded, and only once',
    );
  return findOrCreatePool(line, options, ports).line;
}

/** Finds the handshakes of a line, or makes them. */
export function findOrCreatePool(line: Holdline, options?: HandshakeOptions, ports: HandshakePorts = {}): Handshakes {
  const known = pools.get(line);
  if (known) return known;
  const { clock = systemClock, random = systemRandom } = ports;
  const resolved = resolveHandshakes(options);
  const poolLine = createHoldline({ ...handshakeLine(resolved, random), clock, random });
  const pool = new Handshakes(poolLine, resolved, clock, random, line.sessions);
  pools.set(line, pool);
  // Streams that still wait end with the line.
  line.onClose(() => poolLine.close());
  return pool;
}
