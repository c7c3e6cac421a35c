import type { Holdline, HoldlineConfig } from '@holdline/core';
import { guardClass } from './guard-class.js';
import { guardClient } from './guard-client.js';
import type { ApiClientClassLike, ApiClientLike } from './sdk/api-client.js';

/**
 * Guards the Genesys Cloud JavaScript SDK: every call of every API object is paced, retried and re-authorised, never duplicated, and
 * the SDK's own flawed refresh is off meanwhile. Without a configuration the preset {@link genesysCloud} applies.
 *
 * Works with purecloud-platform-client-v2 212 and later, with any number of copies of it, and imports none.
 *
 * The token is the SDK's own. To renew it the line uses, in this order: the `token.grant` of the configuration; the client
 * credentials of a login made after guarding (the SDK does not keep them); the SDK's refresh token. With none of these a 401
 * reaches the caller.
 *
 * @param client `ApiClient.instance`, another `ApiClient`, or the class: then all its clients, present and future. Clients other than
 *   the default one get a line each, unless a line is given for all.
 * @param configOrLine Laid over the preset, or a line made before. A line is taken as it is: make it from `genesysCloud()`.
 * @returns the same client.
 * @throws ConfigError for a wrong configuration, or something that is no ApiClient.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { guardGenesys } from '@holdline/genesys';
 *
 * guardGenesys(platformClient.ApiClient.instance);
 * await platformClient.ApiClient.instance.loginClientCredentialsGrant('id', 'secret');
 * await new platformClient.UsersApi().getUsersMe();
 * ```
 */
export function guardGenesys<C extends object>(client: C, configOrLine?: HoldlineConfig | Holdline): C {
  const { prototype } = (client ?? {}) as { prototype?: Partial<ApiClientLike> };
  if (typeof client === 'function' && typeof prototype?.getHttpClient === 'function') {
    guardClass(client as unknown as ApiClientClassLike, configOrLine);
  } else {
    guardClient(client as unknown as ApiClientLike, configOrLine);
  }
  return client;
}

export { authorizationCode, clientCredentials } from './grants.js';
export type { AuthorizationCodeOptions, ClientCredentialsOptions, LoginOptions } from './grants.js';
export type { Gap, Notification, NotificationEvents } from './notifications/events.js';
export type { NotificationFeed } from './notifications/feed.js';
export { notifications } from './notifications/notifications.js';
export type { NotificationOptions } from './notifications/options.js';
export { genesysCloud } from './preset.js';
export { readRefusal } from './sdk/refusal.js';
