// A process with an inbox behind HTTP. The test kills it with SIGKILL and starts it again.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { genesysOpenMessaging, inbox, nodeMount } from '@holdline/inbox';
import { redisStore } from '@holdline/redis';

const { redisUrl, dir, port, platform, secret, key, quota, concurrency, handles = true } = JSON.parse(process.argv[2]);
const store = dir ? (await import('@holdline/core/node')).fileStore({ dir, key }) : redisStore({ url: redisUrl, key });
const line = createHoldline({ store, governor: false, endpoints: { 'POST /effects': { keyed: true } } });
const guarded = guardFetch(fetch, line);

const box = inbox({
  store,
  quota,
  concurrency,
  claimMs: 3_000,
  retry: { baseDelayMs: 200 },
  verify: genesysOpenMessaging({ secret }),
  handle: handles
    ? async ({ event }) => {
        const response = await guarded(`${platform}/effects`, {
          method: 'POST',
          body: JSON.stringify({ id: event.data.id }),
        });
        if (!response.ok) throw new Error(`status ${response.status}`);
        await response.text();
      }
    : undefined,
});

const server = createServer(nodeMount(box.fetch)).listen(port, '127.0.0.1');
await once(server, 'listening');
process.on('message', async (message) => {
  if (message === 'snapshot') process.send(box.snapshot());
  if (message === 'close') {
    server.close();
    server.closeAllConnections();
    await box.close();
    await line.close();
    await store.close();
    process.disconnect();
  }
});
process.send('listens');
