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
console.log(
  `${answered.length} of ${ends.length} calls succeeded in ${seconds} s; the longest wait was ${Math.round(waited)} ms.`,
);
console.log(
  `The platform refused ${refused} of them, answered 401 to ${unauthorized}, and issued ${tokensIssued} tokens.`,
);
for (const { scope } of line
  .snapshot()
  .scopes.filter(({ scope, quotas }) => quotas.length > 0 && /busy|credential$/.test(scope)))
  console.log(`  quota applied to ${scope}`);

await line.close();
await simulator.stop();
process.exitCode = answered.length === ends.length && refused === 0 && tokensIssued === 2 ? 0 : 1;
