// A load that makes a line do everything that @holdline/telemetry counts. The packages are arguments, so that it also runs with packages that
// are installed elsewhere.

const USER = 'GET /api/v2/users/:id';
const QUEUES = 'GET /api/v2/routing/queues';
const FLOWS = 'GET /api/v2/flows';
const LOCATIONS = 'GET /api/v2/locations';
const CREATE_QUEUE = 'POST /api/v2/routing/queues';
const EVALUATIONS = 'POST /api/v2/quality/conversations/:conversationId/evaluations';

/** An id as the platform makes them, so that routes get a template. */
const uuid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const evaluationsOf = (id) => `/api/v2/quality/conversations/${id}/evaluations`;

/** A memory store whose journal fails on request, and that says that it is lost. */
export function faultyStore(memoryStore) {
  const store = memoryStore();
  const listeners = new Set();
  let fails = false;
  const watch = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const say = (state) => {
    const details = { reason: undefined, message: undefined, needsConfiguration: false, retryInMs: undefined };
    for (const listener of listeners) listener({ state, ...details });
  };
  const journal = {
    ...Object.fromEntries(['get', 'put', 'delete'].map((name) => [name, (...args) => store.journal[name](...args)])),
    get: (...args) => (fails ? Promise.reject(new Error('the store is lost')) : store.journal.get(...args)),
  };
  return {
    store: { ...store, journal, watch },
    lose() {
      fails = true;
      say('lost');
    },
    comeBack() {
      fails = false;
      say('ready');
    },
  };
}

/** Makes a line with a token, a quota, circuits and dead letters, for {@link runLoad}. */
export function createLoadLine({ createHoldline, memoryStore }, simulator) {
  let grants = 0;
  const place = faultyStore(memoryStore);
  const grant = async () => {
    // The second grant fails, as if the token endpoint refused it.
    if (++grants === 2) throw new Error('refused by the test');
    const response = await fetch(`${simulator.url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa('any-id:any-secret')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const { access_token: accessToken, expires_in: expiresIn } = await response.json();
    return { accessToken, expiresInMs: expiresIn * 1_000 };
  };
  const line = createHoldline({
    store: place.store,
    token: { grant, origins: [new URL(simulator.url).origin] },
    governor: {
      quotas: [
        { limit: 20, windowMs: 1_000, name: 'all' },
        { limit: 15, windowMs: 1_000, scope: 'tenant', name: 'tenant' },
      ],
    },
    retry: { maxAttempts: 2, baseDelayMs: 20 },
    breaker: { minAttempts: 4, openMs: 600_000 },
    deadLetters: {},
    endpoints: { [EVALUATIONS]: { keyed: true } },
  });
  return { line, place };
}

/** Makes all calls. They end by themselves in a few seconds. `api` is a guarded fetch of the line. */
export async function runLoad({ withCall }, { simulator, api, place }) {
  const get = async (path, context = {}) => {
    const response = await withCall(context, () => api(`${simulator.url}${path}`)).catch((error) => error);
    await response.text?.();
    return response;
  };
  const write = (path, body, context) =>
    withCall({ tenant: 'acme', ...context }, () =>
      api(`${simulator.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
      .then(async (response) => {
        await response.text();
        return response;
      })
      .catch((error) => error);

  // More calls than the quota has permits, so some wait.
  const users = Array.from({ length: 30 }, (_, i) =>
    get(`/api/v2/users/${uuid(i)}?secret=query`, {
      priority: i % 3 === 0 ? 'high' : 'normal',
      tenant: i % 2 ? 'acme' : 'beta',
    }),
  );
  await Promise.all(users);

  // The platform refuses twice: with a 429, and with a 503 and a wait.
  simulator.script(QUEUES, [{ status: 429, headers: { 'retry-after': '1' } }]);
  await get('/api/v2/routing/queues');
  simulator.script(LOCATIONS, [{ status: 503, headers: { 'retry-after': '1' } }]);
  await get('/api/v2/locations');

  // A revoked token. Its first refresh fails, so this call fails; the next one gets a new token.
  simulator.script(USER, [{ status: 401, revoke: true }]);
  await get(`/api/v2/users/${uuid(100)}`);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (let i = 0; i < 20; i++) {
    const response = await get(`/api/v2/users/${uuid(101)}`);
    if (response.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  // Failures open a circuit. Then the line refuses.
  simulator.script(
    FLOWS,
    Array.from({ length: 8 }, () => ({ status: 500 })),
  );
  for (let i = 0; i < 6; i++) await get('/api/v2/flows');

  // A call that runs out of attempts, and a write that fails for good.
  simulator.script(LOCATIONS, [{ status: 504 }, { status: 504 }]);
  await get('/api/v2/locations');
  simulator.script(CREATE_QUEUE, [{ status: 504 }]);
  await write('/api/v2/routing/queues', { name: 'score' });

  // Two equal writes in flight are one request.
  await Promise.all(
    [1, 2].map(() =>
      write(evaluationsOf(uuid(2)), { score: 2 }, { transaction: 'order-20', idempotencyKey: 'key-20' }),
    ),
  );

  // The store is lost during a write.
  place.lose();
  await write(evaluationsOf(uuid(3)), { score: 3 }, { transaction: 'order-30' });
}
