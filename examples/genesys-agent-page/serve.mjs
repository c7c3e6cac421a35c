// Serves the page, and starts one simulator for each side with the same faults.
import { fileURLToPath } from 'node:url';
import { servePage } from '@holdline/example-agent-page/serve';
import { startSimulator } from '@holdline/simulator';

const QUOTA = { limit: 30, windowMs: 5_000 };
const QUEUES = ['Billing', 'Claims', 'New customers', 'Technical support', 'Cancellations', 'Callbacks'];

async function startPlatform() {
  const simulator = await startSimulator({
    platform: 'genesys',
    seed: 7,
    serviceMs: { min: 20, max: 80 },
    limits: [],
  });
  const login = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa('setup:secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = await login.json();
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const send = async (method, path, body) =>
    (await fetch(`${simulator.url}/api/v2${path}`, { method, headers, body: JSON.stringify(body) })).json();
  const me = await send('GET', '/users/me');
  await send('PATCH', `/users/${me.id}`, { name: 'Robin Berger' });
  const { entities } = await send('GET', '/routing/queues');
  for (const [i, name] of QUEUES.entries()) await send('PUT', `/routing/queues/${entities[i].id}`, { name });
  simulator.set({
    limits: [{ name: 'token.rate.per.minute', per: 'token', enforcement: 'fixed', ...QUOTA }],
    faults: [{ kind: 'status', status: 503, rate: 0.03 }],
  });
  return simulator;
}

export async function startServer() {
  const [bare, guarded] = [await startPlatform(), await startPlatform()];
  const page = await servePage(
    fileURLToPath(new URL('.', import.meta.url)),
    {
      bare: { url: bare.url },
      guarded: { url: guarded.url },
      quota: { name: 'token.rate.per.minute', ...QUOTA },
    },
    { revoke: () => [bare, guarded].forEach((simulator) => simulator.revokeTokens()) },
  );
  return { url: page.url, stop: () => Promise.all([page.stop(), bare.stop(), guarded.stop()]) };
}
