// Four loads on the real Genesys SDK, each without and with Holdline. The simulator counts the requests.
import platformClient from 'purecloud-platform-client-v2';
import { WebSocket } from 'ws';
import { bulkWrite, genesysBulkReads, genesysCache, genesysCloud, guardGenesys, live } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

const LIMIT = { name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' };

const range = (length) => Array.from({ length }, (_, i) => i);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** Starts a platform, and logs the SDK in. Without Holdline the platform has no limit, so that it counts every call of the load. */
async function connect({ withHoldline, configs = [], entities }) {
  const simulator = await startSimulator({
    platform: 'genesys',
    limits: withHoldline ? [LIMIT] : [],
    ...(entities && { entities }),
  });
  const client = await login(simulator, (fresh) => {
    if (withHoldline) guardGenesys(fresh, genesysCloud(...configs));
  });
  return { simulator, client };
}

async function login(simulator, guard = () => undefined) {
  const client = new platformClient.ApiClientClass();
  client.config.live_reload_config = false;
  const { hostname: host, port } = new URL(simulator.url);
  client.setGateway({ host, port, protocol: 'http' });
  guard(client);
  await client.loginClientCredentialsGrant('any-id', 'any-secret');
  return client;
}

/** Ends a load. The `requests` of the platform are those to its API, so those for tokens do not count. */
async function end({ simulator, client }, result) {
  const { requests, refused } = simulator.stats();
  await client.holdline?.close?.();
  await simulator.stop();
  return { requests, refused, ...result };
}

/** 200 agents log in within `overMs`. Each fetches the same five scripts and its own user. */
async function agentsLogIn({ withHoldline, agents = 200, overMs = 60_000 }) {
  const platform = await connect({ withHoldline, configs: [genesysBulkReads({ withinMs: 1_500 }), genesysCache()] });
  const scripts = new platformClient.ScriptsApi(platform.client);
  const users = new platformClient.UsersApi(platform.client);
  let longestMs = 0;
  let wrong = 0;
  const fetchOne = async (id, call) => {
    const started = performance.now();
    if ((await call()).id !== id) wrong++;
    longestMs = Math.max(longestMs, performance.now() - started);
  };
  await Promise.all(
    range(agents).map(async (n) => {
      await sleep((overMs * n) / agents);
      const user = `agent-${n}`;
      await Promise.all([
        fetchOne(user, () => users.getUser(user)),
        ...range(5).map((i) => fetchOne(`script-${i}`, () => scripts.getScript(`script-${i}`))),
      ]);
    }),
  );
  return end(platform, { wrong, longestMs });
}

/** The presence of `watched` users for `forMs`: polled every 5 s, or as live values. Ten changes are made meanwhile. */
async function watchPresence({ withHoldline, watched = 1_000, forMs = 600_000 }) {
  const platform = await connect({ withHoldline });
  const { simulator, client } = platform;
  const presences = new platformClient.PresenceApi(client);
  const ids = range(watched).map((n) => `agent-${n}`);
  const seen = new Map();
  const note = (id, message) => {
    if (message !== undefined && message !== '' && !seen.has(message)) seen.set(message, { id, at: performance.now() });
  };
  const until = performance.now() + forMs;
  let values;
  const polls = [];
  if (withHoldline) {
    values = live(client, { notifications: { WebSocket } });
    await Promise.all(
      ids.map(async (id) => {
        const { presence } = values.user(id);
        presence.on('change', ({ current }) => note(id, current.message));
        await presence.ready();
      }),
    );
  } else {
    for (const [n, id] of ids.entries())
      polls.push(
        (async () => {
          await sleep((5_000 * n) / watched);
          for (; performance.now() < until; await sleep(5_000))
            note(id, (await presences.getUserPresence(id, 'PURECLOUD')).message);
        })(),
      );
  }
  // Somebody else changes presences, so the requests for this do not count.
  const other = await login(simulator);
  const changes = new Map();
  const made = 10;
  for (const n of range(made)) {
    await sleep((until - performance.now()) / (made + 1 - n));
    const message = `change ${n}`;
    changes.set(message, performance.now());
    await new platformClient.PresenceApi(other).patchUserPresence(ids[(n * 97) % watched], 'PURECLOUD', { message });
  }
  await sleep(until - performance.now());
  await Promise.all(polls);
  await values?.close();
  const delays = [...changes].map(([message, at]) => (seen.get(message)?.at ?? Infinity) - at);
  const result = await end(platform, {
    wrong: delays.filter((ms) => ms === Infinity).length,
    longestMs: Math.max(...delays),
  });
  return { ...result, requests: result.requests - made };
}

/** `count` users by id, with one call of the SDK each. */
async function readUsers({ withHoldline, count = 10_000 }) {
  const platform = await connect({ withHoldline, configs: [genesysBulkReads()] });
  const users = new platformClient.UsersApi(platform.client);
  const started = performance.now();
  const ids = range(count).map((n) => `agent-${n}`);
  const read = await Promise.all(ids.map((id) => users.getUser(id)));
  const wrong = read.filter(({ id }, n) => id !== ids[n]).length;
  return end(platform, { wrong, longestMs: performance.now() - started });
}

/** `count` external contacts, created one by one, or in bulk with a result for each. One of a hundred is invalid. */
async function createContacts({ withHoldline, count = 5_000 }) {
  const platform = await connect({ withHoldline });
  const contacts = new platformClient.ExternalContactsApi(platform.client);
  const started = performance.now();
  const items = range(count).map((n) => ({ firstName: `First ${n}`, lastName: `Last ${n}` }));
  let created = 0;
  if (withHoldline) {
    const { results } = await bulkWrite(contacts, 'postExternalcontactsBulkContactsAdd', items);
    created = results.filter(({ ok }) => ok).length;
  } else {
    for (let from = 0; from < count; from += 50) {
      const batch = items.slice(from, from + 50).map((item) => contacts.postExternalcontactsContacts(item));
      created += (await Promise.all(batch)).length;
    }
  }
  return end(platform, { wrong: count - created, longestMs: performance.now() - started });
}

/**
 * The loads. With Holdline a load may need `reach` requests, and nobody may wait longer than `patienceMs`. The short form changes the
 * parameters `short` of both sides, and `shortAlone` of the SDK alone.
 */
export const LOADS = [
  {
    name: '200 agents log in, each fetches 5 scripts and its own user',
    run: agentsLogIn,
    reach: 60,
    patienceMs: 2_000,
    short: { overMs: 6_000 },
  },
  {
    name: 'presence of 1,000 users, polled every 5 s',
    run: watchPresence,
    reach: 50,
    patienceMs: 1_000,
    short: { forMs: 6_000 },
  },
  {
    name: '10,000 users by id, one SDK call each',
    run: readUsers,
    reach: 210,
    short: {},
    shortAlone: { count: 1_000 },
  },
  {
    name: '5,000 external contacts created',
    run: createContacts,
    reach: 100,
    short: {},
    shortAlone: { count: 1_000 },
  },
];
