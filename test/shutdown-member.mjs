// A process that works and, on command, closes its line as a service does at SIGTERM. It never calls process.exit().
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createHoldline, holdlineOf } from '@holdline/core';
import { guardAxios } from '@holdline/axios';
import { guardFetch } from '@holdline/fetch';
import { guardGenesys, notifications } from '@holdline/genesys';
import { guardStreaming } from '@holdline/genesys-streaming';
import { redisStore } from '@holdline/redis';
import axios from 'axios';
import { WebSocket } from 'ws';

const require = createRequire(import.meta.url);
const { url, token } = JSON.parse(process.argv[3]);
const nothing = () => undefined;

/** Each scenario starts a real client and returns functions that use and close it. */
const SCENARIOS = {
  async axios() {
    const line = createHoldline({ governor: { quotas: [{ limit: 2, windowMs: 600_000 }] } });
    const api = guardAxios(axios.create({ baseURL: url }), line);
    await api.get('/api/v2/users/me', { headers: { authorization: `Bearer ${token}` } });
    return {
      // One call is on the wire, one call waits for a permit.
      work: () => {
        for (let i = 0; i < 2; i++) api.get('/api/v2/users/me').catch(nothing);
      },
      close: () => line.close(),
    };
  },
  async fetch() {
    const line = createHoldline({ governor: { quotas: [{ limit: 2, windowMs: 600_000 }] } });
    const guarded = guardFetch(fetch, line);
    const me = `${url}/api/v2/users/me`;
    await (await guarded(me, { headers: { authorization: `Bearer ${token}` } })).text();
    return {
      // One call is on the wire, one call waits for a permit.
      work: () => {
        for (let i = 0; i < 2; i++) guarded(me).catch(nothing);
      },
      close: () => line.close(),
    };
  },
  async feed() {
    const sdk = require('purecloud-platform-client-v2');
    const client = new sdk.ApiClientClass();
    const { hostname: host, port } = new URL(url);
    client.setGateway({ host, port, protocol: 'http' });
    client.setAccessToken(token);
    guardGenesys(client);
    // The platform returns its own address. This class connects through the proxy, so that the test can cut the socket.
    class CutSocket extends WebSocket {
      constructor(address, ...rest) {
        super(address.replace(/\/\/[^/]+/, `//${host}:${port}`), ...rest);
      }
    }
    const feed = notifications(client, { WebSocket: CutSocket, silenceMs: 500, pongWithinMs: 200, baseDelayMs: 50 });
    await feed.subscribe(['v2.users.a.presence']);
    return {
      // The feed drops the silent socket and fails to request a new one.
      work: () => new Promise((resolve) => feed.on('disconnected', resolve)),
      close: async () => {
        await feed.close();
        await holdlineOf(client).close();
      },
    };
  },
  async streaming() {
    // The SDK never clears some timers, which would keep the process alive. The test is about Holdline's own timers.
    const native = globalThis.setTimeout;
    globalThis.setTimeout = (fn, ms, ...rest) => {
      const timer = native(fn, ms, ...rest);
      return ms === 15_000 ? timer.unref() : timer;
    };
    const { default: Client } = require('genesys-cloud-streaming-client');
    const storage = { getItem: () => null, setItem: nothing, removeItem: nothing };
    const navigator = { onLine: true };
    const window = Object.assign(new EventTarget(), { navigator, sessionStorage: storage });
    for (const [name, value] of Object.entries({ sessionStorage: storage, navigator, window }))
      Object.defineProperty(globalThis, name, { value, configurable: true });
    const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const options = { apiHost: url, authToken: token, logger, optOutOfWebrtcStatsTelemetry: true };
    const line = createHoldline();
    const client = guardStreaming(new Client({ host: url.replace('http', 'ws'), ...options }), line);
    await client.connect();
    return {
      work: nothing,
      close: () => Promise.allSettled([client.disconnect(), line.close()]),
    };
  },
  async redis() {
    const store = redisStore({ url });
    await store.ready();
    const line = createHoldline({
      store,
      token: { grant: () => new Promise(nothing), origins: [token] },
      governor: { quotas: [{ limit: 5, windowMs: 1_000 }] },
    });
    const api = guardAxios(
      axios.create({ baseURL: token, adapter: async (config) => ({ status: 200, config }) }),
      line,
    );
    const other = guardAxios(axios.create({ adapter: async (config) => ({ status: 200, config }) }), line);
    await other.get('http://other.invalid/');
    return {
      // One call waits for a token that never arrives, the other calls wait for permits.
      work: async () => {
        api.get('/').catch(nothing);
        for (let i = 0; i < 50; i++) other.get('http://other.invalid/').catch(nothing);
        await new Promise((resolve) => line.on('storeLost', resolve));
      },
      close: async () => {
        await line.close();
        await store.close();
      },
    };
  },
};

const started = await SCENARIOS[process.argv[2]]();
process.on('message', async (message) => {
  if (message === 'work') {
    await started.work();
    process.send('works');
  } else {
    const from = performance.now();
    process.disconnect();
    await started.close();
    writeSync(1, JSON.stringify({ closedAfterMs: Math.round(performance.now() - from) }));
  }
});
process.send('ready');
