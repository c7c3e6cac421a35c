// A process with a line behind a gateway. More calls than the quota takes are always under way. The test ends the process.
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';

const { url, token, quota, calls } = JSON.parse(process.argv[2]);
// For a line, the gateway is what counts, and it counts with a bucket.
const line = createHoldline({ governor: { quotas: [quota], enforcement: 'bucket' }, retry: 'batch' });
const api = guardFetch(fetch, line);
const headers = { authorization: `Bearer ${token}` };

async function callForever() {
  for (;;) {
    const response = await api(url, { headers });
    if (!response.ok) throw new Error(`status ${response.status}`);
    await response.arrayBuffer();
  }
}

for (let i = 0; i < calls; i++) void callForever();
process.on('disconnect', () => process.exit());
process.send('runs');
