import { ConnectionLifecycle, type Connection, type OnClosed } from './connection.js';

/** The members of a node-redis client that the store uses. */
export interface NodeRedisClient {
  readonly isReady?: boolean;
  readonly isOpen: boolean;
  readonly options?: unknown;
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  duplicate(overrides?: never): NodeRedisClient;
  connect(): Promise<unknown>;
  subscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  destroy(): void;
}

export function isNodeRedisClient(value: unknown): value is NodeRedisClient {
  return typeof (value as NodeRedisClient).evalSha === 'function';
}

/** Opens a connection to the server of a node-redis client. The client itself stays as it is. */
export function openNodeRedisConnection(client: NodeRedisClient, onClosed: OnClosed): Connection {
  const { socket } = (client.options ?? {}) as { socket?: object };
  // A cluster client has these options per node, and reconnects by itself. A single client made without options has no `socket`.
  const isSingle = client.isReady !== undefined;
  const overrides = isSingle && {
    disableOfflineQueue: true,
    disableClientInfo: true,
    socket: { ...socket, reconnectStrategy: false },
  };
  const own = client.duplicate((overrides || undefined) as never);
  const lifecycle = new ConnectionLifecycle(onClosed);
  own.on('error', (error: unknown) => {
    // While the connection opens, connect() rejects with the same error.
    if (isSingle && lifecycle.isOpen && own.isReady !== true) lifecycle.markClosed(error);
  });
  own.connect().then(
    () => lifecycle.markOpen(),
    (error: unknown) => lifecycle.markClosed(error),
  );
  return {
    opened: lifecycle.opened,
    evalSha: (sha, keys, args) => own.evalSha(sha, { keys: [...keys], arguments: [...args] }),
    eval: (script, keys, args) => own.eval(script, { keys: [...keys], arguments: [...args] }),
    subscribe: (channels, listener) => own.subscribe([...channels], (message, channel) => listener(channel, message)),
    close() {
      try {
        own.destroy();
      } catch {
        // node-redis throws if the connection was not open.
      }
    },
  };
}
