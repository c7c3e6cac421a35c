import { callInfo, withCall } from '@holdline/core';
import { makeId } from '../scene/caller.js';
import { casesOf } from './define-case.js';

const define = casesOf('attempts');

const TRANSPORT_HEADERS = ['connection', 'keep-alive', 'content-length', 'transfer-encoding', 'expect'];

/** Every request of the client passes through the line, as one attempt. */
export const ATTEMPTS = [
  define(
    'makes each request an attempt of the line',
    {
      why: 'The line paces and counts attempts. A request that it does not see exceeds the quota unseen.',
      guide: 'where-to-attach',
    },
    async (scene) => {
      const line = scene.line();
      const attempts = scene.collect(line, 'attemptStarted');
      const caller = await scene.guarded(line);
      const id = makeId();
      scene.server.answer(id, { status: 503, headers: { 'retry-after': '1' } });
      await scene.succeed(caller, { id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 2 && attempts.length === 2,
        `A 503 with Retry-After and a 200 must be two requests and two attempts. The server got ${requests} requests, and the line counted ${attempts.length} attempts.`,
      );
    },
  ),
  define(
    'makes as many requests as the line allows, whatever the client repeats by itself',
    {
      why: 'Two retry layers multiply. The line then promises three attempts, and the platform gets nine requests.',
      guide: 'where-to-attach',
    },
    async (scene) => {
      const line = scene.line({ retry: { maxAttempts: 3 } });
      const caller = await scene.guarded(line);
      const id = scene.alwaysAnswer({ status: 503 });
      await scene.run(caller, { id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 3,
        `A line with retry.maxAttempts 3 must send three requests to a server that always answers 503. The server got ${requests} requests.`,
      );
    },
  ),
  define(
    'makes no more requests than the line allows when connections break',
    {
      why: 'Many clients repeat a request by themselves when its connection breaks. The line does not see these requests, and makes its own attempts besides.',
      guide: 'where-to-attach',
    },
    async (scene) => {
      const line = scene.line({ retry: { maxAttempts: 2 } });
      const caller = await scene.guarded(line);
      const id = scene.alwaysAnswer('drop');
      await scene.run(caller, { id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests <= 2,
        `A line with retry.maxAttempts 2 must send at most two requests to a server that breaks each connection. The server got ${requests} requests.`,
      );
    },
  ),
  define(
    'tells the line the method and the absolute URL of each request',
    {
      why: 'Routes, circuit breakers and tokens depend on both. A URL without its query or origin counts as another resource.',
      guide: 'attempts',
    },
    async (scene) => {
      const seen: string[] = [];
      const scope = ({ method, url }: { method: string; url: string }): string => {
        seen.push(`${method} ${url}`);
        return 'all';
      };
      const caller = await scene.guarded(
        scene.line({ governor: { quotas: [{ limit: 100, windowMs: 1_000, enforcement: 'sliding', scope }] } }),
      );
      const id = makeId();
      await scene.succeed(caller, { id, path: `/items/${id}?view=full&part=2` });
      const [request] = scene.server.requestsFor(id);
      const wanted = request && `${request.method} ${scene.server.url}${request.url}`;
      scene.check(
        wanted !== undefined && seen.length > 0 && seen.every((one) => one === wanted),
        `The server got "${wanted ?? 'no request'}". The adapter told the line "${seen[0] ?? 'nothing'}".`,
      );
    },
  ),
  define(
    'sends the URL of the client unchanged',
    {
      why: 'The query and the case of a path may name the item. An adapter that builds the URL again may ask for another item.',
      guide: 'attempts',
    },
    async (scene) => {
      const id = makeId();
      const request = { id, path: `/items/${id}?View=Full&q=a%2Fb%20c&empty=` };
      await scene.succeed(await scene.native(), request);
      await scene.succeed(await scene.guarded(scene.line()), request);
      const [native, guarded] = scene.server.requestsFor(id).map(({ url }) => url);
      scene.check(
        native === guarded,
        `A GET asks for "${native ?? 'nothing'}" without the guard, and for "${guarded ?? 'nothing'}" with it.`,
      );
    },
  ),
  define(
    'sends all headers that the client sends by itself',
    {
      why: 'Clients name the format of the body, their version and more in headers. The platform may refuse a request without them.',
      guide: 'attempts',
    },
    async (scene) => {
      const id = makeId();
      await scene.succeed(await scene.native(), { method: 'POST', id });
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
      await scene.succeed(await scene.guarded(scene.line()), { method: 'POST', id });
      const [native, ...guarded] = scene.server.requestsFor(id).map(({ headers }) => headers);
      // How the bytes of a body travel is up to the connection.
      const names = Object.keys(native ?? {}).filter((name) => !TRANSPORT_HEADERS.includes(name));
      const missing = names.filter((name) => guarded.some((headers) => headers[name] === undefined));
      scene.check(
        guarded.length === 2 && missing.length === 0,
        `A POST without the guard has the headers ${names.join(', ')}. Both attempts of a guarded POST must have them. The server got ${guarded.length} attempts, and these headers were missing: ${missing.join(', ') || 'none'}.`,
      );
    },
  ),
  define(
    'sends the headers that the line writes, with each attempt',
    {
      why: 'The platform recognises a repetition by its idempotency key. A second attempt without the key executes a write twice.',
      guide: 'attempts',
      needs: ['transactions'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line({ endpoints: { 'POST /**': { keyed: true } } }));
      const id = makeId();
      scene.server.answer(id, { status: 503 });
      await scene.run(caller, { method: 'POST', id });
      const keys = scene.server.requestsFor(id).map(({ headers }) => headers['idempotency-key']);
      scene.check(
        keys.length === 2 && keys[0] !== undefined && keys[0] === keys[1],
        `A write with an idempotency key must be sent again after a 503, with the same key. The server got ${keys.length} requests, ${keys.filter(Boolean).length} of them with a key, and ${new Set(keys).size} different values.`,
      );
    },
  ),
  define(
    "sends the caller's own headers unchanged, with each attempt",
    {
      why: 'A header of the caller may change what the request means. An attempt without it is another request.',
      guide: 'attempts',
      needs: ['headers'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = makeId();
      scene.server.answer(id, { status: 503, headers: { 'retry-after': '1' } });
      await scene.run(caller, { id, headers: { 'x-contract-note': 'Ada, 1; b="2"' } });
      const notes = scene.server.requestsFor(id).map(({ headers }) => headers['x-contract-note']);
      scene.check(
        notes.length === 2 && notes.every((note) => note === 'Ada, 1; b="2"'),
        `Both requests must have the header x-contract-note of the caller. The server got ${notes.length} requests, with the values ${JSON.stringify(notes)}.`,
      );
    },
  ),
  define(
    'counts all calls of one credential together',
    {
      why: 'Platforms count by credential. A call that the line counts elsewhere leaves at once, and the platform refuses it.',
      guide: 'attempts',
    },
    async (scene) => {
      const quota = { limit: 1, windowMs: 2_000, enforcement: 'sliding' } as const;
      const line = scene.line({ governor: { quotas: [quota] } });
      const queued = scene.collect(line, 'queued');
      const times = scene.times(line, 'attemptStarted');
      const caller = await scene.guarded(line, { authorization: 'Bearer contract' });
      const first = caller.start();
      const second = caller.start();
      await scene.until(() => queued.length > 0 || times.length > 1, 'the second of two calls reaches the line');
      await scene.end(first);
      await scene.end(second);
      const [from = 0, to = 0] = times;
      scene.check(
        times.length === 2 && to - from >= 2_000,
        `With a quota of 1 per 2 s, the second call must wait for 2 s. The line counted ${times.length} attempts, and the last one left ${to - from} ms after the first.`,
      );
    },
  ),
  define(
    'gives each of ten concurrent calls its own answer',
    {
      why: 'An adapter that keeps the request or the answer in one place mixes up the calls of different users.',
      guide: 'attempts',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const ids = Array.from({ length: 10 }, makeId);
      // The first answer comes last. A client with one connection needs it before the others.
      for (const id of ids) scene.server.answer(id, id === ids[0] ? 'hold' : { status: 200 });
      const calls = ids.map((id) => caller.start({ id }));
      await scene.happens(() => calls.slice(1).every(({ isSettled }) => isSettled));
      scene.server.release();
      for (const call of calls) await scene.end(call);
      let own = 0;
      for (const { isRejected, result, request } of calls) {
        if (isRejected) continue;
        const { text } = await scene.read(caller, result);
        if (text.includes(request.id)) own++;
      }
      scene.check(own === 10, `Each of ten calls at once must get the answer with its own id. ${own} calls got it.`);
    },
  ),
  define(
    'runs each call in the context of its caller',
    {
      why: 'withCall gives a call its priority and tenant. A call that loses them waits in the wrong queue.',
      guide: 'attempts',
    },
    async (scene) => {
      const line = scene.line();
      const started = scene.collect(line, 'callStarted');
      const caller = await scene.guarded(line);
      await scene.end(withCall({ priority: 'high' }, () => caller.start()));
      await scene.end(withCall({ priority: 'background' }, () => caller.start()));
      const priorities = started.map(({ priority }) => priority);
      scene.check(
        priorities.join() === 'high,background',
        `Two calls inside withCall have the priorities high and background. The line got ${priorities.length} calls with the priorities ${priorities.join(', ')}.`,
      );
    },
  ),
  define(
    'lets callInfo() find the result and the error of a call',
    {
      why: 'A caller asks callInfo() how often its call was sent. A copied result or error is unknown there.',
      guide: 'attempts',
      needs: ['callInfo'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const id = makeId();
      scene.server.answer(id, { status: 502 });
      const succeeded = await scene.run(caller, { id });
      const found = callInfo(succeeded.isRejected ? succeeded.error : succeeded.result);
      const refused = await scene.run(caller, { id: scene.alwaysAnswer({ status: 410 }) });
      const status = callInfo(refused.isRejected ? refused.error : refused.result)?.status;
      scene.check(
        found?.attempts === 2 && status === 410,
        `callInfo() must report 2 attempts for a call that was repeated once, and status 410 for a call that ended with 410. It reports ${found?.attempts ?? 'no'} attempts and ${status ?? 'no'} status.`,
      );
    },
  ),
  define(
    "runs the user's interceptors once for each call",
    {
      why: 'Interceptors sign, count or log a call. If they run again with each attempt, they do so twice.',
      guide: 'where-to-attach',
      needs: ['interceptor'],
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      let runs = 0;
      scene.check(
        caller.connection.onRequest !== undefined,
        'The connection has no function onRequest. Add it, or name interceptor in lacks with the reason.',
      );
      caller.connection.onRequest?.(() => runs++);
      const id = makeId();
      scene.server.answer(id, { status: 503, headers: { 'retry-after': '1' } });
      await scene.run(caller, { id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        runs === 1 && requests === 2,
        `A call with two attempts must run the interceptor of the user once. It ran ${runs} times, and the server got ${requests} requests.`,
      );
    },
  ),
];
