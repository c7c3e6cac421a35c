import { matchesPattern, parsePattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import type { Connection } from './connection.js';
import type { SocketSettings } from '../options/socket-options.js';
import type { AcceptedUpgrade } from './socket-endpoint.js';
import type { UpgradeEntry } from './socket-log.js';

/** Which sockets: all those to which everything given here applies. */
export interface SocketSelection {
  /** The one of this upgrade. */
  id?: number;
  /** Of this user. */
  user?: string;
  /** At these paths: `GET /channels/:id`. */
  match?: string;
}

interface OpenSocket {
  readonly connection: Connection;
  readonly upgrade: AcceptedUpgrade;
  readonly segments: readonly string[];
}

/** The sockets that are open, and the rule for a second session of one user. */
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

  /** The open sockets, as they are logged. */
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

  /** Applies the rule for a second session of one user; false: there is no room for it. */
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
