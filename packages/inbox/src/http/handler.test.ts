import { ConfigError } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import {
  httpHandler,
  type Acceptance,
  type HttpAnswer,
  type HttpHandlerOptions,
  type IncomingEvent,
} from '../index.js';
import type { Verifier } from '../types.js';

const URL_ = 'https://inbox.example.com/webhooks';
const ACCEPTED: Acceptance = { result: 'accepted' };

/** A verifier that takes the lines of the body as ids of events. `bad` is rejected. */
const lines: Verifier = ({ body }) => {
  const text = new TextDecoder().decode(body);
  if (text === 'bad') return { rejected: 'The signature is wrong.', status: 401 };
  if (text === 'odd') return { rejected: 'The body is odd.', status: 400 };
  return {
    events: text
      .split('\n')
      .filter(Boolean)
      .map((id): IncomingEvent => ({ id, data: id })),
  };
};

/** A handler with a door that remembers ids, its answers, and the ids that it stored. */
function makeHandler(options: HttpHandlerOptions = {}, accept?: (event: IncomingEvent) => Promise<Acceptance>) {
  const clock = new VirtualClock();
  const stored: string[] = [];
  const answers: HttpAnswer[] = [];
  const door = {
    accept: async (event: IncomingEvent): Promise<Acceptance> => {
      if (stored.includes(event.id)) return { result: 'duplicate' };
      const acceptance = (await accept?.(event)) ?? ACCEPTED;
      if (acceptance.result === 'accepted') stored.push(event.id);
      return acceptance;
    },
  };
  const handler = httpHandler(door, lines, { clock, onAnswer: (answer) => answers.push(answer), ...options });
  const post = (body?: BodyInit, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> =>
    handler(new Request(URL_, { method: 'POST', ...(body === undefined ? {} : { body }), duplex: 'half', ...init }));
  return { clock, stored, answers, handler, post };
}

const refused =
  (reason: 'rate' | 'full' | 'store' | 'closed', retryAfterMs: number) => async (): Promise<Acceptance> => ({
    result: 'refused',
    reason,
    retryAfterMs,
  });

/** A body that sends its chunks one after the other; `end: false` leaves it open. */
function bodyOf(chunks: Uint8Array[], { end = true, onCancel = () => {} } = {}): ReadableStream<Uint8Array> {
  let i = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[i++];
      if (chunk) controller.enqueue(chunk);
      else if (end) controller.close();
      else return new Promise(() => {});
      return undefined;
    },
    cancel: onCancel,
  });
}

describe('httpHandler', () => {
  it('answers 202 for a stored event and 200 for a known one', async () => {
    const { post, stored, answers } = makeHandler();
    const first = await post('a');
    expect([first.status, await first.json()]).toEqual([202, { result: 'accepted' }]);
    expect(first.headers.get('content-type')).toBe('application/json');
    const second = await post('a');
    expect([second.status, await second.json()]).toEqual([200, { result: 'duplicate' }]);
    expect(stored).toEqual(['a']);
    expect(answers).toEqual([
      { status: 202, reason: undefined, accepted: 1, duplicates: 0, error: undefined },
      { status: 200, reason: undefined, accepted: 0, duplicates: 1, error: undefined },
    ]);
  });

  it('accepts several events in their order, and answers 200 to none', async () => {
    const { post, stored, answers } = makeHandler();
    expect((await post('a\nb\nc')).status).toBe(202);
    expect((await post('b\nd')).status).toBe(202);
    expect((await post()).status).toBe(200);
    expect(stored).toEqual(['a', 'b', 'c', 'd']);
    expect(answers[1]).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  it.each([
    ['rate', 429, 1, '1'],
    ['rate', 429, 1_001, '2'],
    ['full', 503, 30_000, '30'],
    ['store', 503, 0, '1'],
    ['closed', 503, NaN, '1'],
    ['full', 503, -5, '1'],
    ['full', 503, 1e12, '86400'],
    ['full', 503, Infinity, '86400'],
  ] as const)('answers a refusal for %s with %d, and %d ms as %s s', async (reason, status, ms, seconds) => {
    const { post, answers } = makeHandler({}, refused(reason, ms));
    const response = await post('a');
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, seconds]);
    expect(await response.json()).toEqual({ result: 'refused' });
    expect(answers[0]).toMatchObject({ status, accepted: 0 });
  });

  it('refuses a request whole, and stores each of its events once when it is repeated', async () => {
    let isOpen = false;
    const offered: string[] = [];
    const { post, stored } = makeHandler({}, async ({ id }) => {
      offered.push(id);
      return id === 'b' && !isOpen ? refused('rate', 2_000)() : ACCEPTED;
    });
    const first = await post('a\nb\nc');
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2']);
    expect(offered).toEqual(['a', 'b']); // c would come before b otherwise
    isOpen = true;
    expect((await post('a\nb\nc')).status).toBe(202);
    expect(stored).toEqual(['a', 'b', 'c']);
  });

  it('answers a rejection with its status and without its reason', async () => {
    const { post, answers } = makeHandler();
    for (const [body, status] of [
      ['bad', 401],
      ['odd', 400],
    ] as const) {
      const response = await post(body);
      expect([response.status, await response.text()]).toEqual([status, '{"result":"rejected"}']);
      expect(response.headers.get('retry-after')).toBeNull();
    }
    expect(answers.map(({ reason }) => reason)).toEqual(['The signature is wrong.', 'The body is odd.']);
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
    const { handler, stored } = makeHandler();
    const response = await handler(new Request(URL_, { method, ...(method === 'PUT' ? { body: 'a' } : {}) }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(stored).toEqual([]);
  });

  it('accepts a body of exactly the maximal size, and answers 413 to one byte more', async () => {
    const { post, stored } = makeHandler({ maxBodyBytes: 8 });
    expect((await post('12345678')).status).toBe(202);
    expect((await post('123456789')).status).toBe(413);
    expect(stored).toEqual(['12345678']);
  });

  it('stops reading a body that is too large', async () => {
    let isCancelled = false;
    const onCancel = (): void => void (isCancelled = true);
    const { post, clock } = makeHandler({ maxBodyBytes: 100 });
    const endless = bodyOf(
      Array.from({ length: 1_000 }, () => new Uint8Array(60)),
      { onCancel },
    );
    expect((await post(endless)).status).toBe(413);
    expect(isCancelled).toBe(true);
    // The announced length is enough.
    const announced = await post(bodyOf([], { end: false }), { headers: { 'content-length': '101' } });
    expect(announced.status).toBe(413);
    expect(clock.pending).toBe(0);
  });

  it('counts bytes itself where the announced length is wrong or odd', async () => {
    for (const length of ['5', '-1', 'abc', '1e2', '']) {
      const { post } = makeHandler({ maxBodyBytes: 100 });
      const response = await post(bodyOf([new Uint8Array(101)]), { headers: { 'content-length': length } });
      expect(response.status).toBe(413);
    }
  });

  it('answers 503 to a body that does not arrive in time', async () => {
    let isCancelled = false;
    const { post, clock, stored } = makeHandler();
    const pending = post(bodyOf([new Uint8Array(1)], { end: false, onCancel: () => void (isCancelled = true) }));
    await clock.advance(3_000);
    const response = await pending;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect([isCancelled, stored, clock.pending]).toEqual([true, [], 0]);
  });

  it('answers 400 to a body that is cut off', async () => {
    const { post, stored, answers } = makeHandler();
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array([97])),
      pull: (controller) => controller.error(new Error('reset')),
    });
    expect((await post(broken)).status).toBe(400);
    expect([stored, answers[0]?.reason]).toEqual([[], 'The body was cut off.']);
  });

  it('answers 503 to a body that was read before', async () => {
    const { handler, answers } = makeHandler();
    const request = new Request(URL_, { method: 'POST', body: 'a' });
    await request.text();
    expect((await handler(request)).status).toBe(503);
    expect(answers[0]?.reason).toContain('read before');
  });

  it('answers in time although the store hangs, and knows the event when it is repeated', async () => {
    let release: (acceptance: Acceptance) => void = () => {};
    const { post, clock, stored } = makeHandler({}, () => new Promise((resolve) => (release = resolve)));
    const pending = post('a\nb');
    await clock.advance(4_500);
    const response = await pending;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);

    release(ACCEPTED);
    await clock.advance(0);
    expect(stored).toEqual(['a']); // b was not offered after the answer
    const repeated = post('a');
    await clock.advance(0);
    expect((await repeated).status).toBe(200);
    expect(clock.pending).toBe(0);
  });

  it('answers in time although the verifier hangs', async () => {
    const clock = new VirtualClock();
    const handler = httpHandler({ accept: async () => ACCEPTED }, () => new Promise(() => {}), {
      clock,
      answerWithinMs: 9_000,
    });
    const pending = handler(new Request(URL_, { method: 'POST', body: 'a' }));
    await clock.advance(9_000);
    expect((await pending).status).toBe(503);
  });

  it('answers 503 to errors of the verifier and the store, and shows them to onAnswer only', async () => {
    const error = new Error('secret-1 at /srv/app.js');
    const answers: HttpAnswer[] = [];
    const onAnswer = (answer: HttpAnswer): void => void answers.push(answer);
    const throwing = (): never => {
      throw error;
    };
    const handlers = [
      httpHandler({ accept: throwing }, lines, { onAnswer }),
      httpHandler({ accept: () => Promise.reject(error) }, lines, { onAnswer }),
      httpHandler({ accept: async () => ACCEPTED }, throwing, { onAnswer }),
      httpHandler({ accept: async () => ACCEPTED }, () => Promise.reject(error), { onAnswer }),
    ];
    for (const handler of handlers) {
      const response = await handler(new Request(URL_, { method: 'POST', body: 'a' }));
      expect([response.status, await response.text()]).toEqual([503, '{"result":"refused"}']);
      expect(response.headers.get('retry-after')).toBe('5');
    }
    expect(answers.map((answer) => answer.error)).toEqual(handlers.map(() => error));
  });

  it('answers 400 to an event that the inbox cannot store, and stores the others of its request', async () => {
    const { post, stored, answers } = makeHandler({}, async ({ id }) => {
      if (id === 'b') throw new ConfigError('the event must have at most 9 characters as JSON');
      return ACCEPTED;
    });
    const response = await post('a\nb\nc');
    expect([response.status, await response.text(), stored]).toEqual([400, '{"result":"rejected"}', ['a', 'c']]);
    const reason = 'The inbox cannot store the event.';
    expect(answers).toEqual([{ status: 400, reason, accepted: 2, duplicates: 0, error: expect.any(ConfigError) }]);
  });

  it('ignores errors of onAnswer', async () => {
    const onAnswer = (): never => {
      throw new Error('the log is full');
    };
    expect((await makeHandler({ onAnswer }).post('a')).status).toBe(202);
  });

  it('gives the verifier the bytes, the URL and the wall time', async () => {
    const clock = new VirtualClock(1_000);
    const body = new Uint8Array([0, 255, 13, 10, 0xc3]);
    let seen: unknown[] = [];
    const handler = httpHandler(
      { accept: async () => ACCEPTED },
      (request, now) => {
        seen = [request.method, request.url, request.header('x-test'), request.header('none'), [...request.body], now];
        return { events: [] };
      },
      { clock },
    );
    const halves = bodyOf([body.subarray(0, 2), body.subarray(2)]);
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: halves,
      headers: { 'X-Test': '1' },
      duplex: 'half',
    };
    await handler(new Request(`${URL_}?a=b`, init));
    expect(seen).toEqual(['POST', `${URL_}?a=b`, '1', undefined, [...body], 1_000]);
  });

  it('names wrong options', () => {
    const door = { accept: async () => ACCEPTED };
    expect(() => httpHandler({} as never, lines)).toThrow(/door must be an inbox, or an object with accept/);
    expect(() => httpHandler(door, undefined as never)).toThrow(/verifier must be a function/);
    for (const [options, message] of [
      [{ maxBodyBytes: 0 }, /options\.maxBodyBytes must be an integer of at least 1, got 0/],
      [{ bodyTimeoutMs: 5_000 }, /options\.bodyTimeoutMs must be at most answerWithinMs \(4500\), got 5000/],
      [{ answerWithinMs: 0 }, /options\.answerWithinMs/],
      [{ maxBody: 1 }, /options\.maxBody is not known/],
      [{ clock: {} }, /options\.clock must be a clock/],
    ] as const)
      expect(() => httpHandler(door, lines, options as never)).toThrow(message);
    expect(() => httpHandler(door, lines, { answerWithinMs: 1_000 })).not.toThrow();
  });

  it('leaves no timer behind, whatever the sizes of the chunks', async () => {
    const random = seededRandom(16);
    const { post, clock, stored } = makeHandler();
    for (let i = 0; i < 100; i++) {
      const text = `event ${i} ${'x'.repeat(random.next() * 2_000)}`;
      const bytes = new TextEncoder().encode(text);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + Math.floor(random.next() * 700);
        chunks.push(bytes.subarray(at, end));
        at = end;
      }
      expect((await post(bodyOf(chunks))).status).toBe(202);
      expect(stored.at(-1)).toBe(text);
    }
    expect(clock.pending).toBe(0);
  });
});
