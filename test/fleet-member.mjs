// One process of a fleet. It makes calls as fast as the quota allows and reports the time of each attempt.
import { answered, createHoldline } from '@holdline/core';
import { redisStore } from '@holdline/redis';

const { url, limit, windowMs } = JSON.parse(process.argv[2]);
const store = redisStore({ url });
const line = createHoldline({
  store,
  retry: false,
  governor: { quotas: [{ limit, windowMs }], enforcement: 'sliding' },
});
for (const event of ['storeLost', 'storeBack']) line.on(event, () => process.send({ event }));
process.on('unhandledRejection', (error) => process.send({ event: 'unhandled', message: String(error) }));

const nothing = () => undefined;
const request = {
  method: 'GET',
  url: 'https://api.example.com/things',
  headers: { get: nothing, set: nothing },
  replayable: true,
  async send() {
    process.send({ sentAt: performance.timeOrigin + performance.now() });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return answered('ok', { status: 200, header: nothing });
  },
};

let running = true;
const work = async () => {
  while (running) {
    try {
      await line.run(request);
    } catch (error) {
      process.send({ event: 'failed', message: error.message });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};
const workers = Array.from({ length: 20 }, work);

process.on('message', async () => {
  running = false;
  await Promise.all(workers);
  await line.close();
  await store.close();
  // From here on, Holdline must not keep the process alive.
  process.disconnect();
});
