import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { LiveSession } from './cxone/agent-session.js';
import type { CxonePlatform } from './cxone/cxone-platform.js';
import { Engine } from './engine/engine.js';
import type { GenesysPlatform } from './genesys/genesys-platform.js';
import { SimulatorOptionError } from './option-error.js';
import { parseOptions } from './option-parsing/parse-options.js';
import { parseScript } from './option-parsing/parse-script.js';
import type { SimulatorOptions } from './options/simulator-options.js';
import { parsePattern } from './paths/path-pattern.js';
import { PLATFORMS } from './platforms.js';
import type { SocketSelection } from './sockets/open-sockets.js';
import type { CxoneSimulator, GenesysSimulator, Simulator } from './simulator.js';

/** Longer than clients keep an idle connection, so that the server does not close one under its next request. */
const KEEP_ALIVE_MS = 65_000;
/** Length of the kernel's queue of new connections. A burst of a thousand clients must fit. */
const BACKLOG = 4096;

/**
 * Starts a local Genesys Cloud, CXone, Amazon Connect or Twilio: a real HTTP server on 127.0.0.1 with the platform's limits, token lifetimes
 * and errors.
 *
 * @throws SimulatorOptionError (the promise rejects) for an invalid option; the error of the socket for a port in use.
 * @example
 * ```ts
 * import { startSimulator } from '@holdline/simulator';
 *
 * const simulator = await startSimulator({ platform: 'genesys', serviceMs: 20 });
 * // … point a client at simulator.url …
 * console.log(simulator.stats().refused);
 * await simulator.stop();
 * ```
 * @public
 */
export function startSimulator(options: SimulatorOptions & { platform: 'cxone' }): Promise<CxoneSimulator>;
/**
 * Starts a local Genesys Cloud.
 * @public
 */
export function startSimulator(options: SimulatorOptions & { platform: 'genesys' }): Promise<GenesysSimulator>;
/**
 * Starts the platform that `platform` names.
 * @public
 */
export function startSimulator(options: SimulatorOptions): Promise<Simulator>;
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { platform, port, hasOperations, ...setup } = parseOptions(options);
  switch (platform) {
    case 'genesys': {
      // The table is larger than the rest of this package, so that only simulators with the option load it.
      const operations = hasOperations ? await import('./genesys/operations/table.js') : undefined;
      return startGenesys(new Engine(PLATFORMS.genesys, { ...setup, operations }), port);
    }
    case 'cxone':
      return startCxone(new Engine(PLATFORMS.cxone, setup), port);
    case 'aws-connect':
      return startServer(new Engine(PLATFORMS['aws-connect'], setup), port);
    case 'twilio':
      return startServer(new Engine(PLATFORMS.twilio, setup), port);
  }
}

/** As the platform documents it. */
const CLOSING_AFTER_MS = 60_000;

async function startGenesys(engine: Engine<GenesysPlatform>, port: number): Promise<GenesysSimulator> {
  const { channels, observations, calls } = engine.platform;
  return {
    ...(await startServer(engine, port)),
    publish: (topic, body) => channels.publishEvent(topic, body),
    setObservations: (queueId, metrics) => observations.set(queueId, metrics),
    channels: () => channels.listStates(),
    startCall: (user) => calls.startCall(user),
    calls: () => calls.stats(),
    announceClosing: (afterMs = CLOSING_AFTER_MS) => channels.announceClosing(afterMs),
  };
}

async function startCxone(engine: Engine<CxonePlatform>, port: number): Promise<CxoneSimulator> {
  const { sessions } = engine.platform;
  const findOpenSession = (id: string): LiveSession => {
    const session = sessions.findSession(id);
    if (session === undefined || session.isOver) {
      throw new SimulatorOptionError('sessionId', id, 'the id of an open session');
    }
    return session;
  };
  return {
    ...(await startServer(engine, port)),
    sessions: () => sessions.listStates(),
    pushEvents: (id, events) => findOpenSession(id).pushEvents(events),
    endSession: (id) => findOpenSession(id).end(),
  };
}

async function startServer(engine: Engine, port: number): Promise<Simulator> {
  const server = createServer((request, response) => engine.serveRequest(request, response));
  server.on('upgrade', (request, socket, head) => engine.sockets.handleUpgrade(request, socket as Socket, head));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  engine.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${engine.host}`,
    stats: () => engine.stats(),
    wire: () => engine.wire(),
    report: () => engine.report(),
    script: (match, answers) => engine.addScript(parsePattern('match', match, engine.paths), parseScript(answers)),
    set: (change) => engine.changeOptions(change),
    revokeTokens: () => engine.revokeTokens(),
    upgrades: () => engine.sockets.log.list(),
    sockets: () => engine.sockets.list(),
    sendFrames: (data, select = {}) => {
      const selected = engine.sockets.select(select);
      for (const connection of selected) connection.send(typeof data === 'string' ? data : Buffer.from(data));
      return selected.length;
    },
    closeSockets: (code, { reason, ...select } = {}) => {
      if (!isCloseCode(code)) throw new SimulatorOptionError('code', code, CLOSE_CODES);
      const selected = engine.sockets.select(select);
      for (const connection of selected) connection.close(code, reason);
      return selected.length;
    },
    muteSockets: (select = {}) => setMuted(engine, true, select),
    unmuteSockets: (select = {}) => setMuted(engine, false, select),
    onRequest: (listener) => engine.onRequest(listener),
    onFrame: (listener) => engine.sockets.onFrame(listener),
    resetStats: () => engine.resetStats(),
    stop: () => {
      stopped ??= new Promise((resolve) => {
        engine.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return stopped;
    },
  };
}

function setMuted(engine: Engine, isMuted: boolean, select: SocketSelection): number {
  const selected = engine.sockets.select(select);
  for (const connection of selected) connection.setMuted(isMuted);
  return selected.length;
}

const CLOSE_CODES = '1000 to 1014 without 1004 and 1005, or 3000 to 4999';

function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005;
}
