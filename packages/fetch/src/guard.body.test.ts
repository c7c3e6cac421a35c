import { createReadStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { callInfo, createHoldline } from '@holdline/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardFetch } from './guard.js';
import { FETCH_FUNCTIONS, captureRejection, startServer, until } from './server.fixture.js';

const [{ fetch: native }] = FETCH_FUNCTIONS as [(typeof FETCH_FUNCTIONS)[number]];
const post = (body: unknown): RequestInit => ({ method: 'POST', body, duplex: 'half' }) as unknown as RequestInit;

// Issue 13, a01 and d-stream-crash: the process crashed, or the call hung and kept its slot.
describe('a request body that fails while its call waits', () => {
  it.each<[string, () => { body: unknown; fail: () => void }, string]>([
    [
      'a stream of Node that fails',
      () => {
        const body = new PassThrough();
        return { body, fail: () => void body.destroy(new Error('source gone')) };
      },
      'source gone',
    ],
    [
      'one that is closed before its end',
      () => {
        const body = new PassThrough();
        return { body, fail: () => void body.destroy() };
      },
      'the body was closed before its end',
    ],
    [
      'a file that is not there',
      () => ({ body: createReadStream('/does/not/exist'), fail: () => undefined }),
      'ENOENT',
    ],
    [
      'a web stream that fails',
      () => {
        let fail = (): void => undefined;
        const body = new ReadableStream({
          start: (controller) => void (fail = () => controller.error(new Error('source gone'))),
        });
        return { body, fail: () => fail() };
      },
      'source gone',
    ],
  ])('%s: rejects at once with its error, and no circuit counts it', async (_, make, message) => {
    const server = await startServer((response) => void response.end());
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const api = guardFetch(native, line);
    await api(server.url);
    const { body, fail } = make();
    const call = captureRejection(api(server.url, post(body)));
    fail();
    const error = await call;
    expect(error.message).toContain(message);
    expect(callInfo(error)).toMatchObject({ attempts: 0 });
    expect(line.snapshot()).toMatchObject({ queued: 0, inFlight: 0, calls: 0 });
    expect(line.snapshot().breakers.every(({ failed }) => failed === 0)).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  it('is closed if the call is refused', async () => {
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } });
    const server = await startServer((response) => void response.end());
    const api = guardFetch(native, line);
    await api(server.url);
    const body = new PassThrough();
    let returned = false;
    const iterated = (async function* () {
      try {
        yield await Promise.resolve('x');
      } finally {
        returned = true;
      }
    })();
    const plain = {
      [Symbol.asyncIterator]: () => ({
        next: () => iterated.next(),
        return: () => ((returned = true), iterated.return()),
      }),
    };
    for (const source of [body, iterated, plain]) {
      returned = false;
      const error = await captureRejection(api(server.url, { ...post(source), signal: AbortSignal.timeout(20) }));
      expect(error.name).toBe('TimeoutError');
    }
    expect([body.destroyed, returned]).toEqual([true, true]);
  });
});

// Issue 13, d-local-stream: uploads of a missing file opened the circuit of a healthy platform.
describe.each(FETCH_FUNCTIONS)('a request body that fails on the wire of $name', ({ name, fetch }) => {
  const coded = (): Error => Object.assign(new Error('my stream broke'), { code: 'ECONNRESET' });
  const isNode = name.startsWith('node-fetch');
  const sources: [string, () => unknown][] = isNode
    ? [
        [
          'a Node stream',
          () =>
            new Readable({
              read() {
                this.destroy(Object.assign(new Error('my stream broke'), { code: 'MINE' }));
              },
            }),
        ],
      ]
    : [
        [
          'a Node stream',
          () =>
            new Readable({
              read() {
                this.destroy(coded());
              },
            }),
        ],
        ['a web stream', () => new ReadableStream({ pull: (controller) => controller.error(coded()) })],
        [
          'an iterable',
          () =>
            (async function* () {
              yield await Promise.resolve(new TextEncoder().encode('x'));
              throw coded();
            })(),
        ],
      ];

  it.each(sources)(
    '%s: gives the error of the function, is not repeated, and no circuit counts it',
    async (_, source) => {
      const server = await startServer((response) => void response.end());
      const line = createHoldline({ retry: { baseDelayMs: 1 }, breaker: { minAttempts: 1 } });
      const api = guardFetch(fetch, line);
      for (const method of ['PUT', 'POST']) {
        const error = await captureRejection(api(server.url, { ...post(source()), method }));
        expect([error.name, callInfo(error)?.attempts]).not.toContain('OutcomeUnknownError');
        expect(callInfo(error)?.attempts).toBe(1);
      }
      expect(line.snapshot().breakers.map(({ failed, state }) => [failed, state])).toEqual([
        [0, 'closed'],
        [0, 'closed'],
      ]);
      expect((await api(server.url, { method: 'POST', body: 'x' })).status).toBe(200);
    },
  );

  it('is distinguished from a network failure during the upload', async () => {
    const server = await startServer(() => undefined);
    const line = createHoldline({ retry: { baseDelayMs: 1 } });
    const body = new PassThrough();
    body.write('begin');
    const call = captureRejection(guardFetch(fetch, line)(server.url, post(body)));
    await until(async () => (await server.connections()) === 1);
    server.closeAll();
    expect((await call).name).toBe('OutcomeUnknownError');
    expect(line.snapshot().breakers).toMatchObject([{ failed: 1 }]);
    body.destroy();
  });
});

describe('a body that is read while it is sent', () => {
  it.each<[string, () => unknown]>([
    ['a web stream', () => new Blob(['whole body']).stream()],
    [
      'a stream of bytes',
      () =>
        new ReadableStream({
          type: 'bytes',
          start(c) {
            c.enqueue(new TextEncoder().encode('whole body'));
            c.close();
          },
        }),
    ],
    ['a Node stream', () => Readable.from(['whole', ' body'])],
    [
      'an iterable',
      () =>
        (async function* () {
          yield await Promise.resolve(new TextEncoder().encode('whole body'));
        })(),
    ],
  ])('arrives completely: %s', async (_, body) => {
    const server = await startServer((response) => void response.end());
    const response = await guardFetch(native)(server.url, post(body()));
    expect([response.status, server.seen[0]?.body]).toEqual([200, 'whole body']);
  });

  it('is refused by the function without duplex: half', async () => {
    const server = await startServer((response) => void response.end());
    const line = createHoldline({ retry: { baseDelayMs: 1 } });
    const init = (): RequestInit => ({ method: 'PUT', body: new Blob(['x']).stream() });
    const bare = await captureRejection(native(server.url, init()));
    const guarded = await captureRejection(guardFetch(native, line)(server.url, init()));
    expect([guarded.name, guarded.message, callInfo(guarded)?.attempts]).toEqual([bare.name, bare.message, 1]);
    expect(line.snapshot().breakers).toMatchObject([{ failed: 0 }]);
  });

  // Issue 13, a02, for fetch.
  it.each<[string, (file: Blob) => BodyInit]>([
    ['a file', (file) => file],
    [
      'a form with a file',
      (file) => {
        const form = new FormData();
        form.set('file', file, 'name');
        return form;
      },
    ],
  ])('is a local failure if it cannot be read: %s that changed', async (_, body) => {
    const server = await startServer((response) => void response.end());
    const folder = await mkdtemp(join(tmpdir(), 'holdline-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'upload');
    await writeFile(path, 'before');
    const blob = await openAsBlob(path);
    await writeFile(path, 'after, and longer');
    const line = createHoldline({ retry: { baseDelayMs: 1 }, breaker: { minAttempts: 1 } });
    const error = await captureRejection(guardFetch(native, line)(server.url, { method: 'PUT', body: body(blob) }));
    expect([error.name, callInfo(error)?.attempts]).toEqual(['TypeError', 1]);
    expect(line.snapshot().breakers).toMatchObject([{ state: 'closed', failed: 0 }]);
  });

  it('is refused by the function if it was read from', async () => {
    const server = await startServer((response) => void response.end());
    const used = (): ReadableStream => {
      const stream = new Blob(['x']).stream();
      const reader = stream.getReader();
      void reader.read();
      return stream;
    };
    const [bare, guarded] = [
      await captureRejection(native(server.url, post(used()))),
      await captureRejection(guardFetch(native)(server.url, post(used()))),
    ];
    expect([guarded.name, guarded.message]).toEqual([bare.name, bare.message]);
    expect(server.seen).toHaveLength(0);
  });
});
