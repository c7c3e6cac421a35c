import { failureOf } from './replies.js';

/** A client of ioredis (`Redis` or `Cluster`) or node-redis (`createClient` or `createCluster`), version 5 or 6. */
export interface RedisClient {
  duplicate(...overrides: never[]): unknown;
  eval(...args: never[]): unknown;
}

/** What is used of ioredis. */
interface IoredisLike {
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
  subscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  destroy(): void;
}

/**
 * One connection of ours. It is made once: when it breaks it is gone, and whoever has it makes another one. What it cannot send at once
 * it refuses.
 */
export interface Connection {
  /** Settles when it can be used; rejects with what kept it from that. */
  readonly opened: Promise<void>;
  evalSha(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  eval(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Settles when the channels are listened to. */
  subscribe(channels: readonly string[], listener: (channel: string, message: string) => void): Promise<unknown>;
  close(): void;
}

/** Told once when a connection is gone, before it was open or after. */
export type OnGone = (error: unknown) => void;

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
export function connectLike(client: RedisClient, onGone: OnGone): Connection {
  return isIoredis(client) ? connectIoredis(client, onGone) : connectNodeRedis(client as NodeRedisLike, onGone);
}

const never = (): null => null;

/** What an ioredis connection of ours is to do: keep no command for later, and not come back by itself. */
export const IOREDIS_OPTIONS = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  // The self-test of the store says more than INFO and CLIENT, and needs no right to them.
  enableReadyCheck: false,
  disableClientInfo: true,
  lazyConnect: false,
  retryStrategy: never,
  sentinelRetryStrategy: never,
  reconnectOnError: null,
};

/** Settles once, when a connection is open or gone. */
class Opening {
  readonly opened: Promise<void>;
  #isOpen = false;
  #isGone = false;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor(readonly onGone: OnGone) {
    this.opened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.opened.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#isGone;
  }

  open(): void {
    this.#isOpen = true;
    this.#resolve();
  }

  gone(error: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#reject(error);
    this.onGone(error);
  }
}

function connectIoredis(client: IoredisLike, onGone: OnGone): Connection {
  const overrides = client.isCluster
    ? [
        [],
        {
          lazyConnect: false,
          enableOfflineQueue: false,
          enableReadyCheck: false,
          clusterRetryStrategy: never,
          // Version 5 would take these for all of them, without the password.
          redisOptions: {
            ...client.options?.redisOptions,
            maxRetriesPerRequest: 0,
            enableReadyCheck: false,
            disableClientInfo: true,
          },
        },
      ]
    : [IOREDIS_OPTIONS];
  const own = client.duplicate(...(overrides as never[]));
  const opening = new Opening(onGone);
  let last: unknown;
  own.on('ready', () => opening.open());
  own.on('error', (error: unknown) => {
    last = error;
    // An open connection that breaks ends. One that never opens may stay as it is, and one whose login is refused says more than its end.
    if (!opening.isOpen || failureOf(error)) opening.gone(error);
  });
  own.on('end', () => opening.gone(last ?? new Error('the connection was closed')));
  return {
    opened: opening.opened,
    evalSha: (sha, keys, args) => own.evalsha(sha, keys.length, ...keys, ...args),
    eval: (script, keys, args) => own.eval(script, keys.length, ...keys, ...args),
    subscribe(channels, listener) {
      own.on('message', listener);
      return own.subscribe(...channels);
    },
    close: () => own.disconnect(),
  };
}

function connectNodeRedis(client: NodeRedisLike, onGone: OnGone): Connection {
  const { socket } = (client.options ?? {}) as { socket?: object };
  // A cluster has these per node, and comes back by itself. A single one that was made without options has no socket there.
  const isSingle = client.isReady !== undefined;
  const overrides = isSingle && {
    disableOfflineQueue: true,
    disableClientInfo: true,
    socket: { ...socket, reconnectStrategy: false },
  };
  const own = client.duplicate((overrides || undefined) as never);
  const opening = new Opening(onGone);
  own.on('error', (error: unknown) => {
    // Before it is open, connect() rejects with the same error.
    if (isSingle && opening.isOpen && own.isReady !== true) opening.gone(error);
  });
  own.connect().then(
    () => opening.open(),
    (error: unknown) => opening.gone(error),
  );
  return {
    opened: opening.opened,
    evalSha: (sha, keys, args) => own.evalSha(sha, { keys: [...keys], arguments: [...args] }),
    eval: (script, keys, args) => own.eval(script, { keys: [...keys], arguments: [...args] }),
    subscribe: (channels, listener) => own.subscribe([...channels], (message, channel) => listener(channel, message)),
    close() {
      try {
        own.destroy();
      } catch {
        // It was not open.
      }
    },
  };
}
