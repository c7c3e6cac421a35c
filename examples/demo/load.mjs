// The application. Its code does not use Holdline.
import { setTimeout as sleep } from 'node:timers/promises';
import platformClient from 'purecloud-platform-client-v2';

const WORKERS = 30;
const RETRY_DELAYS_MS = [1_000, 2_000, 4_000, 8_000];

/** Creates the jobs of a run, always the same jobs in the same order. */
function createJobs(client, count, writes) {
  const users = new platformClient.UsersApi(client);
  const routing = new platformClient.RoutingApi(client);
  const scripts = new platformClient.ScriptsApi(client);
  const analytics = new platformClient.AnalyticsApi(client);
  const contacts = new platformClient.ExternalContactsApi(client);
  const interval = '2026-01-01T00:00:00Z/2026-01-02T00:00:00Z';
  const kinds = [
    { call: () => users.getUsers({ pageSize: 25 }) },
    { call: () => routing.getRoutingQueues({ pageSize: 25 }) },
    { write: true, call: (i) => contacts.postExternalcontactsContacts({ firstName: 'Ada', lastName: `Caller ${i}` }) },
    { call: () => analytics.postAnalyticsUsersDetailsQuery({ interval }) },
    { call: () => users.getUsers({ pageSize: 25 }) },
    {
      write: true,
      call: (i) => contacts.postExternalcontactsContacts({ firstName: 'Grace', lastName: `Caller ${i}` }),
    },
    { call: () => routing.getRoutingQueues({ pageSize: 25 }) },
    { call: () => users.getUsers({ pageSize: 50 }) },
    { call: () => scripts.getScripts({ pageSize: 25 }) },
    { call: () => routing.getRoutingQueues({ pageSize: 50 }) },
  ].filter((kind) => writes || !kind.write);
  return Array.from({ length: count }, (_, i) => {
    const { call, write = false } = kinds[i % kinds.length];
    return { write, run: () => call(i) };
  });
}

/**
 * The usual retry loop around an SDK call: five tries with growing delays. The SDK rejects with the body of an answer, so the loop
 * sees neither `Retry-After` nor whether a broken connection had delivered the request.
 */
export async function runWithRetries(call) {
  for (const delayMs of RETRY_DELAYS_MS) {
    try {
      return await call();
    } catch {
      await sleep(delayMs);
    }
  }
  return call();
}

/** Runs the load with 30 workers and counts the results that the application sees. `runCall` makes one call. */
export async function runLoad(client, count, { writes, runCall }, tally) {
  const queue = createJobs(client, count, writes).values();
  const runJobs = async () => {
    for (const job of queue) {
      try {
        await runCall(job.run);
        tally.answered++;
        if (job.write) tally.writesAnswered++;
      } catch (error) {
        if (error?.code === 'HOLDLINE_OUTCOME_UNKNOWN') tally.unknown++;
        else {
          tally.failed++;
          const reason = error?.code ?? error?.message ?? `a bare ${typeof error}`;
          tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, runJobs));
}
