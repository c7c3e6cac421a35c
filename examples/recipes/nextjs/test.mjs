import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const USERS = 'GET /api/v2/users/:id';
const cwd = fileURLToPath(new URL('.', import.meta.url));
const next = fileURLToPath(new URL('node_modules/next/dist/bin/next', import.meta.url));

let simulator;
let env;
let server;

before(async () => {
  // This folder is not a part of the workspace, because Next.js is large.
  const { packageManager } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  execFileSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'], { cwd });
  const { startSimulator } = await import('@holdline/simulator');
  simulator = await startSimulator({ platform: 'genesys' });
  env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    API_URL: simulator.url,
    LOGIN_URL: simulator.url,
    CLIENT_ID: 'any-id',
    CLIENT_SECRET: 'any-secret',
  };
});
beforeEach(() => {
  simulator.set({ faults: [] });
  simulator.resetStats();
});
afterEach(async () => {
  if (server?.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
});
after(() => simulator.stop());

/** Starts `next start` or `next dev` on a free port, and resolves with its URL. */
async function startNext(command) {
  server = spawn(process.execPath, [next, command, '--port', '0', '--hostname', '127.0.0.1'], { cwd, env });
  const ended = once(server, 'exit').then(() => assert.fail(`next ${command} ended`));
  ended.catch(() => undefined);
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (!url) continue;
    server.stdout.resume();
    return url;
  }
  return ended;
}

test('next build sends nothing, and needs no settings', () => {
  const { API_URL: _, ...bare } = env;
  execFileSync(process.execPath, [next, 'build'], { cwd, env: bare });
  assert.ok(existsSync(`${cwd}.next/BUILD_ID`));
  assert.equal(simulator.stats().tokenRequests, 0);
  // Line, client and secret stay on the server: no script for the browser has any of them.
  const scripts = readdirSync(`${cwd}.next/static`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  assert.ok(scripts.length > 0);
  for (const name of scripts)
    assert.doesNotMatch(readFileSync(`${cwd}.next/static/${name}`, 'utf8'), /HOLDLINE_|CLIENT_SECRET|any-secret/);
});

test('next start: page and route handler use one line', async () => {
  const url = await startNext('start');
  const id = randomUUID();
  const page = await fetch(`${url}/users/${id}`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), new RegExp(`<h1>${id}</h1>`));
  const route = await fetch(`${url}/api/users/${id}`);
  assert.equal((await route.json()).id, id);
  assert.equal(simulator.stats().tokensIssued, 1); // one token, so one line
  // A gate that a page closed is closed for the route handler too.
  simulator.script(USERS, [{ status: 429, headers: { 'retry-after': '60' } }]);
  assert.equal((await fetch(`${url}/users/${id}`)).status, 500);
  const refused = await fetch(`${url}/api/users/${id}`);
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) > 50);
});

test('next start: a browser that leaves ends its call', async () => {
  const url = await startNext('start');
  simulator.set({ faults: [{ kind: 'delay', match: USERS, delayMs: 60_000 }] });
  const browser = new AbortController();
  const request = fetch(`${url}/api/users/${randomUUID()}`, { signal: browser.signal }).catch(({ name }) => name);
  const onWire = async (outcome) => {
    while (!simulator.wire().some((entry) => entry.route === USERS && entry.outcome === outcome))
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await onWire('open');
  browser.abort();
  assert.equal(await request, 'AbortError');
  await onWire('aborted');
});

test('next dev: the line survives a change of its module', async () => {
  const url = await startNext('dev');
  const id = randomUUID();
  assert.equal((await fetch(`${url}/api/users/${id}`)).status, 200);
  const file = `${cwd}lib/platform.js`;
  const source = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, source.replace('readUser(id) {', 'readUser(id) { // changed'));
    assert.equal((await fetch(`${url}/api/users/${id}`)).status, 200);
    assert.equal((await fetch(`${url}/users/${id}`)).status, 200);
  } finally {
    writeFileSync(file, source);
  }
  assert.equal(simulator.stats().tokensIssued, 1);
});
