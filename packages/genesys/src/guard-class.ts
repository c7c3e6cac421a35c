import { defineAdapter, holdlineOf, OwnedSet, release, shadow, type HoldlineConfig } from '@holdline/core';
import { configure, guardClient } from './guard-client.js';
import type { ApiClientClassLike, ApiClientLike } from './sdk/api-client.js';

const configs = new WeakMap<ApiClientClassLike, HoldlineConfig>();

export const guardClass = defineAdapter<ApiClientClassLike>({
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
        shadow(Class.prototype, key, (original) => {
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
