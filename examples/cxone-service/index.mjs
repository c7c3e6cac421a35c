// A service on the CXone API with fetch and an access key. It respects the limits of the tenant and of each contact.
import { callInfo, createHoldline } from '@holdline/core';
import { accessKey, cxone } from '@holdline/cxone';
import { guardFetch } from '@holdline/fetch';
import { startSimulator } from '@holdline/simulator';

// A local CXone simulator. It allows 40 requests per second and tenant. A contact allows 10 updates at once and 5 per second.
const [UPDATES, BURST, WINDOW_MS] = [5, 10, 1_000];
const contactRoutes = ['PUT /dfo/3.0/contacts/:contactId/**', 'PATCH /dfo/3.0/contacts/:contactId'];
const simulator = await startSimulator({
  platform: 'cxone',
  limits: [
    { name: 'tenant', per: 'tenant', limit: 40, windowMs: WINDOW_MS, enforcement: 'sliding' },
    {
      name: 'contact',
      per: 'entity',
      match: contactRoutes,
      limit: UPDATES,
      windowMs: WINDOW_MS,
      enforcement: 'bucket',
      burst: BURST,
    },
  ],
});

console.log('Shows: a service keeps the limits of a CXone tenant and of each contact.');
console.log('60 reads and 40 updates start at once. The tenant allows 40 requests per second.');
console.log(`One contact gets 20 of the updates. It allows ${BURST} at once and ${UPDATES} per second.`);
console.log('The platform revokes the token after half a second.\n');

const line = createHoldline(
  cxone({
    // The tenant's limit is known here. Without this option the line learns it.
    governor: { quotas: [{ limit: 40, windowMs: WINDOW_MS, enforcement: 'sliding' }] },
    endpoints: {
      // Replaces the vendor's limit: 250 at once and 17 a minute.
      'PUT /dfo/:version/contacts/:contactId/**': {
        governor: {
          quotas: [{ key: 'contactId', limit: UPDATES, windowMs: WINDOW_MS, enforcement: 'bucket', burst: BURST }],
        },
      },
    },
    token: {
      grant: accessKey({ accessKeyId: 'key@acme', accessKeySecret: 'any secret', loginUrl: simulator.url }),
      origins: [simulator.url],
    },
  }),
);
const api = guardFetch(fetch, line);

const agents = Array.from({ length: 60 }, (_, i) =>
  api(`${simulator.url}/incontactapi/services/v${i % 2 ? 23 : 31}.0/agents/${i + 1}`),
);
// One busy contact and twenty others. The others do not wait for the busy one.
const update = (contactId, status) =>
  api(`${simulator.url}/dfo/3.0/contacts/${contactId}/status`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ status }),
  });
const busy = Array.from({ length: 20 }, (_, i) => update('busy', i % 2 ? 'open' : 'pending'));
const others = Array.from({ length: 20 }, (_, i) => update(`c${i}`, 'closed'));
// The platform revokes the token while calls wait.
setTimeout(() => simulator.revokeTokens(), 500);

const started = performance.now();
const ends = await Promise.allSettled([...agents, ...busy, ...others]);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const answered = ends.filter(({ status, value }) => status === 'fulfilled' && value.ok);
const waited = Math.max(...answered.map(({ value }) => callInfo(value)?.queuedMs ?? 0));
const { refused, tokensIssued, unauthorized } = simulator.stats();
console.log(`  answered            ${answered.length} of ${ends.length} calls, in ${seconds} s`);
console.log(`  longest wait        ${Math.round(waited)} ms, for the busy contact`);
console.log(`  refused with 429    ${refused}`);
console.log(`  answered with 401   ${unauthorized}, then repeated with the new token`);
console.log(`  tokens issued       ${tokensIssued}`);

await line.close();
await simulator.stop();
const holds = answered.length === ends.length && refused === 0 && tokensIssued === 2;
console.log(
  holds
    ? '\nHeld: every call was answered, none was refused, and the token was replaced once.'
    : `\nDid not hold: ${ends.length - answered.length} calls failed, ${refused} were refused, ${tokensIssued} tokens were issued.`,
);
process.exitCode = holds ? 0 : 1;
