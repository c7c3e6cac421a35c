import { ConfigError, holdlineOf } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import type { Live } from './live-interface.js';
import { LiveValues } from './live-values.js';
import { resolveLive, type LiveOptions } from './options.js';

/**
 * Makes values that follow Genesys Cloud: the state of users and queues as value and change events. Notifications bring the changes. One
 * bulk read after each subscription, each reconnection and each gap brings the state. Values without a topic, and those beyond the limits
 * of the channels, are read at an interval, with the priority `background`.
 *
 * @param client - An `ApiClient`, guarded by `guardGenesys`.
 * @returns live values. Nothing is sent before somebody watches a value. They keep the process alive while somebody does. `close()`, or
 *   the close of the client's line, ends them.
 * @throws ConfigError if the options are wrong, the client is not guarded, or the runtime has no WebSocket class; with `push: 'auto'`
 *   also if the line has a token pool, or another `live` with `push: 'auto'`.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { guardGenesys, live } from '@holdline/genesys';
 *
 * const values = live(guardGenesys(platformClient.ApiClient.instance));
 * const presence = values.user('4711').presence;
 * console.log((await presence.ready()).presenceDefinition?.systemPresence);
 * for await (const { current } of presence) console.log(current.presenceDefinition?.systemPresence);
 * ```
 * @public
 */
export function live(client: object, options: LiveOptions = {}): Live {
  const { callApi } = (client ?? {}) as Partial<ApiClientLike>;
  // A client of a guarded class is guarded from its first call on.
  const line = typeof callApi === 'function' ? (holdlineOf(client) ?? holdlineOf(client.constructor)) : undefined;
  if (!line) throw new ConfigError('the first argument of live must be an ApiClient that guardGenesys has guarded');
  return new LiveValues(client as ApiClientLike, line, resolveLive(options));
}
