import { createReadStream, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Stream } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BodySource } from '../index.js';

const gone = new Error('source gone');
const missing = (): Readable => createReadStream(join(tmpdir(), 'holdline-no-such-folder', 'file'));
const watched = (body: unknown): { source: BodySource; failed: Promise<unknown> } => {
  const source = BodySource.of(body) as BodySource;
  return { source, failed: new Promise((resolve) => source.watch(resolve)) };
};
/** Keeps the streams of a form as the package `form-data` does. */
const formOf = (...sources: Readable[]): Stream =>
  Object.assign(new Stream(), { _streams: ['--boundary', ...sources.map((source) => ({ source })), () => undefined] });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a body that can be read once', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'a'],
    ['bytes', new Uint8Array(1)],
    ['a blob', new Blob(['a'])],
    ['a form', new FormData()],
    ['an object', { a: 1 }],
  ])('is not %s', (_, body) => expect(BodySource.of(body)).toBeUndefined());

  // Issue 13, a01.
  it.each<[string, () => unknown, unknown]>([
    [
      'a stream that fails',
      () => {
        const stream = new PassThrough();
        setImmediate(() => stream.destroy(gone));
        return stream;
      },
      gone,
    ],
    [
      'a stream that is closed before its end',
      () => {
        const stream = new PassThrough();
        setImmediate(() => stream.destroy());
        return stream;
      },
      undefined,
    ],
    ['a stream that has failed', () => new PassThrough().on('error', () => undefined).destroy(gone), gone],
    ['a stream that is closed', () => new PassThrough().destroy(), undefined],
    ['a missing file', missing, expect.objectContaining({ code: 'ENOENT' })],
    [
      'a form with a missing file',
      () => formOf(new PassThrough(), missing()),
      expect.objectContaining({ code: 'ENOENT' }),
    ],
    ['a web stream that has failed', () => new ReadableStream({ start: (control) => control.error(gone) }), gone],
    [
      'a web stream that fails',
      () => new ReadableStream({ start: (control) => void setImmediate(() => control.error(gone)) }),
      gone,
    ],
  ])('reports the failure of %s', async (_, body, error) => {
    const { source, failed } = watched(body());
    expect(await failed).toEqual(error ?? new Error('the body was closed before its end'));
    expect(source.failure).toEqual({ error });
    expect(source.isUntouched).toBe(true);
  });

  it('reports the first failure, once', async () => {
    const [one, other] = [new PassThrough(), new PassThrough()];
    const told: unknown[] = [];
    const source = BodySource.of(formOf(one, other)) as BodySource;
    source.watch((error) => told.push(error));
    one.destroy(gone);
    other.destroy(new Error('another'));
    await turn();
    expect(told).toEqual([gone]);
  });

  it('reports no failure when the body is read to its end', async () => {
    const stream = Readable.from(['a', 'b']);
    const { source } = watched(stream);
    source.release();
    for await (const chunk of stream) expect(chunk).toBeDefined();
    await turn();
    expect(source.failure).toBeUndefined();
    expect(source.isUntouched).toBe(false);
  });

  it('leaves a released web stream unlocked for the native transport', async () => {
    const stream = new ReadableStream({
      start(control) {
        control.enqueue('a');
        control.close();
      },
    });
    const source = BodySource.of(stream) as BodySource;
    source.watch(() => expect.unreachable());
    source.release();
    expect(stream.locked).toBe(false);
    expect(await stream.getReader().read()).toEqual({ done: false, value: 'a' });
  });

  it('finds a failure while the native transport had the body', async () => {
    let control: ReadableStreamDefaultController | undefined;
    const web = new ReadableStream({ start: (own) => void (control = own) });
    const node = new PassThrough();
    const sources = [web, node].map((body) => BodySource.of(body) as BodySource);
    for (const source of sources) {
      source.watch(() => expect.unreachable());
      source.release();
      expect(await source.brokenBy()).toBeUndefined();
    }
    control?.error(gone);
    node.destroy(gone);
    await turn();
    for (const source of sources) expect(await source.brokenBy()).toEqual({ error: gone });
  });

  // Issue 13, d-stream-fds.
  it('closes a body that will not be read', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'holdline-')), 'file');
    writeFileSync(file, 'x'.repeat(100_000));
    const read = createReadStream(file);
    const inner = createReadStream(file);
    const reasons: unknown[] = [];
    const web = new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
    const ended: string[] = [];
    const generator = (async function* () {
      try {
        yield await Promise.resolve('a');
        yield 'b';
      } finally {
        ended.push('generator');
      }
    })();
    await generator.next();
    const closed = [read, inner].map((stream) => new Promise<void>((resolve) => stream.once('close', () => resolve())));
    for (const body of [read, formOf(inner), web, generator]) {
      const source = BodySource.of(body) as BodySource;
      source.watch(() => expect.unreachable());
      source.close(gone);
      source.close(gone);
    }
    await Promise.all(closed);
    await turn();
    expect(reasons).toEqual([gone]);
    expect(ended).toEqual(['generator']);
  });
});
