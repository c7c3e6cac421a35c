import { createHoldline, originOf, type Holdline, type HoldlineConfig } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, test } from 'vitest';
import { cxone } from '../index.js';
import type { LoadWorkerLike } from '../sdk/sdk-parts.js';
import { attachWorkers } from './attach-workers.js';

const API = 'https://api.nice.test';
const POLL = `${API}/incontactapi/services/v23.0/agent-sessions/s1/get-next-event?timeout=60`;

/** The global object of a worker, with the members that code of the SDK uses. */
class Inside extends EventTarget {
  readonly sent: Request[] = [];
  /** Responses in order. The last one repeats. A promise may stay pending. */
  script: (Response | Error | Promise<Response>)[] = [new Response('{}')];
  readonly seen: unknown[] = [];
  fetch = async (request: Request): Promise<Response> => {
    this.sent.push(request);
    const answer = await Promise.race([
      this.script[this.sent.length - 1] ?? this.script.at(-1),
      new Promise<never>((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason))),
    ]);
    if (answer instanceof Error) throw answer;
    return (answer as Response).clone();
  };
  self = this;
  outside!: FakeWorker;
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }

  postMessage(data: unknown): void {
    queueMicrotask(() => this.outside.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) })));
  }
}

/** A worker in this thread: its code runs at once, its messages arrive in a microtask. */
class FakeWorker extends EventTarget {
  readonly inside = new Inside();
  isTerminated = false;

  constructor(code: string) {
    super();
    this.inside.outside = this;
    this.inside.addEventListener('message', (event) => void this.inside.seen.push((event as MessageEvent).data));
    new Function('self', code)(this.inside);
  }

  postMessage(data: unknown): void {
    if (this.isTerminated) return;
    queueMicrotask(() => this.inside.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) })));
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

interface Watched {
  line: Holdline;
  worker: FakeWorker;
  inside: Inside;
  /** Messages that the SDK's listener in the page received. */
  heard: unknown[];
  detach(): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

function watched(config: HoldlineConfig = {}, code = ''): Watched {
  const line = createHoldline(cxone(config));
  class LoadWorker {
    initWorker(script: string): FakeWorker {
      return new FakeWorker(script);
    }
  }
  const detach = attachWorkers(LoadWorker as unknown as LoadWorkerLike, line, {
    governs: (url) => originOf(url) === API,
    ownOrigin: originOf,
    ownCredential: (authorization) => authorization !== 'Bearer old',
  });
  const worker = new LoadWorker().initWorker(code);
  const heard: unknown[] = [];
  worker.addEventListener('message', (event) => void heard.push((event as MessageEvent).data));
  const { inside } = worker;
  const fetch = inside.fetch as unknown as Watched['fetch'];
  return { line, worker, inside, heard, detach, fetch };
}

const quiet = ({ line }: Watched): void => {
  const { calls, queued, inFlight, scopes } = line.snapshot();
  expect({ calls, queued, inFlight }).toEqual({ calls: 0, queued: 0, inFlight: 0 });
  expect(scopes.filter((scope) => scope.inFlight > 0)).toEqual([]);
};
const refusal = (): Response => new Response('', { status: 429, headers: { 'Retry-After': '0' } });
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('a request of a worker', () => {
  test('is one attempt of the line, and the worker gets its own response', async () => {
    const it = watched();
    const attempts: unknown[] = [];
    it.line.on('attempt', (attempt) => void attempts.push(attempt));
    it.inside.script = [new Response('{"events":[]}', { headers: { 'X-Own': '1' } })];
    const response = await it.fetch(POLL, { headers: { Authorization: 'Bearer w' } });
    expect([response.headers.get('x-own'), await response.text()]).toEqual(['1', '{"events":[]}']);
    expect(attempts).toHaveLength(1);
    expect(it.heard).toEqual([]);
    quiet(it);
  });

  // Issue 13 §3: a time limit of one attempt.
  test('is sent again after an attempt without an answer in time', async () => {
    const clock = new VirtualClock();
    const it = watched({ clock, deadline: { attemptTimeoutMs: 5_000 }, retry: { backoff: [0] } });
    it.inside.script = [new Promise(() => undefined), new Response('second')];
    const call = it.fetch(`${API}/x`);
    await until(() => it.inside.sent.length === 1);
    await clock.advance(5_000);
    expect(await (await call).text()).toBe('second');
    expect(it.inside.sent.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    quiet(it);
  });

  test('that is never answered in time rejects with the error of the line', async () => {
    const clock = new VirtualClock();
    const it = watched({ clock, deadline: { attemptTimeoutMs: 5_000 }, retry: false });
    it.inside.script = [new Promise(() => undefined)];
    const call = it.fetch(`${API}/x`).catch((error: Error) => error.message);
    await until(() => it.inside.sent.length === 1);
    await clock.advance(5_000);
    expect(await call).toContain('got no answer within deadline.attemptTimeoutMs (5 s)');
    quiet(it);
  });

  test('waits after a 429, and is sent again with its body', async () => {
    const it = watched();
    it.inside.script = [refusal(), new Response('ok')];
    const response = await it.fetch(`${API}/x`, { method: 'POST', body: 'text' });
    expect(await response.text()).toBe('ok');
    expect(await Promise.all(it.inside.sent.map((request) => request.text()))).toEqual(['text', 'text']);
    quiet(it);
  });

  test('gets the current token', async () => {
    const it = watched({ token: { grant: async () => ({ accessToken: 'new' }) } });
    await it.fetch(`${API}/x`, { headers: { Authorization: 'Bearer old' } });
    await it.fetch(`${API}/x`, { headers: { Authorization: 'Bearer other' } });
    expect(it.inside.sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer new', 'Bearer other']);
  });

  test('rejects with the network error of the worker, or with the error of the line when nothing was sent', async () => {
    const it = watched({ retry: false });
    const failure = new TypeError('Failed to fetch');
    it.inside.script = [failure];
    await expect(it.fetch(`${API}/x`)).rejects.toBe(failure);
    await it.line.close();
    await expect(it.fetch(`${API}/x`)).rejects.toThrow(/the line (was|is) closed/);
    quiet(it);
  });

  test('to another origin, or after the release, stays unchanged', async () => {
    const it = watched();
    await it.fetch('https://elsewhere.test/');
    it.detach();
    it.inside.script = [refusal()];
    expect((await it.fetch(POLL)).status).toBe(429);
    expect(it.inside.sent).toHaveLength(2);
  });

  test('that is aborted in the queue or on the wire leaves nothing behind', async () => {
    const it = watched({ bulkhead: { maxConcurrent: 1 } });
    it.inside.script = [new Promise<Response>(() => undefined)];
    const controllers = [new AbortController(), new AbortController()];
    const ends = controllers.map(({ signal }) => it.fetch(`${API}/x`, { signal }));
    await until(() => it.inside.sent.length === 1 && it.line.snapshot().queued === 1);
    for (const controller of controllers) controller.abort(new Error('enough'));
    for (const end of ends) await expect(end).rejects.toThrow('enough');
    await until(() => it.line.snapshot().calls === 0);
    expect(it.inside.sent).toHaveLength(1);
    quiet(it);
  });

  test('is not sent after an abort, and a later abort ends its body', async () => {
    const it = watched();
    await expect(it.fetch(`${API}/x`, { signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
    expect(it.inside.sent).toHaveLength(0);
    const controller = new AbortController();
    await it.fetch(`${API}/x`, { signal: controller.signal });
    controller.abort();
    expect(it.inside.sent[0]?.signal.aborted).toBe(true);
    quiet(it);
  });

  test('is aborted on the wire at its deadline', async () => {
    const it = watched({ deadline: { totalTimeoutMs: 50 }, retry: false });
    it.inside.script = [new Promise<Response>(() => undefined)];
    await expect(it.fetch(`${API}/x`)).rejects.toThrow();
    expect(it.inside.sent[0]?.signal.aborted).toBe(true);
    quiet(it);
  });

  test('hides the messages of Holdline from the code of the SDK', async () => {
    const it = watched({}, "self.addEventListener('message', (event) => self.seen.push(['own', event.data]));");
    it.worker.postMessage({ type: 'get-next-event' });
    await it.fetch(POLL);
    expect(it.inside.seen.filter((seen) => Array.isArray(seen))).toEqual([['own', { type: 'get-next-event' }]]);
  });
});

describe('a worker that is terminated', () => {
  // A review found that the calls of a worker that closes itself did not end.
  test.each([
    ['waits in a queue', 3, 'terminate'],
    ['is on the wire', 1, 'terminate'],
    ['waits in a queue', 3, 'close'],
    ['is on the wire', 1, 'close'],
  ] as const)('while a request %s (%i: %s) leaves no slot and no permit behind', async (_, n, how) => {
    const it = watched({ bulkhead: { maxConcurrent: 1 } });
    it.inside.script = [new Promise<Response>(() => undefined)];
    for (let i = 0; i < n; i++) void it.fetch(`${API}/x`).catch(() => undefined);
    await until(() => it.inside.sent.length === 1 && it.line.snapshot().queued === n - 1);
    if (how === 'terminate') it.worker.terminate();
    else it.inside.close();
    await until(() => it.line.snapshot().calls === 0);
    expect([it.worker.isTerminated, it.inside.isClosed]).toEqual([how === 'terminate', how === 'close']);
    expect(it.heard).toEqual([]);
    quiet(it);
  });

  test('while its poll waits at a gate leaves nothing behind', async () => {
    const it = watched();
    it.inside.script = [new Response('', { status: 429, headers: { 'Retry-After': '100' } })];
    void it.fetch(POLL).catch(() => undefined);
    await until(() => it.line.snapshot().queued === 1);
    it.worker.terminate();
    await until(() => it.line.snapshot().calls === 0);
    quiet(it);
  });
});

describe('the long poll', () => {
  test('takes no slot and no permit, and waits for no quota', async () => {
    const it = watched({
      bulkhead: { maxConcurrent: 1 },
      governor: { quotas: [{ limit: 1, windowMs: 60_000, enforcement: 'sliding' }] },
    });
    it.inside.script = [
      new Promise<Response>(() => undefined),
      new Promise<Response>(() => undefined),
      new Response(''),
    ];
    for (let i = 0; i < 2; i++) void it.fetch(POLL).catch(() => undefined);
    await until(() => it.inside.sent.length === 2);
    expect((await it.fetch(`${API}/x`)).status).toBe(200);
    it.worker.terminate();
  });

  test('is not retried after a 409, and opens no circuit', async () => {
    const it = watched();
    it.inside.script = [new Response('', { status: 409 })];
    for (let i = 0; i < 30; i++) expect((await it.fetch(POLL)).status).toBe(409);
    expect(it.inside.sent).toHaveLength(30);
    expect(it.line.snapshot().breakers).toEqual([]);
  });
});
