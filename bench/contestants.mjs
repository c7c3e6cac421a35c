// The contestants, set up as their documentation says, for one server. Each has `make({ limit, windowMs, send, id })`, which returns
// `{ call, stop }`. `send()` makes one request and resolves with `{ status, retryAfter }`. A failed call rejects.
import { answered, createHoldline } from '@holdline/core';
import axios, { AxiosError } from 'axios';
import rateLimit from 'axios-rate-limit';
import axiosRetry from 'axios-retry';
import Bottleneck from 'bottleneck';
import { TokenBucket } from 'limiter';
import { Octokit } from '@octokit/core';
import { throttling } from '@octokit/plugin-throttling';
import pThrottle from 'p-throttle';

const nothing = () => undefined;
const URL_OF_ALL = 'https://api.example.com/api/v2/users/me';

/** An axios instance whose network is `send`. */
function createAxios(send) {
  return axios.create({
    adapter: async (config) => {
      const { status, retryAfter } = await send();
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      const response = { data: 'ok', status, statusText: String(status), headers, config, request: {} };
      if (status < 400) return response;
      throw new AxiosError(`status ${status}`, AxiosError.ERR_BAD_REQUEST, config, {}, response);
    },
  });
}

function withAxiosRetry(send, options, before = nothing) {
  const api = createAxios(send);
  before(api);
  axiosRetry(api, options);
  return { call: () => api.get(URL_OF_ALL), stop: nothing };
}

function withBottleneck(send, options) {
  const limiter = new Bottleneck(options);
  limiter.on('failed', (error, { retryCount }) => (retryCount < 5 ? error.retryAfterMs : undefined));
  const attempt = async () => {
    const { status, retryAfter } = await send();
    if (status === 429)
      throw Object.assign(new Error('429'), { code: '429', retryAfterMs: Number(retryAfter) * 1_000 });
  };
  return {
    call: () => limiter.schedule(attempt),
    stop: () => void limiter.stop({ dropWaitingJobs: true }).catch(nothing),
  };
}

const QuietOctokit = Octokit.plugin(throttling).defaults({
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
});

function withOctokit({ send, id }) {
  const answer = async () => {
    const { status, retryAfter } = await send();
    const headers = { 'content-type': 'application/json', ...(retryAfter && { 'retry-after': retryAfter }) };
    // The plugin recognises a refusal with Retry-After by this message.
    const body = status === 429 ? '{"message":"You have exceeded a secondary rate limit"}' : '{}';
    return new Response(body, { status, headers });
  };
  const again = (retryAfter, options, octokit, retryCount) => retryCount < 5;
  const octokit = new QuietOctokit({
    request: { fetch: answer },
    throttle: { id, onRateLimit: again, onSecondaryRateLimit: again },
  });
  return { call: () => octokit.request('GET /user'), stop: nothing };
}

const NO_HEADERS = { get: nothing, set: nothing };
const SENT = { ok: true };

/** A request as an adapter passes it to the line. */
export function holdlineRequest(send, more) {
  return {
    method: 'GET',
    url: URL_OF_ALL,
    headers: NO_HEADERS,
    replayable: true,
    async send() {
      const { status, retryAfter } = await send();
      const header = (name) => (name === 'retry-after' ? retryAfter : undefined);
      return status < 400
        ? answered(SENT, { status, header })
        : answered(new Error(`status ${status}`), { status, header, threw: true });
    },
    ...more,
  };
}

/** A line with all default policies. */
function withHoldline(send, governor) {
  const line = createHoldline({ governor });
  const request = holdlineRequest(send);
  return { line, call: () => line.run(request), stop: () => void line.close().catch(nothing) };
}

const KNOWN = [
  { name: 'nothing', make: ({ send }) => withAxiosRetry(send, { retries: 0 }) },
  { name: 'axios-retry, default', make: ({ send }) => withAxiosRetry(send) },
  {
    name: 'axios-rate-limit + axios-retry',
    make: ({ send, limit, windowMs }) =>
      withAxiosRetry(send, {}, (api) => rateLimit(api, { maxRequests: limit, perMilliseconds: windowMs })),
  },
  {
    name: 'bottleneck, refresh + Retry-After',
    make: ({ send, limit, windowMs }) =>
      withBottleneck(send, {
        reservoir: limit,
        reservoirRefreshAmount: limit,
        reservoirRefreshInterval: windowMs,
      }),
  },
  {
    name: 'bottleneck, increase + Retry-After',
    make({ send, limit, windowMs }) {
      // A tenth of the window, but not below the resolution of its timers.
      const interval = Math.max(500, windowMs / 10);
      return withBottleneck(send, {
        reservoir: limit,
        reservoirIncreaseAmount: Math.floor((limit * interval) / windowMs),
        reservoirIncreaseInterval: interval,
        reservoirIncreaseMaximum: limit,
      });
    },
  },
  {
    name: 'p-throttle strict + axios-retry',
    make: ({ send, limit, windowMs }) =>
      withAxiosRetry(send, {}, (api) => {
        const pace = pThrottle({ limit, interval: windowMs, strict: true });
        api.interceptors.request.use(pace((config) => config));
      }),
  },
  {
    name: 'limiter bucket + axios-retry',
    make: ({ send, limit, windowMs }) =>
      withAxiosRetry(send, {}, (api) => {
        const bucket = new TokenBucket({ bucketSize: limit, tokensPerInterval: limit, interval: windowMs });
        bucket.content = limit;
        api.interceptors.request.use(async (config) => {
          await bucket.removeTokens(1);
          return config;
        });
      }),
  },
  { name: '@octokit/plugin-throttling', make: withOctokit },
  {
    name: 'Holdline',
    ours: true,
    make: ({ send, limit, windowMs }) => withHoldline(send, { quotas: [{ limit, windowMs }] }),
  },
  {
    name: 'Holdline, headroom 0.8 / 0.9',
    ours: true,
    make: ({ send, limit, windowMs }) =>
      withHoldline(send, { quotas: [{ limit, windowMs }], headroom: { capacity: 0.8, refill: 0.9 } }),
  },
];

/** Contestants that know the limit, but not how the platform counts. */
export const contestants = KNOWN;

/** Contestants that know only the responses. */
export const blindContestants = [
  ...KNOWN.slice(0, 2),
  {
    name: 'axios-retry, exponential (5)',
    make: ({ send }) => withAxiosRetry(send, { retries: 5, retryDelay: axiosRetry.exponentialDelay }),
  },
  { name: 'bottleneck, Retry-After only', make: ({ send }) => withBottleneck(send, {}) },
  { name: '@octokit/plugin-throttling', make: withOctokit },
  { name: 'Holdline, no quotas', ours: true, make: ({ send }) => withHoldline(send, {}) },
  {
    name: "Holdline, limit 'discover'",
    ours: true,
    make: ({ send, windowMs }) => withHoldline(send, { quotas: [{ limit: 'discover', windowMs }] }),
  },
];
