import { isHoldlineError, memoryStore, release, withCall } from '@holdline/core';
import type { ReadResult } from '../contract/types.js';
import { makeId, type Caller, type Running } from '../scene/caller.js';
import type { Scene } from '../scene/scene.js';
import { casesOf } from './define-case.js';
import { describeEnd } from './describe.js';

const define = casesOf('answers');

const LARGE = 500_000;

/** Class and own members of a native result or error. */
function shapeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  const { constructor } = value as { constructor?: { name: string } };
  const keys = Reflect.ownKeys(value).map(String).sort();
  return `${constructor?.name ?? 'no class'} { ${keys.join(', ')} }`;
}

/** Makes the same call without and with the guard. */
async function compare(
  scene: Scene,
  status: number,
): Promise<{ native: Running; guarded: Running; callers: Caller[] }> {
  const id = makeId();
  scene.server.answer(id, { status }, { status });
  const callers = [await scene.native(), await scene.guarded(scene.line())] as const;
  const native = await scene.run(callers[0], { id });
  const guarded = await scene.run(callers[1], { id });
  const [of, was] = [native, guarded].map((one) => shapeOf(one.isRejected ? one.error : one.result));
  scene.check(
    native.isRejected === guarded.isRejected,
    `A GET with a ${status} ends with ${describeEnd(native)} without the guard, and with ${describeEnd(guarded)} with it.`,
  );
  scene.check(of === was, `A GET with a ${status} gives ${of} without the guard, and ${was} with it.`);
  return { native, guarded, callers: [...callers] };
}

/** The user gets what the client gives, and no answer occupies a connection. */
export const ANSWERS = [
  define(
    'gives the caller the result of the client',
    {
      why: 'The code of the users depends on the class and the members of the result.',
      guide: 'answers',
    },
    async (scene) => {
      const { native, guarded, callers } = await compare(scene, 200);
      const [one, two] = [
        await scene.read(callers[0] as Caller, native.result),
        await scene.read(callers[1] as Caller, guarded.result),
      ];
      scene.check(
        one.status === two.status && one.text === two.text,
        `A GET gives status ${one.status} and ${one.text.length} characters without the guard, and status ${two.status} and ${two.text.length} characters with it.`,
      );
    },
  ),

  define(
    'gives the caller the error of the client, or the result of a 404',
    {
      why: 'The code of the users reads the status and the body of a refusal from the error of the client.',
      guide: 'answers',
    },
    async (scene) => {
      await compare(scene, 404);
    },
  ),

  define(
    'discards a refused answer before the next attempt',
    {
      why: 'An unread body holds its connection. With one connection, the next attempt waits for it for ever.',
      guide: 'the-outcome-of-send',
      needs: ['oneConnection'],
    },
    async (scene) => {
      const line = scene.line();
      const retries = scene.collect(line, 'retry');
      const caller = await scene.guarded(line, { maxSockets: 1 });
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' }, padTo: LARGE });
      const running = caller.start({ id });
      await scene.until(() => retries.length === 1, 'the line decided to repeat a call after a 429');
      await scene.clock.advance(10_000);
      await scene.mustHappen(
        () => scene.server.requestsFor(id).length === 2,
        'A client with one connection got a 429 with a body of 500,000 bytes. Its second attempt was 10 s later, and did not reach the server.',
      );
      await scene.end(running);
    },
  ),

  define(
    'discards a refused answer when the call ends before its next attempt',
    {
      why: 'The caller gets an error without the answer, so nobody else can read its body. The client would lose the connection.',
      guide: 'the-outcome-of-send',
      needs: ['oneConnection'],
    },
    async (scene) => {
      // The circuit opens after the first attempt, and refuses the second one.
      const line = scene.line({ breaker: { minAttempts: 1, failureRatio: 0.1 }, retry: { backoff: [1_000] } });
      const caller = await scene.guarded(line, { maxSockets: 1 });
      const id = makeId();
      scene.server.answer(id, { status: 502, padTo: LARGE });
      const running = await scene.run(caller, { id });
      scene.check(
        isHoldlineError(running.error),
        `A circuit opened after the first attempt of a call. The call must end with a CircuitOpenError, and ended with ${describeEnd(running)}.`,
      );
      release(caller.client);
      const next = scene.caller(caller.connection, caller.connection.client).start();
      await scene.mustHappen(
        () => next.isSettled,
        'A client with one connection got a 502 with a body of 500,000 bytes, and the call ended with a CircuitOpenError. The next call of the client did not get the connection.',
      );
    },
  ),

  define(
    'gives the caller a body of 1 MB as a whole',
    {
      why: 'A body that is larger than the buffers of a connection arrives in parts, after the call has ended.',
      guide: 'the-outcome-of-send',
    },
    async (scene) => {
      const id = makeId();
      scene.server.answer(id, { status: 200, padTo: 1_000_000 }, { status: 200, padTo: 1_000_000 });
      const texts: string[] = [];
      for (const caller of [await scene.native(), await scene.guarded(scene.line())]) {
        const { text } = await scene.read(caller, await scene.succeed(caller, { id }));
        texts.push(text);
      }
      const [native, guarded] = texts as [string, string];
      scene.check(
        native === guarded,
        `A body of 1,000,000 bytes gives ${native.length} characters without the guard, and ${guarded.length} with it.`,
      );
    },
  ),

  define(
    'gives the caller an answer before its body has arrived',
    {
      why: 'The caller may show a long answer in parts. An adapter that waits for the end of the body makes that impossible.',
      guide: 'answers',
      needs: ['streamAnswer'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = makeId();
      scene.server.answer(id, { status: 200, chunked: true });
      const running = caller.start({ id });
      await scene.mustHappen(
        () => running.isSettled,
        'The head of an answer arrived without its body, and the caller did not get the answer.',
      );
      scene.server.release();
      const { text } = await scene.read(caller, running.result);
      scene.check(text !== '', 'The body of an answer arrived after its head, and the caller read an empty text.');
    },
  ),

  define(
    'gives each of two identical calls an answer that it can read',
    {
      why: 'The second of two calls with one idempotency key joins the first. A body that both callers share can be read once.',
      guide: 'the-fields-of-run',
      needs: ['transactions', 'copyAnswer'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const [id, idempotencyKey] = [makeId(), makeId()];
      const start = (): Running => withCall({ idempotencyKey }, () => caller.start({ method: 'POST', id }));
      scene.server.answer(id, 'hold');
      const first = start();
      await scene.until(() => scene.server.requestsFor(id).length > 0, 'a request arrived at the server');
      const second = start();
      await scene.clock.advance(0);
      scene.server.release();
      const texts: string[] = [];
      for (const running of [first, second]) {
        const { result } = await scene.end(running);
        const { text } = await scene.read(caller, result).catch(() => ({ text: '' }));
        texts.push(text);
      }
      const { length: requests } = scene.server.requestsFor(id);
      const [one = '', two = ''] = texts;
      scene.check(
        requests === 1 && one !== '' && one === two,
        `Two calls at once have the same idempotency key. They must be 1 request, and both callers must read its body. ${requests} requests arrived. The callers read ${one.length} and ${two.length} characters.`,
      );
    },
  ),

  define(
    'gives the kept answer when a step of a transaction runs again',
    {
      why: 'A process that starts again repeats its transaction. A step that is done must give the answer that it gave, without a request.',
      guide: 'the-fields-of-run',
      needs: ['transactions', 'keptAnswers'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line({ store: memoryStore({ clock: scene.clock }) }));
      const [id, transaction] = [makeId(), makeId()];
      const answers: ReadResult[] = [];
      for (let run = 0; run < 2; run++) {
        const running = withCall({ transaction, step: 'one' }, () => caller.start({ method: 'POST', id }));
        await scene.end(running);
        scene.check(
          !running.isRejected,
          `Run ${run + 1} of a step of a transaction must give an answer, and ended with ${describeEnd(running)}.`,
        );
        answers.push(await scene.read(caller, running.result));
      }
      const { length: requests } = scene.server.requestsFor(id);
      const [one, two] = answers;
      scene.check(
        requests === 1 && one?.status === two?.status && one?.text === two?.text,
        `A step of a transaction ran twice. It must be 1 request, and ${requests} arrived. Its answers have the status ${one?.status ?? 0} with ${one?.text.length ?? 0} characters and the status ${two?.status ?? 0} with ${two?.text.length ?? 0} characters.`,
      );
    },
  ),
];
