import { check, ConfigError, reveal, type Check, type OnLoss, type Secret } from '@holdline/core';
import { checkKeys, type EncryptionKey } from '@holdline/core/node';
import { isRedisClient, type RedisClient } from './connection/client.js';

/**
 * Options of {@link redisStore}. Either `url` or `client` must be given.
 * @public
 */
export interface RedisStoreOptions {
  /**
   * URL of Redis or Valkey: `redis://user:password@host:6379/0`, or `rediss://` for TLS. Needs `ioredis` or `redis` installed.
   * @defaultValue none
   */
  url?: string | Secret;
  /**
   * A client of ioredis or node-redis: single, Sentinel or Cluster. The store does not use this client itself. It opens two
   * connections with the same settings, and `close()` closes them.
   * @defaultValue none
   */
  client?: RedisClient;
  /**
   * Start of all Redis keys. Lines with the same prefix share their state. Credentials that a line manages are told apart by name
   * under one prefix. Give other credentials, and unrelated applications, a prefix each.
   * @defaultValue 'holdline'
   */
  prefix?: string;
  /**
   * What a process does while Redis is lost. `share`: it sends the limit divided by the last known number of processes.
   * `refuse`: calls that need a permit of a quota fail with a `StoreLostError`. `open`: it sends the whole limit.
   * @defaultValue 'share'
   */
  onLoss?: OnLoss;
  /**
   * Number of processes to assume if Redis is lost before it reported their number.
   * @defaultValue 10 (ours: rather slow than refused)
   */
  processes?: number;
  /**
   * Encrypts secrets: 32 bytes, or the same in base64 or hex. Without a key, tokens stay in their process. Of several keys the
   * first encrypts and all decrypt, so that a key can be replaced one process after the other.
   * @defaultValue none
   */
  key?: EncryptionKey;
  /**
   * Salt of the credential names, for clients that bring their own `Authorization`. All processes need the same salt, permanently.
   * Where that header holds passwords, use a long random text: a reader of the names then cannot test passwords against them.
   * @defaultValue the `prefix`
   */
  salt?: string | Secret;
  /**
   * Longest wait for a reply of Redis, in ms. A later reply counts as lost.
   * @defaultValue 500 (ours: far above any healthy reply)
   */
  timeoutMs?: number;
  /**
   * Largest number of dead letters. The oldest letter is deleted first.
   * @defaultValue 10,000 (ours: at most a GB, if all letters were as large as `deadLetters.maxBodyBytes` allows)
   */
  maxLetters?: number;
}

/** {@link RedisStoreOptions}, checked and complete. */
export interface ResolvedOptions {
  readonly url: string | undefined;
  readonly client: RedisClient | undefined;
  readonly prefix: string;
  readonly onLoss: OnLoss;
  readonly processes: number;
  readonly keys: readonly Uint8Array[];
  readonly salt: string;
  readonly timeoutMs: number;
  readonly maxLetters: number;
}

/** Defaults of {@link RedisStoreOptions}. */
export const REDIS_DEFAULTS = {
  prefix: 'holdline',
  onLoss: 'share',
  processes: 10,
  timeoutMs: 500,
  maxLetters: 10_000,
} as const satisfies Partial<RedisStoreOptions>;

/** Refuses a value that may be a secret: the error shows its length, and never its text. */
function refuseSecret(key: string, value: unknown, allowed: string): never {
  if (typeof value !== 'string') check.refuse(key, value, allowed);
  throw new ConfigError(`${key} must be ${allowed}, got a string of ${value.length} characters`);
}

const checkUrl: Check<string> = (value, key) => {
  const url = reveal(value);
  return typeof url === 'string' && /^rediss?:\/\/\S+$/.test(url)
    ? url
    : refuseSecret(key, url, "a URL like 'redis://host:6379' or 'rediss://host:6379'");
};

const checkClient: Check<RedisClient> = (value, key) =>
  isRedisClient(value) ? value : check.refuse(key, value, 'a client of ioredis or node-redis (version 5 or later)');

const checkPrefix: Check<string> = (value, key) =>
  typeof value === 'string' && /^[^\s{}]+$/.test(value)
    ? value
    : check.refuse(key, value, 'a string without spaces and braces that is not empty');

interface CheckedOptions extends Omit<RedisStoreOptions, 'url' | 'key' | 'salt'> {
  url?: string;
  key?: Uint8Array[];
  salt?: string;
}

const checkShape = check.shape<CheckedOptions>({
  url: checkUrl,
  client: checkClient,
  prefix: checkPrefix,
  onLoss: check.oneOf('share', 'refuse', 'open'),
  processes: check.number({ min: 1, integer: true }),
  key: checkKeys,
  salt: (value, key) => check.text(reveal(value), key),
  timeoutMs: check.number({ above: 0, max: 60_000 }),
  maxLetters: check.number({ min: 1, integer: true }),
});

/**
 * Checks {@link RedisStoreOptions}. An error never shows the URL or a key.
 *
 * @throws ConfigError naming the key, the value and what is allowed.
 */
export function checkOptions(options: RedisStoreOptions): ResolvedOptions {
  if (!check.isRecord(options)) check.refuse('the options of redisStore', options, 'an object with url or client');
  const { url, client, key = [], ...rest } = checkShape(options, '');
  if ((url === undefined) === (client === undefined))
    throw new ConfigError(`redisStore needs either url or client, got ${url === undefined ? 'neither' : 'both'}`);
  const given = { ...REDIS_DEFAULTS, ...rest };
  return { ...given, url, client, keys: key, salt: given.salt ?? given.prefix };
}
