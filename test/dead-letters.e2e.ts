import { createRequire } from 'node:module';
import { guardAxios } from '@holdline/axios';
import { createHoldline, memoryStore, withTransaction, type Holdline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { genesysCloud } from '@holdline/genesys';
import type { AxiosStatic } from 'axios';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { catchFailure, createGuarded, loadSdk, SDKS, simulate, times } from './support.js';

const require = createRequire(import.meta.url);
const CONTACTS = 'POST /api/v2/externalcontacts/contacts';
const deadLetters = { key: 'ab'.repeat(32) };

/** Starts a platform that answers 503 while `down` is true. `seen` has the requests. */
async function startPlatform(): Promise<{ url: string; down: boolean; seen: Record<string, unknown>[] }> {
  const state = { url: '', down: true, seen: [] as Record<string, unknown>[] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      state.seen.push({
        method,
        url,
        body: Buffer.concat(chunks).toString('hex'),
        type: headers['content-type'],
        headers,
      });
      response.writeHead(state.down ? 503 : 201, state.down ? { 'retry-after': '1' } : {}).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

function createLine(): Holdline {
  const line = createHoldline({ store: memoryStore(), deadLetters, retry: { maxAttempts: 1 }, governor: false });
  onTestFinished(() => line.close());
  return line;
}

const withoutCredentials = (sent: Record<string, unknown>): unknown => {
  const { method, url, body, type } = sent;
  return { method, url, body, type };
};

describe.each(['axios-oldest', 'axios'])('%s', (name) => {
  const axios = require(name) as AxiosStatic;
  const bodies: [string, unknown, object?][] = [
    ['JSON', { text: 'Grüße', n: 1 }],
    ['a form', new URLSearchParams({ a: '1 & 2', b: 'ü' })],
    ['bytes', Buffer.from([0, 1, 254, 255]), { 'content-type': 'application/octet-stream' }],
    ['text', 'plain ü', { 'content-type': 'text/plain' }],
    ['nothing', undefined],
  ];
  test.each(bodies)(
    'axios replays a write with %s byte for byte, with its parameters and the current credential',
    async (_, data, headers = {}) => {
      const to = await startPlatform();
      const line = createLine();
      const api = guardAxios(axios.create({ baseURL: to.url, headers: { 'X-Api-Key': 'one' } }), line);
      await catchFailure(
        api.post('/a/b', data, { params: { q: 'a b', list: [1, 2] }, headers: { 'x-note': 'kept', ...headers } }),
      );
      to.down = false;
      api.defaults.headers['X-Api-Key'] = 'two';
      expect(await line.deadLetters.replay()).toMatchObject({ replayed: 1, left: 0 });
      const [first, second] = to.seen as [Record<string, unknown>, Record<string, unknown>];
      expect(withoutCredentials(second)).toEqual(withoutCredentials(first));
      expect(second['headers']).toMatchObject({ 'x-note': 'kept', 'x-api-key': 'two' });
    },
  );
});

test.each([
  ['JSON', '{"text":"ü"}', 'application/json'],
  ['text', 'plain', undefined],
  ['a form', new URLSearchParams({ a: '1 & 2' }), undefined],
  ['a blob', new Blob(['bytes'], { type: 'image/png' }), undefined],
  ['bytes', Uint8Array.of(0, 255), undefined],
] as const)('fetch replays a write with %s byte for byte', async (_, body, type) => {
  for (const asRequest of [false, true]) {
    const to = await startPlatform();
    const line = createLine();
    const api = guardFetch(fetch, { origins: [to.url], line });
    const init = { method: 'PUT', body, ...(type && { headers: { 'content-type': type } }) };
    const url = `${to.url}/a?secret=1`;
    expect((await (asRequest ? api(new Request(url, init)) : api(url, init))).status).toBe(503);
    const [letter] = (await line.deadLetters.list()).letters;
    expect(letter).toMatchObject({ client: 'fetch', url: `${to.url}/a`, missing: [] });
    to.down = false;
    expect(await line.deadLetters.replay()).toMatchObject({ replayed: 1 });
    expect(to.seen.map(withoutCredentials)[1]).toEqual(withoutCredentials(to.seen[0]!));
  }
});

test('a dead letter with a stream cannot be replayed, and the replay reports the reason', async () => {
  const to = await startPlatform();
  const line = createLine();
  const api = guardFetch(fetch, { origins: [to.url], line });
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('x'));
      controller.close();
    },
  });
  await api(to.url, { method: 'POST', body, duplex: 'half' } as RequestInit).catch(() => undefined);
  expect((await line.deadLetters.list()).letters).toMatchObject([{ missing: ['body'] }]);
  to.down = false;
  expect(await line.deadLetters.replay()).toMatchObject({ letters: [{ result: 'incomplete' }], replayed: 0 });
  expect(to.seen).toHaveLength(1);
});

describe.each(Object.keys(SDKS) as (keyof typeof SDKS)[])('Genesys SDK %s', (version) => {
  const sdk = loadSdk(version);
  const config = (store = memoryStore()): object =>
    genesysCloud({ store, deadLetters, governor: { quotas: [] }, retry: { maxAttempts: 1 }, breaker: false });

  test('a new process replays 30 failed writes, and the platform executes each of them once', async () => {
    const simulator = await simulate();
    const store = memoryStore();
    const before = await createGuarded(simulator, config(store), { sdk });
    // The gate closes, so the line does not send the other 29 writes.
    simulator.script(CONTACTS, [{ status: 503, headers: { 'retry-after': '600' } }]);
    for (const i of times(30, (n) => n))
      await catchFailure(
        withTransaction(`t${i}`, () => before.contacts.postExternalcontactsContacts({ lastName: `Confidential ${i}` })),
      );
    await before.line.drain();
    const { letters } = await before.line.deadLetters.list();
    expect(letters).toHaveLength(30);
    const token = before.client.authentications['PureCloud OAuth']?.accessToken ?? '-';
    expect(JSON.stringify(letters)).not.toMatch(new RegExp(`lastName|Confidential|${token}`));
    expect(simulator.stats().executedWrites).toBe(0);

    const after = await createGuarded(simulator, config(store), { sdk });
    expect(await after.line.deadLetters.replay()).toMatchObject({ replayed: 30, left: 0 });
    expect(simulator.stats()).toMatchObject({ executedWrites: 30, duplicateWrites: 0 });
    const sent = simulator.wire().map(({ method, path }) => `${method} ${path}`);
    expect(new Set(sent)).toEqual(new Set(['POST /api/v2/externalcontacts/contacts']));
  });

  test('a write with an unknown outcome stays until the caller allows its replay', async () => {
    const simulator = await simulate({ faults: [{ kind: 'drop-after', match: CONTACTS, times: 1 }] });
    const { contacts, line } = await createGuarded(simulator, config(), { sdk });
    await catchFailure(contacts.postExternalcontactsContacts({ lastName: 'Lovelace' }));
    expect(await line.deadLetters.replay()).toMatchObject({ letters: [{ result: 'doubtful' }] });
    expect(simulator.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
  });
});
