import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { WebSocketServer } from 'ws';
import type { Answer } from '../http/answer.js';
import { renderAnswer, sendRawAnswer } from '../http/write-answer.js';
import { Limiter, type Refusal } from '../limits/limiter.js';
import type { ScriptedAnswer } from '../options/script-options.js';
import type { SocketSettings } from '../options/socket-options.js';
import { matchesPattern, parsePattern, type Pattern, extractParams } from '../paths/path-pattern.js';
import type { LoadRecorder } from '../statistics/load/load-recorder.js';
import { type PathDialect, removeQuery } from '../paths/request-path.js';
import { guessRouteName } from '../paths/route-name.js';
import { Connection, type SocketFrame } from './connection.js';
import { OpenSockets, type SocketSelection } from './open-sockets.js';
import { ECHO_AND_SINK } from './echo-and-sink.js';
import type { AcceptedUpgrade, SocketEndpoint, UpgradeRequest } from './socket-endpoint.js';
import { SocketLog, type UpgradeEntry, type UpgradeOutcome } from './socket-log.js';

/** The parts of the engine that the hub uses. */
export interface SocketHubHost {
  readonly paths: PathDialect;
  readonly startedAt: number;
  settings(): SocketSettings;
  /** Whether limits refuse. If not, they only count. */
  enforces(): boolean;
  readonly load: LoadRecorder;
  /** Takes the next scripted answer, as for requests. */
  takeScriptedAnswer(segments: readonly string[]): ScriptedAnswer | undefined;
  buildRefusal(refusal: Refusal): Answer;
  /** Builds an error answer in the platform's form. */
  buildStatusError(status: number, headers?: Readonly<Record<string, string>>): Answer;
}

interface ParsedEndpoint {
  readonly name: string;
  readonly pattern: Pattern;
  readonly accept: SocketEndpoint[1];
}

/** Accepts or refuses upgrades, and keeps the open sockets. */
export class SocketHub {
  readonly #host: SocketHubHost;
  readonly #log = new SocketLog();
  readonly #sockets: OpenSockets;
  readonly #endpoints: readonly ParsedEndpoint[];
  readonly #upgradeLimiter: Limiter;
  readonly #frameLimiter: Limiter;
  /** Upgrades with a delayed answer. */
  readonly #pending = new Map<Socket, NodeJS.Timeout>();
  readonly #listeners = new Set<(frame: SocketFrame) => void>();
  #server: WebSocketServer;
  #arrivals = 0;

  constructor(host: SocketHubHost, endpoints: readonly SocketEndpoint[]) {
    this.#host = host;
    this.#sockets = new OpenSockets(host.paths);
    const settings = host.settings();
    this.#endpoints = [...endpoints, ...ECHO_AND_SINK].map(([name, accept]) => ({
      name,
      pattern: parsePattern('endpoint', name, host.paths),
      accept,
    }));
    this.#upgradeLimiter = new Limiter(settings.upgrades);
    this.#frameLimiter = new Limiter(settings.frames);
    this.#server = createSocketServer(settings);
  }

  get log(): SocketLog {
    return this.#log;
  }

  /** Applies new settings. Open sockets keep their compression and their largest frame. */
  update(settings: SocketSettings): void {
    this.#upgradeLimiter.update(settings.upgrades);
    this.#frameLimiter.update(settings.frames);
    this.#server = createSocketServer(settings);
    for (const connection of this.#sockets.connections()) connection.applyReadRate();
  }

  onFrame(listener: (frame: SocketFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns copies of the log entries of all open sockets. */
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
  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined);
    const at = performance.now();
    const now = at - this.#host.startedAt;
    const path = request.url ?? '/';
    const segments = this.#host.paths.split(removeQuery(path));
    const endpoint = this.#endpoints.find(({ pattern }) => matchesPattern(pattern, 'GET', segments));
    this.#arrivals += 1;
    const entry: UpgradeEntry = {
      at,
      id: this.#arrivals,
      path,
      route: endpoint?.name ?? guessRouteName('GET', segments, this.#host.paths),
      status: 0,
      outcome: 'open',
      isDeflated: false,
      framesIn: 0,
      framesOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      wireBytesIn: 0,
    };
    this.#log.addUpgrade(entry);
    this.#host.load.recordUpgrade(now);
    const refuse = (outcome: UpgradeOutcome, answer: Answer | undefined): void => {
      this.#rejectUpgrade(request, entry, outcome, answer);
    };

    const script = this.#host.takeScriptedAnswer(segments);
    if (script !== undefined && script !== 'pass') {
      const { status, headers, body, drop } = script;
      const statusError = this.#host.buildStatusError(status, headers);
      const completed = {
        status,
        headers: { ...statusError.headers, ...headers },
        body: body === undefined ? statusError.body : body,
      };
      return this.#delayUpgrade(socket, script.delayMs ?? 0, entry, () =>
        refuse('scripted', drop === undefined ? completed : undefined),
      );
    }
    if (endpoint === undefined) return refuse('rejected', this.#host.buildStatusError(404));
    const upgrade = endpoint.accept(buildUpgradeRequest(endpoint, path, segments, now));
    if (typeof upgrade === 'number') return refuse('rejected', this.#host.buildStatusError(upgrade));
    if (upgrade.user !== undefined) entry.user = upgrade.user;
    const refusal = this.#admit('upgrades', this.#upgradeLimiter, entry, segments, now);
    if (refusal !== undefined) {
      const isSilent = this.#host.settings().refuse === 'drop';
      return refuse('refused', isSilent ? undefined : this.#host.buildRefusal(refusal));
    }
    if (upgrade.protocol !== undefined && !offersProtocol(request, upgrade.protocol))
      return refuse('rejected', this.#host.buildStatusError(400));
    return this.#delayUpgrade(socket, this.#host.settings().upgradeMs, entry, () => {
      // The rule is applied when the socket would open: of two delayed upgrades only one may be the first session.
      if (!this.#sockets.applySessionRule(upgrade, this.#host.settings().sessionsPerUser))
        refuse('conflict', this.#host.buildStatusError(409));
      else this.#acceptUpgrade(request, socket, head, entry, upgrade, segments);
    });
  }

  #acceptUpgrade(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    entry: UpgradeEntry,
    upgrade: AcceptedUpgrade,
    segments: readonly string[],
  ): void {
    // ws answers an invalid handshake itself and then does not call back.
    this.#server.once('wsClientError', () =>
      this.#rejectUpgrade(request, entry, 'rejected', this.#host.buildStatusError(400)),
    );
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      entry.status = 101;
      entry.outcome = 'accepted';
      entry.openedAt = performance.now();
      entry.isDeflated = webSocket.extensions.includes('permessage-deflate');
      if (webSocket.protocol !== '') entry.protocol = webSocket.protocol;
      this.#log.countOpened(entry);
      const connection = new Connection(entry, webSocket, socket, {
        log: this.#log,
        takeFramePermit: (frameEntry) => this.#takeFramePermit(frameEntry, segments),
        getReadRate: () => this.#host.settings().readBytesPerSecond,
        reportFrame: (frame) => {
          for (const listener of this.#listeners) listener(frame);
        },
        reportEnd: (ended) => this.#sockets.delete(ended),
      });
      this.#sockets.add(connection, upgrade, segments);
      upgrade.serve(connection);
    });
    this.#server.removeAllListeners('wsClientError');
  }

  #rejectUpgrade(
    request: IncomingMessage,
    entry: UpgradeEntry,
    outcome: UpgradeOutcome,
    answer: Answer | undefined,
  ): void {
    if (entry.outcome !== 'open') return;
    entry.outcome = outcome;
    entry.status = answer?.status ?? 0;
    this.#log.countRejected(outcome);
    if (answer === undefined) request.socket.destroy();
    else sendRawAnswer(request, renderAnswer(answer, {}), []);
  }

  /** Continues after a delay, unless the client disconnects before. */
  #delayUpgrade(socket: Socket, ms: number, entry: UpgradeEntry, proceed: () => void): void {
    if (ms <= 0) return proceed();
    const abort = (): void => {
      clearTimeout(timer);
      this.#pending.delete(socket);
      socket.destroy();
      if (entry.outcome !== 'open') return;
      entry.outcome = 'aborted';
      this.#log.countRejected('aborted');
    };
    const timer = setTimeout(() => {
      socket.off('close', abort);
      socket.off('end', abort);
      this.#pending.delete(socket);
      proceed();
    }, ms);
    this.#pending.set(socket, timer);
    socket.once('close', abort);
    socket.once('end', abort);
    // Only a socket that is read reports that the peer has left. There is nothing to read before the answer.
    socket.resume();
  }

  #takeFramePermit(entry: UpgradeEntry, segments: readonly string[]): boolean {
    const now = performance.now() - this.#host.startedAt;
    return this.#admit('frames', this.#frameLimiter, entry, segments, now) === undefined;
  }

  /** Asks the limits and records their decision. In shadow mode they refuse nothing. */
  #admit(
    of: 'upgrades' | 'frames',
    limiter: Limiter,
    entry: UpgradeEntry,
    segments: readonly string[],
    now: number,
  ): Refusal | undefined {
    const { applied, refusal } = limiter.admit(buildSubject(entry, segments), now);
    if (applied.length === 0) return undefined;
    const enforces = this.#host.enforces();
    const namesTime = enforces && of === 'upgrades' && this.#host.settings().refuse === 'answer';
    const user = entry.user ?? '';
    const caller = { label: user, clientId: '', user, tenant: '' };
    this.#host.load.recordDecision({ of, applied, refusal, caller, subject: entry.path, namesTime, now });
    return enforces ? refusal : undefined;
  }
}

function createSocketServer({ deflate, maxFrameBytes }: SocketSettings): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: deflate,
    maxPayload: maxFrameBytes,
  });
}

/** Describes a socket for the limits. The number of the socket identifies it. */
function buildSubject({ id, user = '', route }: UpgradeEntry, segments: readonly string[]) {
  return { method: 'GET', segments, route, token: '', client: '', tenant: '', user, socket: String(id) };
}

function offersProtocol(request: IncomingMessage, protocol: string): boolean {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').some((one) => one.trim() === protocol);
}

function buildUpgradeRequest(
  endpoint: ParsedEndpoint,
  path: string,
  segments: readonly string[],
  now: number,
): UpgradeRequest {
  const query = new URLSearchParams(path.slice(removeQuery(path).length));
  return { params: extractParams(endpoint.pattern, segments), query, now };
}
