import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis } from '@holdline/test-servers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeProject, run } from './cli-support.js';

const KEY = 'ab'.repeat(32);

/** A platform that answers 503 until it is told to work. */
async function startPlatform(): Promise<{ url: string; status: number; bodies: string[] }> {
  const state = { url: '', status: 503, bodies: [] as string[] };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      state.bodies.push(body);
      response.writeHead(state.status, { 'content-type': 'application/json', 'retry-after': '0' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

/** A configuration with this store, whose client sends to the platform. */
const configOf = (store: string): string => `import { memoryStore } from '@holdline/core';
import { fileStore } from '@holdline/core/node';
import { redisStore } from '@holdline/redis';
import { guardAxios } from '@holdline/axios';
import axios from 'axios';
export default { store: ${store}, retry: { maxAttempts: 1 }, governor: { gateJitterMs: 0 }, breaker: false };
export const setup = (line) => guardAxios(axios.create({ baseURL: process.env.PLATFORM, headers: { 'X-Api-Key': 'secret-4711' } }), line);
export const unused = memoryStore;
`;

/** Makes dead letters: an application whose writes fail. */
const APP = `import config, { setup } from './holdline.config.mjs';
import { createHoldline } from '@holdline/core';
const line = createHoldline(config);
const api = setup(line);
for (const n of [1, 2, 3]) await api.post(n === 3 ? '/notes' : '/orders?token=secret-4711', { n, note: 'Grüße' }).catch(() => undefined);
await line.close();
await config.store.close();
`;

interface Listed {
  letters: { id: string; route: string; waitsFor?: string }[];
  next: string | null;
}

async function makeLetters(store: string): Promise<{
  cwd: string;
  env: Record<string, string>;
  platform: Awaited<ReturnType<typeof startPlatform>>;
  list: (...args: string[]) => Promise<Listed>;
}> {
  const platform = await startPlatform();
  const cwd = makeProject({ 'holdline.config.mjs': configOf(store), 'app.mjs': APP });
  const env = { PLATFORM: platform.url };
  const made = await run(['record', '-o', 'run.jsonl', '--', process.execPath, 'app.mjs'], cwd, env);
  expect(made).toMatchObject({ code: 0, out: '' });
  platform.bodies.length = 0;
  const list = async (...args: string[]): Promise<Listed> => {
    const { code, out } = await run(['dlq', 'list', '--json', ...args], cwd, env);
    expect(code).toBe(0);
    return JSON.parse(out) as Listed;
  };
  return { cwd, env, platform, list };
}

const redis = async (): Promise<string> => {
  const server = await startRedis();
  return `redisStore({ url: '${server.url}', key: '${KEY}', prefix: 'cli', timeoutMs: 10_000 })`;
};

describe.each<[string, () => Promise<string>]>([
  ['the file store', () => Promise.resolve(`fileStore({ dir: './letters', key: '${KEY}' })`)],
  ['Redis', redis],
])('dlq with %s', (_, storeOf) => {
  test('lists, shows, replays and deletes letters', async () => {
    const { cwd, env, platform, list } = await makeLetters(await storeOf());
    const first = await list('--limit', '2');
    expect(first.letters.map(({ route }) => route)).toEqual(['POST /orders', 'POST /orders']);
    const second = await list('--limit', '2', '--after', first.next ?? '');
    expect(second).toMatchObject({ letters: [{ route: 'POST /notes' }], next: null });
    expect((await list('--route', '/notes')).letters).toHaveLength(1);
    const table = await run(['dlq', 'list'], cwd, env);
    expect(table.out).toMatch(/^id +kept +age +replays +reason +route/);
    expect(table.err).toBe('3 dead letters.\n');

    const [{ id }] = first.letters as [Listed['letters'][number]];
    const shown = await run(['dlq', 'show', id], cwd, env);
    expect(shown.out).toContain('route:          POST /orders\n');
    expect(shown.out).toContain('body:           not shown: --body shows it\n');
    const open = await run(['dlq', 'show', id, '--body'], cwd, env);
    expect(open.out).toContain('{"n":1,"note":"Grüße"}\n');
    expect(open.err).toContain('may be confidential');
    const json = await run(['dlq', 'show', id, '--json'], cwd, env);
    expect(JSON.parse(json.out)).toMatchObject({ id, encrypted: true });
    expect(table.out + shown.out + open.out + json.out).not.toContain('secret-4711');

    const failed = await run(['dlq', 'replay', id], cwd, env);
    expect(failed).toMatchObject({ code: 1, err: '', out: expect.stringMatching(/0 replayed, 1 left/) as string });
    platform.status = 201;
    platform.bodies.length = 0;
    const replayed = await run(['dlq', 'replay', '--route', 'POST /orders'], cwd, env);
    expect(replayed).toMatchObject({ code: 0, out: expect.stringContaining('2 replayed, 0 left.') as string });
    expect(platform.bodies.sort()).toEqual(['{"n":1,"note":"Grüße"}', '{"n":2,"note":"Grüße"}']);

    expect(await run(['dlq', 'purge', '--older-than', '1d', '--yes'], cwd, env)).toMatchObject({
      code: 0,
      out: '0 dead letters deleted.\n',
    });
    expect(await run(['dlq', 'purge', '--all', '--yes', '--json'], cwd, env)).toMatchObject({
      code: 0,
      out: '{"deleted":1,"kept":0}\n',
    });
    expect((await list()).letters).toEqual([]);
    expect(await run(['dlq', 'list'], cwd, env)).toMatchObject({ code: 0, out: 'No dead letters.\n' });
  });
});

test('without clients, replay says what is missing, and list says what letters wait for', async () => {
  const store = `fileStore({ dir: './letters', key: '${KEY}' })`;
  const { cwd, env } = await makeLetters(store);
  const bare = `import { fileStore } from '@holdline/core/node';\nexport default { store: ${store} };\n`;
  const other = makeProject({ 'bare.mjs': bare.replace('./letters', `${cwd}/letters`) });
  const { code, err } = await run(['dlq', 'replay', '--all', '--config', 'bare.mjs'], other, env);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: No client can send: .*bare\.mjs exports neither 'clients' nor 'setup\(line\)'/);
  const { out } = await run(['dlq', 'list', '--json', '--config', 'bare.mjs'], other, env);
  expect((JSON.parse(out) as Listed).letters.every(({ waitsFor }) => waitsFor !== undefined)).toBe(true);
});

test('a store without dead letters, and a Redis that does not answer, are errors in one line', async () => {
  const cwd = makeProject({
    'none.mjs': 'export default {};',
    'away.mjs':
      "import { redisStore } from '@holdline/redis';\nexport default { store: redisStore({ url: 'redis://127.0.0.1:1', timeoutMs: 500 }) };",
  });
  expect(await run(['dlq', 'list', '--config', 'none.mjs'], cwd)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^error: The line of .*none\.mjs keeps no dead letters.*\n$/) as string,
  });
  const away = await run(['dlq', 'list', '--config', 'away.mjs'], cwd);
  expect(away.code).toBe(1);
  expect(away.err).toMatch(/^error: The store did not answer 4 times in a row: [^\n]+\n$/);
});

test('a configuration that keeps the process busy does not hold up a command', async () => {
  const cwd = makeProject({
    'busy.mjs': 'setInterval(() => undefined, 1_000);\nexport default {};\n',
    'busy-fails.mjs': "setInterval(() => undefined, 1_000);\nthrow new Error('no key');\n",
  });
  expect(await run(['explain', 'GET', '/a', '--config', 'busy.mjs'], cwd)).toMatchObject({
    code: 0,
    out: expect.stringContaining('GET /a is sent at once.') as string,
  });
  expect(await run(['explain', 'GET', '/a', '--config', 'busy-fails.mjs'], cwd)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^error: The file .*busy-fails\.mjs cannot be loaded: no key\n$/) as string,
  });
});
