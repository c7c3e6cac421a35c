import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { startSimulator } from '@holdline/simulator';
import { createClients } from './clients.mjs';
import { createClientsFromEnvironment } from './from-environment.mjs';

const CONTACTS = '/api/v2/externalcontacts/contacts';

let simulator;
let tlsFront;
let apiUrl;
let ca;
let proxy;
let clients;

before(async () => {
  simulator = await startSimulator({ platform: 'genesys' });
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  ca = cert;
  // The simulator speaks HTTP. A tunnel leads to HTTPS, so a TLS server stands in front.
  tlsFront = createTlsServer({ key, cert }, (socket) => pipeBoth(socket, connect(new URL(simulator.url).port)));
  await once(tlsFront.listen(0, '127.0.0.1'), 'listening');
  apiUrl = `https://localhost:${tlsFront.address().port}`;
});

beforeEach(async () => {
  simulator.resetStats();
  proxy = await startProxy();
});

afterEach(async () => {
  await clients?.close();
  clients = undefined;
  proxy.stop();
  delete process.env.HTTPS_PROXY;
  delete process.env.NO_PROXY;
});

after(async () => {
  tlsFront.close();
  await simulator.stop();
});

function pipeBoth(one, other) {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}

/** A CONNECT proxy. `refusals` are its answers to the next tunnels: a status, or 'drop'. */
async function startProxy(port = 0) {
  const sockets = new Set();
  const state = { tunnels: 0, refusals: [], seen: [] };
  const server = createServer((request, response) => response.writeHead(501).end());
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket) => {
    state.seen.push(request.rawHeaders.join(' '));
    const refusal = state.refusals.shift();
    if (refusal === 'drop') return socket.destroy();
    if (refusal) return socket.end(`HTTP/1.1 ${refusal} Refused\r\nContent-Length: 0\r\n\r\n`);
    state.tunnels++;
    const target = connect(Number(request.url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      pipeBoth(socket, target);
    });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return Object.assign(state, {
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
}

const connectTo = (proxyUrl, retry = { maxAttempts: 5, baseDelayMs: 10 }) =>
  createClients({
    proxyUrl,
    ca,
    apiUrl,
    loginUrl: apiUrl,
    login: { clientId: 'any-id', clientSecret: 'any-secret' },
    config: { retry },
  });

const write = { fetch: postWithFetch, axios: postWithAxios };
async function postWithFetch({ api }, contact) {
  const response = await api(`${apiUrl}${CONTACTS}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(contact),
  });
  return response.status;
}
async function postWithAxios({ http }, contact) {
  return (await http.post(CONTACTS, contact)).status;
}

for (const [name, post] of Object.entries(write)) {
  test(`${name}: requests share a tunnel, and the proxy sees no token`, async () => {
    clients = connectTo(proxy.url);
    for (let i = 0; i < 10; i++) assert.equal(await post(clients, { i }), 200);
    assert.equal(simulator.stats().executedWrites, 10);
    assert.ok(proxy.tunnels <= 2, `${proxy.tunnels} tunnels`); // one for the login
    assert.ok(proxy.seen.every((headers) => !/authorization/i.test(headers)));
  });

  for (const refusal of [407, 503, 'drop']) {
    test(`${name}: a write is sent again after the proxy refused its tunnel (${refusal})`, async () => {
      clients = connectTo(proxy.url);
      assert.equal(await post(clients, { first: true }), 200); // logs in
      const { port } = proxy;
      await stopProxy();
      proxy = await startProxy(port);
      proxy.refusals = [refusal, refusal];
      assert.equal(await post(clients, { second: true }), 200);
      const { executedWrites, duplicateWrites } = simulator.stats();
      assert.deepEqual([executedWrites, duplicateWrites], [2, 0]);
    });
  }

  test(`${name}: a write waits for a proxy that restarts`, async () => {
    const { port } = proxy;
    clients = connectTo(proxy.url, { maxAttempts: 50, backoff: [50] });
    assert.equal(await post(clients, { first: true }), 200);
    await stopProxy();
    const written = post(clients, { second: true });
    const retried = new Promise((resolve) => clients.line.on('retry', resolve));
    assert.equal((await retried).reason, 'not-sent');
    proxy = await startProxy(port);
    assert.equal(await written, 200);
    assert.equal(simulator.stats().duplicateWrites, 0);
  });
}

/** Stops the proxy. The clients notice the end of their tunnels before they send again. */
async function stopProxy() {
  proxy.stop();
  await new Promise((resolve) => setTimeout(resolve, 100));
}

test('HTTPS_PROXY and NO_PROXY: fetch with EnvHttpProxyAgent, axios by itself', async () => {
  process.env.HTTPS_PROXY = proxy.url;
  const options = { apiUrl, tls: { ca }, httpsAgent: new Agent({ ca, keepAlive: true }) };
  clients = createClientsFromEnvironment(options);
  assert.equal((await clients.api(`${apiUrl}/api/v2/users/me`)).status, 401);
  assert.equal(proxy.tunnels, 1);
  await clients.http.get('/api/v2/users/me').catch(() => undefined);
  assert.equal(proxy.tunnels, 2);
  await clients.close();

  process.env.NO_PROXY = 'localhost';
  clients = createClientsFromEnvironment(options);
  assert.equal((await clients.api(`${apiUrl}/api/v2/users/me`)).status, 401);
  await clients.http.get('/api/v2/users/me').catch(() => undefined);
  assert.equal(proxy.tunnels, 2); // both go directly
});

test('axios without an agent: the refusal of a proxy looks like an answer of the platform', async () => {
  process.env.HTTPS_PROXY = proxy.url;
  clients = createClientsFromEnvironment({ apiUrl, httpsAgent: new Agent({ ca }) });
  proxy.refusals = [503];
  // Nothing was sent, but nobody knows it: the write is not repeated.
  await assert.rejects(clients.http.post(CONTACTS, {}), { code: 'HOLDLINE_OUTCOME_UNKNOWN' });
  assert.equal(simulator.stats().requests, 0);
});

test('axios without an agent: a proxy that closes the connection gives no answer, so the attempt needs a time limit', async () => {
  process.env.HTTPS_PROXY = proxy.url;
  clients = createClientsFromEnvironment({
    apiUrl,
    httpsAgent: new Agent({ ca }),
    config: { retry: false, deadline: { attemptTimeoutMs: 500 } },
  });
  proxy.refusals = ['drop'];
  await assert.rejects(clients.http.get('/api/v2/users/me'), { code: 'HOLDLINE_ATTEMPT_TIMEOUT' });
});
