// Measures the memory that many short-lived clients leave on one line: node --expose-gc client-memory.mjs [clients] [adapter]
import { EventEmitter } from 'node:events';
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline, memoryStore, release } from '@holdline/core';
import { guardCxone } from '@holdline/cxone';
import { guardFetch } from '@holdline/fetch';
import { guardGenesys } from '@holdline/genesys';
import { guardStreaming, handshakesOn } from '@holdline/genesys-streaming';
import { guardWebSocket } from '@holdline/websocket';

const [count = '2000', only] = process.argv.slice(2);
const { gc } = globalThis;
const answer = async (config) => ({ status: 200, statusText: '', headers: {}, config, data: '' });
const token = { grant: async () => ({ accessToken: 't' }), origins: ['https://api.test'] };
/** Clients that are not collected yet. */
const alive = new Set();
const collected = new FinalizationRegistry((id) => alive.delete(id));
let made = 0;

/** Registers a client, to count it until it is collected. */
function watchClient(client) {
  alive.add(++made);
  collected.register(client, made);
  return client;
}

const createLine = () => createHoldline({ token, store: memoryStore(), deadLetters: { key: new Uint8Array(32) } });

/** The parts of an ApiClient that the adapter guards. */
class ApiClient {
  config = { basePath: 'https://api.test', environment: 'test' };
  authentications = { 'PureCloud OAuth': { accessToken: 't' } };
  authData = {};
  http = {
    _axiosInstance: axios.create({ adapter: answer, baseURL: 'https://api.test' }),
    request: (o) => this.http._axiosInstance(o),
  };
  getHttpClient() {
    return this.http;
  }
  callApi() {
    return this.getHttpClient().request({ method: 'get', url: 'https://api.test/api/v2/users/me', headers: {} });
  }
  setAccessToken(accessToken) {
    this.authentications['PureCloud OAuth'].accessToken = accessToken;
  }
}

/** The parts of a streaming client that the adapter guards. */
class StreamingClient {
  config = { host: 'wss://streaming.test', apiHost: 'api.test', authToken: 't' };
  http = { requestApi: async () => ({ status: 200, headers: {}, data: {} }), requestApiWithRetry: () => ({}) };
  connectionManager = {
    getNewStanzaConnection: async () => Object.assign(new EventEmitter(), { disconnect() {} }),
  };
  connecting = false;
  async connect() {
    const stanza = await this.connectionManager.getNewStanzaConnection();
    stanza.emit('disconnected');
  }
  async disconnect() {}
  setAccessToken() {}
}

class Socket extends EventTarget {
  readyState = 0;
  bufferedAmount = 0;
  protocol = '';
  extensions = '';
  binaryType = 'blob';
  constructor(url) {
    super();
    this.url = url;
    queueMicrotask(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event('open'));
    });
  }
  send() {}
  close() {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code: 1000, reason: '', wasClean: true }));
  }
}

const ADAPTERS = {
  axios: (line, i) =>
    watchClient(guardAxios(axios.create({ adapter: answer, headers: { 'X-Tenant': `${i}` } }), line)).get(
      'https://api.test/a',
    ),
  'axios, each with a token of its own': (line, i) =>
    watchClient(guardAxios(axios.create({ adapter: answer, headers: { Authorization: `Bearer ${i}` } }), line)).get(
      'https://other.test/a',
    ),
  fetch: (line) => watchClient(guardFetch(async () => new Response('ok'), line))('https://api.test/a'),
  genesys: (line) => watchClient(guardGenesys(new ApiClient(), line)).callApi(),
  'genesys, a line each': () => watchClient(guardGenesys(new ApiClient())).callApi(),
  'genesys, the class': (line, i, own) => {
    own.Class ??= guardGenesys(class extends ApiClient {}, {});
    return watchClient(new own.Class()).callApi();
  },
  cxone: async (line) => {
    class HttpClient {
      static circuitBreaker = { execute: (fn) => fn() };
      static handleRequestWithCircuitBreaker() {
        return fetch('https://na1.nice-incontact.com/a');
      }
      static getBlob() {}
    }
    const { fetch: native } = globalThis;
    globalThis.fetch = async () => new Response('ok');
    watchClient(guardCxone({ HttpClient }, line));
    await HttpClient.handleRequestWithCircuitBreaker();
    // The adapter replaces the global fetch, so the test must release it.
    release(HttpClient);
    globalThis.fetch = native;
  },
  streaming: (line, i) => {
    if (i === 0) handshakesOn(line, { quotas: [], spacingMs: 0 });
    return watchClient(guardStreaming(new StreamingClient(), line)).connect();
  },
  websocket: (line, i, own) => {
    own.Class ??= guardWebSocket(Socket, line);
    return new Promise((resolve) => {
      const socket = watchClient(new own.Class(`wss://api.test/${i % 100}`));
      socket.addEventListener('open', () => socket.close());
      socket.addEventListener('close', resolve);
    });
  },
};

async function heap() {
  for (let i = 0; i < 5; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return process.memoryUsage().heapUsed;
}

const left = {};
for (const [name, make] of Object.entries(ADAPTERS)) {
  if (only !== undefined && only !== name) continue;
  const line = createLine();
  const own = {};
  const some = async (from, to) => {
    for (let i = from; i < to; i++) await make(line, i, own);
  };
  // The first clients fill the bounded caches: paths, scopes, circuits.
  const warm = Math.min(Number(count), 5_000);
  await some(0, warm);
  const before = await heap();
  alive.clear();
  await some(warm, warm + Number(count));
  const bytes = Math.round(((await heap()) - before) / Number(count));
  left[name] = { bytes, alive: alive.size };
  await line.close();
}
console.log(JSON.stringify(left));
process.exit(0);
