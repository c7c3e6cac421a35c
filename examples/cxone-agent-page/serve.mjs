// Serves the page, and starts one simulator for each side with the same faults.
import { fileURLToPath } from 'node:url';
import { servePage } from '@holdline/example-agent-page/serve';
import { startSimulator } from '@holdline/simulator';

const QUOTA = { limit: 30, windowMs: 5_000 };
const ACCESS_KEY = { accessKeyId: 'desk@acme', accessKeySecret: 'any' };
const CUSTOMERS = [
  ['Ada', 'Novak', '09:15'],
  ['Bruno', 'Okafor', '09:40'],
  ['Chiara', 'Lindqvist', '10:05'],
  ['Deniz', 'Moreau', '10:30'],
  ['Elif', 'Sandoval', '11:10'],
  ['Farid', 'Keller', '11:45'],
];

async function startPlatform() {
  const simulator = await startSimulator({ platform: 'cxone', seed: 7, serviceMs: { min: 20, max: 80 }, limits: [] });
  const post = async (path, body, headers = {}) =>
    (await fetch(simulator.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  const { access_token: token } = await post('/authentication/v1/token/access-key', ACCESS_KEY);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  for (const [firstName, lastName, time] of CUSTOMERS) {
    const callback = { firstName, lastName, scheduleDate: `2026-01-05T${time}:00.000Z` };
    await post('/incontactapi/services/v23.0/scheduled-callbacks', callback, headers);
  }
  simulator.set({
    limits: [{ name: 'tenant', per: 'tenant', enforcement: 'fixed', ...QUOTA }],
    faults: [{ kind: 'status', status: 503, rate: 0.03 }],
  });
  return simulator;
}

export async function startServer() {
  const [bare, guarded] = [await startPlatform(), await startPlatform()];
  const describeSide = ({ url }) => ({ url, accessKey: ACCESS_KEY });
  const page = await servePage(
    fileURLToPath(new URL('.', import.meta.url)),
    { bare: describeSide(bare), guarded: describeSide(guarded), quota: { name: 'tenant', scope: 'tenant', ...QUOTA } },
    { revoke: () => [bare, guarded].forEach((simulator) => simulator.revokeTokens()) },
  );
  return { url: page.url, stop: () => Promise.all([page.stop(), bare.stop(), guarded.stop()]) };
}
