import { makeId, type Running } from '../scene/caller.js';
import { kindOf } from '../scene/kind.js';
import type { Scene } from '../scene/scene.js';
import { casesOf } from './define-case.js';
import { describeEnd, failedWith } from './describe.js';
import type { HoldlineConfig } from '@holdline/core';
import type { ContractRequest } from '../contract/types.js';
import type { ServerAnswer } from '../server/contract-server.js';

const define = casesOf('refusals');

/** Real time passes on the wire, but virtual time does not. So only the jitter of the gate and the steps of the clock lengthen a wait. */
const TOLERANCE_MS = 500;

/** Makes one call whose first answer is `answer`. Returns the number of requests, and the virtual time between the first two attempts. */
async function waitAfter(
  scene: Scene,
  answer: ServerAnswer,
  config: HoldlineConfig = {},
  request: Partial<ContractRequest> = {},
): Promise<{ requests: number; waitedMs: number; running: Running }> {
  const line = scene.line(config);
  const times = scene.times(line, 'attemptStarted');
  const caller = await scene.guarded(line);
  const id = makeId();
  scene.server.answer(id, answer);
  const running = await scene.run(caller, { id, ...request });
  const [from = 0, to = from] = times;
  return {
    requests: scene.server.requestsFor(id).length,
    waitedMs: to - from,
    running,
  };
}

/** Answers with which the platform refuses or limits requests reach the line with everything that they say. */
export const REFUSALS = [
  define(
    'waits as many seconds as Retry-After says',
    {
      why: 'Platforms count attempts that come too early, and some lengthen the wait for them.',
      guide: 'refusals',
    },
    async (scene) => {
      const { requests, waitedMs } = await waitAfter(scene, { status: 429, headers: { 'retry-after': '2' } });
      scene.check(
        requests === 2 && waitedMs >= 2_000 && waitedMs <= 2_000 + TOLERANCE_MS,
        `After a 429 with "Retry-After: 2", the second attempt must leave after 2,000 ms. The server got ${requests} requests, and the wait was ${waitedMs} ms.`,
      );
    },
  ),
  define(
    'waits until the date in Retry-After, by the clock of the server',
    {
      why: 'Retry-After may be a date. The line compares it with the Date header, because the clock of the machine may be wrong.',
      guide: 'refusals',
    },
    async (scene) => {
      // The clock of this server is an hour slow.
      const now = Math.floor(scene.clock.wall() / 1000) * 1000 - 3_600_000;
      const headers = { date: new Date(now).toUTCString(), 'retry-after': new Date(now + 2_000).toUTCString() };
      const { requests, waitedMs } = await waitAfter(scene, { status: 429, headers });
      scene.check(
        requests === 2 && waitedMs >= 2_000 && waitedMs <= 2_000 + TOLERANCE_MS,
        `After a 429 whose Retry-After is 2 s after its Date, the second attempt must leave after 2,000 ms. The server got ${requests} requests, and the wait was ${waitedMs} ms.`,
      );
    },
  ),
  define(
    'repeats a 429 without Retry-After after a wait of the line',
    {
      why: 'Many platforms name no wait. The platform has executed nothing, so the line may send the request again.',
      guide: 'refusals',
    },
    async (scene) => {
      const config = { governor: { defaultRetryAfterMs: 1_000 } };
      const { requests, waitedMs, running } = await waitAfter(scene, { status: 429 }, config);
      scene.check(
        requests === 2 && waitedMs >= 1_000,
        `With governor.defaultRetryAfterMs 1,000, a request must be sent again 1,000 ms after a 429 without Retry-After. The server got ${requests} requests, the wait was ${waitedMs} ms, and the call ended with ${describeEnd(running)}.`,
      );
    },
  ),
  define(
    'repeats a write after a 503 with Retry-After',
    {
      why: 'A 503 with Retry-After says that the platform executed nothing. Without this header, the line cannot know, and the write fails.',
      guide: 'refusals',
    },
    async (scene) => {
      const refused = { status: 503, headers: { 'retry-after': '1' } };
      const { requests, running } = await waitAfter(scene, refused, {}, { method: 'POST' });
      scene.check(
        requests === 2 && !running.isRejected,
        `A write must be sent again after a 503 with Retry-After. The server got ${requests} requests, and the call ended with ${describeEnd(running)}.`,
      );
    },
  ),
  define(
    'holds back the other calls of the client while a refusal holds',
    {
      why: 'A 429 concerns all calls of a credential. Each call that leaves before the time is one more refusal.',
      guide: 'refusals',
    },
    async (scene) => {
      // The only quota is used up, so the refusal is about this quota.
      const quota = { limit: 1, windowMs: 500, enforcement: 'sliding' } as const;
      const line = scene.line({ governor: { quotas: [quota] } });
      const gates = scene.collect(line, 'gateClosed');
      const started = scene.collect(line, 'attemptStarted');
      const caller = await scene.guarded(line);
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
      const refused = caller.start({ id });
      await scene.until(() => gates.length > 0 || refused.isSettled, 'the line hears of a 429');
      const closedAt = scene.clock.now();
      let otherLeftAt: number | undefined;
      const stop = line.on('attemptStarted', ({ callId }) => {
        if (callId !== started[0]?.callId) otherLeftAt ??= scene.clock.now();
      });
      await scene.end(caller.start({ method: 'POST' }));
      await scene.end(refused);
      stop();
      const afterMs = otherLeftAt === undefined ? undefined : otherLeftAt - closedAt;
      scene.check(
        afterMs !== undefined && afterMs >= 1_000,
        `A read got a 429 with "Retry-After: 1". A write that starts then must leave 1,000 ms later. It left after ${afterMs ?? 'no'} ms.`,
      );
    },
  ),
  define(
    'slows down when an answer says that no requests are left',
    {
      why: 'Many platforms count the requests left in each answer. The line waits before it is refused, if the adapter lets it read all headers.',
      guide: 'refusals',
    },
    async (scene) => {
      const line = scene.line();
      const times = scene.times(line, 'attemptStarted');
      const caller = await scene.guarded(line);
      const id = makeId();
      const headers = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' };
      scene.server.answer(id, { status: 200, headers });
      await scene.succeed(caller, { id });
      await scene.run(caller, { id });
      const [from = 0, to = 0] = times;
      scene.check(
        times.length === 2 && to - from >= 2_000,
        `After a 200 with "X-RateLimit-Remaining: 0" and "X-RateLimit-Reset: 3", the next call must wait for 3 s. The line counted ${times.length} attempts, and the last one left after ${to - from} ms.`,
      );
    },
  ),
  define(
    "ends with the client's own result or error when the last attempt is refused",
    {
      why: 'Code that handles a 429 of the client must handle it behind the line too.',
      guide: 'refusals',
    },
    async (scene) => {
      const native = await scene.nativeKind({ status: 429 });
      const caller = await scene.guarded(scene.line({ retry: { maxAttempts: 2 } }));
      const kind = await kindOf(caller, await scene.run(caller, { id: scene.alwaysAnswer({ status: 429 }) }));
      scene.check(
        kind === native,
        `After the last 429, the client without a guard gives: ${native}. The guarded client gives: ${kind}.`,
      );
    },
  ),
  define(
    'does not repeat a 404 or a 500',
    {
      why: 'Another attempt would get the same answer. A 500 may have executed the request.',
      guide: 'refusals',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const requests: number[] = [];
      for (const status of [404, 500]) {
        const id = scene.alwaysAnswer({ status });
        await scene.run(caller, { id });
        requests.push(scene.server.requestsFor(id).length);
      }
      scene.check(
        requests.join() === '1,1',
        `Each of a 404 and a 500 must end its call. The server got ${requests.join(' and ')} requests.`,
      );
    },
  ),
  define(
    'leaves the outcome of a write unknown after a 504',
    {
      why: 'A gateway that got no answer cannot know whether the platform executed the write. The caller must learn that nobody knows.',
      guide: 'refusals',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = scene.alwaysAnswer({ status: 504 });
      const running = await scene.run(caller, { method: 'POST', id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        failedWith(running, 'HOLDLINE_OUTCOME_UNKNOWN') && requests === 1,
        `A write that got a 504 must end with HOLDLINE_OUTCOME_UNKNOWN after one request. The server got ${requests} requests, and the call ended with ${describeEnd(running)}.`,
      );
    },
  ),
];
