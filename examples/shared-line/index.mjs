// Two clients of one organisation share one line with its quota and token. Together they never exceed the limit.
import axios from 'axios';
import platformClient from 'purecloud-platform-client-v2';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { clientCredentials, genesysCloud, guardGenesys } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

const LIMIT = 20;
const WINDOW_MS = 1_000;
const simulator = await startSimulator({
  platform: 'genesys',
  limits: [{ name: 'token.rate.per.minute', per: 'token', limit: LIMIT, windowMs: WINDOW_MS, enforcement: 'fixed' }],
});

// The line is created before its clients. An existing line gets no preset, so the configuration names it.
const line = createHoldline(
  genesysCloud({
    // Genesys allows 300 per minute and token. The simulator's window is shorter, so that the example ends soon.
    governor: {
      quotas: [{ name: 'token.rate.per.minute', limit: LIMIT, windowMs: WINDOW_MS }],
      enforcement: 'sliding', // strict: the line does not learn how the platform counts
    },
    token: { grant: clientCredentials({ clientId: 'any-id', clientSecret: 'any-secret', loginUrl: simulator.url }) },
  }),
);

// The SDK, for the endpoints that it covers …
const client = platformClient.ApiClient.instance;
const { hostname: host, port } = new URL(simulator.url);
client.setGateway({ host, port, protocol: 'http' });
client.config.live_reload_config = false;
guardGenesys(client, line);
const users = new platformClient.UsersApi();

// … and axios, for an endpoint that the SDK does not have yet.
const api = guardAxios(axios.create({ baseURL: simulator.url }), line);

console.log('Shows: the Genesys SDK and an axios instance share one quota and one token.');
console.log(`Each makes 25 calls at once. The platform allows ${LIMIT} per second to both together.\n`);

const started = performance.now();
const calls = Array.from({ length: 50 }, (_, i) => (i % 2 ? users.getUsers() : api.get('/api/v2/brandnew/feature')));
await new Promise((resolve) => setTimeout(resolve, 200));
const { queued } = line.snapshot();
const ends = await Promise.allSettled(calls);

const answered = ends.filter(({ status }) => status === 'fulfilled').length;
const { refused, tokensIssued, byRoute } = simulator.stats();
console.log(`  waiting in the shared queue after 0.2 s   ${queued}`);
console.log(
  `  answered after ${((performance.now() - started) / 1000).toFixed(1)} s                      ${answered} of 50`,
);
for (const [route, { requests }] of Object.entries(byRoute)) console.log(`    ${route.padEnd(39)} ${requests}`);
console.log(`  refused with 429                          ${refused}`);
console.log(`  token requests for both clients           ${tokensIssued}`);

await line.close();
await simulator.stop();
const holds = answered === 50 && tokensIssued === 1 && refused === 0;
console.log(
  holds
    ? '\nHeld: all calls were answered, and both clients together kept the quota.'
    : `\nDid not hold: ${50 - answered} calls failed, ${refused} were refused, ${tokensIssued} tokens were issued.`,
);
process.exitCode = holds ? 0 : 1;
