import { defineAdapter, holdlineOf, OwnedSet, release, patchMethod, type HoldlineConfig } from '@holdline/core';
import { configure, guardClient } from './guard-client.js';
import type { ApiClientClassLike, ApiClientLike } from './sdk/api-client.js';

const givenConfigs = new WeakMap<ApiClientClassLike, HoldlineConfig>();

export const guardClass = defineAdapter<ApiClientClassLike>({
  name: 'guardGenesys',
  configure(Class, given) {
    givenConfigs.set(Class, given);
    return configure(() => Class.instance, given);
  },
  attach(Class, line) {
    const given = givenConfigs.get(Class);
    // The class may be released and guarded again with a line.
    givenConfigs.delete(Class);
    const seenClients = new WeakSet<ApiClientLike>();
    const guardedClients = new OwnedSet<WeakRef<ApiClientLike>>();
    const guardOnFirstCall = (client: ApiClientLike): void => {
      seenClients.add(client);
      if (holdlineOf(client)) return;
      guardedClients.add(new WeakRef(client), client);
      // Clients other than the default one belong to other organisations or users, so each gets its own line.
      guardClient(client, given === undefined || client === Class.instance ? line : given, given ?? line);
    };
    const undo = (['getHttpClient', 'callApi', 'loginClientCredentialsGrant'] as const)
      .filter((key) => typeof Class.prototype[key] === 'function')
      .map((key) =>
        patchMethod(Class.prototype, key, (original) => {
          const native = original as (...args: unknown[]) => never;
          return function (this: ApiClientLike, ...args: unknown[]): never {
            if (seenClients.has(this)) return native.apply(this, args);
            guardOnFirstCall(this);
            return (this[key] as (...args: unknown[]) => never)(...args);
          };
        }),
      );
    return () => {
      for (const fn of undo) fn();
      for (const ref of guardedClients.all()) {
        const client = ref.deref();
        if (client) release(client);
      }
    };
  },
});
