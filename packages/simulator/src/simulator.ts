import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SimulatorOptionError } from './check.js';
import type { CxonePlatform } from './cxone/platform.js';
import type { AgentEvent, AgentSession, Session } from './cxone/sessions.js';
import type { ChannelState } from './genesys/channels.js';
import type { GenesysPlatform } from './genesys/platform.js';
import type { SocketFrame } from './sockets/connection.js';
import type { SocketSelection } from './sockets/hub.js';
import type { UpgradeEntry } from './sockets/log.js';
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
  /** The last 100,000 upgrades in order of arrival, each with the socket it became; a copy. */
  upgrades(): readonly UpgradeEntry[];
  /** The sockets that are open now; a copy. */
  sockets(): readonly UpgradeEntry[];
  /** Sends a message to all open sockets, or those selected, and returns how many. */
  sendFrames(data: string | Uint8Array, select?: SocketSelection): number;
  /**
   * Closes all open sockets, or those selected, and returns how many. 1006 breaks the connection without a close frame.
   *
   * @throws SimulatorOptionError for a code that cannot be sent: 1004, 1005, 1015, below 1000, 1016 to 2999, above 4999
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys' });
   * simulator.closeSockets(1013, { match: 'GET /sockets/**', reason: 'Try again later' });
   * ```
   */
  closeSockets(code: number, select?: SocketSelection & { reason?: string }): number;
  /** Calls a function with each message as it is read, until what is returned is called. */
  onFrame(listener: (frame: SocketFrame) => void): () => void;
  /** Counters to zero, wire log empty, writes seen so far forgotten. Requests under way count for the period before. */
  resetStats(): void;
  /** Destroys all sockets, cancels what was still to be answered, frees the port. May be called again. */
  stop(): Promise<void>;
}

/** A running Genesys Cloud: also its notifications. */
export interface GenesysSimulator extends Simulator {
  /**
   * Something happens: all who are subscribed to the topic and listen are told, over WebSocket or XMPP. Returns how many
   * sockets that are.
   *
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys' });
   * simulator.publish('v2.users.me.presence', { presenceDefinition: { systemPresence: 'Busy' } });
   * ```
   */
  publish(topic: string, body: unknown): number;
  /** Living notification channels, with their topics and how many sockets listen. */
  channels(): readonly ChannelState[];
  /**
   * Tells all sockets of channels that they will be closed (`v2.system.socket_closing`; on streams a connection transfer, XEP-0051), and
   * closes those that are still open after `afterMs`, 60,000 where it is left out, as the platform does for maintenance. The channels stay.
   * @returns how many are told.
   */
  announceClosing(afterMs?: number): number;
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
export function startSimulator(options: SimulatorOptions & { platform: 'genesys' }): Promise<GenesysSimulator>;
export function startSimulator(options: SimulatorOptions): Promise<Simulator>;
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { platform, port, seed, settings } = readOptions(options);
  return platform === 'genesys'
    ? startGenesys(new Engine(PLATFORMS.genesys, seed, settings), port)
    : startCxone(new Engine(PLATFORMS.cxone, seed, settings), port);
}

/** As the platform documents it. */
const CLOSING_AFTER_MS = 60_000;

async function startGenesys(engine: Engine<GenesysPlatform>, port: number): Promise<GenesysSimulator> {
  const { channels } = engine.platform;
  return {
    ...(await listen(engine, port)),
    publish: (topic, body) => channels.publish(topic, body),
    channels: () => channels.list(),
    announceClosing: (afterMs = CLOSING_AFTER_MS) => channels.announceClosing(afterMs),
  };
}

async function startCxone(engine: Engine<CxonePlatform>, port: number): Promise<CxoneSimulator> {
  const { sessions } = engine.platform;
  const living = (id: string): Session => {
    const session = sessions.get(id);
    if (session === undefined || session.isOver) {
      throw new SimulatorOptionError('sessionId', id, 'the id of a session that has not ended');
    }
    return session;
  };
  return {
    ...(await listen(engine, port)),
    sessions: () => sessions.list(),
    pushEvents: (id, events) => living(id).push(events),
    endSession: (id) => living(id).end(),
  };
}

async function listen(engine: Engine, port: number): Promise<Simulator> {
  const server = createServer((request, response) => engine.serve(request, response));
  server.on('upgrade', (request, socket, head) => engine.sockets.upgrade(request, socket as Socket, head));
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
    upgrades: () => engine.sockets.log.list(),
    sockets: () => engine.sockets.list(),
    sendFrames: (data, select = {}) => {
      const to = engine.sockets.select(select);
      for (const connection of to) connection.send(typeof data === 'string' ? data : Buffer.from(data));
      return to.length;
    },
    closeSockets: (code, { reason, ...select } = {}) => {
      if (!isCloseCode(code)) throw new SimulatorOptionError('code', code, CLOSE_CODES);
      const to = engine.sockets.select(select);
      for (const connection of to) connection.close(code, reason);
      return to.length;
    },
    onFrame: (listener) => engine.sockets.onFrame(listener),
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

const CLOSE_CODES = '1000 to 1014 without 1004 and 1005, or 3000 to 4999';

function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005;
}
