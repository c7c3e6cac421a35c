// A line under load, and its dashboard. `--stay` keeps the load and the page until Ctrl+C.
import { guardFetch } from '@holdline/fetch';
import { createHoldline, withCall } from '@holdline/core';
import { dashboard } from '@holdline/dashboard';
import { startSimulator } from '@holdline/simulator';

const stays = process.argv.includes('--stay');
const LIMIT = 60;
const CALLS = 75;

console.log('Shows: the dashboard knows which calls wait, for what, and until when.\n');

// The platform allows 60 requests in any 5 s. The line is told 70, so it learns the truth from a refusal.
const simulator = await startSimulator({
  platform: 'genesys',
  limits: [{ name: 'token.rate', per: 'token', limit: LIMIT, windowMs: 5_000, enforcement: 'fixed' }],
});
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: token } = await login.json();

const line = createHoldline({ governor: { quotas: [{ limit: LIMIT + 10, windowMs: 5_000 }] } });
const guarded = guardFetch(fetch, { line });
const served = await dashboard(line, stays ? {} : { port: 0 });
console.log(
  `The page: ${served.url}${stays ? '   (Ctrl+C ends)' : '   (node examples/dashboard/index.mjs --stay keeps it open)'}`,
);

const TENANTS = ['acme', 'globex', 'initech'];
const PATHS = ['users/me', 'routing/queues', 'users/me', 'routing/queues', 'users/me'];
const call = (i) =>
  withCall({ tenant: TENANTS[i % TENANTS.length], priority: i % 4 === 0 ? 'low' : 'normal' }, async () => {
    const answer = await guarded(`${simulator.url}/api/v2/${PATHS[i % PATHS.length]}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.body?.cancel();
    return answer.status;
  });

if (stays) {
  for (let i = 0; ; i++) {
    void call(i).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 70 + 60 * Math.sin(i / 200)));
  }
}

const readState = async () => (await (await fetch(`${served.url}api/state`)).json()).lines[0];
const running = Array.from({ length: CALLS }, (_, i) => call(i));
// The script asks the dashboard, as a person looks at the page.
let seen;
while (!(seen = await readState()).gates.some(({ waiting }) => waiting > 0))
  await new Promise((resolve) => setTimeout(resolve, 20));
const [gate] = seen.gates;
console.log(
  `\nDuring the load: ${gate.waiting} calls wait, because ${gate.by.route} was refused with ${gate.by.status}.`,
);
console.log(`They can go on in ${((gate.retryAt - Date.now()) / 1_000).toFixed(1)} s.`);

const statuses = await Promise.all(running);
const { totals, routes } = await readState();
console.log('\nAfter it, by route:');
for (const { route, calls, attempts, refusals } of routes)
  console.log(`  ${route}: ${calls} calls, ${attempts} attempts, ${refusals} refused`);
const [waited] = (await (await fetch(`${served.url}api/calls?minWaitedMs=500&limit=1`)).json()).calls;
const { sentences } = await (await fetch(`${served.url}api/calls/${waited.callId}`)).json();
console.log(`\nOne of the calls: ${sentences.join('; ')}.`);

await served.close();
await line.close();
await simulator.stop();
const holds =
  statuses.every((status) => status === 200) && totals.calls === CALLS && totals.ok === CALLS && gate.retryAt > 0;
console.log(
  holds
    ? `\nHeld: all ${CALLS} calls were answered, and the dashboard counted each of them once.`
    : `\nDid not hold: the dashboard counted ${totals.ok} of ${CALLS} calls.`,
);
process.exitCode = holds ? 0 : 1;
