// An hour of a busy line under the virtual clock, then live: for screenshots of the dashboard. `node test/dashboard-scene.mjs` prints the address.
import { answered, createHoldline, memoryStore } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { dashboard } from '@holdline/dashboard';

const MINUTE = 60_000;
const ORIGIN = 'https://api.mypurecloud.de';
/** Path, method, weight in the mix, and the mean time of an answer in ms. */
const MIX = [
  ['GET', '/api/v2/users/{id}', 30, 60],
  ['GET', '/api/v2/routing/queues/{id}/members', 18, 95],
  ['GET', '/api/v2/conversations/{id}', 16, 80],
  ['PATCH', '/api/v2/users/{id}/presences/purecloud', 12, 70],
  ['POST', '/api/v2/analytics/conversations/details/query', 9, 420],
  ['GET', '/api/v2/flows', 5, 130],
  ['POST', '/api/v2/outbound/contactlists/{id}/contacts', 4, 160],
  ['PUT', '/api/v2/routing/users/{id}/utilization', 3, 90],
];
const TENANTS = ['acme', 'globex', 'initech', 'umbrella'];
const PRIORITIES = ['high', 'normal', 'normal', 'low', 'background'];

/**
 * Plays the scene, and resolves when it has reached the present. `advance` moves it on.
 * @param {{ port?: number }} options
 */
export async function startScene({ port = 0 } = {}) {
  const clock = new VirtualClock(Date.now() - 58 * MINUTE);
  const random = seededRandom(17);
  const exponential = (mean) => -mean * Math.log(1 - random.next());
  let window = { at: 0, used: 0, analytics: 0 };
  /** The platform counts fixed windows. At times another client takes a part of the quota. */
  function judge(path) {
    const minute = Math.floor(clock.now() / MINUTE);
    if (window.at !== minute) window = { at: minute, used: 0, analytics: 0 };
    const taken = minute % 13 === 8 || minute === 54 || minute === 57 ? 120 : 0;
    const wait = { status: 429, retryAfter: Math.ceil(((minute + 1) * MINUTE - clock.now()) / 1000) };
    if (path.includes('/analytics/') && ++window.analytics > 40) return wait;
    if (++window.used + taken > 300) return wait;
    if (path.includes('/outbound/') && minute >= 55) return { status: 500 };
    return random.next() < 0.004 ? { status: 503 } : { status: 200 };
  }
  const line = createHoldline({
    clock,
    random,
    store: memoryStore(),
    token: { grant: async () => ({ accessToken: `scene-${clock.now()}`, expiresInMs: 24 * 3_600_000 }) },
    governor: { quotas: [{ limit: 300, windowMs: MINUTE, name: 'requests' }] },
    retry: { maxAttempts: 4, baseDelayMs: 400 },
    breaker: { minAttempts: 4, windowMs: 30_000, openMs: 20_000 },
    endpoints: {
      'POST /api/v2/analytics/**': { readOnly: true },
      'GET /api/v2/routing/queues/:id/members': { governor: { quotas: [{ limit: 90, windowMs: MINUTE }] } },
    },
  });
  const wait = (ms) => new Promise((resolve) => void clock.setTimer(ms, () => resolve()));
  const total = MIX.reduce((sum, [, , weight]) => sum + weight, 0);

  function startCall() {
    let pick = random.next() * total;
    const [method, path, , ms] = MIX.find(([, , weight]) => (pick -= weight) < 0) ?? MIX[0];
    const headers = new Map();
    const id = Math.floor(random.next() * 5_000)
      .toString(16)
      .padStart(8, '0');
    const tenant = TENANTS[Math.floor(random.next() ** 1.7 * TENANTS.length)];
    const call = line.run({
      method,
      url: ORIGIN + path.replace('{id}', `${id}-5a1c-4d2f-9c3b-0a7d1e9b4c20`),
      replayable: true,
      ownOrigin: ORIGIN,
      headers: { get: (name) => headers.get(name), set: (name, value) => void headers.set(name, value) },
      payload: () => undefined,
      context: { tenant, priority: PRIORITIES[Math.floor(random.next() * PRIORITIES.length)] },
      async send() {
        const { status, retryAfter } = judge(path);
        await wait(8 + (status === 429 ? 12 : exponential(ms)));
        const header = (name) => (name.toLowerCase() === 'retry-after' && retryAfter ? String(retryAfter) : undefined);
        return answered({ status }, { status, header, threw: status >= 400 });
      },
    });
    call.catch(() => undefined);
  }

  async function load() {
    for (;;) {
      const minute = clock.now() / MINUTE;
      // Shifts begin on the quarter of an hour, and their agents log in.
      const wave = minute % 15 < 3 || minute > 56.6 ? 345 : 195 + 50 * Math.sin(minute / 5);
      await wait(exponential(MINUTE / wave));
      startCall();
    }
  }
  const served = await dashboard(line, { port, clock });
  void load();
  await clock.advance(57.7 * MINUTE);
  return { ...served, line, clock, advance: (ms) => clock.advance(ms) };
}

if (process.argv[1] === import.meta.filename) {
  const scene = await startScene({ port: 4653 });
  console.log(scene.url);
  let at = performance.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = performance.now();
    await scene.advance(now - at);
    at = now;
  }
}
