import type { Limit, LimitSettings } from './limit-options.js';

/** A limit on frames that clients send. The socket whose frame is one too many is closed with 1008. */
export interface FrameLimit extends Omit<Limit, 'per' | 'entity'> {
  /** What one counter belongs to: a socket, all sockets of a user, of a route, or all there are. */
  per: 'socket' | 'user' | 'route' | 'org';
}

/** How WebSockets are taken in and served. */
export interface SocketOptions {
  /**
   * Limits on upgrades, as on requests. Patterns name them as GET: `GET /stream/**`.
   *
   * @defaultValue none
   */
  upgrades?: Limit[];
  /**
   * How an upgrade over the limit is refused: with 429 and Retry-After, or by closing the connection without a word.
   *
   * @defaultValue 'answer'
   */
  refuse?: 'answer' | 'drop';
  /**
   * An upgrade is answered so much later, ms.
   *
   * @defaultValue 0
   */
  upgradeMs?: number;
  /**
   * What happens to a second session of one user on `/stream/…`: both live, the second is refused with 409, or it
   * takes the place of the first, which is told `conflict` and closed.
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
   * Largest message taken, bytes; a larger one closes its socket with 1009.
   *
   * @defaultValue 16_777_216
   */
  maxFrameBytes?: number;
  /**
   * Speed at which each socket is read, bytes per second. Slower than a client sends, and its buffer fills: first those
   * of the kernel, some megabytes on one machine, then the client's own. 0: nothing is read, not even a close.
   *
   * @defaultValue Infinity
   */
  readBytesPerSecond?: number;
  /**
   * Compression by permessage-deflate, if the client offers it.
   *
   * @defaultValue false
   */
  deflate?: boolean;
}

/** Socket options, checked and complete. */
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
