import {
  ConfigError,
  defineAdapter,
  holdlineOf,
  mergeConfig,
  OwnedSet,
  release,
  patchMethod,
  type Holdline,
  type HoldlineConfig,
} from '@holdline/core';
import { attachClient } from './attach.js';
import { genesysCloud } from './preset.js';
import { type ApiClientClassLike, type ApiClientLike } from './sdk.js';
import { sdkToken } from './sdk-token.js';

/** The preset under what the user gave, and the SDK's own token where no grant is given. */
function configure(clientOf: () => ApiClientLike | undefined, given: HoldlineConfig): HoldlineConfig {
  // Whoever logs in through the SDK, or sets a token there, is heard also where the configuration has a grant.
  return mergeConfig({ ...genesysCloud(), token: sdkToken(clientOf) }, given);
}

const guardClient = defineAdapter<ApiClientLike>({
  name: 'guardGenesys',
  configure: (client, given) => configure(() => client, given),
  attach(client, line) {
    if (typeof client.getHttpClient !== 'function' || typeof client.callApi !== 'function') {
      throw new ConfigError(
        'the first argument of guardGenesys must be an ApiClient of purecloud-platform-client-v2, version 212 or later',
      );
    }
    return attachClient(client, line);
  },
});

const configs = new WeakMap<ApiClientClassLike, HoldlineConfig>();

const guardClass = defineAdapter<ApiClientClassLike>({
  name: 'guardGenesys',
  configure(Class, given) {
    configs.set(Class, given);
    return configure(() => Class.instance, given);
  },
  attach(Class, line) {
    const given = configs.get(Class);
    // Guarded with a configuration now, it may be guarded with a line later.
    configs.delete(Class);
    const seen = new WeakSet<ApiClientLike>();
    const guarded = new OwnedSet<WeakRef<ApiClientLike>>();
    const guardFirst = (client: ApiClientLike): void => {
      seen.add(client);
      if (holdlineOf(client)) return;
      guarded.add(new WeakRef(client), client);
      // Clients other than the default one belong to other organisations or users: each has a line of its own.
      guardClient(client, given === undefined || client === Class.instance ? line : given);
    };
    const undo = (['getHttpClient', 'callApi', 'loginClientCredentialsGrant'] as const)
      .filter((key) => typeof Class.prototype[key] === 'function')
      .map((key) =>
        patchMethod(Class.prototype, key, (original) => {
          const native = original as (...args: unknown[]) => never;
          return function (this: ApiClientLike, ...args: unknown[]): never {
            if (seen.has(this)) return native.apply(this, args);
            guardFirst(this);
            return (this[key] as (...args: unknown[]) => never)(...args);
          };
        }),
      );
    return () => {
      for (const fn of undo) fn();
      for (const ref of guarded.all()) {
        const client = ref.deref();
        if (client) release(client);
      }
    };
  },
});

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
export { readRefusal } from './refusal.js';
