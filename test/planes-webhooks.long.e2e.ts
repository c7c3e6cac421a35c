// A flood of webhooks through a gateway into an inbox, whose handler writes to the platform. Real NGINX, real HTTP, and the counts of the
// sender, the gateway, the inbox and the platform.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHoldline, memoryStore } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { nginxConfig } from '@holdline/gateway';
import { genesysOpenMessaging, inbox, nodeMount, type Inbox } from '@holdline/inbox';
import type { Simulator } from '@holdline/simulator';
import { startNginx } from '@holdline/test-servers';
import { expect, onTestFinished, test } from 'vitest';
import { simulate, sleep, times, until } from './support.js';

const SECRET = 'known to the sender and to the inbox';
const EVENTS = 300;
/** What the gateway takes from the sender. */
const DOOR = { limit: 200, windowMs: 1_000 };
/** What the platform allows the writes of the handler. */
const PLATFORM = { limit: 100, windowMs: 1_000 };
/** Genesys repeats a message five times, every 5 s. Here it is a tenth of that time. */
const REPEATS = { times: 5, everyMs: 500 };

/** An inbox behind `node:http`. Its handler creates an external contact for each message. */
async function startInbox(simulator: Simulator): Promise<{ box: Inbox; url: string }> {
  const login = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('inbox:secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const store = memoryStore();
  const line = createHoldline({ store, governor: { quotas: [{ ...PLATFORM, enforcement: 'sliding' }] } });
  const api = guardFetch(fetch, line);
  const box = inbox({
    store,
    quota: { limit: 10_000, windowMs: 1_000 },
    concurrency: 50,
    verify: genesysOpenMessaging({ secret: SECRET }),
    async handle({ event, signal }) {
      const { id } = event.data as { id: string };
      const response = await api(`${simulator.url}/api/v2/externalcontacts/contacts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ firstName: id }),
        signal,
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      await response.text();
    },
  });
  const server = createServer(nodeMount(box.fetch)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await box.close();
    await line.close();
  });
  return { box, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface LogLine {
  status: number;
  platformStatus: string;
}

async function startGateway(platform: string): Promise<{ url: string; log(): LogLine[] }> {
  const nginx = await startNginx(({ directory, port, modules }) =>
    nginxConfig(
      { governor: { quotas: [DOOR] } },
      {
        platform,
        form: 'whole',
        directory,
        stateDirectory: directory,
        modulesDirectory: modules,
        listen: `127.0.0.1:${port}`,
        accessLog: `${directory}/access.log`,
        // The sender has no token. Its proof is the signature, which the inbox verifies.
        withoutCredential: 'share',
        burstShare: 0.5,
        maxWaitMs: 1_000,
      },
    ),
  );
  const log = (): LogLine[] =>
    nginx
      .read('access.log')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LogLine);
  return { url: nginx.url, log };
}

/** Sends messages as Genesys Open Messaging does: signed, and again after 429 and 5xx. It does not read `Retry-After`. */
class Sender {
  /** Number of requests by status. */
  readonly statuses: Record<number, number> = {};
  /** Refusals without a time to come back. */
  withoutRetryAfter = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 150 });

  constructor(readonly url: string) {
    onTestFinished(() => this.#agent.destroy());
  }

  /** Returns the status of the last try. */
  async send(id: string): Promise<number> {
    for (let repeats = 0; ; repeats++) {
      const status = await this.#post(id);
      if ((status !== 429 && status < 500) || repeats === REPEATS.times) return status;
      await sleep(REPEATS.everyMs);
    }
  }

  #post(id: string): Promise<number> {
    const body = JSON.stringify({
      id,
      channel: { from: { id: `customer-${id}` } },
      type: 'Text',
      text: `message ${id}`,
    });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`,
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.url, { agent: this.#agent, method: 'POST', headers }, (response) => {
        response.resume();
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0 } = response;
          this.statuses[statusCode] = (this.statuses[statusCode] ?? 0) + 1;
          if (statusCode === 429 && !(Number(response.headers['retry-after']) > 0)) this.withoutRetryAfter++;
          resolve(statusCode);
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

test('300 webhooks at once through a gateway of 200 a second: each takes effect once, and each refusal says when to come back', async () => {
  const simulator = await simulate({
    limits: [{ name: 'token', per: 'token', enforcement: 'sliding', ...PLATFORM }],
  });
  const { box, url } = await startInbox(simulator);
  const gateway = await startGateway(url);
  const sender = new Sender(gateway.url);
  const ids = times(EVENTS, (n) => `m-${n}`);
  const results = await Promise.all(ids.map((id) => sender.send(id)));

  // The sender: nothing is lost within its five repetitions.
  expect(results).toEqual(times(EVENTS, () => 202));
  const { 202: accepted = 0, 429: refused = 0, ...others } = sender.statuses;
  expect({ accepted, others, withoutRetryAfter: sender.withoutRetryAfter }).toEqual({
    accepted: EVENTS,
    others: {},
    withoutRetryAfter: 0,
  });
  expect(refused).toBeGreaterThan(0);

  // A sender that did not see an answer repeats its message. The inbox knows it.
  const again = new Sender(gateway.url);
  expect(await Promise.all(ids.slice(0, 50).map((id) => again.send(id)))).toEqual(times(50, () => 200));

  // The gateway: it refused what the senders heard, and passed the rest. The inbox refused nothing.
  const repeatsRefused = again.statuses[429] ?? 0;
  const requests = EVENTS + refused + 50 + repeatsRefused;
  await until(() => gateway.log().length === requests, 'the gateway logs each request');
  const log = gateway.log();
  const count = (status: number, platformStatus: string): number =>
    log.filter((line) => line.status === status && line.platformStatus === platformStatus).length;
  expect([count(202, '202'), count(200, '200'), count(429, '')]).toEqual([EVENTS, 50, refused + repeatsRefused]);

  // The inbox and the platform: each message takes effect once, and the platform refuses none.
  await until(() => simulator.stats().executedWrites === EVENTS, 'each message takes effect');
  await until(() => box.snapshot().handled === EVENTS, 'the inbox knows that each message is handled');
  expect(simulator.stats()).toMatchObject({
    requests: EVENTS,
    answered: EVENTS,
    refused: 0,
    dropped: 0,
    executedWrites: EVENTS,
    duplicateWrites: 0,
  });
  expect(await box.counts()).toEqual({ pending: 0, dead: 0 });
  const { accepted: taken, duplicates, handled, failed, refused: refusals, running } = box.snapshot();
  expect({ taken, duplicates, handled, failed, running, refusals: Object.values(refusals) }).toEqual({
    taken: EVENTS,
    duplicates: 50,
    handled: EVENTS,
    failed: 0,
    running: 0,
    refusals: [0, 0, 0, 0],
  });
});
