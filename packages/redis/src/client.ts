/** A client of ioredis (`Redis` or `Cluster`) or node-redis (`createClient` or `createCluster`), version 5 or 6. */
export interface RedisClient {
  duplicate(...overrides: never[]): unknown;
  eval(...args: never[]): unknown;
}

/** What is used of ioredis. */
interface IoredisLike {
  readonly status: string;
  readonly isCluster?: boolean;
  readonly options?: { readonly redisOptions?: object };
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  duplicate(...overrides: never[]): IoredisLike;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  disconnect(): void;
}

/** What is used of node-redis. */
interface NodeRedisLike {
  readonly isReady?: boolean;
  readonly isOpen: boolean;
  readonly options?: unknown;
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  duplicate(overrides?: never): NodeRedisLike;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  destroy(): void;
}

/** One connection of ours. It connects by itself, and again, until it is closed; what it cannot send at once it refuses. */
export interface Connection {
  isReady(): boolean;
  evalSha(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  eval(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Once per connection; again after each time it has come back. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  close(): void;
}

/** What a connection tells. */
export interface ConnectionEvents {
  onReady(): void;
  onError(error: unknown): void;
}

const FIRST_RECONNECT_MS = 50;
const LONGEST_RECONNECT_MS = 1_000;

const pauseBefore = (tries: number): number =>
  Math.min(LONGEST_RECONNECT_MS, FIRST_RECONNECT_MS * 2 ** Math.min(tries, 10));

/** Whether `value` looks like a client we know. */
export function isClient(value: unknown): value is RedisClient {
  const { duplicate, eval: run } = (value ?? {}) as { duplicate?: unknown; eval?: unknown };
  return typeof duplicate === 'function' && typeof run === 'function' && (isIoredis(value) || isNodeRedis(value));
}

function isIoredis(value: unknown): value is IoredisLike {
  return typeof (value as IoredisLike).evalsha === 'function';
}

function isNodeRedis(value: unknown): value is NodeRedisLike {
  return typeof (value as NodeRedisLike).evalSha === 'function';
}

/** A connection of our own to where `client` leads. The client itself is left alone. */
export function connectLike(client: RedisClient, events: ConnectionEvents): Connection {
  return isIoredis(client) ? connectIoredis(client, events) : connectNodeRedis(client as NodeRedisLike, events);
}

/** What an ioredis connection of ours is to do: never keep a command for later, and come back soon. */
export const IOREDIS_OPTIONS = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  lazyConnect: false,
  retryStrategy: pauseBefore,
};

function connectIoredis(client: IoredisLike, { onReady, onError }: ConnectionEvents): Connection {
  const overrides = client.isCluster
    ? [
        [],
        {
          lazyConnect: false,
          enableOfflineQueue: false,
          clusterRetryStrategy: pauseBefore,
          // Version 5 would take these for all of them, without the password.
          redisOptions: { ...client.options?.redisOptions, maxRetriesPerRequest: 0 },
        },
      ]
    : [IOREDIS_OPTIONS];
  const own = client.duplicate(...(overrides as never[]));
  const isReady = (): boolean => own.status === 'ready';
  let listen: ((message: string) => void) | undefined;
  own.on('ready', onReady);
  own.on('error', onError);
  own.on('message', (_: string, message: string) => listen?.(message));
  return {
    isReady,
    evalSha: (sha, keys, args) => own.evalsha(sha, keys.length, ...keys, ...args),
    eval: (script, keys, args) => own.eval(script, keys.length, ...keys, ...args),
    subscribe(channel, listener) {
      listen = listener;
      return own.subscribe(channel);
    },
    close: () => own.disconnect(),
  };
}

function connectNodeRedis(client: NodeRedisLike, { onReady, onError }: ConnectionEvents): Connection {
  const { socket } = (client.options ?? {}) as { socket?: object };
  // A cluster has these per node. A single one that was made without options has no socket there.
  const isSingle = client.isReady !== undefined;
  const overrides = isSingle && {
    disableOfflineQueue: true,
    socket: { ...socket, reconnectStrategy: pauseBefore },
  };
  const own = client.duplicate((overrides || undefined) as never);
  let closed = false;
  let subscribed = false;
  const isReady = (): boolean => !closed && (own.isReady ?? own.isOpen);
  let ready = false;
  own.on('ready', () => {
    ready = true;
    onReady();
  });
  own.on('error', onError);
  const connect = async (tries: number): Promise<void> => {
    try {
      await own.connect();
      // A cluster client does not say so.
      if (!ready) onReady();
    } catch (error) {
      onError(error);
      if (closed || own.isOpen) return;
      setTimeout(() => void connect(tries + 1), pauseBefore(tries)).unref();
    }
  };
  void connect(0);
  return {
    isReady,
    evalSha: (sha, keys, args) => own.evalSha(sha, { keys: [...keys], arguments: [...args] }),
    eval: (script, keys, args) => own.eval(script, { keys: [...keys], arguments: [...args] }),
    subscribe(channel, listener) {
      // It subscribes again by itself.
      if (subscribed) return Promise.resolve();
      subscribed = true;
      return own.subscribe(channel, (message) => listener(message));
    },
    close() {
      closed = true;
      try {
        own.destroy();
      } catch {
        // It was not open.
      }
    },
  };
}
