// The service. Its inbox stores each webhook before it answers. For each message it then makes one write at the platform.
import { createServer } from 'node:http';
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { genesysOpenMessaging, inbox, nodeMount } from '@holdline/inbox';
import { redisStore } from '@holdline/redis';

const { api, redis, key, token, port, secret } = JSON.parse(process.argv[2]);

const store = redisStore({ url: redis, prefix: 'inbox-example', key, timeoutMs: 5_000 });
const line = createHoldline({
  store,
  // A repeated handling sends its write under the same idempotency key. The platform has to honour it.
  endpoints: { 'POST /api/v2/quality/conversations/:id/evaluations': { keyed: true } },
});
const client = guardAxios(axios.create({ baseURL: api, headers: { authorization: `Bearer ${token}` } }), line);

const messages = inbox({
  store,
  quota: { limit: 50, windowMs: 1_000 },
  concurrency: 5,
  // The events of a killed process are free after this time.
  claimMs: 3_000,
  verify: genesysOpenMessaging({ secret }),
  async handle({ event }) {
    await client.post(`/api/v2/quality/conversations/${event.data.id}/evaluations`, { text: event.data.text });
  },
});

createServer(nodeMount(messages.fetch)).listen(port, '127.0.0.1', () => process.send('listens'));
