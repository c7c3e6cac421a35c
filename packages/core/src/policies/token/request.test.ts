import { describe, expect, it } from 'vitest';
import { grantedToken, GrantError, refusedGrant, requestToken } from '../../index.js';
import { seededRandom } from '../../testing.js';
import { checkAccessToken } from './options.js';

const request = (answer: Response): Promise<Record<string, unknown>> =>
  requestToken({ url: 'https://login.test/token', body: {}, fetch: () => Promise.resolve(answer) });

/** A body that breaks. */
const broken = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"access_'));
      controller.error(new TypeError('terminated: s3cret'));
    },
  });

it('an answer with a broken body is a retryable failure', async () => {
  const error = await request(new Response(broken())).catch((reason: unknown) => reason);
  expect(error).toEqual(new GrantError('the login host cannot be reached', { retryable: true }));
});

it('the error of a refusal depends on its status, not on its body', async () => {
  for (const body of [broken(), '<html>', 'null']) {
    await expect(request(new Response(body, { status: 401 }))).rejects.toMatchObject({
      message: 'the login host answered 401',
      retryable: false,
    });
  }
});

it('an answer that is no JSON counts as empty', async () => {
  for (const body of ['<html>', 'null', '']) expect(await request(new Response(body))).toEqual({});
});

// Issue 16, 4: limits on what a login host sends.
describe('the answer of a login host', () => {
  /** An answer that never ends. `read` counts the bytes that were read. */
  function endless(status: number): { answer: Response; read: () => number; isCancelled: () => boolean } {
    let read = 0;
    let cancelled = false;
    const chunk = new TextEncoder().encode('x'.repeat(100_000));
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read += chunk.length;
          controller.enqueue(chunk);
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return { answer: new Response(body, { status }), read: () => read, isCancelled: () => cancelled };
  }

  it.each([
    [200, 'the login host answered with more than 1000000 bytes'],
    [400, 'the login host answered 400'],
  ])('with the status %i is read up to a million bytes, and then cancelled', async (status, message) => {
    const { answer, read, isCancelled } = endless(status);
    await expect(request(answer)).rejects.toMatchObject({ name: 'GrantError', message, retryable: false });
    expect(read()).toBeLessThanOrEqual(1_200_000);
    expect(isCancelled()).toBe(true);
  });

  it('is limited in a browser that cannot iterate a stream, and in a Node stream of another fetch function', async () => {
    const { answer, read, isCancelled } = endless(200);
    Object.defineProperty(answer.body, Symbol.asyncIterator, { value: undefined });
    const body = answer.body as unknown as Record<symbol, unknown>;
    const reader = { getReader: () => (body as unknown as ReadableStream).getReader() };
    const asked = { ok: true, status: 200, headers: new Headers(), body: reader } as unknown as Response;
    await expect(request(asked)).rejects.toThrow('more than 1000000 bytes');
    expect([read() <= 1_200_000, isCancelled()]).toEqual([true, true]);
    const chunks = {
      async *[Symbol.asyncIterator]() {
        for (;;) yield await Promise.resolve(new Uint8Array(300_000));
      },
    };
    await expect(request({ ...asked, body: chunks } as unknown as Response)).rejects.toThrow('more than 1000000 bytes');
  });

  it('may have no stream, and characters of several bytes across chunks', async () => {
    const plain = { ok: true, status: 200, headers: new Headers(), text: () => Promise.resolve('{"a":1}') };
    expect(await request(plain as unknown as Response)).toEqual({ a: 1 });
    const bytes = new TextEncoder().encode('{"a":"€ß😀"}');
    const body = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await request(new Response(body))).toEqual({ a: '€ß😀' });
  });

  it.each(['5', '"text"', '[[1]]', 'true', 'null', '['.repeat(400_000), '{"a":'.repeat(100_000)])(
    'that is no object counts as empty: %.20s',
    async (body) => {
      expect(await request(new Response(body))).toEqual({});
    },
  );

  it.each([
    [0, undefined],
    [-1, undefined],
    [-0, undefined],
    [Number.NaN, undefined],
    ['NaN', undefined],
    ['', undefined],
    ['-5', undefined],
    ['1e9', undefined],
    [null, undefined],
    [{}, undefined],
    [[3600], undefined],
    ['3600', 3_600_000],
    ['0.5', 500],
    [1e308, 3_155_760_000_000],
    [Infinity, 3_155_760_000_000],
    ['9'.repeat(1_000_000), 3_155_760_000_000],
  ])('with the lifetime %.20s s gives a token that the line accepts', (seconds, expected) => {
    const token = grantedToken('at', seconds, undefined);
    expect(token.expiresInMs).toBe(expected);
    expect(checkAccessToken(token, 'token.grant()')).toMatchObject({ accessToken: 'at' });
  });

  it('with a token that no header can carry is refused without the token', () => {
    for (const accessToken of ['a'.repeat(16_385), 'a b', 'a\r\nX-Own: 1', 'ä'])
      expect(() => checkAccessToken({ accessToken }, 'token.grant()')).toThrow(
        /^token\.grant\(\)\.accessToken must be a string that a header can carry, got a string of \d+ characters$/,
      );
    expect(checkAccessToken({ accessToken: 'a'.repeat(16_384) }, 'token.grant()').accessToken).toHaveLength(16_384);
  });

  it('never breaks the error of a refusal, whatever its fields are', () => {
    const random = seededRandom(16);
    const values = [
      undefined,
      null,
      0,
      '',
      'x'.repeat(1_000_000),
      ' '.repeat(1_000_000),
      {},
      [],
      true,
      'rate limit exceeded',
    ];
    const pick = (): unknown => values[Math.floor(random.next() * values.length)];
    for (let i = 0; i < 300; i++) {
      const body = { error: pick(), error_description: pick(), description: pick() };
      const header = pick();
      const error = refusedGrant(400, body, () => (typeof header === 'string' ? header : undefined));
      expect(error.message.length).toBeLessThan(200);
      expect(error.retryAfterMs).toBeUndefined();
    }
  });
});
