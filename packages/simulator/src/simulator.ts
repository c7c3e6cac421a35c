import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SimulatorOptionError } from './check.js';
import type { AgentEvent, AgentSession, Session } from './cxone/sessions.js';
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
  /** `http://127.0.0.1:port`: base of the API and of the login. */
  readonly url: string;
  /** What was counted so far; a copy. */
  stats(): Stats;
  /** The last {@link WIRE_LOG_MAX_ENTRIES} requests in order of arrival; a copy. */
  wire(): readonly WireEntry[];
  /**
   * The next requests that match get these answers, in order, before authentication and limits; then all is normal
   * again. Several scripts for the same requests are used up one after the other. Token endpoints can be scripted too.
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

/** A running CXone: also what happens in agent sessions. */
export interface CxoneSimulator extends Simulator {
  /** Agent sessions, those that ended too, in order of their start. */
  sessions(): readonly AgentSession[];
  /**
   * Something happens in a session: its get-next-event poll, waiting or next, is answered with it.
   *
   * @throws SimulatorOptionError for a session that is not there or has ended
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'cxone' });
   * const [session] = simulator.sessions();
   * if (session) simulator.pushEvents(session.id, [{ Type: 'Mute', Muted: 'True' }]);
   * ```
   */
  pushEvents(sessionId: string, events: readonly AgentEvent[]): void;
  /**
   * Ends a session from the side of the platform: its polls get 409 from now on, also those that wait.
   *
   * @throws SimulatorOptionError for a session that is not there or has ended
   */
  endSession(sessionId: string): void;
}

/**
 * Starts a local Genesys Cloud or CXone: a real HTTP server on 127.0.0.1 that refuses, expires and counts like the platform.
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
export function startSimulator(options: SimulatorOptions & { platform: 'cxone' }): Promise<CxoneSimulator>;
export function startSimulator(options: SimulatorOptions): Promise<Simulator>;
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { platform, port, seed, settings } = readOptions(options);
  if (platform === 'genesys') return listen(new Engine(PLATFORMS.genesys, seed, settings), port);
  const engine = new Engine(PLATFORMS.cxone, seed, settings);
  const { sessions } = engine.platform;
  const living = (id: string): Session => {
    const session = sessions.get(id);
    if (session === undefined || session.isOver) {
      throw new SimulatorOptionError('sessionId', id, 'the id of a session that has not ended');
    }
    return session;
  };
  const simulator: CxoneSimulator = {
    ...(await listen(engine, port)),
    sessions: () => sessions.list(),
    pushEvents: (id, events) => living(id).push(events),
    endSession: (id) => living(id).end(),
  };
  return simulator;
}

async function listen(engine: Engine, port: number): Promise<Simulator> {
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
    script: (match, answers) => engine.script(parsePattern('match', match, engine.paths), readScript(answers)),
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
