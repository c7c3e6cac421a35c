import type {
  DeadLetters,
  Inboxes,
  Journal,
  Leases,
  SessionKeys,
  Store,
  StoreState,
  Tokens,
  Undo,
} from '@holdline/core';
import { Cipher } from '@holdline/core/node';
import { Link } from './connection/link.js';
import { loadClient } from './connection/load-client.js';
import { RedisDeadLetters } from './dead-letters/redis-dead-letters.js';
import { RedisInboxes } from './inbox/redis-inboxes.js';
import { RedisJournal } from './journal/redis-journal.js';
import { RedisLeases } from './leases/redis-leases.js';
import { checkOptions, type RedisStoreOptions } from './options.js';
import { makeChannel } from './scripts/keys.js';
import { RedisSessions } from './sessions/redis-sessions.js';
import { RedisTokens } from './tokens/redis-tokens.js';

/**
 * A store that many processes share.
 * @public
 */
export interface RedisStore extends Store {
  readonly journal: Journal;
  readonly leases: Leases;
  /** Encrypted with keys that derive from `key`. Without a `key`, the query, most headers and the body of a letter are missing. */
  readonly deadLetters: DeadLetters;
  /** Encrypted with keys that derive from `key`. Without a `key`, Redis holds events as they are. */
  readonly inboxes: Inboxes;
  /** Undefined without a `key`. */
  readonly tokens: Tokens | undefined;
  readonly sessions: SessionKeys;
  /** Whether Redis can be used now, and the reason if not. */
  readonly state: StoreState;
  /** Reports every change of that state. Lines of this store emit it as `storeState`. */
  watch(fn: (state: StoreState) => void): Undo;
  /**
   * Settles when Redis can be used: a script ran every command that the store needs, and its message arrived. Waiting is optional:
   * it only reports a wrong setup early.
   * @throws ConfigError if `url` was given and neither ioredis nor redis is installed. Error if Redis does not answer in time, or
   *   refuses a command of the store.
   */
  ready(): Promise<void>;
  /** Closes the two connections. Close the lines of this store first: an open line continues as if Redis were lost. */
  close(): Promise<void>;
}

/**
 * Keeps quotas, gates, tokens, session keys, idempotency keys, dead letters and inboxes in Redis or Valkey, so that many processes share them.
 *
 * @throws ConfigError naming the key and what is allowed.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { redisStore } from '@holdline/redis';
 *
 * const store = redisStore({ url: 'redis://127.0.0.1:6379', prefix: 'genesys-acme' });
 * const line = createHoldline({ store, governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } });
 * line.on('storeLost', ({ onLoss }) => console.log(`Redis is lost: ${onLoss}`));
 *
 * await line.close();
 * await store.close();
 * ```
 * @public
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const checked = checkOptions(options);
  const { prefix, keys, timeoutMs, maxLetters } = checked;
  const channel = makeChannel(prefix);
  const client = checked.client ? Promise.resolve(checked.client) : loadClient(checked.url as string);
  const link = new Link(client, channel, timeoutMs, {
    onReady() {
      leases.onReady();
      sessions.onReady();
      inboxes.onReady();
      tokens?.onReady();
    },
    onMessage(message) {
      const [kind = '', rest = ''] = splitOnce(message);
      if (kind === 'token') tokens?.onMessage(rest);
      else if (kind === 'session') sessions.onMessage(rest);
      else if (kind === 'inbox') inboxes.onMessage(rest);
      else leases.onMessage(kind, rest);
    },
  });
  const leases = new RedisLeases(link, checked, channel);
  const cipher = keys.length > 0 ? new Cipher(keys) : undefined;
  const tokens = cipher && new RedisTokens(link, prefix, channel, cipher);
  const sessions = new RedisSessions(link, prefix, channel, checked.onLoss);
  const inboxes = new RedisInboxes(link, prefix, channel, keys);
  const store: RedisStore = {
    journal: new RedisJournal(link, prefix, keys),
    leases,
    tokens,
    sessions,
    inboxes,
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
  // Not enumerable, so that a printed store does not show it: with the salt, passwords can be tested against credential names.
  return Object.defineProperty(store, 'salt', { get: () => checked.salt });
}

function splitOnce(message: string): [string, string] {
  const at = message.indexOf(' ');
  return at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at + 1)];
}
