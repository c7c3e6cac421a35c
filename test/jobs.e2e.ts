import { JobError, jobs } from '@holdline/genesys';
import type { Simulator } from '@holdline/simulator';
import { expect, test } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { createGuarded, loadSdk, simulate } from './support.js';

const START = 'postAnalyticsConversationsDetailsJobs';
const BODY = { interval: '2026-01-01T00:00:00.000Z/2026-01-08T00:00:00.000Z' };
const JOBS = 'POST /api/v2/analytics/conversations/details/jobs';
const OPTIONS = { firstDelayMs: 20, maxDelayMs: 50 };

async function connect(simulator: Simulator): Promise<sdk.AnalyticsApi> {
  const { client } = await createGuarded(simulator);
  const { AnalyticsApi } = loadSdk() as unknown as Pick<typeof sdk, 'AnalyticsApi'>;
  return new AnalyticsApi(client as never);
}

const executed = (simulator: Simulator, route: string): number => simulator.stats().byRoute[route]?.executed ?? 0;

test('a job is started once, waited for, and its results are read over several pages', async () => {
  const simulator = await simulate({ entities: { conversations: 250 }, jobs: { queuedMs: 30, runMs: 60 } });
  const job = await jobs(await connect(simulator), START, BODY, OPTIONS);
  const ids: (string | undefined)[] = [];
  for await (const { conversationId } of job) ids.push(conversationId);
  expect(new Set(ids).size).toBe(250);
  expect(executed(simulator, JOBS)).toBe(1);
  expect(executed(simulator, 'GET /api/v2/analytics/conversations/details/jobs/:id/results')).toBe(3);
});

test('another process resumes a job by its id, and its results by their cursor', async () => {
  const simulator = await simulate({ entities: { conversations: 250 }, jobs: { runMs: 30 } });
  const { id } = await jobs(await connect(simulator), START, BODY, OPTIONS);
  const resumed = await jobs(await connect(simulator), START, { id }, OPTIONS);
  await resumed.wait();
  const part = resumed.results();
  const ids: (string | undefined)[] = [];
  for await (const { conversationId } of part) if (ids.push(conversationId) === 130) break;
  const third = await jobs(await connect(simulator), START, { id }, OPTIONS);
  for await (const { conversationId } of third.results(part.cursor)) ids.push(conversationId);
  expect(ids).toHaveLength(250);
  expect(new Set(ids).size).toBe(250);
  expect(executed(simulator, JOBS)).toBe(0);
});

test('a job that is cancelled, failed or expired ends with its state', async () => {
  const simulator = await simulate({ jobs: { runMs: 60_000 } });
  const api = await connect(simulator);
  const job = await jobs(api, START, BODY, OPTIONS);
  const waited = job.wait().catch((error: unknown) => error);
  await job.cancel();
  expect(await waited).toMatchObject({ code: 'HOLDLINE_JOB', id: job.id, state: 'CANCELLED' });
  await expect(jobs(api, START, { id: job.id }, OPTIONS).then((one) => one.wait())).rejects.toBeInstanceOf(JobError);
  simulator.set({ jobs: { runMs: 0, fail: 1 } });
  const failing = await jobs(api, START, BODY, OPTIONS);
  await expect(failing.wait()).rejects.toMatchObject({
    state: 'FAILED',
    response: { errorMessage: 'The simulated job failed.' },
  });
  simulator.set({ jobs: { runMs: 0, expiresInMs: 1 } });
  const expiring = await jobs(api, START, BODY, OPTIONS);
  await expect(expiring.wait()).rejects.toMatchObject({ state: 'EXPIRED' });
});

test('a start whose answer is lost is not repeated', async () => {
  const simulator = await simulate({ faults: [{ match: JOBS, kind: 'drop-after', times: 1 }] });
  const start = jobs(await connect(simulator), START, BODY, OPTIONS);
  await expect(start).rejects.toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN' });
  expect(executed(simulator, JOBS)).toBe(1);
});
