// One worker process. Its axios instance shares a quota through Redis and sends calls as fast as the line permits.
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { redisStore } from '@holdline/redis';

const { api, redis, token, limit, windowMs } = JSON.parse(process.argv[2]);

const store = redisStore({ url: redis, prefix: 'fleet-example' });
const line = createHoldline({
  store,
  governor: {
    quotas: [{ limit, windowMs }],
    enforcement: 'sliding', // strict: the line does not learn how the platform counts
  },
});
line.on('storeLost', () => process.send({ redis: 'lost' }));
line.on('storeBack', ({ lostForMs }) => process.send({ redis: `back after ${(lostForMs / 1_000).toFixed(1)} s` }));

const client = guardAxios(axios.create({ baseURL: api, headers: { authorization: `Bearer ${token}` } }), line);

let running = true;
const sendCalls = async () => {
  while (running) {
    try {
      await client.get('/api/v2/users/me');
      process.send({ answered: 1 });
    } catch (error) {
      process.send({ failed: error.message });
    }
  }
};
const loops = Array.from({ length: 10 }, sendCalls);

process.on('message', async () => {
  running = false;
  await Promise.all(loops);
  await line.close();
  await store.close();
  process.disconnect();
});
