import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import axios from 'axios';
import { WebSocket, WebSocketServer } from 'ws';
import {
  createHoldline,
  definePolicy,
  holdlineOf,
  identityOf,
  memoryStore,
  type Call,
  type EventName,
  type Holdline,
  type Tokens,
} from '@holdline/core';
import { guardAxios } from '@holdline/axios';
import { accessKey, cxone, guardCxone, password, refreshToken } from '@holdline/cxone';
import { guardFetch } from '@holdline/fetch';
import { authorizationCode, clientCredentials, genesysCloud, guardGenesys } from '@holdline/genesys';
import { redisStore } from '@holdline/redis';
import { framesOf, guardWebSocket } from '@holdline/websocket';
import platformClient from 'purecloud-platform-client-v2';
import { describe, expect, onTestFinished, test } from 'vitest';

// Issue 13, c14: no object that a user can reach prints a secret.
const KEY = Buffer.alloc(32, 7);
KEY.write('SEALING-KEY');
const SECRETS = [
  'PLANTED-PASSWORD',
  'PLANTED-SALT',
  'PLANTED-TOKEN',
  'PLANTED-REFRESH',
  'PLANTED-CLIENT-SECRET',
  'PLANTED-BODY',
  'PLANTED-QUERY',
  'PLANTED-FRAME',
];

/** Printed forms of bytes: numbers, hexadecimal digits and JSON. */
const printForms = (bytes: Uint8Array): string[] => {
  const head = [...bytes.subarray(0, 6)];
  const hex = head.map((byte) => byte.toString(16).padStart(2, '0'));
  return [
    head.join(','),
    head.join(', '),
    hex.join(''),
    hex.join(' '),
    head.map((byte, i) => `"${i}":${byte}`).join(','),
  ];
};

/** The output of all usual ways to print a value. */
function printAll(value: unknown): string {
  const deep = { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity, breakLength: Infinity };
  const ways: (() => string)[] = [
    () => inspect(value),
    () => inspect(value, { ...deep, showHidden: true }),
    () => inspect({ within: { another: [value] } }, { ...deep, showHidden: true }),
    () => inspect(value, { ...deep, customInspect: false }),
    () => JSON.stringify(value),
    () => JSON.stringify({ within: [value] }),
    () => inspect(structuredClone(value), deep),
    () => String(value),
    () => String((value as Error | undefined)?.stack),
  ];
  return ways
    .map((way) => {
      try {
        return way();
      } catch {
        // This way cannot print the value.
        return '';
      }
    })
    .join('\n');
}

/** All values reachable by own properties, as a debugger shows them. */
function collectReachable(root: unknown, found = new Set<unknown>()): Set<unknown> {
  const isObject = (typeof root === 'object' && root !== null) || typeof root === 'function';
  if (!isObject || found.has(root) || found.size > 20_000) return found;
  found.add(root);
  for (const key of Reflect.ownKeys(root as object)) {
    const property = Object.getOwnPropertyDescriptor(root as object, key);
    if (property && 'value' in property) collectReachable(property.value, found);
  }
  if (root instanceof Map)
    for (const [key, value] of root) for (const one of [key, value]) collectReachable(one, found);
  if (root instanceof Set) for (const value of root) collectReachable(value, found);
  return found;
}

/** The secrets in a text. */
function findSecrets(text: string): string[] {
  const found = SECRETS.filter((secret) => text.includes(secret));
  if (printForms(KEY).some((form) => text.includes(form))) found.push('KEY');
  return found;
}

function expectNoSecrets(name: string, value: unknown): void {
  expect(findSecrets(printAll(value)), name).toEqual([]);
  for (const part of collectReachable(value)) {
    if (typeof part === 'function') continue;
    const strings = Object.values(Object.getOwnPropertyDescriptors(part as object)).map(({ value: own }) =>
      typeof own === 'function' ? '' : String(own),
    );
    expect(findSecrets(strings.join('\n')), `${name}: ${inspect(part, { depth: 0 }).slice(0, 80)}`).toEqual([]);
    if (part instanceof Uint8Array) expect([...part.subarray(0, 6)], name).not.toEqual([...KEY.subarray(0, 6)]);
  }
}

const EVENTS: EventName[] = ['call', 'attempt', 'retry', 'giveUp', 'queued', 'refused', 'gateClosed', 'tokenRefreshed'];
const STARTS: EventName[] = ['callStarted', 'attemptStarted', 'permitted'];
const MORE: EventName[] = ['tokenRefreshFailed', 'deadLetter', 'storeFailed', 'storeLost', 'defect', 'listenerFailed'];

/** Records the events of a line. */
function recordEvents(line: Holdline): unknown[] {
  const told: unknown[] = [];
  for (const name of [...EVENTS, ...STARTS, ...MORE]) line.on(name, (event) => void told.push(event));
  return told;
}

test('expectNoSecrets finds planted secrets', () => {
  class Leaky {
    constructor(
      readonly key: Uint8Array,
      readonly url: string,
    ) {}
  }
  const leaky = { a: new Map([['b', [new Leaky(KEY, 'redis://:PLANTED-PASSWORD@host')]]]) };
  expect(findSecrets(printAll(leaky))).toEqual(['PLANTED-PASSWORD', 'KEY']);
  expect(() => expectNoSecrets('leaky', leaky)).toThrow();
});

describe('Redis', () => {
  const createStore = () => {
    const store = redisStore({
      url: 'redis://user:PLANTED-PASSWORD@127.0.0.1:1',
      key: [KEY.toString('base64'), KEY],
      salt: 'PLANTED-SALT',
      timeoutMs: 50,
    });
    onTestFinished(() => store.close());
    return store;
  };

  test('the store, its parts, its errors and a line with it show no secret', async () => {
    const store = createStore();
    const line = createHoldline({
      store,
      deadLetters: { key: KEY },
      governor: { quotas: [{ limit: 5, windowMs: 1_000 }] },
    });
    onTestFinished(() => line.close());
    const told = recordEvents(line);
    const error: unknown = await store.ready().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const lost: Promise<unknown>[] = [
      store.journal.get('x'),
      (store.tokens as Tokens).claim('x', 0, 1),
      store.deadLetters.list('', 1),
    ];
    const errors: unknown[] = await Promise.all(lost.map((work) => work.catch((thrown: unknown) => thrown)));
    const parts = { ...store };
    for (const [name, value] of Object.entries({ store, ...parts, error, line, told })) expectNoSecrets(name, value);
    for (const thrown of errors) expectNoSecrets('an error', thrown);
  });

  test('an error of ioredis with its AUTH command loses the password', async () => {
    const { default: EventEmitter } = await import('node:events');
    const failure = Object.assign(new Error('WRONGPASS invalid username-password pair'), {
      command: { name: 'auth', args: ['user', 'PLANTED-PASSWORD'] },
    });
    class Client extends EventEmitter {
      status = 'ready';
      options = { password: 'PLANTED-PASSWORD' };
      evalsha = (): Promise<never> => Promise.reject(failure);
      eval = this.evalsha;
      subscribe = this.evalsha;
      disconnect = (): void => undefined;
      duplicate(): Client {
        const own = new Client();
        queueMicrotask(() => {
          own.emit('ready');
          own.emit('error', failure);
        });
        return own;
      }
    }
    const store = redisStore({ client: new Client() as never, key: KEY });
    onTestFinished(() => store.close());
    for (const work of [store.ready(), store.journal.get('x')]) {
      const thrown: unknown = await work.catch((error: unknown) => error);
      expect((thrown as Error).message).toContain('WRONGPASS');
      expectNoSecrets('an error', thrown);
    }
    expectNoSecrets('the store', store);
  });
});

describe('a line in use shows no secret', () => {
  test('in waiting calls, and in the arguments of policies and functions of the user', async () => {
    // The server accepts requests and never responds, so all calls after the first one wait.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const calls: Call[] = [];
    const spy = definePolicy({
      name: 'spy',
      phase: 'observe',
      create: () => (call, next) => {
        calls.push(call);
        return next(call);
      },
    });
    const grant = Object.assign(
      () => Promise.resolve({ accessToken: 'PLANTED-TOKEN', refreshToken: 'PLANTED-REFRESH', expiresInMs: 1_000_000 }),
      { identity: () => identityOf('PLANTED-CLIENT-SECRET') },
    );
    const line = createHoldline({
      store: memoryStore(),
      deadLetters: { key: KEY },
      token: { grant, origins: [origin] },
      governor: { quotas: [{ limit: 1, windowMs: 60_000, scope: (call) => (calls.push(call), 'one') }] },
      retry: false,
    }).use(spy());
    onTestFinished(() => line.close());
    const told = recordEvents(line);
    const headers = { Authorization: 'Bearer PLANTED-TOKEN', 'X-Api-Key': 'PLANTED-CLIENT-SECRET' };
    const api = guardAxios(axios.create({ baseURL: origin, headers }), line);
    const send = guardFetch(fetch, line);
    const ends: unknown[] = [];
    const url = `${origin}/a?token=PLANTED-QUERY`;
    const running = [
      api.post('/a?token=PLANTED-QUERY', { body: 'PLANTED-BODY' }),
      api.post('/a', 'PLANTED-BODY', { auth: { username: 'u', password: 'PLANTED-PASSWORD' } }),
      send(url, { method: 'POST', body: 'PLANTED-BODY', headers }),
      send(new Request(url, { method: 'POST', body: 'PLANTED-BODY', headers })),
    ].map((work) => work.then(undefined, (error: unknown) => ends.push(error)));
    await expect.poll(() => line.snapshot().queued).toBeGreaterThan(1);
    expect(calls.length).toBeGreaterThan(3);
    for (const call of calls) {
      // Only the own text of the error counts, as in a log. The native request inside belongs to the client.
      for (const [name, part] of Object.entries({ call, request: call.request, headers: call.request.headers }))
        expect(findSecrets(`${inspect(part, { depth: 20, showHidden: true })}\n${JSON.stringify(part)}`), name).toEqual(
          [],
        );
    }
    const text = `${inspect(line, { depth: Infinity, showHidden: true })}\n${JSON.stringify(line)}`;
    expect(text).toContain('queued');
    expect(findSecrets(text)).toEqual([]);
    await line.close();
    await Promise.all(running);
    await line.drain();
    for (const part of [line, told, line.snapshot(), line.exportState(), (await line.deadLetters.list()).letters])
      expectNoSecrets('the line', part);
    expect(ends.some((error) => (error as Error).name === 'ClosedError')).toBe(true);
    for (const error of ends) if ((error as Error).name === 'ClosedError') expectNoSecrets('an error', error);
  });

  test('when its grant fails with an error that contains the request', async () => {
    const failure = Object.assign(new Error('Request failed'), {
      config: { headers: { Authorization: 'Basic PLANTED-CLIENT-SECRET' }, data: 'refresh_token=PLANTED-REFRESH' },
    });
    const line = createHoldline({ token: { grant: () => Promise.reject(failure) } });
    const told = recordEvents(line);
    const api = guardAxios(axios.create({ baseURL: 'http://127.0.0.1:1' }), line);
    const error: unknown = await api.get('/a').catch((thrown: unknown) => thrown);
    expect((error as Error).name).toBe('TokenRefreshError');
    expectNoSecrets('an error', error);
    expectNoSecrets('the events', told);
  });
});

test('grants and presets of the adapters show no secret', () => {
  const app = { clientId: 'app', clientSecret: 'PLANTED-CLIENT-SECRET' };
  const grants = [
    clientCredentials(app),
    authorizationCode({ ...app, refreshToken: 'PLANTED-REFRESH' }),
    accessKey({ accessKeyId: 'id', accessKeySecret: 'PLANTED-CLIENT-SECRET' }),
    password({ ...app, username: 'u', password: 'PLANTED-PASSWORD' }),
    refreshToken({ refreshToken: 'PLANTED-REFRESH' }),
  ];
  for (const grant of grants) {
    const config = [genesysCloud({ token: { grant } }), cxone({ token: { grant } })];
    for (const part of [grant, grant.identity?.(), ...config, ...config.map((one) => createHoldline(one))])
      expectNoSecrets('a grant', part);
  }
});

test('a guarded ApiClient of Genesys Cloud with a remembered login shows no secret', async () => {
  const { ApiClientClass } = platformClient as unknown as { ApiClientClass: new () => GenesysClient };
  const client = guardGenesys(new ApiClientClass());
  const line = holdlineOf(client) as Holdline;
  const told = recordEvents(line);
  client.setAccessToken('PLANTED-TOKEN');
  client.setGateway({ host: '127.0.0.1', protocol: 'http', port: 1 });
  await client.loginClientCredentialsGrant('app', 'PLANTED-CLIENT-SECRET').catch(() => undefined);
  for (const part of [line, told, line.snapshot()]) expectNoSecrets('the line', part);
  await line.close();
});

interface GenesysClient {
  setAccessToken(token: string): void;
  setGateway(gateway: object): void;
  loginClientCredentialsGrant(id: string, secret: string): Promise<unknown>;
}

test('a guarded SDK of CXone shows no secret', () => {
  class HttpClient {
    static readonly circuitBreaker = { execute: (fn: () => unknown) => fn() };
    static handleRequestWithCircuitBreaker(): Promise<unknown> {
      return Promise.resolve();
    }
    static getBlob(): Promise<unknown> {
      return Promise.resolve();
    }
  }
  const token = { accessToken: 'PLANTED-TOKEN', refreshToken: 'PLANTED-REFRESH' };
  class Auth {
    static readonly instance = new Auth();
    getAuthToken(): typeof token {
      return token;
    }
    setAuthToken(): void {}
    async getRefreshToken(): Promise<void> {}
  }
  const { fetch: native } = globalThis;
  guardCxone({ HttpClient, CXoneAuth: Auth });
  onTestFinished(() => {
    globalThis.fetch = native;
  });
  expectNoSecrets('the line', holdlineOf(HttpClient));
});

test('a guarded WebSocket with a token in its URL and waiting frames shows no secret', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    for (const one of server.clients) one.terminate();
    server.close();
  });
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as { port: number };
  const Guarded = guardWebSocket(WebSocket, {
    frames: { quotas: [{ limit: 1, windowMs: 60_000 }] },
    store: memoryStore(),
    deadLetters: { key: KEY },
  });
  const line = holdlineOf(Guarded) as Holdline;
  const told = recordEvents(line);
  const headers = { Authorization: 'Bearer PLANTED-TOKEN' };
  const socket = new Guarded(`ws://127.0.0.1:${port}/?token=PLANTED-QUERY`, { headers });
  await new Promise((resolve) => socket.on('open', resolve));
  const frames = framesOf(socket);
  const ends = [1, 2, 3].map((n) => frames.send(`PLANTED-FRAME ${n}`).then(undefined, (error: unknown) => error));
  await expect.poll(() => frames.queued).toBe(2);
  for (const part of [frames, frames.line, line, socket])
    expect(findSecrets(`${inspect(part, { depth: 8, showHidden: true })}\n${JSON.stringify(part)}`)).toEqual([]);
  socket.terminate();
  for (const end of await Promise.all(ends)) if (end instanceof Error) expectNoSecrets('an error', end);
  await line.drain();
  for (const part of [line, told, (await line.deadLetters.list()).letters]) expectNoSecrets('the line', part);
});
