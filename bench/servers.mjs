// Reference models of a platform that counts requests. We wrote them from the definition of each kind and separately from the
// governor, so that both do not share mistakes.

/** A seeded random generator (mulberry32). Two runs have the same jitter and phases. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

// `ask` of each counter returns 0 if it grants and counts the request, else the ms until it would grant. `left` returns the values of a
// quota header: the requests left now, and the ms until the quota is whole again.

/** At most `limit` in each window of the platform's clock. `phase` is the age of the window at time 0. */
function fixedWindow({ limit, windowMs, phase = 0 }) {
  let index = -1;
  let count = 0;
  return {
    setLimit: (n) => (limit = n),
    ask(t) {
      const current = Math.floor((t + phase) / windowMs);
      if (current !== index) [index, count] = [current, 0];
      if (count >= limit) return (index + 1) * windowMs - phase - t;
      count++;
      return 0;
    },
    left: (t) => ({ remaining: Math.max(0, limit - count), resetMs: (index + 1) * windowMs - phase - t }),
  };
}

/** At most `limit` in any period of `windowMs`. */
function slidingLog({ limit, windowMs }) {
  let granted = [];
  return {
    setLimit: (n) => (limit = n),
    ask(t) {
      granted = granted.filter((at) => at > t - windowMs);
      if (granted.length >= limit) return granted[granted.length - limit] + windowMs - t;
      granted.push(t);
      return 0;
    },
    left: (t) => ({ remaining: Math.max(0, limit - granted.length), resetMs: (granted[0] ?? t) + windowMs - t }),
  };
}

/** A bucket of `limit` tokens. The bucket is full at the start and refills with `limit` per `windowMs`. */
function tokenBucket({ limit, windowMs }) {
  let tokens = limit;
  let last = 0;
  return {
    setLimit(n) {
      limit = n;
      tokens = Math.min(tokens, n);
    },
    ask(t) {
      tokens = Math.min(limit, tokens + ((t - last) * limit) / windowMs);
      last = t;
      if (tokens < 1) return ((1 - tokens) * windowMs) / limit;
      tokens--;
      return 0;
    },
    left: () => ({ remaining: Math.floor(tokens), resetMs: ((limit - tokens) * windowMs) / limit }),
  };
}

const KINDS = { fixed: fixedWindow, sliding: slidingLog, bucket: tokenBucket };
export const SERVER_KINDS = Object.keys(KINDS);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Creates a platform in this process. `request(client)` travels 1 to 4 ms each way, is counted on arrival, takes `serviceMs`, and
 * resolves with `{ status, retryAfter }`. `retryAfter` is in seconds, rounded up to `grainMs` (whole seconds, like real platforms).
 * With `tells`, a response also has `quota`: `{ limit, remaining, reset }`, with the reset in whole seconds from now.
 *
 * `log` holds `[ms since start, granted, client]` of every arrival.
 */
export function createServer({ kind, limit, windowMs, phase = 0, seed = 1, serviceMs = 30, grainMs = 1_000, tells }) {
  const random = seeded(seed);
  const counter = KINDS[kind]({ limit, windowMs, phase });
  const log = [];
  let startedAt = performance.now();
  let stopped = false;
  const travel = () => 1 + random() * 3;
  const quotaOf = ({ remaining, resetMs }) => ({ limit, remaining, reset: Math.ceil(resetMs / 1_000) });
  return {
    kind,
    windowMs,
    phase,
    log,
    setLimit: (n) => counter.setLimit(n),
    start: () => (startedAt = performance.now()),
    now: () => performance.now() - startedAt,
    stop: () => (stopped = true),
    async request(client = 'us') {
      await pause(travel());
      if (stopped) return { status: 200, retryAfter: undefined };
      const now = performance.now() - startedAt;
      const missing = counter.ask(now);
      log.push([now, missing <= 0, client]);
      const quota = tells ? quotaOf(counter.left(now)) : undefined;
      await pause(serviceMs + travel());
      if (missing <= 0) return { status: 200, retryAfter: undefined, quota };
      const seconds = (Math.max(1, Math.ceil(missing / grainMs)) * grainMs) / 1_000;
      return { status: 429, retryAfter: String(seconds), quota };
    },
  };
}

/** The number of requests that the server grants until `runMs` to a client that uses its whole quota. */
export function capacity({ kind, limit, windowMs, phase = 0 }, runMs) {
  if (kind === 'fixed') return limit * (Math.floor((runMs - 1 + phase) / windowMs) - Math.floor(phase / windowMs) + 1);
  if (kind === 'sliding') return limit * Math.ceil(runMs / windowMs);
  return limit + Math.floor((limit * runMs) / windowMs);
}

/** The whole windows from `fromMs` to `toMs`, as `[from, to]`: windows of the platform if it has any, else slices of `windowMs`. */
export function wholeWindows({ kind, windowMs, phase = 0 }, fromMs, toMs) {
  let from = kind === 'fixed' ? Math.ceil((fromMs + phase) / windowMs) * windowMs - phase : fromMs;
  const windows = [];
  for (; from + windowMs <= toMs + 1; from += windowMs) windows.push([from, from + windowMs]);
  return windows;
}

/** Counts grants and refusals of one client or of all clients between two times. */
export function countLog(log, [from, to], client) {
  let granted = 0;
  let refused = 0;
  for (const [at, ok, who] of log) {
    if (at < from || at >= to || (client && who !== client)) continue;
    if (ok) granted++;
    else refused++;
  }
  return { granted, refused };
}
