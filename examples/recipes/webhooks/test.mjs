import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { serve } from '@hono/node-server';
import { Webhook } from 'standardwebhooks';
import { memoryStore } from '@holdline/core';
import { createDoors } from './doors.mjs';
import * as express from './express.mjs';
import * as fastify from './fastify.mjs';
import * as hono from './hono.mjs';

const SECRETS = {
  openMessaging: ['new-open-messaging-secret', 'old-open-messaging-secret'],
  eventBridge: 'event-bridge-key',
  workflow: 'workflow-key',
  standard: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};
/** 16 events a second, so the peak quota is 58. */
const VOLUME = { intervals: [{ agents: 400, interactionsPerAgent: 3 }], eventsPerInteraction: 12 };

/** Each framework listens on a free port. */
const FRAMEWORKS = {
  async express(doors) {
    const server = createServer(express.createApp(doors)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  },
  async fastify(doors) {
    const app = fastify.createApp(doors);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server;
  },
  async hono(doors) {
    const server = serve({ fetch: hono.createApp(doors).fetch, port: 0, hostname: '127.0.0.1' });
    if (!server.listening) await once(server, 'listening');
    return server;
  },
};

let service;
afterEach(async () => {
  service?.server.closeAllConnections();
  service?.server.close();
  await service?.doors.events.close();
});

/** A service in one of the frameworks, with the events that it handled and the lines of its log. */
async function start(framework, { handle = () => {}, volume = VOLUME, secrets = SECRETS } = {}) {
  const handled = [];
  const log = [];
  const doors = createDoors({
    store: memoryStore(),
    secrets,
    volume,
    log: (line) => log.push(line),
    handle: async ({ event }) => {
      await handle(event);
      handled.push(event);
    },
  });
  const server = await FRAMEWORKS[framework](doors);
  const post = (path, body, headers) =>
    fetch(`http://127.0.0.1:${server.address().port}/webhooks/${path}`, { method: 'POST', body, headers });
  service = { server, doors };
  return { post, handled, log, doors };
}

const message = (id) =>
  JSON.stringify({ id, type: 'Text', channel: { from: { id: 'integration' }, to: { id: 'ada' } } });
const signature = (body, secret = SECRETS.openMessaging[0]) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`,
});

/** What the platform makes of the template of an action: references are replaced, and texts are escaped for JSON. */
function render(template, input) {
  const value = (name) => (Object.hasOwn(input, name) ? JSON.stringify(input[name]).slice(1, -1) : '');
  return template.replace(/\$esc\.jsonEncode\(\$!?\{input\.(\w+)\}\)/g, (_, name) => value(name));
}

for (const framework of Object.keys(FRAMEWORKS)) {
  test(`${framework}: each sender has a door, and each event is handled once`, async () => {
    const { post, handled, doors } = await start(framework);
    const text = message('m-1');
    assert.equal((await post('open-messaging', text, signature(text))).status, 202);
    assert.equal((await post('open-messaging', text, signature(text, SECRETS.openMessaging[1]))).status, 200);

    const event = JSON.stringify({ id: 'e-1', 'detail-type': 'v2.users.{id}.presence', source: 'genesys', detail: {} });
    for (const status of [202, 200])
      assert.equal((await post('event-bridge', event, { 'x-api-key': SECRETS.eventBridge })).status, status);

    const body = '{"type":"invoice.paid"}';
    const now = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRETS.standard).sign('msg_1', now, body),
    };
    for (const status of [202, 200]) assert.equal((await post('standard', body, headers)).status, status);

    await doors.events.drain();
    assert.deepEqual(handled.map(({ id }) => id).sort(), ['Text:m-1', 'e-1', 'msg_1']);
  });

  test(`${framework}: what is not from its sender is rejected, without a reason`, async () => {
    const { post, handled, log, doors } = await start(framework);
    const text = message('m-1');
    const answers = await Promise.all([
      post('open-messaging', text, signature(text, 'guess')),
      post('open-messaging', text, {}),
      post('event-bridge', '{"id":"e"}', { 'x-api-key': SECRETS.workflow }),
      post('standard', '{}', {}),
    ]);
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.equal(await answer.text(), '{"result":"rejected"}');
    }
    await doors.events.drain();
    assert.deepEqual(handled, []);
    assert.equal(log.length, 4);
    for (const secret of Object.values(SECRETS).flat()) assert.ok(!JSON.stringify(log).includes(secret));
  });
}

test('a workflow reaches the inbox with its data action', async () => {
  const { config } = JSON.parse(readFileSync(new URL('data-action.json', import.meta.url), 'utf8'));
  const { post, handled, doors } = await start('fastify');
  const input = { eventId: 'c-1/survey', eventType: 'survey', conversationId: 'c-1', note: 'says "no"\n' };
  const send = (values) =>
    post('workflow', render(config.request.requestTemplate, values), {
      'content-type': config.request.headers['Content-Type'],
      'x-api-key': SECRETS.workflow,
    });
  const first = await send(input);
  // The response configuration of the action reads `result`.
  assert.deepEqual([first.status, await first.json()], [202, { result: 'accepted' }]);
  assert.deepEqual(await (await send(input)).json(), { result: 'duplicate' });
  const { note, ...required } = input;
  assert.equal((await send({ ...required, eventId: 'c-1/callback' })).status, 202);

  await doors.events.drain();
  assert.deepEqual(
    handled.map(({ id, key, type, data }) => [id, key, type, data.detail.note]),
    [
      ['c-1/survey', 'c-1', 'survey', note],
      ['c-1/callback', 'c-1', 'survey', ''],
    ],
  );
});

test('above its quota the inbox refuses, and the sender loses nothing by sending again', async () => {
  // 1 event a second on average; the peak is 4.
  const volume = { intervals: [{ agents: 300, interactionsPerAgent: 1 }], eventsPerInteraction: 3 };
  const { post, handled, doors } = await start('express', { volume });
  const deliver = async (id) => {
    const body = message(id);
    for (let refusals = 0; ; refusals++) {
      const answer = await post('open-messaging', body, signature(body));
      if (answer.status !== 429) return { status: answer.status, refusals };
      const seconds = Number(answer.headers.get('retry-after'));
      assert.ok(seconds >= 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  };
  const ids = Array.from({ length: 8 }, (_, i) => `m-${i}`);
  const results = await Promise.all(ids.map(deliver));
  assert.deepEqual([...new Set(results.map(({ status }) => status))], [202]);
  assert.ok(results.some(({ refusals }) => refusals > 0));
  await doors.events.drain();
  assert.deepEqual(
    handled.map(({ id }) => id).sort(),
    ids.map((id) => `Text:${id}`),
  );
});
