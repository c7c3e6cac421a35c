import type { AgentEvent, AgentSession } from './cxone/agent-session.js';
import type { ChannelState } from './genesys/notifications/channel.js';
import type { ScriptedAnswer } from './options/script-options.js';
import type { SimulatorChange } from './options/simulator-options.js';
import type { SocketFrame } from './sockets/connection.js';
import type { SocketSelection } from './sockets/open-sockets.js';
import type { UpgradeEntry } from './sockets/socket-log.js';
import type { CallStats } from './statistics/call-stats.js';
import type { LoadReport } from './statistics/load/load-report.js';
import type { Stats } from './statistics/stats.js';
import type { WireEntry } from './statistics/wire-log.js';

/**
 * A running simulator.
 * @public
 */
export interface Simulator {
  /** Base address of the API and of the login: `http://127.0.0.1:port`. */
  readonly url: string;
  /** Returns a copy of the counters. */
  stats(): Stats;
  /**
   * Returns what the run did to the limits: requests, latencies, peaks against each limit, who was throttled (or, with
   * `enforce: false`, would have been), and the pace that would have avoided it. Its memory is bounded.
   *
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys', enforce: false });
   * // … the load …
   * for (const { name, throttled, pacing } of simulator.report().limits) console.log(name, throttled, pacing);
   * ```
   */
  report(): LoadReport;
  /** Returns a copy of the last {@link WIRE_LOG_MAX_ENTRIES} requests, in order of arrival. */
  wire(): readonly WireEntry[];
  /**
   * Calls a function with a copy of each entry of the wire log when its request has ended. The returned function stops
   * the calls.
   *
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys' });
   * simulator.onRequest(({ route, status, refusedBy }) => console.log(status, route, refusedBy ?? ''));
   * ```
   */
  onRequest(listener: (entry: WireEntry) => void): () => void;
  /**
   * Gives these answers to the next matching requests, in order, before authentication and limits. Later requests get
   * normal answers. Several scripts for the same requests are used one after the other. Scripts also apply to token
   * endpoints.
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
   * Changes options at run time. Each key replaces its previous value; `tokens` is merged key by key. A limit with the
   * same name, scope, pattern, window and way of counting keeps its counters; faults start again.
   *
   * @throws SimulatorOptionError, and then nothing has changed
   */
  set(change: SimulatorChange): void;
  /** Revokes all valid access tokens (401 from then on) and returns their number. Refresh tokens stay valid. */
  revokeTokens(): number;
  /** Returns a copy of the last 100,000 upgrades in order of arrival, each with its socket. */
  upgrades(): readonly UpgradeEntry[];
  /** Returns a copy of the open sockets. */
  sockets(): readonly UpgradeEntry[];
  /** Sends a message to all open or all selected sockets, and returns their number. */
  sendFrames(data: string | Uint8Array, select?: SocketSelection): number;
  /**
   * Closes all open or all selected sockets, and returns their number. 1006 breaks the connection without a close
   * frame.
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
  /**
   * Makes all open or all selected sockets half-open, and returns their number. The connections stay, but nothing
   * arrives at either end: no message, heartbeat or pong. Messages that are sent meanwhile are lost. `closeSockets`
   * still closes them.
   *
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys' });
   * simulator.muteSockets({ match: 'GET /channels/:id' });
   * ```
   */
  muteSockets(select?: SocketSelection): number;
  /** Ends `muteSockets` for all open or all selected sockets, and returns their number. */
  unmuteSockets(select?: SocketSelection): number;
  /** Calls a function with each message that is read. The returned function stops the calls. */
  onFrame(listener: (frame: SocketFrame) => void): () => void;
  /**
   * Resets the counters, the wire log and the memory of earlier writes. Open requests still count for the previous
   * period.
   */
  resetStats(): void;
  /** Destroys all sockets, cancels pending answers and frees the port. Further calls have no effect. */
  stop(): Promise<void>;
}

/**
 * A running Genesys Cloud simulator, with notifications.
 * @public
 */
export interface GenesysSimulator extends Simulator {
  /**
   * Publishes an event to all sockets that are subscribed to the topic, over WebSocket or XMPP. Returns the number of
   * sockets.
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
  /**
   * Sets metrics of a queue, which `POST /api/v2/analytics/queues/observations/query` answers, and publishes them under
   * `v2.analytics.queues.{id}.observations`. Returns the number of sockets.
   *
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys' });
   * simulator.setObservations('queue-1', { oWaiting: 3 });
   * ```
   */
  setObservations(queueId: string, metrics: Readonly<Record<string, number>>): number;
  /** Returns the open notification channels with their topics and number of sockets. */
  channels(): readonly ChannelState[];
  /**
   * Starts a call to the softphone of a user, or to the next free one. The options `calls` decide how it goes.
   *
   * @param user - Name of the user, as the code `user:alice` signed in.
   * @returns the id of the conversation; undefined if no softphone is free.
   * @example
   * ```ts
   * import { startSimulator } from '@holdline/simulator';
   *
   * const simulator = await startSimulator({ platform: 'genesys', calls: { talkMs: 5_000 } });
   * // … a softphone signs in …
   * const conversationId = simulator.startCall();
   * ```
   */
  startCall(user?: string): string | undefined;
  /** Returns the counters of calls to softphones. */
  calls(): CallStats;
  /**
   * Announces to all sockets of channels that they will be closed (`v2.system.socket_closing`; on streams a connection
   * transfer, XEP-0051). Closes those that are still open after `afterMs`, by default 60,000, as the platform does for
   * maintenance. The channels stay.
   *
   * @returns the number of sockets.
   */
  announceClosing(afterMs?: number): number;
}

/**
 * A running CXone simulator, with agent sessions.
 * @public
 */
export interface CxoneSimulator extends Simulator {
  /** Returns the agent sessions, ended ones included, in order of their start. */
  sessions(): readonly AgentSession[];
  /**
   * Adds events to a session. The waiting or the next get-next-event poll gets them.
   *
   * @throws SimulatorOptionError for a session that does not exist or has ended
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
   * Ends a session from the side of the platform. All its polls then get 409, waiting ones included.
   *
   * @throws SimulatorOptionError for a session that does not exist or has ended
   */
  endSession(sessionId: string): void;
}
