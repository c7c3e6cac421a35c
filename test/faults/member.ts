// A process that makes one call and may be killed during it. The tests bundle this file for plain Node.
import { withTransaction } from '@holdline/core';
import { fileStore } from '@holdline/core/node';
import { CLIENTS, WARM_UP } from './clients.js';
import { nameOf } from './outcome.js';
import type { MemberConfig } from './processes.js';

const { client, operation, id, url, dir, config } = JSON.parse(process.argv[2] as string) as MemberConfig;
const send = (message: object): void => void process.send?.(message);
process.on('unhandledRejection', (error) => send({ unhandled: String(error) }));

const store = fileStore({ dir });
const started = await CLIENTS[client](url, { store, ...config });
const failures: string[] = [];
started.line.on('storeFailed', ({ operation: failed }) => void failures.push(failed));
await started.call('read', WARM_UP);
process.once('message', () => {
  void (async () => {
    const [end] = await Promise.allSettled([
      withTransaction(`transaction of ${id}`, () => started.call(operation, id)),
    ]);
    const caller = end.status === 'fulfilled' ? 'answer' : nameOf(end.reason);
    await started.line.close();
    await started.release();
    await store.close();
    send({ caller, failures, letters: started.line.snapshot().deadLetters.kept });
    process.disconnect();
    // The SDK of CXone keeps its channels to other pages open.
    if (client === 'cxone') process.exit();
  })();
});
send({ ready: true });
