import type { AgentEvent, AgentSession } from './cxone/agent-session.js';
import type { ChannelState } from './genesys/notifications/channel.js';
import type { ScriptedAnswer } from './options/script-options.js';
import type { SimulatorChange } from './options/simulator-options.js';
import type { SocketFrame } from './sockets/connection.js';
import type { SocketSelection } from './sockets/open-sockets.js';
import type { UpgradeEntry } from './sockets/socket-log.js';
import type { Stats } from './statistics/stats.js';
import type { WireEntry } from './statistics/wire-log.js';

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
