import type { DeadLetters, Journal, Leases, SessionKeys, Store, StoreState, Tokens, Undo } from '@holdline/core';
import { clientFor } from './load-client.js';
import { RedisDeadLetters } from './dead-letters.js';
import { RedisJournal } from './journal.js';
import { channelOf } from './keys.js';
import { RedisLeases } from './leases.js';
import { Link } from './link.js';
import { checkOptions, type RedisStoreOptions } from './options.js';
import { Seal } from './seal.js';
import { RedisSessions } from './sessions.js';
import { RedisTokens } from './tokens.js';

/** A store that a fleet shares. */
export interface RedisStore extends Store {
  readonly journal: Journal;
  readonly leases: Leases;
  /** Encrypted with what is made of `key`; without one they have no query, headers and body. */
  readonly deadLetters: DeadLetters;
  /** Where a `key` is given. */
  readonly tokens: Tokens | undefined;
  readonly sessions: SessionKeys;
  /** Whether Redis can be used now, and why not. */
  readonly state: StoreState;
  /** Tells of every change of that state. Lines of this store tell it as `storeState`. */
  watch(fn: (state: StoreState) => void): Undo;
  /**
   * Settles when Redis can be used: a script ran every command that the store needs, and its message was heard. Nothing has to wait for
   * it; it fails early where something is wrong.
   * @throws ConfigError if `url` was given and neither ioredis nor redis is installed; Error if Redis does not answer in time, or
   *   refuses what the store needs.
   */
  ready(): Promise<void>;
  /** Closes the two connections. Lines that still use the store go on as if Redis were lost: close them before. */
  close(): Promise<void>;
}

/**
 * Keeps quotas, gates, tokens, session keys, idempotency keys and dead letters in Redis or Valkey, so that many processes share them.
 *
 * @throws ConfigError naming the key and what is allowed.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { redisStore } from '@holdline/redis';
 *
 * const store = redisStore({ url: 'redis://127.0.0.1:6379', prefix: 'genesys-acme' });
 * const line = createHoldline({ store, governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } });
 * line.on('storeLost', ({ onLoss }) => console.log(`on our own: ${onLoss}`));
 *
 * await line.close();
 * await store.close();
 * ```
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const checked = checkOptions(options);
  const { prefix, keys, timeoutMs, maxLetters } = checked;
  const channel = channelOf(prefix);
  const client = checked.client ? Promise.resolve(checked.client) : clientFor(checked.url as string);
  const link = new Link(client, channel, timeoutMs, {
    onReady() {
      leases.ready();
      sessions.ready();
      tokens?.ready();
    },
    onMessage(message) {
      const [kind = '', rest = ''] = splitOnce(message);
      if (kind === 'token') tokens?.heard(rest);
      else if (kind === 'session') sessions.heard(rest);
      else leases.heard(kind, rest);
    },
  });
  const leases = new RedisLeases(link, checked, channel);
  const seal = keys.length > 0 ? new Seal(keys) : undefined;
  const tokens = seal && new RedisTokens(link, prefix, channel, seal);
  const sessions = new RedisSessions(link, prefix, channel, checked.onLoss);
  const store: RedisStore = {
    journal: new RedisJournal(link, prefix),
    leases,
    tokens,
    sessions,
    deadLetters: new RedisDeadLetters(link, prefix, keys, maxLetters),
    get state() {
      return link.state;
    },
    watch: (fn) => link.watch(fn),
    ready: () => link.ready(),
    close() {
      link.close();
      return Promise.resolve();
    },
  };
  // With it passwords could be tried against the names of credentials: it is not shown.
  return Object.defineProperty(store, 'salt', { get: () => checked.salt });
}

function splitOnce(message: string): [string, string] {
  const at = message.indexOf(' ');
  return at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at + 1)];
}
