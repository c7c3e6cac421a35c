// An app that knows nothing of the dashboard. It is started with `--import @holdline/dashboard/register`.
import { createHoldline } from '@holdline/core';

const line = createHoldline({ retry: false });
const nothing = () => undefined;
await line
  .run({
    method: 'GET',
    url: 'https://api.test/api/v2/flows',
    headers: { get: nothing, set: nothing },
    replayable: true,
    send: () => Promise.reject(new Error('no network')),
  })
  .catch(nothing);
console.log('called');
process.stdin.resume();
process.stdin.on('end', () => process.exit());
