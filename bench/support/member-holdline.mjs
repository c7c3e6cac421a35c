// Holdline with all default policies, in one process of a fleet or without a store.
import { answered, createHoldline } from '@holdline/core';
import { redisStore } from '@holdline/redis';

export async function make({ id, limit, windowMs, url, knowsLimit, send }) {
  const store = url ? redisStore({ url, prefix: id }) : undefined;
  // All processes start at once, so a busy machine is slow to connect.
  for (let tries = 0; store; tries++) {
    try {
      await store.ready();
      break;
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
  const quotas = knowsLimit ? [{ limit, windowMs }] : [];
  const line = createHoldline({ ...(store && { store }), governor: { quotas } });
  const request = {
    method: 'GET',
    url: 'https://api.example.com/api/v2/users/me',
    headers: { get: () => undefined, set: () => undefined },
    replayable: true,
    async send() {
      const { status, retryAfter, quota } = await send();
      const headers = {
        'retry-after': retryAfter,
        'x-ratelimit-limit': quota && String(quota.limit),
        'x-ratelimit-remaining': quota && String(quota.remaining),
        'x-ratelimit-reset': quota && String(quota.reset),
      };
      return answered({ status }, { status, header: (name) => headers[name], threw: status >= 400 });
    },
  };
  return {
    call: () => line.run(request),
    stop: async () => {
      await line.close();
      await store?.close();
    },
  };
}
