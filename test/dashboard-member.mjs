// A process with a dashboard. It makes calls, tells its parent the address, and waits until it is killed; with `idle`, it ends by itself.
import { answered, createHoldline } from '@holdline/core';
import { dashboard } from '@holdline/dashboard';

const { file, calls, idle } = JSON.parse(process.argv[2]);
const line = createHoldline({ governor: { quotas: [] } });
const { url } = await dashboard(line, { port: 0, ...(file && { history: { file } }) });
const nothing = () => undefined;
for (let i = 0; i < calls; i++) {
  await line.run({
    method: 'GET',
    url: 'https://api.test/api/v2/users/me',
    headers: { get: nothing, set: nothing },
    replayable: true,
    send: async () => answered('ok', { status: 200, header: nothing }),
  });
}
process.send?.({ url });
// Only this keeps the process alive.
if (!idle) setInterval(() => undefined, 1_000);
