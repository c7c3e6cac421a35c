// The service. It writes while the platform is down, or replays the dead letters.
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline, withTransaction } from '@holdline/core';
import { redisStore } from '@holdline/redis';

const { api, redis, key, token, work, writes } = JSON.parse(process.argv[2]);

const line = createHoldline({
  store: redisStore({ url: redis, prefix: 'dead-letters-example', key, timeoutMs: 5_000 }),
  retry: { maxAttempts: 2, baseDelayMs: 50 },
  breaker: false,
  // A write with an unknown outcome may repeat only if the platform honours the idempotency key.
  endpoints: { 'POST /api/v2/quality/conversations/:id/evaluations': { keyed: true } },
});
const client = guardAxios(axios.create({ baseURL: api, headers: { authorization: `Bearer ${token}` } }), line);

line.on('deadLetter', ({ what }) => process.send({ what }));
if (work === 'write') {
  for (let i = 0; i < writes; i++) {
    await withTransaction(`evaluation-${i}`, () =>
      client.post(`/api/v2/quality/conversations/c-${i}/evaluations`, { order: i }),
    ).catch(() => undefined);
  }
} else {
  const { replayed, left, letters } = await line.deadLetters.replay({ concurrency: 2 });
  const taken = letters.filter(({ result }) => result === 'taken').length;
  process.send({ done: { replayed, left, taken } });
}
// The process waits until it is killed. It does not clean up.
setInterval(() => undefined, 1_000);
