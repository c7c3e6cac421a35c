import { ConnectionLifecycle, type Connection, type OnClosed } from './connection.js';
import { classifyFailure } from './failures.js';

/** The members of an ioredis client that the store uses. */
export interface IoredisClient {
  readonly isCluster?: boolean;
  readonly options?: { readonly redisOptions?: object };
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  duplicate(...overrides: never[]): IoredisClient;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  disconnect(): void;
}

const neverRetry = (): null => null;

/** Options of an ioredis connection that queues no command and never reconnects. */
export const IOREDIS_OPTIONS = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  // The self-test of the store checks more than INFO and CLIENT do, and needs no right to run them.
  enableReadyCheck: false,
  disableClientInfo: true,
  lazyConnect: false,
  retryStrategy: neverRetry,
  sentinelRetryStrategy: neverRetry,
  reconnectOnError: null,
};

export function isIoredisClient(value: unknown): value is IoredisClient {
  return typeof (value as IoredisClient).evalsha === 'function';
}

/** Opens a connection to the server of an ioredis client. The client itself stays as it is. */
export function openIoredisConnection(client: IoredisClient, onClosed: OnClosed): Connection {
  const overrides = client.isCluster ? clusterOverrides(client) : [IOREDIS_OPTIONS];
  const own = client.duplicate(...(overrides as never[]));
  const lifecycle = new ConnectionLifecycle(onClosed);
  let lastError: unknown;
  own.on('ready', () => lifecycle.markOpen());
  own.on('error', (error: unknown) => {
    lastError = error;
    // An open connection that breaks emits `end`. A connection that never opens may not, and a refused login has a telling error.
    if (!lifecycle.isOpen || classifyFailure(error)) lifecycle.markClosed(error);
  });
  own.on('end', () => lifecycle.markClosed(lastError ?? new Error('the connection was closed')));
  return {
    opened: lifecycle.opened,
    evalSha: (sha, keys, args) => own.evalsha(sha, keys.length, ...keys, ...args),
    eval: (script, keys, args) => own.eval(script, keys.length, ...keys, ...args),
    subscribe(channels, listener) {
      own.on('message', listener);
      return own.subscribe(...channels);
    },
    close: () => own.disconnect(),
  };
}

function clusterOverrides(client: IoredisClient): unknown[] {
  const redisOptions = {
    // ioredis 5 replaces all `redisOptions` by the given ones, so the password has to be given again.
    ...client.options?.redisOptions,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
  };
  return [
    [],
    {
      lazyConnect: false,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      clusterRetryStrategy: neverRetry,
      redisOptions,
    },
  ];
}
