import { PassThrough } from 'node:stream';
import { isHoldlineError, withCall, type Holdline } from '@holdline/core';
import type { ReceivedRequest } from '../server/contract-server.js';
import { makeId, type Caller, type Running } from '../scene/caller.js';
import type { Scene } from '../scene/scene.js';
import { casesOf } from './define-case.js';
import { describeEnd, messageOf, nameOf } from './describe.js';

const define = casesOf('bodies');

const REFUSED = { status: 429, headers: { 'retry-after': '1' } };
const ONE_CALL = { governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } };

/** Sends a body without the guard, and then with the guard in two attempts. Returns the three requests. */
async function sendThrice(scene: Scene, id: string, body: string | Uint8Array): Promise<ReceivedRequest[]> {
  const request = { method: 'POST', id, body } as const;
  await scene.succeed(await scene.native(), request);
  scene.server.answer(id, REFUSED);
  await scene.succeed(await scene.guarded(scene.line()), request);
  const requests = scene.server.requestsFor(id);
  scene.check(
    requests.length === 3,
    `A POST without the guard, and a POST with a 429 and a 200 must be 3 requests. ${requests.length} arrived.`,
  );
  return requests;
}

function checkSame(scene: Scene, what: string, [native, ...guarded]: ReceivedRequest[]): void {
  for (const [attempt, { body }] of guarded.entries()) {
    scene.check(
      native?.body.equals(body) === true,
      `Attempt ${attempt + 1} of a POST with ${what} sent ${body.length} bytes that differ from the ${native?.body.length} bytes that the native client sends.`,
    );
  }
}

/** A stream that the case feeds itself. */
function openStream(): PassThrough {
  // Nobody may have a listener when a call refuses its body.
  return new PassThrough().on('error', () => undefined);
}

/** Guards a client and uses the only permit of its line. */
async function guardedWithoutPermit(scene: Scene, line: Holdline): Promise<Caller> {
  const caller = await scene.guarded(line);
  await scene.succeed(caller, { method: 'POST' });
  return caller;
}

/** Sends a POST in a step of a transaction, and returns its end and its key. */
async function runStep(
  scene: Scene,
  caller: Caller,
  transaction: string,
  id: string,
  note: string,
): Promise<{ end: Running; key: string | undefined }> {
  const request = { method: 'POST', id, body: JSON.stringify({ id, note }) } as const;
  const running = withCall({ transaction, step: 'one' }, () => caller.start(request));
  const end = await scene.end(running);
  return { end, key: scene.server.requestsFor(id).at(-1)?.headers['idempotency-key'] as string | undefined };
}

/** A body leaves as the client gives it, in every attempt or not at all. */
export const BODIES = [
  define(
    'sends a text body byte for byte in every attempt',
    {
      why: 'Signatures and idempotency keys depend on the bytes. A body that is parsed and written again has other bytes.',
      guide: 'bodies',
    },
    async (scene) => {
      const id = makeId();
      checkSame(scene, 'text', await sendThrice(scene, id, `{ "id":"${id}",  "text":"\\u00e4 ä € 😀", "n":1.0 }`));
    },
  ),

  define(
    'sends the bytes of a body unchanged in every attempt',
    {
      why: 'A file has bytes that are no text, and a view may show only a part of its buffer.',
      guide: 'bodies',
      needs: ['binaryBody'],
    },
    async (scene) => {
      const id = makeId();
      const buffer = Buffer.alloc(4_096, '-');
      const bytes = Buffer.concat([Buffer.from(JSON.stringify({ id })), Buffer.from([0, 0xff, 0xfe, 0x0a, 0x80])]);
      bytes.copy(buffer, 1_000);
      const view = new Uint8Array(buffer.buffer, buffer.byteOffset + 1_000, bytes.length);
      checkSame(scene, 'bytes', await sendThrice(scene, id, view));
    },
  ),

  define(
    'does not send a stream a second time',
    {
      why: 'A stream can be read once. A second attempt would send an empty or a cut body, which the platform may execute.',
      guide: 'bodies',
      needs: ['streamBody'],
    },
    async (scene) => {
      const id = makeId();
      scene.server.answer(id, REFUSED, REFUSED);
      const send = async (caller: Caller): Promise<Running> => {
        const body = openStream();
        body.end(JSON.stringify({ id }));
        return scene.run(caller, { method: 'POST', id, body });
      };
      const native = await send(await scene.native());
      const line = scene.line();
      const retries = scene.collect(line, 'retry');
      const guarded = await send(await scene.guarded(line));
      const requests = scene.server.requestsFor(id).length - 1;
      scene.check(
        requests === 1 && retries.length === 0,
        `A POST with a stream was refused by a 429. It must be 1 request, and ${requests} arrived.`,
      );
      scene.check(
        guarded.isRejected === native.isRejected && !isHoldlineError(guarded.error),
        `A POST with a stream was refused by a 429. The native client ends with ${describeEnd(native)}, the guarded client with ${describeEnd(guarded)}.`,
      );
    },
  ),

  define(
    'ends a waiting call at once when its stream fails',
    {
      why: 'The source of a stream may fail while its call waits in the queue. The call then waits for nothing, and would send a part.',
      guide: 'bodies',
      needs: ['streamBody'],
    },
    async (scene) => {
      const line = scene.line(ONE_CALL);
      const queued = scene.collect(line, 'queued');
      const caller = await guardedWithoutPermit(scene, line);
      const before = scene.server.requests.length;
      const body = openStream();
      const running = caller.start({ method: 'POST', body });
      await scene.until(() => queued.length === 1, 'the second call of a quota of 1 was queued');
      body.destroy(new Error('the source is gone'));
      await scene.mustHappen(
        () => running.isSettled,
        'The stream of a queued call failed, and the call did not end at once.',
      );
      scene.check(
        messageOf(running.error).includes('the source is gone'),
        `The stream of a queued call failed with 'the source is gone'. The call ended with ${describeEnd(running)}.`,
      );
      const requests = scene.server.requests.length - before;
      scene.check(requests === 0, `The stream of a queued call failed, and ${requests} requests were sent.`);
    },
  ),

  define(
    'reports a stream that fails on the wire as a failure of the caller',
    {
      why: 'The platform is not at fault. A circuit breaker that counted it would open for everybody, and the caller needs its own error.',
      guide: 'bodies',
      needs: ['streamBody'],
    },
    async (scene) => {
      const line = scene.line();
      const attempts = scene.collect(line, 'attempt');
      const ends: Running[] = [];
      for (const connect of [() => scene.native(), () => scene.guarded(line)]) {
        const caller = await connect();
        const before = scene.server.requests.length;
        const body = openStream();
        body.write('{');
        const running = caller.start({ method: 'POST', body });
        await scene.until(() => scene.server.requests.length > before, 'the head of a request with a stream arrived');
        body.destroy(new Error('the source is gone'));
        ends.push(running);
        await scene.happens(() => running.isSettled);
      }
      const [native, guarded] = ends as [Running, Running];
      // The line gives a client that does not notice the failure of its stream a short time.
      if (!guarded.isSettled) await scene.clock.advance(10_000);
      await scene.end(guarded);
      const outcomes = attempts.map(({ outcome }) => outcome).join(', ');
      const wanted = native.isSettled ? 'local' : 'cancelled';
      scene.check(
        outcomes === wanted,
        `The stream of a POST failed on the wire. It must be one attempt with the outcome '${wanted}', and there were ${attempts.length}: ${outcomes}.`,
      );
      const name = native.isSettled ? nameOf(native) : 'Error';
      scene.check(
        name === nameOf(guarded),
        `The stream of a POST failed on the wire. The native client ends with ${describeEnd(native)}, the guarded client with ${describeEnd(guarded)}.`,
      );
    },
  ),

  define(
    'closes the stream of a call that ends unsent',
    {
      why: 'An unread stream keeps its file or its connection open for ever.',
      guide: 'bodies',
      needs: ['streamBody'],
    },
    async (scene) => {
      const caller = await guardedWithoutPermit(
        scene,
        scene.line({ ...ONE_CALL, deadline: { totalTimeoutMs: 5_000 } }),
      );
      const body = openStream();
      await scene.run(caller, { method: 'POST', body });
      await scene.mustHappen(() => body.destroyed, 'A call with a stream ended unsent, and the stream stayed open.');
    },
  ),

  define(
    'tells the payload of a write, so that a step is not executed with another one',
    {
      why: 'The same step with another body is a mistake of the program. The line finds it by a digest of the payload.',
      guide: 'bodies',
      needs: ['transactions'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const [transaction, id] = [makeId(), makeId()];
      await runStep(scene, caller, transaction, id, 'one');
      const { end } = await runStep(scene, caller, transaction, id, 'two');
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        nameOf(end) === 'IdempotencyConflictError' && requests === 1,
        `A step of a transaction ran with two different bodies. The second call must reject with an IdempotencyConflictError and send nothing. It ended with ${describeEnd(end)}, and ${requests} requests arrived.`,
      );
    },
  ),

  define(
    'sends the same key when a step of a transaction runs again',
    {
      why: 'The platform recognises the repeated write by its key. A payload that changes by itself makes the repetition a conflict.',
      guide: 'bodies',
      needs: ['transactions'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const [transaction, id] = [makeId(), makeId()];
      // A refusal tells that the first run did not execute the step.
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '3600' } });
      const first = await runStep(scene, caller, transaction, id, 'one');
      await scene.clock.advance(3_700_000);
      const second = await runStep(scene, caller, transaction, id, 'one');
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 2 && first.key !== undefined && first.key === second.key,
        `A step of a transaction ran twice with the same body. Both requests must have the same Idempotency-Key. ${requests} requests arrived, the first one ${first.key ? 'with' : 'without'} a key and the second one with ${first.key === second.key ? 'the same' : 'another or none'}. The second call ended with ${describeEnd(second.end)}.`,
      );
    },
  ),
];
