/**
 * Outcome of an upgrade.
 * @public
 */
export type UpgradeOutcome =
  /** Not answered yet. */
  | 'open'
  /** The socket was opened. */
  | 'accepted'
  /** A limit refused the upgrade: 429, or closed without an answer. */
  | 'refused'
  /** A second session of its user: 409. */
  | 'conflict'
  /** Unknown endpoint, not authorised or wrong subprotocol: 400, 401, 404. */
  | 'rejected'
  /** Answered or dropped by a script. */
  | 'scripted'
  /** The client disconnected before the answer, or the simulator stopped. */
  | 'aborted';

/**
 * One upgrade and its socket.
 * @public
 */
export interface UpgradeEntry {
  /** Time of arrival, ms of `performance.now()` of this process. Limits judge by this time. */
  readonly at: number;
  /** 1, 2, 3, … in order of arrival. */
  readonly id: number;
  /** With the query. */
  readonly path: string;
  /** For example `GET /stream/channels/:channelId`. */
  readonly route: string;
  /** User of the socket, if known. */
  user?: string;
  /** 101 for an accepted upgrade; 0 without an answer. */
  status: number;
  outcome: UpgradeOutcome;
  /** Time of opening, same clock as `at`. */
  openedAt?: number;
  /** Agreed subprotocol. */
  protocol?: string;
  /** Whether permessage-deflate was agreed. */
  isDeflated: boolean;
  /** Frames and their payload before compression, in bytes. */
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Bytes received over the wire, compressed and with frame headers; known when the socket is closed. */
  wireBytesIn: number;
  closedAt?: number;
  /** 1006 when the connection broke without a close frame. */
  closeCode?: number;
  /** The side that closed first. */
  closedBy?: 'client' | 'server';
}

/** Maximum number of logged upgrades. When the log is full, the oldest tenth is deleted. */
const MAX_UPGRADES = 100_000;
const SECOND_MS = 1000;

/**
 * Counters of WebSockets.
 * @public
 */
export interface SocketStats {
  /** Upgrades that arrived. */
  upgrades: number;
  accepted: number;
  /** Upgrades that a limit refused. */
  refused: number;
  /** Upgrades not accepted for another reason: conflict, unknown path, not authorised, script, client disconnected. */
  rejected: number;
  /** Largest number of upgrades that arrived within one second. */
  mostPerSecond: number;
  /** Largest number of accepted upgrades among those that arrived within one second. */
  mostAcceptedPerSecond: number;
  /** Sockets that are open now. */
  open: number;
  /** Largest number of sockets open at one time. */
  peakOpen: number;
  framesIn: number;
  framesOut: number;
  /** Payload before compression. */
  bytesIn: number;
  bytesOut: number;
  /** Closed sockets by close code. */
  closes: Record<number, number>;
}

/** The log and the counters of upgrades and sockets. */
export class SocketLog {
  #entries: UpgradeEntry[] = [];
  #stats = createEmptyStats();
  #open = 0;
  readonly #arrivals = new OneSecondCounter();
  readonly #acceptances = new OneSecondCounter();

  stats(): SocketStats {
    return { ...this.#stats, open: this.#open, closes: { ...this.#stats.closes } };
  }

  /** Returns a copy, in order of arrival. */
  list(): readonly UpgradeEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** Resets the counters and the log. Open sockets stay open and stay counted. */
  reset(): void {
    this.#entries = [];
    this.#stats = { ...createEmptyStats(), peakOpen: this.#open };
    this.#arrivals.clear();
    this.#acceptances.clear();
  }

  addUpgrade(entry: UpgradeEntry): void {
    if (this.#entries.length >= MAX_UPGRADES) this.#entries.splice(0, Math.ceil(MAX_UPGRADES / 10));
    this.#entries.push(entry);
    this.#stats.upgrades += 1;
    this.#stats.mostPerSecond = Math.max(this.#stats.mostPerSecond, this.#arrivals.add(entry.at));
  }

  countOpened(entry: UpgradeEntry): void {
    const most = this.#acceptances.add(entry.at);
    this.#stats.mostAcceptedPerSecond = Math.max(this.#stats.mostAcceptedPerSecond, most);
    this.#stats.accepted += 1;
    this.#open += 1;
    this.#stats.peakOpen = Math.max(this.#stats.peakOpen, this.#open);
  }

  countRejected(outcome: UpgradeOutcome): void {
    if (outcome === 'refused') this.#stats.refused += 1;
    else this.#stats.rejected += 1;
  }

  countFrame(entry: UpgradeEntry, direction: 'in' | 'out', bytes: number): void {
    if (direction === 'in') {
      entry.framesIn += 1;
      entry.bytesIn += bytes;
      this.#stats.framesIn += 1;
      this.#stats.bytesIn += bytes;
    } else {
      entry.framesOut += 1;
      entry.bytesOut += bytes;
      this.#stats.framesOut += 1;
      this.#stats.bytesOut += bytes;
    }
  }

  countClosed(code: number): void {
    this.#open -= 1;
    const { closes } = this.#stats;
    closes[code] = (closes[code] ?? 0) + 1;
  }
}

/** Counts exactly how many events the last second had. */
class OneSecondCounter {
  #times: number[] = [];

  add(at: number): number {
    this.#times.push(at);
    let dead = 0;
    while (at - (this.#times[dead] ?? at) >= SECOND_MS) dead += 1;
    if (dead > 0) this.#times = this.#times.slice(dead);
    return this.#times.length;
  }

  clear(): void {
    this.#times = [];
  }
}

function createEmptyStats(): SocketStats {
  return {
    upgrades: 0,
    accepted: 0,
    refused: 0,
    rejected: 0,
    mostPerSecond: 0,
    mostAcceptedPerSecond: 0,
    open: 0,
    peakOpen: 0,
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    closes: {},
  };
}
