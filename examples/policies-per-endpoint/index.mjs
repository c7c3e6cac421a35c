// Sets retries, priorities and limits per endpoint. The most specific pattern wins, policy by policy.
import platformClient from 'purecloud-platform-client-v2';
import { callInfo, holdlineOf } from '@holdline/core';
import { guardGenesys } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

const simulator = await startSimulator({ platform: 'genesys' });
const client = platformClient.ApiClient.instance;
const { hostname: host, port } = new URL(simulator.url);
client.setGateway({ host, port, protocol: 'http' });
client.config.live_reload_config = false;

const contacts = new platformClient.ExternalContactsApi();
async function contactExists(name) {
  const { entities } = await contacts.getExternalcontactsContacts({ q: name });
  return entities.some(({ lastName }) => lastName === name);
}

guardGenesys(client, {
  retry: { baseDelayMs: 100 },
  endpoints: {
    // A screen waits for these calls: highest priority, no retries.
    'GET /api/v2/users/**': { priority: 'high', retry: false },
    // The more specific pattern wins, but only for retries. The priority comes from the pattern above.
    'GET /api/v2/users/me': { retry: 'interactive' },
    // A report can wait for hours and may use at most 2 connections.
    'POST /api/v2/analytics/**': {
      priority: 'background',
      retry: 'batch',
      readOnly: true,
      bulkhead: { maxConcurrent: 2 },
    },
    // After a lost response, check whether the contact exists before sending again.
    'POST /api/v2/externalcontacts/contacts': {
      retry: { verify: ({ payload }) => contactExists(JSON.parse(payload).lastName) },
    },
  },
});
await client.loginClientCredentialsGrant('any-id', 'any-secret');

console.log('Shows: retries, priorities and checks per endpoint.');
console.log('The most specific pattern wins, for each policy separately.');
console.log('explain() describes what would happen to a request. It sends nothing:\n');

const line = holdlineOf(client);
for (const request of [
  { method: 'GET', url: '/api/v2/users/4711' },
  { method: 'GET', url: '/api/v2/users/me' },
  { method: 'POST', url: '/api/v2/analytics/conversations/details/query' },
  { method: 'POST', url: '/api/v2/externalcontacts/contacts' },
]) {
  const { route, priority, repeatable, policies } = line.explain(request);
  const retry = policies.find(({ name }) => name === 'retry')?.options;
  const attempts = retry ? `at most ${retry.maxAttempts} attempts` : 'one attempt';
  const repeats = repeatable.safe
    ? `a repeat is safe: ${repeatable.because}`
    : `after a lost answer: ${retry?.verify ? 'repeated if verify() found no contact' : 'not repeated'}`;
  console.log(`  ${route}`);
  console.log(`    priority ${priority}, ${attempts}; ${repeats}`);
}

// The simulator drops one request of three endpoints. The endpoint decides what happens next.
console.log('\nNow the connection of one request to each of three endpoints breaks:\n');
const droppedRequest = [{ status: 200, drop: 'before' }];
const users = new platformClient.UsersApi();
simulator.script('GET /api/v2/users/:id', droppedRequest);
const user = await users.getUser('4711').then(
  () => 'answered',
  () => 'failed at once',
);
console.log(`  GET /users/4711: ${user}, because of retry: false`);

simulator.script('GET /api/v2/users/me', droppedRequest);
const me = callInfo(await users.getUsersMe());
console.log(`  GET /users/me: answered in attempt ${me.attempts}`);

simulator.script('POST /api/v2/externalcontacts/contacts', droppedRequest);
const contact = callInfo(await contacts.postExternalcontactsContacts({ firstName: 'Ada', lastName: 'Lovelace' }));
const { executedWrites } = simulator.stats();
console.log(
  `  POST /externalcontacts/contacts: verify() found no contact, sent again, executed ${executedWrites} time`,
);

await simulator.stop();
const passed = user === 'failed at once' && me.attempts === 2 && contact.attempts === 2 && executedWrites === 1;
console.log(
  passed
    ? '\nHeld: each endpoint followed its own policies, and the write was executed once.'
    : `\nDid not hold: ${user}, ${me.attempts} attempts, ${contact.attempts} attempts, ${executedWrites} writes executed.`,
);
process.exitCode = passed ? 0 : 1;
