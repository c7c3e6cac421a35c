import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { WebSocketServer } from 'ws';
import type { Answer } from '../http/answer.js';
import { render, sendRaw } from '../http/write-answer.js';
import { Limiter, type Refusal } from '../limits/limiter.js';
import type { ScriptedAnswer } from '../options/script-options.js';
import type { SocketSettings } from '../options/socket-options.js';
import { matches, parsePattern, type Pattern, readParams } from '../paths/path-pattern.js';
import { type PathDialect, pathOf } from '../paths/request-path.js';
import { guessRoute } from '../paths/route-name.js';
import { Connection, type SocketFrame } from './connection.js';
import { OpenSockets, type SocketSelection } from './open-sockets.js';
import { plainEndpoints } from './plain-endpoints.js';
import type { Door, EndpointLine, UpgradeRequest } from './socket-endpoint.js';
import { SocketLog, type UpgradeEntry, type UpgradeOutcome } from './socket-log.js';

/** What the hub asks of the engine. */
export interface HubHost {
  readonly paths: PathDialect;
  readonly startedAt: number;
  settings(): SocketSettings;
  /** The next answer of a script, as for requests. */
  script(segments: readonly string[]): ScriptedAnswer | undefined;
  refused(refusal: Refusal): Answer;
  /** An answer in the words of the platform. */
  plain(status: number, headers?: Readonly<Record<string, string>>): Answer;
}

interface Endpoint {
  readonly name: string;
  readonly pattern: Pattern;
  readonly enter: EndpointLine[1];
}

/** Takes upgrades in, or does not, and keeps what is open. */
export class SocketHub {
  readonly #host: HubHost;
  readonly #log = new SocketLog();
  readonly #sockets: OpenSockets;
  readonly #endpoints: readonly Endpoint[];
  readonly #upgrades: Limiter;
  readonly #frames: Limiter;
  /** Upgrades whose answer is still to come. */
  readonly #pending = new Map<Socket, NodeJS.Timeout>();
  readonly #listeners = new Set<(frame: SocketFrame) => void>();
  #server: WebSocketServer;
  #arrivals = 0;

  constructor(host: HubHost, lines: readonly EndpointLine[]) {
    this.#host = host;
    this.#sockets = new OpenSockets(host.paths);
    const settings = host.settings();
    this.#endpoints = [...lines, ...plainEndpoints].map(([name, enter]) => ({
      name,
      pattern: parsePattern('endpoint', name, host.paths),
      enter,
    }));
    this.#upgrades = new Limiter(settings.upgrades);
    this.#frames = new Limiter(settings.frames);
    this.#server = serverOf(settings);
  }

  get log(): SocketLog {
    return this.#log;
  }

  /** Takes up new settings. Open sockets keep what was agreed on when they were opened: compression, largest frame. */
  update(settings: SocketSettings): void {
    this.#upgrades.update(settings.upgrades);
    this.#frames.update(settings.frames);
    this.#server = serverOf(settings);
    for (const connection of this.#sockets.connections()) connection.adjustReading();
  }

  onFrame(listener: (frame: SocketFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The open sockets, as they are logged. */
  list(): readonly UpgradeEntry[] {
    return this.#sockets.list();
  }

  select(selection: SocketSelection): readonly Connection[] {
    return this.#sockets.select(selection);
  }

  stop(): void {
    for (const [socket, timer] of this.#pending) {
      clearTimeout(timer);
      socket.destroy();
    }
    this.#pending.clear();
    for (const connection of this.#sockets.connections()) connection.close(1006);
  }

  /** Serves one upgrade of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined);
    const at = performance.now();
    const now = at - this.#host.startedAt;
    const path = request.url ?? '/';
    const segments = this.#host.paths.split(pathOf(path));
    const endpoint = this.#endpoints.find(({ pattern }) => matches(pattern, 'GET', segments));
    this.#arrivals += 1;
    const entry: UpgradeEntry = {
      at,
      id: this.#arrivals,
      path,
      route: endpoint?.name ?? guessRoute('GET', segments, this.#host.paths),
      status: 0,
      outcome: 'open',
      isDeflated: false,
      framesIn: 0,
      framesOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      wireBytesIn: 0,
    };
    this.#log.arrived(entry);
    const refuse = (outcome: UpgradeOutcome, answer: Answer | undefined): void => {
      this.#turnAway(request, entry, outcome, answer);
    };

    const script = this.#host.script(segments);
    if (script !== undefined && script !== 'pass') {
      const { status, headers, body, drop } = script;
      const plain = this.#host.plain(status, headers);
      const words = { status, headers: { ...plain.headers, ...headers }, body: body === undefined ? plain.body : body };
      return this.#later(socket, script.delayMs ?? 0, entry, () =>
        refuse('scripted', drop === undefined ? words : undefined),
      );
    }
    if (endpoint === undefined) return refuse('rejected', this.#host.plain(404));
    const door = endpoint.enter(requestOf(endpoint, path, segments, now));
    if (typeof door === 'number') return refuse('rejected', this.#host.plain(door));
    if (door.user !== undefined) entry.user = door.user;
    const refusal = this.#upgrades.admit(subjectOf(entry, segments), now).refusal;
    if (refusal !== undefined) {
      const isSilent = this.#host.settings().refuse === 'drop';
      return refuse('refused', isSilent ? undefined : this.#host.refused(refusal));
    }
    if (door.protocol !== undefined && !offers(request, door.protocol))
      return refuse('rejected', this.#host.plain(400));
    return this.#later(socket, this.#host.settings().upgradeMs, entry, () => {
      // Asked now, when it would be opened: of two that wait at the same time only one may be the first.
      if (!this.#sockets.makeRoom(door, this.#host.settings().sessionsPerUser))
        refuse('conflict', this.#host.plain(409));
      else this.#accept(request, socket, head, entry, door, segments);
    });
  }

  #accept(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    entry: UpgradeEntry,
    door: Door,
    segments: readonly string[],
  ): void {
    // The server answers a handshake it does not like by itself, and then never calls back.
    this.#server.once('wsClientError', () => this.#turnAway(request, entry, 'rejected', this.#host.plain(400)));
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      entry.status = 101;
      entry.outcome = 'accepted';
      entry.openedAt = performance.now();
      entry.isDeflated = webSocket.extensions.includes('permessage-deflate');
      if (webSocket.protocol !== '') entry.protocol = webSocket.protocol;
      this.#log.opened(entry);
      const connection = new Connection(entry, webSocket, socket, {
        log: this.#log,
        takeFrame: (of) => this.#takeFrame(of, segments),
        readBytesPerSecond: () => this.#host.settings().readBytesPerSecond,
        saw: (frame) => {
          for (const listener of this.#listeners) listener(frame);
        },
        ended: (ended) => this.#sockets.delete(ended),
      });
      this.#sockets.add(connection, door, segments);
      door.open(connection);
    });
    this.#server.removeAllListeners('wsClientError');
  }

  #turnAway(request: IncomingMessage, entry: UpgradeEntry, outcome: UpgradeOutcome, answer: Answer | undefined): void {
    if (entry.outcome !== 'open') return;
    entry.outcome = outcome;
    entry.status = answer?.status ?? 0;
    this.#log.turnedAway(outcome);
    if (answer === undefined) request.socket.destroy();
    else sendRaw(request, render(answer, {}), []);
  }

  /** Goes on after a while, unless the client goes away before. */
  #later(socket: Socket, ms: number, entry: UpgradeEntry, go: () => void): void {
    if (ms <= 0) return go();
    const gone = (): void => {
      clearTimeout(timer);
      this.#pending.delete(socket);
      socket.destroy();
      if (entry.outcome !== 'open') return;
      entry.outcome = 'aborted';
      this.#log.turnedAway('aborted');
    };
    const timer = setTimeout(() => {
      socket.off('close', gone);
      socket.off('end', gone);
      this.#pending.delete(socket);
      go();
    }, ms);
    this.#pending.set(socket, timer);
    socket.once('close', gone);
    socket.once('end', gone);
    // Only who reads sees that the other side has left. Before the answer there is nothing to be read.
    socket.resume();
  }

  #takeFrame(entry: UpgradeEntry, segments: readonly string[]): boolean {
    const now = performance.now() - this.#host.startedAt;
    return this.#frames.admit(subjectOf(entry, segments), now).refusal === undefined;
  }
}

function serverOf({ deflate, maxFrameBytes }: SocketSettings): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: deflate,
    maxPayload: maxFrameBytes,
  });
}

/** A socket as limits see it; its own number stands for the token. */
function subjectOf({ id, user = '', route }: UpgradeEntry, segments: readonly string[]) {
  return { method: 'GET', segments, route, token: '', client: '', tenant: '', user, socket: String(id) };
}

function offers(request: IncomingMessage, protocol: string): boolean {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').some((one) => one.trim() === protocol);
}

function requestOf(endpoint: Endpoint, path: string, segments: readonly string[], now: number): UpgradeRequest {
  const query = new URLSearchParams(path.slice(pathOf(path).length));
  return { params: readParams(endpoint.pattern, segments), query, now };
}
