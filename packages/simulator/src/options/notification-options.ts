/** Notification channels of Genesys Cloud. */
export interface NotificationOptions {
  /**
   * Channels of one user and client; one more evicts the oldest.
   *
   * @defaultValue 20, as the platform documents
   */
  channelsPerUser?: number;
  /**
   * Topics of one channel; one more is refused with 400.
   *
   * @defaultValue 1_000, as the platform documents
   */
  topicsPerChannel?: number;
  /**
   * Life of a channel from when it was made or last subscribed, ms. Then its sockets are closed.
   *
   * @defaultValue 86_400_000, the platform's 24 hours
   */
  lifetimeMs?: number;
  /**
   * A channel's socket says so often that it is alive, ms: `channel.metadata`, "WebSocket Heartbeat". On streaming
   * sockets: the server's own ping, once the client asks for it.
   *
   * @defaultValue 30_000
   */
  heartbeatMs?: number;
}

export const NOTIFICATION_DEFAULTS: Required<NotificationOptions> = {
  channelsPerUser: 20,
  topicsPerChannel: 1000,
  lifetimeMs: 86_400_000,
  heartbeatMs: 30_000,
};
