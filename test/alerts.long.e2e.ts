import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { alerts, describeTrace, type Alert, type AlertRule } from '@holdline/monitor';
import axios from 'axios';
import { Webhook as Verifier } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { simulate, until } from './support.js';

const MEMBER = fileURLToPath(new URL('alerts-member.mjs', import.meta.url));
const ME = 'GET /api/v2/users/me';
const SECRET = `whsec_${btoa('a secret of this test, thirty-two bytes')}`;

interface Received {
  text: string;
  headers: Record<string, string>;
}

/** A receiver of webhooks over real HTTP. It answers the n-th request with a status, or never. */
async function receive(answer: (n: number) => number | 'never'): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      received.push({ text, headers: request.headers as Record<string, string> });
      const status = answer(received.length);
      if (status !== 'never') response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

async function login(url: string): Promise<string> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('id:secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

describe('alerts of a line in front of the simulator', () => {
  test('reach a receiver signed, once raised and once resolved, and lead to the refused call', async () => {
    const simulator = await simulate();
    const token = await login(simulator.url);
    // The first try of the first webhook fails.
    const { url, received } = await receive((n) => (n === 1 ? 500 : 204));
    const line = createHoldline();
    onTestFinished(() => line.close());
    const refusal: AlertRule = {
      name: 'refusal',
      severity: 'warning',
      when: { metric: 'refusals', per: 'scope', windowMs: 1_000, above: 0 },
      resolve: { threshold: 0, forMs: 0 },
      text: 'The platform refused {subject}.',
    };
    const watch = alerts(line, { rules: [refusal], webhooks: [{ url, secret: SECRET }] });
    const api = guardAxios(
      axios.create({ baseURL: simulator.url, headers: { authorization: `Bearer ${token}` } }),
      line,
    );
    simulator.script(ME, [{ status: 429, headers: { 'retry-after': '2' } }]);
    await api.get('/api/v2/users/me');
    await until(() => received.length === 3);

    const verifier = new Verifier(SECRET);
    const bodies = received.map(({ text, headers }) => verifier.verify(text, headers) as { type: string; data: Alert });
    expect(bodies.map(({ type }) => type)).toEqual(['alert.raised', 'alert.raised', 'alert.resolved']);
    const [first, second, third] = received.map(({ headers }) => headers['webhook-id']);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    const [alert] = watch.list();
    expect(alert).toMatchObject({ id: bodies[0]!.data.id, text: expect.stringMatching(/^The platform refused the /) });
    expect(JSON.stringify(received)).not.toContain(token);

    const [trace] = watch.monitor.calls(alert!.calls);
    expect(trace).toMatchObject({ route: ME, attempts: 2, outcome: 'ok' });
    const sentences = describeTrace(trace!).join('\n');
    expect(sentences).toMatch(/^attempt 1 at \d\d:\d\d:\d\d, answered 429 after /);
    expect(sentences).toMatch(/waited 2\.\d s for the gate of the .*, closed by a 429 on GET \/api\/v2\/users\/me/);
    expect(sentences).toMatch(/attempt 2 at \d\d:\d\d:\d\d, answered 200 after [^\n]+$/);
  });

  test('count as the simulator does', async () => {
    const simulator = await simulate();
    const token = await login(simulator.url);
    simulator.resetStats();
    const line = createHoldline({ retry: { maxAttempts: 3 } });
    onTestFinished(() => line.close());
    const watch = alerts(line, { rules: [] }).monitor;
    const api = guardAxios(
      axios.create({ baseURL: simulator.url, headers: { authorization: `Bearer ${token}` } }),
      line,
    );
    simulator.script(
      ME,
      [500, 404, 200, 503].map((status) => ({ status })),
    );
    await Promise.allSettled(Array.from({ length: 30 }, () => api.get('/api/v2/users/me')));
    const { requests } = simulator.stats();
    const { attempts, calls, attemptsBy } = watch.totals();
    expect({ attempts, calls }).toEqual({ attempts: requests, calls: 30 });
    expect(Object.values(attemptsBy).reduce((sum, n) => sum + n, 0)).toBe(requests);
    expect(watch.history('hour').reduce((sum, bucket) => sum + bucket.attempts, 0)).toBe(requests);
    expect(watch.routes()).toMatchObject([{ route: ME, calls: 30, attempts: requests }]);
  });
});

test.each(['hangs', 'refused'])('a receiver that %s does not keep a process alive for long', async (how) => {
  const { url, received } = await receive(() => 'never');
  const dead = how === 'hangs' ? url : 'http://127.0.0.1:9/hook';
  const child = spawn(process.execPath, [MEMBER, dead, how], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text) => (output += String(text)));
  // The process ends by itself: with a connection that hangs after the time limit of one try, 10 s.
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  expect(output).toBe('work done\n');
  expect(received.length).toBe(how === 'hangs' ? 1 : 0);
});
