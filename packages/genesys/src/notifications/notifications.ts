import { ConfigError, holdlineOf } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { ChannelFeed, type NotificationFeed } from './feed.js';
import { resolveNotifications, type NotificationOptions } from './options.js';

/**
 * Makes a feed of Genesys Cloud notifications. The feed opens as many channels as its topics need, within the platform's limits. It
 * renews subscriptions before they expire, and recovers a channel whose socket closes, breaks or falls silent. Notifications that may
 * be lost meanwhile are reported as a gap. Requests go through the guarded client. Handshakes have a separate quota. Of the context of
 * `withCall`, only the tenant at this call holds for the feed: the feed outlives the calls that subscribe.
 *
 * @param client - An `ApiClient`, guarded by `guardGenesys`.
 * @returns a feed without topics. It keeps the process alive while it has topics. `close()`, or the close of the client's line,
 *   ends the feed.
 * @throws ConfigError if the options are wrong, the client is not guarded, or the runtime has no WebSocket class.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { guardGenesys, notifications } from '@holdline/genesys';
 *
 * const feed = notifications(guardGenesys(platformClient.ApiClient.instance));
 * await feed.subscribe(['v2.users.4711.presence', 'v2.routing.queues.42.users']);
 * for await (const item of feed) {
 *   if (item.kind === 'gap') console.log(`missed since ${new Date(item.from).toISOString()}: ${item.reason}`);
 *   else console.log(item.topic, item.body);
 * }
 * ```
 * @public
 */
export function notifications(client: object, options: NotificationOptions = {}): NotificationFeed {
  const { callApi } = (client ?? {}) as Partial<ApiClientLike>;
  // A client of a guarded class is guarded from its first call on.
  const line = typeof callApi === 'function' ? (holdlineOf(client) ?? holdlineOf(client.constructor)) : undefined;
  if (!line)
    throw new ConfigError('the first argument of notifications must be an ApiClient that guardGenesys has guarded');
  return new ChannelFeed(client as ApiClientLike, line, resolveNotifications(options));
}
