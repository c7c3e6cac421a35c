// A process with a dashboard, 10,000 scopes and 1,000 events per second. It tells its parent the address when all scopes are in use.
import { answered, createHoldline } from '@holdline/core';
import { dashboard } from '@holdline/dashboard';

const { scopes, eventsPerSec } = JSON.parse(process.argv[2]);
const TICK_MS = 20;
const EVENTS_PER_CALL = 4;

const line = createHoldline({
  governor: {
    quotas: [
      { limit: 1_000_000, windowMs: 60_000 },
      { limit: 100, windowMs: 600_000, scope: 'tenant' },
    ],
  },
});
const nothing = () => undefined;
let calls = 0;
const call = () =>
  line.run({
    method: 'GET',
    url: `https://api.test/api/v2/route-${calls % 30}/items`,
    headers: { get: nothing, set: nothing },
    replayable: true,
    context: { tenant: `tenant-${calls++ % scopes}` },
    send: async () => answered('ok', { status: 200, header: nothing }),
  });

const { url } = await dashboard(line, { port: 0 });
while (calls < scopes) await Promise.all(Array.from({ length: 200 }, call));
process.send({ url, scopes: line.snapshot().scopes.length });
process.on('disconnect', () => process.exit());

const from = performance.now();
const before = calls;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  const due = before + ((performance.now() - from) * eventsPerSec) / 1_000 / EVENTS_PER_CALL;
  const running = [];
  while (calls < due) running.push(call());
  await Promise.all(running);
}
