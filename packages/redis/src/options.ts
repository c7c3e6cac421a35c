import { ConfigError } from '@holdline/core';
import { isClient, type RedisClient } from './client.js';

/** Options of {@link redisStore}. Either `url` or `client` must be given. */
export interface RedisStoreOptions {
  /**
   * Where Redis or Valkey is: `redis://user:password@host:6379/0`, or `rediss://` for TLS. Needs `ioredis` or `redis` installed.
   * @defaultValue none
   */
  url?: string;
  /**
   * A client of ioredis or node-redis, single, Sentinel or Cluster. It is left alone: two connections of our own are made like
   * it, and closed by `close()`.
   * @defaultValue none
   */
  client?: RedisClient;
  /**
   * First part of all keys. Lines share what is under the same one. Credentials that a line manages are told apart by name under it;
   * give others, and applications that have nothing to do with each other, a prefix each.
   * @defaultValue 'holdline'
   */
  prefix?: string;
  /**
   * What happens while Redis is lost. `share`: each process goes on with the limit divided by the number of processes there were.
   * `refuse`: calls that a quota applies to fail with a `StoreLostError`. `open`: each process goes on with the whole limit.
   * @defaultValue 'share'
   */
  onLoss?: 'share' | 'refuse' | 'open';
  /**
   * Processes to reckon with where Redis is lost before it ever told how many there are.
   * @defaultValue 10 (ours: rather slow than refused)
   */
  processes?: number;
  /**
   * Encrypts what is secret: 32 bytes, or the same in base64 or hex. Without it tokens stay in their process. Of several keys
   * the first encrypts and all decrypt, to change them one process after the other.
   * @defaultValue none
   */
  key?: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * What the names of credentials are made with where clients bring their own `Authorization`: the same in all processes, and for
   * good. Where that header holds passwords, a long random text keeps those who see the names from trying passwords against them.
   * @defaultValue the `prefix`
   */
  salt?: string;
  /**
   * Longest wait for an answer of Redis, in ms. Then it counts as lost.
   * @defaultValue 500 (ours: far above any healthy answer)
   */
  timeoutMs?: number;
  /**
   * How many dead letters are kept; the oldest goes first.
   * @defaultValue 10,000 (ours: bounds them at a GB, were all of them as large as `deadLetters.maxBodyBytes` allows)
   */
  maxLetters?: number;
}

/** {@link RedisStoreOptions}, checked. */
export interface ResolvedOptions {
  readonly url: string | undefined;
  readonly client: RedisClient | undefined;
  readonly prefix: string;
  readonly onLoss: 'share' | 'refuse' | 'open';
  readonly processes: number;
  readonly keys: readonly Uint8Array[];
  readonly salt: string;
  readonly timeoutMs: number;
  readonly maxLetters: number;
}

/** Options in force where the user gave none. */
export const REDIS_DEFAULTS = {
  prefix: 'holdline',
  onLoss: 'share',
  processes: 10,
  timeoutMs: 500,
  maxLetters: 10_000,
} as const satisfies Partial<RedisStoreOptions>;

const KNOWN = ['url', 'client', 'prefix', 'onLoss', 'processes', 'key', 'salt', 'timeoutMs', 'maxLetters'];
const LOSSES = ['share', 'refuse', 'open'] as const;

/**
 * Checks {@link RedisStoreOptions}. Never shows the URL or a key.
 *
 * @throws ConfigError
 */
export function checkOptions(options: RedisStoreOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null)
    throw new ConfigError('the options of redisStore must be an object with url or client');
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) throw new ConfigError(`${name} is not known; allowed here: ${KNOWN.join(', ')}`);
  }
  const { url, client, key } = options;
  if ((url === undefined) === (client === undefined))
    throw new ConfigError(`redisStore needs url or client, got ${url === undefined ? 'neither' : 'both'}`);
  if (url !== undefined && !(typeof url === 'string' && /^rediss?:\/\/\S+$/.test(url)))
    throw new ConfigError("url must be like 'redis://host:6379', got something else");
  if (client !== undefined && !isClient(client))
    throw new ConfigError('client must be a client of ioredis or node-redis (5 or later), got something else');
  const {
    prefix = REDIS_DEFAULTS.prefix,
    onLoss = REDIS_DEFAULTS.onLoss,
    processes = REDIS_DEFAULTS.processes,
    timeoutMs = REDIS_DEFAULTS.timeoutMs,
    maxLetters = REDIS_DEFAULTS.maxLetters,
  } = options;
  if (typeof prefix !== 'string' || !/^[^\s{}]+$/.test(prefix))
    throw new ConfigError('prefix must be a string without spaces and braces, and not empty');
  if (!LOSSES.includes(onLoss))
    throw new ConfigError(
      `onLoss must be 'share' or 'refuse' or 'open', got ${JSON.stringify(String(onLoss).slice(0, 80))}`,
    );
  if (!Number.isInteger(processes) || processes < 1)
    throw new ConfigError(`processes must be an integer of at least 1, got ${String(processes)}`);
  const { salt = prefix } = options;
  if (typeof salt !== 'string' || salt === '') throw new ConfigError('salt must be a text that is not empty');
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0 && timeoutMs <= 60_000))
    throw new ConfigError(`timeoutMs must be a number above 0 and at most 60000, got ${String(timeoutMs)}`);
  if (!Number.isInteger(maxLetters) || maxLetters < 1)
    throw new ConfigError(`maxLetters must be an integer of at least 1, got ${String(maxLetters)}`);
  const given = key === undefined ? [] : Array.isArray(key) ? (key as (string | Uint8Array)[]) : [key as string];
  if (key !== undefined && given.length === 0) throw new ConfigError('key must be a key or a list of them, got none');
  return { url, client, prefix, onLoss, processes, keys: given.map(bytesOf), salt, timeoutMs, maxLetters };
}

function bytesOf(key: string | Uint8Array): Uint8Array {
  const bytes =
    typeof key !== 'string' ? key : /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, 'hex') : Buffer.from(key, 'base64');
  if (!(bytes instanceof Uint8Array) || bytes.length !== 32)
    throw new ConfigError('key must be 32 bytes, or the same in base64 or hex, got something else');
  return bytes;
}
