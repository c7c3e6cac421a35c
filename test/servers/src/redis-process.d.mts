/** Names under which a machine may have a Redis server. */
export const SERVER_NAMES: readonly string[];

/** The command that starts a Redis server: `REDIS_SERVER` if set, else an installed server. Undefined if no server is installed. */
export function findRedisServer(): string | undefined;

/** A Redis server that the caller may kill, stop and empty. */
export class RedisProcess {
  /** @param args Further arguments of the server. */
  constructor(port: number, args: readonly string[]);

  /** Starts an empty Redis on a free port. `end()` ends it. */
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
