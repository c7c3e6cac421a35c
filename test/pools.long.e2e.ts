// Connection pools under faults: after each of them, the sockets of the pool are released and no handle is left.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import axios from 'axios';
import axiosOldest from 'axios-oldest';
import { Agent, fetch as undiciFetch } from 'undici';
import { createHoldline, isHoldlineError, type Holdline, type HoldlineConfig } from '@holdline/core';
import { pools, type Pools } from '@holdline/core/node';
import { guardAxios } from '@holdline/axios';
import { guardFetch } from '@holdline/fetch';
import { guardGenesys } from '@holdline/genesys';
import { describe, expect, onTestFinished, test } from 'vitest';
import { direct, loadSdk, sleep, times, until } from './support.js';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** What the server does with the socket of a request. */
const FAULTS: Record<string, (socket: Socket) => void> = {
  'a stall before the head': () => undefined,
  'a stall in the head': (socket) => void socket.write(HEAD),
  'a stall in the body': (socket) => void socket.write(`${HEAD}content-length: 100\r\n\r\n{"a":`),
  'a slow drip': (socket) => {
    socket.write(`${HEAD}content-length: 100000\r\n\r\n{`);
    const drip = setInterval(() => socket.write(' '), 5);
    socket.on('close', () => clearInterval(drip));
  },
  'a truncated body': (socket) => void socket.end(`${HEAD}content-length: 100\r\n\r\n{"a":`),
  'a truncated chunk': (socket) => void socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n50\r\n{"a":`),
  'a reset after the request': (socket) => void socket.resetAndDestroy(),
  'a reset in the body': (socket) => {
    socket.write(`${HEAD}content-length: 100\r\n\r\n{"a":`, () => socket.resetAndDestroy());
  },
};

interface FaultyServer {
  url: string;
  /** The fault of the next requests; undefined: an answer. */
  fault: string | undefined;
  readonly open: number;
}

/** Starts a server that answers each request on its own socket with the current fault. */
async function startFaulty(): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', () => {
      const fault = FAULTS[state.fault ?? ''];
      if (fault) fault(socket);
      else socket.write(`${HEAD}content-length: 2\r\n\r\n{}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const state: FaultyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    get open() {
      return sockets.size;
    },
  };
  return state;
}

/** A guarded client: one call reads the whole answer of `GET /api/v2/users/me`. */
type Call = (signal?: AbortSignal) => Promise<unknown>;

const PATH = '/api/v2/users/me';

const CLIENTS: Record<string, (url: string, line: Holdline) => Call> = {
  [`axios ${axios.VERSION}`]: (url, line) => {
    const http = guardAxios(axios.create({ baseURL: url }), line);
    return (signal) => http.get(PATH, { ...(signal && { signal }) });
  },
  [`axios ${axiosOldest.VERSION}`]: (url, line) => {
    const http = guardAxios(axiosOldest.create({ baseURL: url }), line);
    return (signal) => http.get(PATH, { ...(signal && { signal }) });
  },
  'axios, stream': (url, line) => {
    const http = guardAxios(axios.create({ baseURL: url, responseType: 'stream' }), line);
    return async (signal) => {
      // Time limits cover only the head of a stream, as the timeout of axios does. The caller limits the rest.
      const limit = signal ?? AbortSignal.timeout(500);
      const { data } = await http.get<AsyncIterable<unknown>>(PATH, { signal: limit });
      for await (const chunk of data) void chunk;
    };
  },
  'Genesys SDK': (url, line) => {
    const sdk = loadSdk();
    const users = new sdk.UsersApi(guardGenesys(direct(new sdk.ApiClientClass(), { url }), line));
    return () => users.getUsersMe();
  },
  'global fetch': (url, line) => {
    const api = guardFetch(fetch, line);
    return async (signal) => (await api(url + PATH, { ...(signal && { signal }) })).text();
  },
  'fetch of undici': (url, line) => {
    const api = guardFetch(undiciFetch as unknown as typeof fetch, line);
    return async (signal) => (await api(url + PATH, { ...(signal && { signal }) })).text();
  },
};

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

function setUp(config: HoldlineConfig): { sockets: Pools<Agent>; line: Holdline } {
  const sockets = pools({ maxConcurrent: 4, maxRetries: 1, dispatcher: (options) => new Agent(options) });
  const line = createHoldline({ pools: sockets, breaker: false, ...config });
  onTestFinished(async () => {
    await line.close({ timeoutMs: 0 });
    await sockets.close();
  });
  return { sockets, line };
}

const settled = (calls: Promise<unknown>[]): Promise<PromiseSettledResult<unknown>[]> => Promise.allSettled(calls);

describe.each(Object.keys(CLIENTS))('%s', (name) => {
  const clientOf = CLIENTS[name] as (typeof CLIENTS)[string];

  test.each(Object.keys(FAULTS))(
    '%s: the sockets are free again after the time limit of the attempt',
    async (fault) => {
      const server = await startFaulty();
      const { sockets, line } = setUp({
        bulkhead: { maxConcurrent: 4 },
        retry: { maxAttempts: 2, baseDelayMs: 1 },
        deadline: { attemptTimeoutMs: 150, totalTimeoutMs: 1_000 },
      });
      const call = clientOf(server.url, line);
      await call();
      server.fault = fault;
      const results = await settled(times(8, () => call()));
      expect(results.map(({ status }) => status)).toEqual(times(8, () => 'rejected'));
      await until(() => sockets.snapshot().calls.inUse === 0);
      expect(sockets.snapshot().calls.waiting).toBe(0);
      expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
      server.fault = undefined;
      await call();
      await line.close();
      await sockets.close();
      await until(() => server.open === 0);
    },
  );

  test('200 faulty calls leave no handle', async () => {
    const before = openSockets();
    const server = await startFaulty();
    const { sockets, line } = setUp({
      bulkhead: { maxConcurrent: 8 },
      retry: { maxAttempts: 2, baseDelayMs: 1 },
      deadline: { attemptTimeoutMs: 40, totalTimeoutMs: 400 },
    });
    const call = clientOf(server.url, line);
    const kinds = Object.keys(FAULTS);
    for (let round = 0; round < 25; round++) {
      server.fault = kinds[round % kinds.length];
      await settled(times(8, () => call()));
    }
    await until(() => sockets.snapshot().calls.inUse === 0);
    server.fault = undefined;
    await call();
    await line.close();
    await sockets.close();
    await until(() => server.open === 0 && openSockets() <= before);
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  });
});

describe.each(Object.keys(CLIENTS).filter((name) => name !== 'Genesys SDK'))('%s, aborted by its caller', (name) => {
  const clientOf = CLIENTS[name] as (typeof CLIENTS)[string];

  test.each(['a stall before the head', 'a stall in the head', 'a stall in the body', 'a slow drip'])(
    '%s: the sockets are free again',
    async (fault) => {
      const server = await startFaulty();
      const { sockets, line } = setUp({ retry: false });
      const call = clientOf(server.url, line);
      server.fault = fault;
      const controller = new AbortController();
      const results = settled(times(6, () => call(controller.signal)));
      await until(() => sockets.snapshot().calls.inUse === 6);
      // The answer may have begun by now: an abort then ends its body.
      await sleep(50);
      controller.abort();
      for (const result of await results) {
        expect(result.status).toBe('rejected');
        if (result.status === 'rejected') expect(isHoldlineError(result.reason)).toBe(false);
      }
      await until(() => sockets.snapshot().calls.inUse === 0 && server.open === 0);
    },
  );
});
