import { OutcomeUnknownError } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { guardGenesys } from '../index.js';
import { connectRealSdk, type RealSdk } from '../sdk/real-sdk.fixture.js';
import { jobs } from './jobs.js';

const JOBS_PATH = '/api/v2/analytics/conversations/details/jobs';
const BODY = { interval: '2026-01-01/2026-01-02' };

let connected: RealSdk | undefined;
afterEach(async () => {
  await connected?.close();
  connected = undefined;
});

describe('with the real SDK', () => {
  /** A platform whose jobs run through the given states. */
  async function connect(states: string[]): Promise<RealSdk> {
    connected = await connectRealSdk(({ method, path, query }) => {
      if (method === 'POST') return { body: { jobId: 'j1' } };
      if (method === 'DELETE') return { status: 204 };
      if (path === `${JOBS_PATH}/j1`) return { body: { state: states.length > 1 ? states.shift() : states[0] } };
      const page = Number(query['cursor'] ?? 0);
      const conversations = [{ conversationId: `c${page * 2}` }, { conversationId: `c${page * 2 + 1}` }];
      return { body: { conversations, ...(page < 2 && { cursor: String(page + 1) }) } };
    });
    return connected;
  }

  it('starts a job, waits for its end, and reads all results', async () => {
    const { api, requests } = await connect(['QUEUED', 'PENDING', 'FULFILLED']);
    const options = { firstDelayMs: 1 };
    const job = await jobs(api('AnalyticsApi'), 'postAnalyticsConversationsDetailsJobs', BODY, options);
    expect(job.id).toBe('j1');
    const read: unknown[] = [];
    for await (const { conversationId } of job) read.push(conversationId);
    expect(read).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
    expect(requests.map(({ method, path, query }) => [method, path.replace(JOBS_PATH, ''), query['cursor']])).toEqual([
      ['POST', '', undefined],
      ['GET', '/j1', undefined],
      ['GET', '/j1', undefined],
      ['GET', '/j1', undefined],
      ['GET', '/j1/results', undefined],
      ['GET', '/j1/results', '1'],
      ['GET', '/j1/results', '2'],
    ]);
    expect(requests[0]?.body).toEqual(BODY);
  });

  it('resumes a job by its id, and its results by their cursor', async () => {
    const { api, requests } = await connect(['FULFILLED']);
    const job = await jobs(api('AnalyticsApi'), 'postAnalyticsConversationsDetailsJobs', { id: 'j1' });
    expect(requests).toEqual([]);
    expect(await job.wait()).toEqual({ state: 'FULFILLED' });
    const results = job.results();
    for (let i = 0; i < 3; i++) await results.next();
    const rest = [];
    for await (const { conversationId } of job.results(results.cursor)) rest.push(conversationId);
    expect(rest).toEqual(['c3', 'c4', 'c5']);
  });

  it('cancels a job', async () => {
    const { api, requests } = await connect(['PENDING']);
    const job = await jobs(api('AnalyticsApi'), 'postAnalyticsConversationsDetailsJobs', { id: 'j1' });
    const waiting = job.wait();
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'HOLDLINE_JOB', state: 'CANCELLED', id: 'j1' }),
      job.cancel(),
    ]);
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', path: `${JOBS_PATH}/j1` });
  });

  it('does not repeat a start whose outcome is unknown', async () => {
    connected = await connectRealSdk(() => 'no answer');
    guardGenesys(connected.client);
    const starting = jobs(connected.api('AnalyticsApi'), 'postAnalyticsConversationsDetailsJobs', BODY);
    await expect(starting).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(connected.requests).toHaveLength(1);
  });

  it('gives the types of the results', () => {
    const check = async (api: sdk.AnalyticsApi): Promise<void> => {
      const details = await jobs(api, 'postAnalyticsConversationsDetailsJobs', BODY);
      expectTypeOf(details.results().next()).resolves.toExtend<{
        value: sdk.Models.AnalyticsConversation | undefined;
      }>();
      // @ts-expect-error: this method starts no job
      await jobs(api, 'postAnalyticsConversationsDetailsQuery', BODY);
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('waiting', () => {
  /** An API object whose job has one state after the other, and the times of the questions. */
  function fakeApi(clock: VirtualClock, states: readonly object[]) {
    const asked: number[] = [];
    const api = {
      postAnalyticsUsersDetailsJobs: (body: object) => Promise.resolve({ jobId: body ? 'j1' : 'j0' }),
      getAnalyticsUsersDetailsJob: () => {
        asked.push(clock.now());
        return Promise.resolve(states[Math.min(asked.length, states.length) - 1]);
      },
      getAnalyticsUsersDetailsJobResults: () => Promise.resolve({ userDetails: [{ userId: 'u1' }] }),
    };
    return { api, asked };
  }

  it('asks with growing intervals, up to the longest', async () => {
    const clock = new VirtualClock();
    const { api, asked } = fakeApi(clock, [
      ...Array.from({ length: 8 }, () => ({ state: 'PENDING' })),
      { state: 'FULFILLED' },
    ]);
    const options = { clock, firstDelayMs: 1_000, maxDelayMs: 4_000 };
    const job = await jobs(api, 'postAnalyticsUsersDetailsJobs', {}, options);
    const waiting = job.wait();
    await clock.advance(60_000);
    await waiting;
    expect(asked).toEqual([1_000, 2_000, 3_500, 5_750, 9_125, 13_125, 17_125, 21_125, 25_125]);
    expect(clock.pending).toBe(0);
  });

  it.each(['FAILED', 'CANCELLED', 'EXPIRED'])('rejects at the state %s, with the platform’s reason', async (state) => {
    const clock = new VirtualClock();
    const { api } = fakeApi(clock, [{ state, errorMessage: 'too large' }]);
    const job = await jobs(api, 'postAnalyticsUsersDetailsJobs', { id: 'j1' }, { clock });
    await expect(job.wait()).rejects.toMatchObject({
      name: 'JobError',
      message: `the job j1 ended with the state ${state}`,
      response: { state, errorMessage: 'too large' },
    });
  });

  it('ends after the total timeout, and may go on later', async () => {
    const clock = new VirtualClock();
    const states = Array.from({ length: 5 }, () => ({ state: 'PENDING' }));
    const { api } = fakeApi(clock, [...states, { state: 'FULFILLED' }]);
    const options = { clock, totalTimeoutMs: 5_000 };
    const job = await jobs(api, 'postAnalyticsUsersDetailsJobs', { id: 'j1' }, options);
    const first = expect(job.wait()).rejects.toMatchObject({ code: 'HOLDLINE_DEADLINE' });
    await clock.advance(5_000);
    await first;
    const second = job.wait();
    await clock.advance(5_000);
    expect(await second).toEqual({ state: 'FULFILLED' });
  });

  it('ends at once when the signal aborts, and leaves no timer', async () => {
    const clock = new VirtualClock();
    const { api } = fakeApi(clock, [{ state: 'PENDING' }]);
    const controller = new AbortController();
    const options = { clock, signal: controller.signal };
    const job = await jobs(api, 'postAnalyticsUsersDetailsJobs', { id: 'j1' }, options);
    const waiting = expect(job.wait()).rejects.toThrow('enough');
    await clock.advance(10);
    controller.abort(new Error('enough'));
    await waiting;
    expect(clock.pending).toBe(0);
  });

  it('reads the results of a job without pages', async () => {
    const clock = new VirtualClock();
    const api = {
      postTaskmanagementWorkitemsQueryJobs: (body: object) => Promise.resolve({ id: body ? 'w1' : '' }),
      getTaskmanagementWorkitemsQueryJob: () => Promise.resolve({ state: 'Succeeded' }),
      getTaskmanagementWorkitemsQueryJobResults: (id: string, opts?: object) =>
        Promise.resolve({ entities: [{ id, opts }], pageCount: 4 }),
    };
    const job = await jobs(api, 'postTaskmanagementWorkitemsQueryJobs', { id: 'w1' }, { clock });
    const read = [];
    for await (const item of job) read.push(item);
    expect(read).toEqual([{ id: 'w1', opts: undefined }]);
    await expect(job.cancel()).rejects.toThrow('the SDK has no method to cancel the job');
  });
});

it('refuses wrong arguments', async () => {
  const api = { postFlowsJobs: () => Promise.resolve({}), postAnalyticsUsersDetailsJobs: () => Promise.resolve({}) };
  await expect(jobs(api, 'postFlowsJobs', {} as never)).rejects.toThrow('postFlowsJobs starts no job that is known');
  await expect(jobs(api, 'postAnalyticsUsersDetailsJobs', {} as never)).rejects.toThrow(
    'has no method getAnalyticsUsersDetailsJob',
  );
  await expect(jobs(api, 'postFlowsJobs', {} as never, { timeout: 1 } as object)).rejects.toThrow(
    'options.timeout is not known',
  );
});

describe('on a virtual clock', () => {
  /** A job whose state is given by a function. */
  async function start(status: () => Promise<unknown>, options: object) {
    const clock = new VirtualClock();
    const api = {
      postAnalyticsConversationsDetailsJobs: vi.fn(() => Promise.resolve({ jobId: 'j1' })),
      getAnalyticsConversationsDetailsJob: vi.fn(status),
      getAnalyticsConversationsDetailsJobResults: vi.fn(),
    };
    const job = await jobs(api as never, 'postAnalyticsConversationsDetailsJobs' as never, BODY as never, {
      ...options,
      clock,
    });
    return { clock, job, asked: api.getAnalyticsConversationsDetailsJob };
  }

  it('asks ever more rarely, also after a first wait of 0', async () => {
    const options = { firstDelayMs: 0, totalTimeoutMs: 60_000 };
    const { clock, job, asked } = await start(() => Promise.resolve({ state: 'PENDING' }), options);
    const waiting = expect(job.wait()).rejects.toMatchObject({ code: 'HOLDLINE_DEADLINE' });
    await clock.advance(60_000);
    await waiting;
    expect(asked.mock.calls.length).toBeLessThanOrEqual(11);
  });

  it('ends the wait at its deadline, although the platform does not answer', async () => {
    const { clock, job } = await start(() => new Promise(() => undefined), { totalTimeoutMs: 5_000 });
    const waiting = expect(job.wait()).rejects.toMatchObject({ code: 'HOLDLINE_DEADLINE' });
    await clock.advance(5_000);
    await waiting;
    expect(clock.pending).toBe(0);
  });
});
