// A flood of webhooks through a gateway into an inbox, whose handler writes to the platform. Real NGINX, real HTTP, and the counts of the
// sender, the gateway, the inbox and the platform.
import { createHash, createHmac } from 'node:crypto';
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

/** A gateway with this quota, in which a webhook waits at most `maxWaitMs`. */
async function startGateway(
  platform: string,
  limit: number,
  maxWaitMs: number,
): Promise<{ url: string; log(): LogLine[] }> {
  const nginx = await startNginx(({ directory, port, modules }) =>
    nginxConfig(
      { governor: { quotas: [{ limit, windowMs: 1_000 }] } },
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
        maxWaitMs,
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

interface World {
  simulator: Simulator;
  box: Inbox;
  gateway: { url: string; log(): LogLine[] };
}

async function startWorld(gatewayLimit: number, maxWaitMs: number): Promise<World> {
  const simulator = await simulate({
    limits: [{ name: 'token', per: 'token', enforcement: 'sliding', ...PLATFORM }],
  });
  const { box, url } = await startInbox(simulator);
  return { simulator, box, gateway: await startGateway(url, gatewayLimit, maxWaitMs) };
}

/** Each of these messages took effect once, and nothing else did. The inbox refused nothing, and neither did the platform. */
async function expectEffects({ simulator, box }: World, ids: readonly string[], duplicates: number): Promise<void> {
  const many = ids.length;
  await until(() => box.snapshot().handled === many, 'each message is handled');
  expect(simulator.stats()).toMatchObject({
    requests: many,
    answered: many,
    refused: 0,
    dropped: 0,
    executedWrites: many,
    duplicateWrites: 0,
  });
  const bodies = simulator.wire().filter(({ route }) => route === 'POST /api/v2/externalcontacts/contacts');
  const hashOf = (id: string): string =>
    createHash('sha256')
      .update(JSON.stringify({ firstName: id }))
      .digest('hex')
      .slice(0, 16);
  expect(bodies.map(({ bodyHash }) => bodyHash).sort()).toEqual(ids.map(hashOf).sort());
  expect(await box.counts()).toEqual({ pending: 0, dead: 0 });
  const { accepted, duplicates: known, handled, failed, refused, running } = box.snapshot();
  expect({ accepted, known, handled, failed, running, refused: Object.values(refused) }).toEqual({
    accepted: many,
    known: duplicates,
    handled: many,
    failed: 0,
    running: 0,
    refused: [0, 0, 0, 0],
  });
}

/** The gateway logged each request once: what it passed has the answer of the inbox, and what it refused never reached the inbox. */
async function expectLog({ gateway }: World, statuses: Readonly<Record<number, number>>): Promise<void> {
  const { 202: accepted = 0, 200: known = 0, 429: refused = 0, ...others } = statuses;
  expect(others).toEqual({});
  await until(() => gateway.log().length === accepted + known + refused, 'the gateway logs each request');
  const log = gateway.log();
  const count = (status: number, platformStatus: string): number =>
    log.filter((line) => line.status === status && line.platformStatus === platformStatus).length;
  expect([count(202, '202'), count(200, '200'), count(429, '')]).toEqual([accepted, known, refused]);
}

test('a gateway that refuses: each accepted message takes effect once, and each refusal says when to come back', async () => {
  // So few that even a slow sender is refused.
  const world = await startWorld(20, 0);
  const sender = new Sender(world.gateway.url);
  const ids = times(EVENTS, (n) => `m-${n}`);
  const results = await Promise.all(ids.map((id) => sender.send(id)));
  // The vendor gives up after five repetitions, and so does this sender.
  const accepted = ids.filter((_, n) => results[n] === 202);
  const lost = ids.filter((_, n) => results[n] === 429);
  expect(accepted.length + lost.length).toBe(EVENTS);
  expect(sender.statuses[202]).toBe(accepted.length);
  expect(sender.statuses[429]).toBeGreaterThanOrEqual(lost.length * (REPEATS.times + 1));
  expect(sender.statuses[429]).toBeGreaterThan(0);
  expect(sender.withoutRetryAfter).toBe(0);
  await expectLog(world, sender.statuses);
  await expectEffects(world, accepted, 0);
  console.log(
    `${EVENTS} sent: ${accepted.length} accepted, ${lost.length} given up, ${sender.statuses[429]} refusals of the gateway`,
  );
});

test('a gateway that lets messages wait: none of the same flood is refused or lost, and a repetition has no effect', async () => {
  // 300 messages wait less than two of these ten seconds.
  const world = await startWorld(200, 10_000);
  const sender = new Sender(world.gateway.url);
  const ids = times(EVENTS, (n) => `m-${n}`);
  const results = await Promise.all(ids.map((id) => sender.send(id)));
  expect(results).toEqual(times(EVENTS, () => 202));
  // A sender that did not see an answer repeats its message. The inbox knows it.
  expect(await Promise.all(ids.slice(0, 50).map((id) => sender.send(id)))).toEqual(times(50, () => 200));
  expect(sender.statuses).toEqual({ 202: EVENTS, 200: 50 });
  await expectLog(world, sender.statuses);
  await expectEffects(world, ids, 50);
});
