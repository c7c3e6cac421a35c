// Queues that hold n calls until the benchmark drains them, for the rows about long queues.
import { answered, createHoldline } from '@holdline/core';
import Bottleneck from 'bottleneck';
import PQueue from 'p-queue';

const PRIORITIES = ['high', 'normal', 'low', 'background'];
const VALUE = { ok: true };
const header = () => undefined;
const headers = { get: () => undefined, set: () => undefined };
const HOUR = 3_600_000;

/** A queue with 10 tenants and 4 priorities. The quota has one permit, which is used up. `open` raises the quota for all calls. */
async function holdline() {
  const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: HOUR }], maxQueued: Infinity } });
  let sent = 0;
  const send = async () => {
    sent++;
    return answered(VALUE, { status: 200, header });
  };
  const base = { method: 'GET', url: 'https://api.example.com/api/v2/users/me', headers, replayable: true, send };
  await line.run(base);
  sent = 0;
  // The caller creates these objects, so they do not count as memory of the queue.
  const contexts = PRIORITIES.flatMap((priority) =>
    Array.from({ length: 10 }, (_, i) => ({ tenant: `tenant ${i}`, priority })),
  );
  const requests = contexts.map((context) => ({ ...base, context }));
  return {
    add: (i) => line.run(requests[i % requests.length]),
    addWith: {
      'context.signal': (i, signal) => line.run({ ...base, context: { ...contexts[i % contexts.length], signal } }),
      'request.signal': (i, signal) => line.run({ ...requests[i % requests.length], signal }),
    },
    open: () => line.update({ governor: { quotas: [{ limit: 100_000_000, windowMs: HOUR }] } }),
    sent: () => sent,
    waiting: () => line.snapshot().queued,
  };
}

function pQueue(priorities) {
  const queue = new PQueue({ concurrency: 1_000, autoStart: false });
  let sent = 0;
  const task = async () => {
    sent++;
    return VALUE;
  };
  return {
    add: (i) => queue.add(task, { priority: i % priorities }),
    // Each call has its own task, because p-queue finds an aborted call by its task.
    addWith: { signal: (i, signal) => queue.add(async () => task(), { priority: i % priorities, signal }) },
    open: () => void queue.start(),
    sent: () => sent,
    waiting: () => queue.size,
  };
}

/** Bottleneck cannot wait without a limit that would slow it down later. So it starts while the benchmark still adds calls. */
function bottleneck() {
  const limiter = new Bottleneck();
  let sent = 0;
  const task = async () => {
    sent++;
    return VALUE;
  };
  return {
    add: (i) => limiter.schedule({ priority: i % 10 }, task),
    open: () => undefined,
    sent: () => sent,
    waiting: () => limiter.counts().RECEIVED + limiter.counts().QUEUED,
  };
}

/** A cancellable call without a queue: a promise and a listener on its signal. */
function noQueue() {
  const resolvers = new Set();
  let sent = 0;
  return {
    addWith: {
      signal: (_i, signal) =>
        new Promise((resolve, reject) => {
          const stop = () => {
            resolvers.delete(resolve);
            reject(signal.reason);
          };
          signal.addEventListener('abort', stop, { once: true });
          resolvers.add(resolve);
        }),
    },
    open: () => {
      for (const resolve of resolvers) {
        sent++;
        resolve(VALUE);
      }
    },
    sent: () => sent,
    waiting: () => resolvers.size,
  };
}

export const NO_QUEUE = 'no queue, a listener for each signal';

export const QUEUES = {
  Holdline: holdline,
  'p-queue, 10 priorities': () => pQueue(10),
  'p-queue, 1 priority': () => pQueue(1),
  bottleneck,
  [NO_QUEUE]: noQueue,
};
