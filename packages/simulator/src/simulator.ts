import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parsePattern } from './match.js';
import type { ScriptedAnswer, SimulatorChange, SimulatorOptions } from './options.js';
import { Engine } from './engine.js';
import { PLATFORMS } from './platforms.js';
import { readOptions, readScript } from './read-options.js';
import type { Stats } from './stats.js';
import type { WireEntry } from './wire.js';

/** Longer than any client keeps an idle connection, so that a reused one is not closed under its next request. */
const KEEP_ALIVE_MS = 65_000;
/** Connections the kernel holds until they are accepted; a burst of a thousand clients must not be refused by it. */
const BACKLOG = 4096;

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:port`: base of the API and, with `/oauth/token`, of the login. */
  readonly url: string;
  /** What was counted so far; a copy. */
  stats(): Stats;
  /** The last {@link WIRE_LOG_MAX_ENTRIES} requests in order of arrival; a copy. */
  wire(): readonly WireEntry[];
  /**
   * The next requests that match get these answers, in order, before authentication and limits; then all is normal
   * again. Several scripts for the same requests are used up one after the other. `POST /oauth/token` can be scripted
   * too.
   *
   * @throws SimulatorOptionError
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys' });
   * simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '1' } }, 'pass', { status: 401 }]);
   * ```
   */
  script(match: string, answers: ScriptedAnswer[]): void;
  /**
   * Changes options at run time. Each key replaces what held before; `tokens` is merged key by key. A limit that keeps
   * its name, scope, pattern, window and way of counting keeps what it counted; faults start anew.
   *
   * @throws SimulatorOptionError, and then nothing has changed
   */
  set(change: SimulatorChange): void;
  /** Kills every living access token (401 from then on) and returns how many. Refresh tokens stay good. */
  revokeTokens(): number;
  /** Counters to zero, wire log empty, writes seen so far forgotten. Requests under way count for the period before. */
  resetStats(): void;
  /** Destroys all sockets, cancels what was still to be answered, frees the port. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a local Genesys Cloud: a real HTTP server on 127.0.0.1 that refuses, expires and counts like the platform.
 *
 * @throws SimulatorOptionError (the promise rejects) for a bad option; the error of the socket for a port in use.
 * @example
 * ```ts
 * import { startSimulator } from '@holdline/simulator';
 *
 * const simulator = await startSimulator({ platform: 'genesys', serviceMs: 20 });
 * // … point a client at simulator.url …
 * console.log(simulator.stats().refused);
 * await simulator.stop();
 * ```
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { platform, port, seed, settings } = readOptions(options);
  const kind = PLATFORMS[platform];
  const engine = new Engine(kind, seed, settings);
  const server = createServer((request, response) => engine.serve(request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  engine.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${engine.host}`,
    stats: () => engine.stats(),
    wire: () => engine.wire(),
    script: (match, answers) => engine.script(parsePattern('match', match, kind.paths), readScript(answers)),
    set: (change) => engine.set(change),
    revokeTokens: () => engine.revokeTokens(),
    resetStats: () => engine.resetStats(),
    stop: () => {
      stopped ??= new Promise((resolve) => {
        engine.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return stopped;
    },
  };
}
