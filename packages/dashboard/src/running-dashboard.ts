import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { definePrintedForm, type Holdline, type Undo } from '@holdline/core';
import { monitor, type Monitor, type Watchable } from '@holdline/monitor';
import { Board } from './board.js';
import { Feed } from './feed.js';
import { History } from './history/history.js';
import type { ResolvedDashboardOptions } from './options.js';
import { LOGIN_PAGE, PAGE } from './page/html.js';
import { Api } from './server/api.js';
import { Door } from './server/auth.js';
import { createSiteServer } from './server/http-server.js';
import { Streams } from './server/streams.js';

/** A watched line: one of the process, or something with its events and snapshots. */
export type Watched = Holdline | Watchable | Monitor;

/** Whether a value is a monitor. A line has events and snapshots, but no totals. */
const isMonitor = (watched: Watched): watched is Monitor => 'totals' in watched;

/** A server with the page of some lines. Lines may come and go while it runs. */
export class RunningDashboard {
  readonly #board: Board;
  readonly #history: History;
  readonly #streams: Streams;
  readonly #feed: Feed;
  readonly #server: Server;
  /** What ends with a line, by its id. */
  readonly #ends = new Map<number, Undo>();
  #closing: Promise<void> | undefined;
  url = '';

  constructor(private readonly options: ResolvedDashboardOptions) {
    const { clock, token, hosts, historyFile } = options;
    this.#board = new Board(clock);
    this.#history = new History(
      historyFile,
      () => this.#board.places,
      clock,
      (message) => process.emitWarning(message, { type: 'HoldlineDashboard', code: 'HOLDLINE_DASHBOARD_HISTORY' }),
    );
    const api = new Api(this.#board, this.#history, clock);
    this.#streams = new Streams(
      () => this.#feed.whole(),
      clock,
      () => {
        if (this.#streams.size === 0) this.#feed.stop();
      },
    );
    this.#feed = new Feed(
      () => api.state(),
      (message) => this.#streams.publish(message),
      clock,
      randomBytes(6).toString('hex'),
    );
    this.#server = createSiteServer({
      page: PAGE,
      loginPage: LOGIN_PAGE,
      api,
      feed: this.#feed,
      streams: this.#streams,
      door: token === undefined ? undefined : new Door(token, clock),
      hosts,
    });
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  get monitors(): Monitor[] {
    return this.#board.places.map(({ monitor }) => monitor);
  }

  /** Starts to listen. Rejects with the error of the system if the port is in use. */
  async listen(port = this.options.port): Promise<void> {
    this.#server.listen(port, this.options.host);
    // Rejects with the event `error`.
    await once(this.#server, 'listening');
    this.#server.unref();
    const { address, family, port: bound } = this.#server.address() as AddressInfo;
    const name = family === 'IPv6' ? `[${address}]` : address;
    this.url = `http://${name}:${bound}/`;
  }

  /** Adds a line to the page. */
  add(watched: Watched, name: string): number {
    const { clock, alerts } = this.options;
    if (isMonitor(watched)) return this.#board.add(watched);
    const made = monitor(watched, { name, clock, ...(alerts !== undefined && { alerts }) });
    const id = this.#board.add(made);
    const stopClosed = watched.on('closed', () => this.#board.noteClosed(id));
    this.#ends.set(id, () => {
      stopClosed();
      made.stop();
    });
    return id;
  }

  /** Takes a line from the page. */
  remove(id: number): void {
    this.#ends.get(id)?.();
    this.#ends.delete(id);
    this.#board.remove(id);
  }

  /** Ends all streams and connections, saves the history, and stops the monitors that the dashboard made. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#feed.stop();
    this.#streams.close();
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#history.close();
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
    await closed;
  }
}

definePrintedForm(RunningDashboard, ({ url }) => ({ url }));
