/** Names under which a machine may have a Redis server. */
export const SERVER_NAMES: readonly string[];

/** The command that starts a Redis server: `REDIS_SERVER` if set, else what the machine has. Undefined: it has none. */
export function findRedisServer(): string | undefined;

/** A TCP port that no process uses now. */
export function freePort(): Promise<number>;

/** A Redis server that the caller owns: it may be killed, stopped and emptied. */
export class RedisProcess {
  /** @param args Further arguments of the server. */
  constructor(port: number, args: readonly string[]);

  /** Starts an empty Redis on a free port. Ends with `end()`. */
  static spawn(...args: string[]): Promise<RedisProcess>;

  readonly port: number;
  get url(): string;

  /** Starts the server, empty. Settles when the server accepts connections. */
  start(): Promise<void>;

  /** Stops the server without closing its sockets (`SIGSTOP`), or resumes it (`SIGCONT`). */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;

  /** Kills the server, as a crash does. `start()` starts it again on the same port. */
  kill(): Promise<void>;

  /** Kills the server and deletes its directory. */
  end(): Promise<void>;
}
