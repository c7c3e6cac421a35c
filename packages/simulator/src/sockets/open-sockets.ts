import { matchesPattern, parsePattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import type { Connection } from './connection.js';
import type { SocketSettings } from '../options/socket-options.js';
import type { AcceptedUpgrade } from './socket-endpoint.js';
import type { UpgradeEntry } from './socket-log.js';

/**
 * A selection of sockets. A socket must meet every given condition.
 * @public
 */
export interface SocketSelection {
  /** The socket of this upgrade. */
  id?: number;
  /** Sockets of this user. */
  user?: string;
  /** Sockets at these paths: `GET /channels/:id`. */
  match?: string;
}

interface OpenSocket {
  readonly connection: Connection;
  readonly upgrade: AcceptedUpgrade;
  readonly segments: readonly string[];
}

/** The open sockets, and the rule for a second session of one user. */
export class OpenSockets {
  readonly #paths: PathDialect;
  readonly #open = new Map<number, OpenSocket>();

  constructor(paths: PathDialect) {
    this.#paths = paths;
  }

  add(connection: Connection, upgrade: AcceptedUpgrade, segments: readonly string[]): void {
    this.#open.set(connection.entry.id, { connection, upgrade, segments });
  }

  delete(connection: Connection): void {
    this.#open.delete(connection.entry.id);
  }

  connections(): readonly Connection[] {
    return [...this.#open.values()].map(({ connection }) => connection);
  }

  /** Returns copies of the log entries of all open sockets. */
  list(): readonly UpgradeEntry[] {
    return this.connections().map(({ entry }) => ({ ...entry }));
  }

  select({ id, user, match }: SocketSelection): readonly Connection[] {
    const pattern = match === undefined ? undefined : parsePattern('match', match, this.#paths);
    return [...this.#open.values()]
      .filter(({ connection: { entry }, segments }) => {
        if (id !== undefined && entry.id !== id) return false;
        if (user !== undefined && entry.user !== user) return false;
        return pattern === undefined || matchesPattern(pattern, 'GET', segments);
      })
      .map(({ connection }) => connection);
  }

  /** Applies the rule for a second session of one user. Returns false when the new session is refused. */
  applySessionRule({ isSession, user }: AcceptedUpgrade, sessionsPerUser: SocketSettings['sessionsPerUser']): boolean {
    if (isSession !== true || sessionsPerUser === 'many') return true;
    const others = [...this.#open.values()].filter(
      ({ upgrade, connection }) => upgrade.isSession === true && connection.entry.user === user,
    );
    if (sessionsPerUser === 'refuse') return others.length === 0;
    for (const { upgrade } of others) upgrade.endSession?.();
    return true;
  }
}
