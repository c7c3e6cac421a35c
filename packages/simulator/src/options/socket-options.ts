import type { Limit, LimitSettings } from './limit-options.js';

/**
 * A limit on the frames that clients send. A frame over the limit closes its socket with 1008.
 * @public
 */
export interface FrameLimit extends Omit<Limit, 'per' | 'entity'> {
  /** Scope of one counter: a socket, all sockets of a user, all sockets of a route, or all sockets. */
  per: 'socket' | 'user' | 'route' | 'org';
}

/**
 * Options of WebSockets.
 * @public
 */
export interface SocketOptions {
  /**
   * Limits on upgrades, in the same form as limits on requests. Patterns use the method GET: `GET /stream/**`.
   *
   * @defaultValue none
   */
  upgrades?: Limit[];
  /**
   * Refusal of an upgrade over the limit: `answer` sends 429 with Retry-After, `drop` closes the connection without an
   * answer.
   *
   * @defaultValue 'answer'
   */
  refuse?: 'answer' | 'drop';
  /**
   * Delay before an upgrade is answered, ms.
   *
   * @defaultValue 0
   */
  upgradeMs?: number;
  /**
   * Rule for a second session of one user on `/stream/…`: both stay open, the second gets 409, or it replaces the
   * first, which is told `conflict` and closed.
   *
   * @defaultValue 'many'
   */
  sessionsPerUser?: 'many' | 'refuse' | 'replace';
  /**
   * Limits on frames.
   *
   * @defaultValue none
   */
  frames?: FrameLimit[];
  /**
   * Largest accepted message, bytes. A larger message closes its socket with 1009.
   *
   * @defaultValue 16_777_216
   */
  maxFrameBytes?: number;
  /**
   * Rate at which each socket is read, bytes per second. When a client sends faster, buffers fill: first those of the
   * kernel (some megabytes on one machine), then the client's own. With 0 nothing is read, not even a close frame.
   *
   * @defaultValue Infinity
   */
  readBytesPerSecond?: number;
  /**
   * Compression with permessage-deflate, if the client offers it.
   *
   * @defaultValue false
   */
  deflate?: boolean;
}

/** Checked socket options with all defaults. */
export interface SocketSettings extends Required<Omit<SocketOptions, 'upgrades' | 'frames'>> {
  readonly upgrades: readonly LimitSettings[];
  readonly frames: readonly LimitSettings[];
}

export const SOCKET_DEFAULTS: SocketSettings = {
  upgrades: [],
  refuse: 'answer',
  upgradeMs: 0,
  sessionsPerUser: 'many',
  frames: [],
  maxFrameBytes: 16_777_216,
  readBytesPerSecond: Infinity,
  deflate: false,
};
