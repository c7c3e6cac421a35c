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
      guide: 'answers',
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
      guide: 'answers',
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
      guide: 'answers',
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
      guide: 'answers',
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
      guide: 'answers',
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

  define(
    'gives each of two identical reads the answer as its own',
    {
      why: 'With `coalesce`, identical reads in flight are one request. Each caller must be able to read its answer, and to change it.',
      guide: 'reads-of-the-line',
      needs: ['keptAnswers'],
    },
    async (scene) => {
      // With a time budget, the answer of the first call may end before others have read it, so the line keeps it.
      const line = scene.line({ endpoints: { [ANY]: { readOnly: true, coalesce: true, deadline: BUDGET } } });
      const caller = await scene.guarded(line);
      const id = makeId();
      scene.server.answer(id, 'hold');
      const first = caller.start({ id });
      await scene.until(() => scene.server.requestsFor(id).length > 0, 'a request arrived at the server');
      const second = caller.start({ id });
      await scene.clock.advance(0);
      scene.server.release();
      const [one, two] = [await readEnd(scene, caller, first), await readEnd(scene, caller, second)];
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 1 && one.text !== '' && one.text === two.text && one.status === two.status,
        `Two identical reads at once must be 1 request, and ${requests} arrived. The callers got ${describeRead(one)} and ${describeRead(two)}.`,
      );
      scene.check(
        typeof first.result !== 'object' || first.result !== second.result,
        'The callers of two identical reads got the same object. A change by one of them is then seen by the other.',
      );
    },
  ),

  define(
    'gives an answer of the cache as the client gives it',
    {
      why: 'The code of the users must not notice where an answer comes from: class, status and body are those of the client.',
      guide: 'reads-of-the-line',
      needs: ['keptAnswers'],
    },
    async (scene) => {
      const caller = await scene.guarded(
        scene.line({ endpoints: { [ANY]: { readOnly: true, cache: { ttlMs: 60_000 } } } }),
      );
      const id = makeId();
      const ends = [await scene.run(caller, { id }), await scene.run(caller, { id })] as const;
      const [one, two] = [await readEnd(scene, caller, ends[0]), await readEnd(scene, caller, ends[1])];
      const [of, was] = ends.map(({ result }) => classOf(result));
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 1 && one.text === two.text && one.status === two.status && of === was,
        `The cache must answer the second of two reads, and ${requests} requests arrived. The reads gave ${of} with ${describeRead(one)}, and ${was} with ${describeRead(two)}.`,
      );
    },
  ),

  define(
    'asks whether an answer still holds with the request of the caller',
    {
      why: 'The line refreshes an answer by a request of its own, which `variant` makes. It needs the URL, the headers and the credential of the caller.',
      guide: 'reads-of-the-line',
      needs: ['keptAnswers', 'variants', 'clientCredential'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line(STALE), { authorization: 'Bearer of-the-caller' });
      const id = makeId();
      scene.server.answer(
        id,
        { status: 200, headers: { etag: '"1"' } },
        { status: 304, headers: { etag: '"1"' }, body: '' },
      );
      const first = await readEnd(scene, caller, await scene.run(caller, { id }));
      await scene.clock.advance(TTL_MS);
      const second = await readEnd(scene, caller, await scene.run(caller, { id }));
      const [sent, asked] = scene.server.requestsFor(id);
      scene.check(
        asked !== undefined && asked.headers['if-none-match'] === '"1"',
        `A read whose answer in the cache has an ETag must be a request with if-none-match, and the server got ${String(asked?.headers['if-none-match'])}.`,
      );
      const name = scene.adapter.credentialHeader ?? 'authorization';
      const changed = ['accept', 'content-type', name].filter((key) => sent?.headers[key] !== asked?.headers[key]);
      scene.check(
        sent?.url === asked?.url && sent?.method === asked?.method && changed.length === 0,
        `The request of the line must be that of the caller. It went to ${String(asked?.method)} ${String(asked?.url)} instead of ${String(sent?.method)} ${String(sent?.url)}, and these headers differ: ${changed.join(', ') || 'none'}.`,
      );
      scene.check(
        first.text === second.text && first.status === second.status,
        `The platform answered 304, so the caller must get the answer of the cache, ${describeRead(first)}, and got ${describeRead(second)}.`,
      );
    },
  ),

  define(
    'lets a read of the line go on when its caller aborts',
    {
      why: 'Other callers wait for the read too. The signal of the caller that needed it first must not end it.',
      guide: 'reads-of-the-line',
      needs: ['keptAnswers', 'variants', 'signal'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line(STALE));
      const id = makeId();
      scene.server.answer(id, { status: 200, headers: { etag: '"1"' } }, 'hold');
      await readEnd(scene, caller, await scene.run(caller, { id }));
      await scene.clock.advance(TTL_MS);
      const controllers = [new AbortController(), new AbortController()] as const;
      const first = caller.start({ id, signal: controllers[0].signal });
      await scene.until(() => scene.server.requestsFor(id).length > 1, 'a second request arrived at the server');
      const second = caller.start({ id, signal: controllers[1].signal });
      await scene.clock.advance(0);
      controllers[0].abort();
      await scene.end(first);
      await scene.clock.advance(0);
      scene.check(
        first.isRejected,
        'A caller aborted while the line refreshed an answer for it, and its call succeeded.',
      );
      scene.server.release();
      await scene.end(second);
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        !second.isRejected && requests === 2,
        `Two callers waited for one read of the line, and the first aborted. The second must get the answer of that read. Its call ended with ${describeEnd(second)}, and ${requests - 1} requests of the line arrived.`,
      );
    },
  ),
];

/** A client with operations of its own may send a read by any method to any path. */
const ANY = '* /**';
const BUDGET = { totalTimeoutMs: 600_000 };
const TTL_MS = 1_000;
/** The line shares reads, and asks the platform about answers that are older than `TTL_MS`. */
const STALE = { endpoints: { [ANY]: { readOnly: true, coalesce: true, cache: { ttlMs: TTL_MS } } } };

/** Reads the answer of a call that must have succeeded. */
async function readEnd(scene: Scene, caller: Caller, running: Running): Promise<ReadResult> {
  await scene.end(running);
  scene.check(!running.isRejected, `A read must succeed, and ended with ${describeEnd(running)}.`);
  return scene.read(caller, running.result);
}

function describeRead({ status, text }: ReadResult): string {
  return `the status ${status} with ${text.length} characters`;
}

function classOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value;
}
