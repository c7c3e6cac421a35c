import { describe, expect, it } from 'vitest';
import type { JobOptions } from '../options/job-options.js';
import { call, type Json, login, startGenesys, waitUntil } from '../testing/http-client.js';

const KINDS = [
  ['conversations', 'conversations', 'conversationId'],
  ['users', 'userDetails', 'userId'],
] as const;

async function start(jobs: JobOptions, entities = {}) {
  const simulator = await startGenesys({ jobs, entities });
  const token = await login(simulator);
  const send = async (route: string): Promise<Json> => {
    const { status, json } = await call(simulator, route, { token, ...(route.startsWith('POST') && { body: {} }) });
    return { status, json };
  };
  const submit = async (kind: string): Promise<string> => {
    const { status, json } = await send(`POST /api/v2/analytics/${kind}/details/jobs`);
    expect(status).toBe(202);
    return `/api/v2/analytics/${kind}/details/jobs/${json.jobId}`;
  };
  const stateOf = async (job: string): Promise<string> => (await send(`GET ${job}`)).json.state;
  return { simulator, send, submit, stateOf };
}

describe('analytics jobs', () => {
  it.each(KINDS)('%s: are queued, run, and give all results by cursor', async (kind, list, idName) => {
    const { send, submit, stateOf } = await start({ queuedMs: 150, runMs: 150 }, { users: 250, conversations: 250 });
    const job = await submit(kind);
    const order = ['QUEUED', 'PENDING', 'FULFILLED'];
    const steps: number[] = [];
    while (steps.at(-1) !== 2) steps.push(order.indexOf(await stateOf(job)));
    expect(steps).toEqual([...steps].sort());
    const { json } = await send(`GET ${job}`);
    expect(Date.parse(json.completionDate) - Date.parse(json.submissionDate)).toBe(300);
    expect(Date.parse(json.expirationDate) - Date.parse(json.submissionDate)).toBe(86_400_000);
    const ids = new Set<string>();
    const sizes: number[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page: Json = (await send(`GET ${job}/results?pageSize=100${cursor && `&cursor=${cursor}`}`)).json;
      sizes.push(page[list].length);
      for (const item of page[list]) ids.add(item[idName]);
      cursor = page.cursor;
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(ids.size).toBe(250);
  });

  it.each(KINDS)('%s: can be cancelled while they run, and deleted afterwards', async (kind) => {
    const { simulator, send, submit, stateOf } = await start({ queuedMs: 60_000 });
    expect(await stateOf(await submit(kind))).toBe('QUEUED');
    simulator.set({ jobs: { queuedMs: 0, runMs: 60_000 } });
    const job = await submit(kind);
    expect(await stateOf(job)).toBe('PENDING');
    expect((await send(`GET ${job}/results`)).status).toBe(400);
    expect((await send(`DELETE ${job}`)).status).toBe(204);
    expect(await stateOf(job)).toBe('CANCELLED');
    simulator.set({ jobs: { runMs: 0 } });
    const done = await submit(kind);
    expect(await stateOf(done)).toBe('FULFILLED');
    expect((await send(`DELETE ${done}`)).status).toBe(204);
    expect((await send(`GET ${done}`)).status).toBe(404);
  });

  it('fail as often as `fail` says, and have no results then', async () => {
    const { send, submit, stateOf } = await start({ runMs: 0, fail: 1 });
    const failed = await submit('users');
    expect((await send(`GET ${failed}`)).json).toMatchObject({ state: 'FAILED', errorMessage: expect.any(String) });
    expect((await send(`GET ${failed}/results`)).status).toBe(400);
    expect(await stateOf(await submit('users'))).toBe('FULFILLED');
  });

  it('expire', async () => {
    const { submit, stateOf, send } = await start({ runMs: 0, expiresInMs: 1 });
    const job = await submit('users');
    let state = '';
    await waitUntil(() => {
      void stateOf(job).then((read) => (state = read));
      return state === 'EXPIRED';
    });
    expect((await send(`GET ${job}/results`)).status).toBe(400);
  });

  it('of one kind are unknown to the other', async () => {
    const { submit, send } = await start({ runMs: 0 });
    const job = await submit('users');
    expect((await send(`GET ${job.replace('users', 'conversations')}`)).status).toBe(404);
    expect((await send('GET /api/v2/analytics/users/details/jobs/unknown/results')).status).toBe(404);
    const { json } = await send('GET /api/v2/analytics/users/details/jobs/availability');
    expect(Date.parse(json.dataAvailabilityDate)).toBeGreaterThan(0);
  });
});
