// One guarded dispatcher paces and repeats the requests of undici and of the fetch of Node.
import { callInfo, holdlineOf } from '@holdline/core';
import { startSimulator } from '@holdline/simulator';
import { guardUndici } from '@holdline/undici';
import { Agent, request } from 'undici';

const LIMIT = 10;
const WINDOW_MS = 1_000;
const READS = 20;
const WRITES = 20;

const simulator = await startSimulator({
  platform: 'genesys',
  limits: [{ name: 'token.rate', per: 'token', limit: LIMIT, windowMs: WINDOW_MS, enforcement: 'sliding' }],
});
const { origin } = new URL(simulator.url);

console.log('Shows: one guarded dispatcher paces the requests of undici and of the fetch of Node.');
console.log(`${READS} reads and ${WRITES} writes start at once. The platform answers ${LIMIT} per second.\n`);

/** Logs in, as an application does. */
async function logIn() {
  const { body } = await request(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('any-id:any-secret')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: accessToken } = await body.json();
  return { accessToken };
}

/** Reads with undici, and writes with the fetch of Node, all at once. Returns the number of answers below 400. */
async function runLoad(dispatcher, headers = {}) {
  const attempts = [];
  const reads = Array.from({ length: READS }, async (_, n) => {
    const { statusCode, body, context } = await request(`${simulator.url}/api/v2/users/${n}`, { dispatcher, headers });
    await body.dump();
    attempts.push(callInfo(context)?.attempts ?? 1);
    return statusCode;
  });
  const writes = Array.from({ length: WRITES }, async (_, n) => {
    const response = await fetch(`${simulator.url}/api/v2/externalcontacts/contacts`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ lastName: `Caller ${n}` }),
    });
    await response.text();
    return response.status;
  });
  const statuses = await Promise.all([...reads, ...writes]);
  return { answered: statuses.filter((status) => status < 400).length, most: Math.max(...attempts) };
}

const agent = new Agent({ connections: 1 });
const { accessToken } = await logIn();
const bare = await runLoad(agent, { authorization: `Bearer ${accessToken}` });
const all = READS + WRITES;
console.log(`  Agent             ${bare.answered} of ${all} answered, ${simulator.stats().refused} × 429`);
const before = simulator.stats();
await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));

// The line: it refreshes the token, and it believes in twice the real limit, so it is refused at first.
const dispatcher = guardUndici(agent, {
  origins: [origin],
  token: { grant: logIn },
  governor: { quotas: [{ limit: 2 * LIMIT, windowMs: WINDOW_MS }] },
  retry: 'batch',
});
const guarded = await runLoad(dispatcher);
const stats = simulator.stats();
const refused = stats.refused - before.refused;
const written = stats.executedWrites - before.executedWrites;
console.log(`  Agent + Holdline  ${guarded.answered} of ${all} answered, ${refused} × 429 repeated`);
console.log(
  `\n${written} writes were executed, ${stats.duplicateWrites} twice. A read took up to ${guarded.most} attempts.`,
);

await holdlineOf(dispatcher).close();
await agent.close();
await simulator.stop();
const holds =
  bare.answered < all && guarded.answered === all && written === WRITES && stats.duplicateWrites === 0 && refused > 0;
console.log(
  holds
    ? `\nHeld: the bare dispatcher failed ${all - bare.answered} of ${all} requests, the guarded one none, on one connection.`
    : `\nDid not hold: the guarded dispatcher failed ${all - guarded.answered} of ${all} requests; ${written} writes were executed.`,
);
process.exitCode = holds ? 0 : 1;
