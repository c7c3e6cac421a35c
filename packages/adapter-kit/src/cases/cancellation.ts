import { isHoldlineError, withCall, type Holdline } from '@holdline/core';
import { makeId, type Running } from '../scene/caller.js';
import type { Scene } from '../scene/scene.js';
import type { ReceivedRequest } from '../server/contract-server.js';
import { casesOf } from './define-case.js';
import { describeEnd, nameOf } from './describe.js';

const define = casesOf('cancellation');

const WINDOW_MS = 60_000;
const ONE_CALL = { governor: { quotas: [{ limit: 1, windowMs: WINDOW_MS }] } };

/** Starts a call that the server does not answer, and waits until its request has arrived. */
async function hold(
  scene: Scene,
  caller: Awaited<ReturnType<Scene['guarded']>>,
  signal?: AbortSignal,
): Promise<Running> {
  const id = makeId();
  scene.server.answer(id, 'hold');
  const running = caller.start({ id, signal });
  await scene.until(() => scene.server.requestsFor(id)[0]?.isComplete === true, 'a request arrived at the server');
  return running;
}

/** Whether a call failed with an error of the line that has this code. */
const hasCode = ({ error }: Running, code: string): boolean => isHoldlineError(error) && error.code === code;

const isClosedFor = (scene: Scene, { request: { id } }: Running): boolean =>
  scene.server.requestsFor(id).every(({ isAborted }) => isAborted);

/** Lets the time pass in which a waiting call would be sent. */
async function passTime(scene: Scene, line: Holdline): Promise<void> {
  await scene.clock.advance(2 * WINDOW_MS);
  await scene.until(() => line.snapshot().inFlight === 0, 'the line had no attempt on the wire');
}

/** A call ends for its caller, and on the wire, as soon as nobody needs its answer. */
export const CANCELLATION = [
  define(
    'sends nothing when the caller aborted before the call',
    {
      why: 'The caller no longer needs the answer. A request would use the quota, and a write would be executed.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const signal = AbortSignal.abort();
      const native = await scene.run(await scene.native(), { signal });
      const guarded = await scene.run(await scene.guarded(scene.line()), { signal });
      const { length: requests } = scene.server.requestsFor(guarded.request.id);
      scene.check(requests === 0, `The signal of a call was aborted in advance, and ${requests} requests arrived.`);
      scene.check(
        nameOf(guarded) === nameOf(native),
        `The signal of a call was aborted in advance. The native client ends with ${describeEnd(native)}, the guarded client with ${describeEnd(guarded)}.`,
      );
    },
  ),

  define(
    'never sends a call that the caller aborted in the queue',
    {
      why: 'A queued call may wait for minutes. Its caller must get the abort at once, and the request must not leave later.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const line = scene.line(ONE_CALL);
      const queued = scene.collect(line, 'queued');
      const caller = await scene.guarded(line);
      await scene.succeed(caller);
      const controller = new AbortController();
      const running = caller.start({ signal: controller.signal });
      await scene.until(() => queued.length === 1, 'the second call of a quota of 1 was queued');
      controller.abort();
      await scene.clock.advance(0);
      scene.check(running.isSettled, 'The caller aborted a queued call, and the call did not end at once.');
      await passTime(scene, line);
      const { length: requests } = scene.server.requestsFor(running.request.id);
      scene.check(requests === 0, `The caller aborted a queued call, and ${requests} requests were sent afterwards.`);
    },
  ),

  define(
    'sends no further attempt when the caller aborts during the wait for it',
    {
      why: 'The wait that Retry-After names may take minutes. An aborted call that is sent again afterwards works for nobody.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const line = scene.line();
      const retries = scene.collect(line, 'retry');
      const caller = await scene.guarded(line);
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '30' } });
      const controller = new AbortController();
      const running = caller.start({ id, signal: controller.signal });
      await scene.until(() => retries.length === 1, 'the line decided to repeat a call after a 429');
      controller.abort();
      await scene.clock.advance(0);
      scene.check(
        running.isSettled,
        'The caller aborted a call between two attempts, and the call did not end at once.',
      );
      await passTime(scene, line);
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 1,
        `The caller aborted a call after its first attempt, and ${requests} requests arrived.`,
      );
    },
  ),

  define(
    'closes the connection when the caller aborts a call on the wire',
    {
      why: 'The server works for nobody until the connection closes, and the connection is not free for another call.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const controller = new AbortController();
      const running = await hold(scene, await scene.guarded(scene.line()), controller.signal);
      controller.abort();
      await scene.mustHappen(
        () => isClosedFor(scene, running),
        'The caller aborted a call on the wire, and the connection of its request stayed open.',
      );
    },
  ),

  define(
    'closes the connection when the caller aborts the second attempt of a call',
    {
      why: 'Each attempt is a request of its own. An adapter that gives the signal to the first one only cannot end the others.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = makeId();
      scene.server.answer(id, { status: 503, headers: { 'retry-after': '1' } }, 'hold');
      const controller = new AbortController();
      const running = caller.start({ id, signal: controller.signal });
      const second = (): ReceivedRequest | undefined => scene.server.requestsFor(id)[1];
      await scene.pass(() => second()?.isComplete === true, 'the second attempt of a call arrived after a 503');
      controller.abort();
      await scene.mustHappen(
        () => second()?.isAborted === true,
        'The caller aborted the second attempt of a call on the wire, and the connection of its request stayed open.',
      );
      await scene.end(running);
    },
  ),

  define(
    'closes the connection when the signal of withCall aborts',
    {
      why: 'The user may end many calls with one signal, also with a client that takes no signals itself.',
      guide: 'cancellation',
      needs: ['endOnWire'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const controller = new AbortController();
      const running = await withCall({ signal: controller.signal }, () => hold(scene, caller));
      controller.abort();
      await scene.mustHappen(
        () => isClosedFor(scene, running),
        'The signal of withCall aborted a call on the wire, and the connection of its request stayed open.',
      );
    },
  ),

  define(
    'rejects a call that was aborted on the wire with the error of the client',
    {
      why: 'Code of the users recognises an abort by the error of the client, for example by its name.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const ends: Running[] = [];
      for (const caller of [await scene.native(), await scene.guarded(scene.line())]) {
        const controller = new AbortController();
        const running = await hold(scene, caller, controller.signal);
        controller.abort();
        ends.push(await scene.end(running));
      }
      const [native, guarded] = ends as [Running, Running];
      scene.check(
        nameOf(native) === nameOf(guarded),
        `A call was aborted on the wire. The native client ends with ${describeEnd(native)}, the guarded client with ${describeEnd(guarded)}.`,
      );
    },
  ),

  define(
    'leaves nothing in the line after an abort on the wire',
    {
      why: 'An attempt whose outcome never settles occupies its permit and its slot for ever, and drain() never ends.',
      guide: 'cancellation',
      needs: ['signal'],
    },
    async (scene) => {
      const line = scene.line();
      const controller = new AbortController();
      const running = await hold(scene, await scene.guarded(line), controller.signal);
      controller.abort();
      await scene.end(running);
      const isEmpty = (): boolean => {
        const { calls, inFlight, queued } = line.snapshot();
        return calls + inFlight + queued === 0;
      };
      const isLeft = !(await scene.happens(isEmpty));
      const { calls, inFlight, queued } = line.snapshot();
      scene.check(
        !isLeft,
        `The only call of a line was aborted on the wire. The line must be empty, and has ${calls} calls, ${inFlight} attempts in flight and ${queued} queued calls.`,
      );
    },
  ),

  define(
    'does not send a call that its deadline would end in the queue',
    {
      why: 'The line refuses such a call, because its answer would come too late. The caller must get that DeadlineError.',
      guide: 'cancellation',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line({ ...ONE_CALL, deadline: { totalTimeoutMs: 5_000 } }));
      await scene.succeed(caller);
      const running = await scene.run(caller);
      const { length: requests } = scene.server.requestsFor(running.request.id);
      scene.check(
        hasCode(running, 'HOLDLINE_DEADLINE') && requests === 0,
        `The permit of a call comes after 60 s, and its time budget is 5 s. It must end with a DeadlineError and without a request. It ended with ${describeEnd(running)} and ${requests} requests.`,
      );
    },
  ),

  define(
    'closes the connection when a deadline ends a call on the wire',
    {
      why: 'A server that does not answer would otherwise occupy a connection of the client for ever.',
      guide: 'cancellation',
      needs: ['endOnWire'],
    },
    async (scene) => {
      const running = await hold(scene, await scene.guarded(scene.line({ deadline: { totalTimeoutMs: 5_000 } })));
      await scene.clock.advance(5_001);
      await scene.end(running);
      scene.check(
        hasCode(running, 'HOLDLINE_DEADLINE'),
        `The time budget of a call on the wire ended. The call must reject with a DeadlineError, and ended with ${describeEnd(running)}.`,
      );
      await scene.mustHappen(
        () => isClosedFor(scene, running),
        'The time budget ended a call on the wire, and the connection of its request stayed open.',
      );
    },
  ),

  define(
    'closes the connection of a call that the closed line gives up',
    {
      why: 'A process must be able to end. line.close() waits for answers only for a limited time.',
      guide: 'cancellation',
      needs: ['endOnWire'],
    },
    async (scene) => {
      const line = scene.line();
      const running = await hold(scene, await scene.guarded(line));
      void line.close({ timeoutMs: 5_000 });
      await scene.clock.advance(5_001);
      await scene.mustHappen(
        () => running.isRejected,
        'The line was closed and waited for 5 s. A call without an answer did not fail then.',
      );
      await scene.mustHappen(
        () => isClosedFor(scene, running),
        'line.close() gave up a call on the wire, and the connection of its request stayed open.',
      );
    },
  ),

  define(
    'closes the connection of such a call also when the caller gave a signal',
    {
      why: 'The signal of the caller knows nothing of the line. An attempt that observes only this signal keeps the closed process alive.',
      guide: 'cancellation',
      needs: ['signal', 'endOnWire'],
    },
    async (scene) => {
      const line = scene.line();
      const { signal } = new AbortController();
      const running = await hold(scene, await scene.guarded(line), signal);
      void line.close({ timeoutMs: 5_000 });
      await scene.clock.advance(5_001);
      await scene.mustHappen(
        () => isClosedFor(scene, running),
        'line.close() gave up a call on the wire that had a signal of its caller, and the connection of its request stayed open.',
      );
    },
  ),

  define(
    'ends the body of an answer when the caller aborts after the head',
    {
      why: 'The caller may abort a long download. The line replaces the signal of the caller, so the adapter must report the open body.',
      guide: 'cancellation',
      needs: ['signal', 'streamAnswer'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line({ deadline: { totalTimeoutMs: 3_600_000 } }));
      const id = makeId();
      scene.server.answer(id, { status: 200, chunked: true });
      const controller = new AbortController();
      const result = await scene.succeed(caller, { id, signal: controller.signal });
      const reading = scene.read(caller, result).then(
        () => 'the whole body',
        () => 'an error',
      );
      controller.abort();
      await scene.mustHappen(
        () => isClosedFor(scene, { request: { id } } as Running),
        'The caller aborted a call while it read the body, and the connection stayed open.',
      );
      const read = await reading;
      scene.check(read === 'an error', `The caller aborted a call while it read the body, and got ${read}.`);
    },
  ),
];
