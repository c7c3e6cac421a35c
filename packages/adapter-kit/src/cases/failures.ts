import { makeId } from '../scene/caller.js';
import { describeError, kindOf } from '../scene/kind.js';
import { casesOf } from './define-case.js';
import { describeEnd, failedWith } from './describe.js';

const define = casesOf('failures');

/** Attempts that end without a whole answer. */
export const FAILURES = [
  define(
    'repeats a write whose connection was refused',
    {
      why: 'Nothing reached the platform, so no write can be executed twice. An error of this kind is not-sent.',
      guide: 'failures',
      needs: ['connectErrors'],
    },
    async (scene) => {
      const line = scene.line();
      const attempts = scene.collect(line, 'attempt');
      const caller = await scene.guarded(line);
      const id = makeId();
      await scene.server.refuseConnections();
      const running = caller.start({ method: 'POST', id });
      await scene.until(() => attempts.length > 0 || running.isSettled, 'the first attempt ends');
      await scene.server.acceptConnections();
      await scene.end(running);
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        attempts[0]?.outcome === 'not-sent' && requests === 1 && !running.isRejected,
        `A refused connection must be the outcome not-sent, and the write must be sent again. The outcome was ${attempts[0]?.outcome ?? 'not reported'}, the server got ${requests} requests, and the call ended with ${describeEnd(running)}.`,
      );
    },
  ),
  define(
    'repeats a read whose connection broke before the answer',
    {
      why: 'A read may be sent twice without harm. A lost connection is the most frequent failure of all.',
      guide: 'failures',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = makeId();
      scene.server.answer(id, 'drop');
      const running = await scene.run(caller, { id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 2 && !running.isRejected,
        `A read whose connection broke must be sent again. The server got ${requests} requests, and the call ended with ${describeEnd(running)}.`,
      );
    },
  ),
  define(
    'does not repeat a write whose connection broke before the answer',
    {
      why: 'The platform may have executed it. Sending it again may execute it twice, so the caller gets an OutcomeUnknownError.',
      guide: 'failures',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = makeId();
      scene.server.answer(id, 'drop');
      const running = await scene.run(caller, { method: 'POST', id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 1 && failedWith(running, 'HOLDLINE_OUTCOME_UNKNOWN'),
        `A write whose connection broke must end with HOLDLINE_OUTCOME_UNKNOWN after one request. The server got ${requests} requests, and the call ended with ${describeEnd(running)}.`,
      );
    },
  ),
  define(
    'never gives a truncated answer as a whole one',
    {
      why: 'Half a list looks like a list. A client that reads the body repeats the read; a stream fails with the native error.',
      guide: 'failures',
    },
    async (scene) => {
      const id = makeId();
      scene.server.answer(id, { status: 200, truncated: true });
      const caller = await scene.guarded(scene.line());
      const { isRejected, result } = await scene.run(caller, { id });
      let text: string | undefined;
      let hasEnded = isRejected;
      if (!isRejected) {
        // Some clients wait for ever for the rest of the body, and are no worse with the guard.
        scene.read(caller, result).then(
          (whole) => {
            ({ text } = whole);
            hasEnded = true;
          },
          () => (hasEnded = true),
        );
      }
      await scene.happens(() => hasEnded);
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        text === undefined || requests > 1,
        `The connection broke 10 bytes before the end of the answer. The caller got ${text?.length ?? 0} characters as a whole answer after ${requests} request.`,
      );
    },
  ),
  define(
    "ends a failed attempt with the client's own error",
    {
      why: 'Code that handles errors of the client looks at their class, name and code.',
      guide: 'failures',
    },
    async (scene) => {
      const native = await scene.nativeKind('drop');
      const caller = await scene.guarded(scene.line({ retry: false }));
      const kind = await kindOf(caller, await scene.run(caller, { id: scene.alwaysAnswer('drop') }));
      scene.check(
        kind === native,
        `The connection broke. The client without a guard gives: ${native}. The guarded client gives: ${kind}.`,
      );
    },
  ),
  define(
    'spends no quota on what the client refuses to send',
    {
      why: 'Nothing reached the platform. A request that costs a permit all the same delays the next call.',
      guide: 'failures',
      needs: ['localFailure'],
    },
    async (scene) => {
      const quota = { limit: 1, windowMs: 2_000, enforcement: 'sliding', scope: () => 'all' } as const;
      const line = scene.line({ governor: { quotas: [quota] } });
      const caller = await scene.guarded(line);
      await scene.refusal(caller);
      const from = scene.clock.now();
      const times = scene.times(line, 'attemptStarted');
      await scene.succeed(caller);
      const waitedMs = (times[0] ?? from) - from;
      scene.check(
        times.length === 1 && waitedMs === 0,
        `With a quota of 1 per 2 s, a call must leave at once after a call that the client refused. It made ${times.length} attempts, and left after ${waitedMs} ms.`,
      );
    },
  ),
  define(
    'gives what the client refuses to its caller, and counts it for nothing',
    {
      why: 'A mistake of the caller says nothing about the platform. It must not open the circuit for everybody else.',
      guide: 'failures',
      needs: ['localFailure'],
    },
    async (scene) => {
      const native = describeError(await scene.refusal(await scene.native()));
      const line = scene.line({ breaker: { minAttempts: 3 } });
      const circuits = scene.collect(line, 'breaker');
      const retries = scene.collect(line, 'retry');
      const caller = await scene.guarded(line);
      const kinds = new Set<string>();
      for (let n = 0; n < 5; n++) kinds.add(describeError(await scene.refusal(caller)));
      const [kind] = kinds;
      const { length: requests } = scene.server.requests;
      scene.check(
        kinds.size === 1 && kind === native && circuits.length + retries.length + requests === 0,
        `The client refused five calls. Without a guard it gives: ${native}. The guarded client gives: ${[...kinds].join('; ')}. There were ${retries.length} retries, ${requests} requests, and ${circuits.length} changes of a circuit. All three must be 0.`,
      );
    },
  ),

  define(
    'does not repeat a write that a redirect answered',
    {
      why: 'The platform executed the write and named another address. A failure at that address is no failure of the write, so a repeat executes it twice.',
      guide: 'failures',
      needs: ['redirects'],
    },
    async (scene) => {
      const closed = await scene.startServer();
      await closed.refuseConnections();
      const target = makeId();
      const refusal = { status: 503, headers: { 'retry-after': '1' } };
      scene.server.answer(target, refusal, refusal);
      const writes: number[] = [];
      for (const location of [`${scene.server.url}/items/${target}`, `${closed.url}/`]) {
        const caller = await scene.guarded(scene.line({ retry: { maxAttempts: 2 } }));
        const id = makeId();
        scene.server.answer(id, { status: 303, headers: { location } }, { status: 303, headers: { location } });
        await scene.run(caller, { method: 'POST', id });
        writes.push(scene.server.requestsFor(id).filter(({ method }) => method === 'POST').length);
      }
      scene.check(
        writes.every((count) => count === 1),
        `A write was answered by a redirect, and the new address was refused. The write must arrive once. It arrived ${writes[0] ?? 0} times when the address answered 503, and ${writes[1] ?? 0} times when it refused the connection.`,
      );
    },
  ),
];
