import { ConfigError, holdlineOf } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { NotificationFeed } from './feed.js';
import { resolveNotifications, type NotificationOptions } from './options.js';

/**
 * Notifications of Genesys Cloud: what topics tell, over as many channels as they need. Channels are kept within the platform's
 * limits, subscribed anew before their time is over, and recovered when their socket is closed, breaks, or falls silent; what may
 * have been missed meanwhile is told as a gap. Requests go through the guarded client, handshakes through a quota of their own.
 *
 * @param client An `ApiClient`, guarded by `guardGenesys`.
 * @returns a feed without topics: subscribe to some. It keeps the process alive while it has any; `close()` ends it,
 *   and so does the end of the client's line.
 * @throws ConfigError for wrong options, a client that is not guarded, or a runtime without a WebSocket class.
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
 */
export function notifications(client: object, options: NotificationOptions = {}): NotificationFeed {
  const { callApi } = (client ?? {}) as Partial<ApiClientLike>;
  // A client whose class is guarded is so from its first call on.
  const line = typeof callApi === 'function' ? (holdlineOf(client) ?? holdlineOf(client.constructor)) : undefined;
  if (!line)
    throw new ConfigError('the first argument of notifications must be an ApiClient that guardGenesys has guarded');
  return new NotificationFeed(client as ApiClientLike, line, resolveNotifications(options));
}
