// Effect's rate limiter, set up as its documentation says, in one process of a fleet or with its memory store.
import { NodeRedis } from '@effect/platform-node';
import { Effect, Layer, ManagedRuntime } from 'effect';
import { HttpClient, HttpClientResponse } from 'effect/http';
import { RateLimiter } from 'effect/persistence';

/** Configured limit where the limit is unknown. */
const ANY_LIMIT = 1_000_000;

export async function make({ id, limit, windowMs, url, knowsLimit, algorithm, send }) {
  const store = url
    ? RateLimiter.layerStoreRedis({ prefix: id }).pipe(Layer.provide(NodeRedis.layer({ url })))
    : RateLimiter.layerStoreMemory;
  const runtime = ManagedRuntime.make(RateLimiter.layer.pipe(Layer.provide(store)));
  const limiter = await runtime.runPromise(
    RateLimiter.RateLimiter.asEffect?.() ?? Effect.service(RateLimiter.RateLimiter),
  );
  const answer = (request) =>
    Effect.map(Effect.promise(send), ({ status, retryAfter, quota }) => {
      const headers = {
        ...(retryAfter && { 'retry-after': retryAfter }),
        ...(quota && {
          'x-ratelimit-limit': String(quota.limit),
          'x-ratelimit-remaining': String(quota.remaining),
          'x-ratelimit-reset': String(quota.reset),
        }),
      };
      return HttpClientResponse.fromWeb(request, new Response('{}', { status, headers }));
    });
  const client = HttpClient.make(answer).pipe(
    HttpClient.withRateLimiter({
      limiter,
      key: id,
      limit: knowsLimit ? limit : ANY_LIMIT,
      window: windowMs,
      algorithm,
    }),
    HttpClient.filterStatusOk,
  );
  return {
    call: () => runtime.runPromise(client.get('https://api.example.com/api/v2/users/me')),
    stop: () => runtime.dispose(),
  };
}
