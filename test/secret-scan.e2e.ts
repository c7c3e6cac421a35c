import { once } from 'node:events';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHoldline, HoldlineError } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { describe, expect, onTestFinished, test } from 'vitest';

/** The finds of secret-scan/setup.ts since the last call. Without the call they fail the test. */
const takeFinds = (globalThis as Record<symbol, unknown>)[
  Symbol.for('holdline: finds of the secret scan')
] as () => string[];
const places = (): string[] => takeFinds().map((find) => find.slice(0, find.indexOf(': ')));

// Issue 16: the whole test suite with known secrets. Each way out of the process is searched.
describe('the search for known secrets finds a planted one in', () => {
  test('the output', () => {
    console.log('the password is PLANTED-PASSWORD');
    process.stderr.write('the password is hunter2\n');
    expect(places()).toEqual(expect.arrayContaining(['console.log', 'output']));
  });

  test('an error of Holdline: its message, its cause and its fields', () => {
    new HoldlineError('HOLDLINE_CONFIG', 'the key is PLANTED-KEY');
    expect(places()).toEqual(['an error']);
    Object.assign(new HoldlineError('HOLDLINE_CONFIG', 'x'), { detail: { token: 's3cret' } });
    expect(places()).toEqual(['an error']);
    new HoldlineError('HOLDLINE_CONFIG', 'x', { route: 'GET /PLANTED-PATH' });
    expect(places()).toEqual(['an error']);
  });

  test('an event, also without a listener, a snapshot, an explanation and an exported state', async () => {
    const line = createHoldline({ governor: { quotas: [{ name: 'PLANTED-NAME', limit: 5, windowMs: 1_000 }] } });
    line.reportDefect({ client: 'x', defect: 'PLANTED-DEFECT', remedy: 'none' });
    expect(places()).toEqual(['the event defect']);
    line.explain({ method: 'GET', url: 'https://api.test/PLANTED-PATH' });
    expect(places()).toContain('explain()');
    const api = guardFetch((() => Promise.resolve(new Response())) as typeof fetch, line);
    await api('https://api.test/PLANTED-PATH');
    expect(places()).toEqual(expect.arrayContaining(['the event call', 'the event attempt']));
    line.snapshot();
    expect(places()).toEqual(['snapshot()']);
    await line.close();
    takeFinds();
  });

  test('a file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdline-scan-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const file = fs.openSync(join(dir, 'a'), 'w');
    fs.writeSync(file, Buffer.from('PLANTED-TOKEN'));
    fs.closeSync(file);
    expect(places()).toEqual(['a file']);
  });

  test('a command to Redis', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('*3\r\n$3\r\nSET\r\n$1\r\na\r\n$13\r\nPLANTED-TOKEN\r\n');
    await once(socket.resume(), 'close');
    expect(places()).toEqual(['a command to Redis']);
  });

  test('a credential that it has seen in a request', async () => {
    const server = createHttpServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const token = crypto.randomUUID();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    expect(places()).toEqual([]);
    console.log(token);
    expect(places()).toContain('console.log');
  });
});

test('requests may carry credentials, and other texts are no finds', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fetch(url, { method: 'POST', headers: { Authorization: 'Bearer PLANTED-TOKEN-IN-A-REQUEST' }, body: 's3cret' });
  console.log('planted, secret, token');
  expect(places()).toEqual([]);
});
