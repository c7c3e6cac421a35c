/**
 * Options of Genesys Cloud's notification channels.
 * @public
 */
export interface NotificationOptions {
  /**
   * Maximum number of channels per user and client. One more evicts the oldest.
   *
   * @defaultValue 20 (documented by the platform)
   */
  channelsPerUser?: number;
  /**
   * Maximum number of topics per channel. One more is refused with 400.
   *
   * @defaultValue 1_000 (documented by the platform)
   */
  topicsPerChannel?: number;
  /**
   * Lifetime of a channel from its creation or last subscription, ms. Then its sockets are closed.
   *
   * @defaultValue 86_400_000 (the platform's 24 hours)
   */
  expiresInMs?: number;
  /**
   * Interval of heartbeats on a channel's socket, ms: topic `channel.metadata`, "WebSocket Heartbeat". On streaming
   * sockets it is the interval of the server's pings, once the client asks for them.
   *
   * @defaultValue 30_000
   */
  heartbeatMs?: number;
  /**
   * Probability that an event is lost on the way to a socket, 0 to 1, drawn from `seed`. The socket stays open and its
   * heartbeats go on. With 1 no event arrives.
   *
   * @defaultValue 0
   */
  lossRate?: number;
}

export const NOTIFICATION_DEFAULTS: Required<NotificationOptions> = {
  channelsPerUser: 20,
  topicsPerChannel: 1000,
  expiresInMs: 86_400_000,
  heartbeatMs: 30_000,
  lossRate: 0,
};
