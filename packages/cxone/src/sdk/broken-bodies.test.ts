import { expect, test } from 'vitest';
import { BrokenBodies } from './broken-bodies.js';

const broken = new TypeError('terminated');

/** An answer whose body breaks. */
const answer = (): Response => {
  const body = new ReadableStream({ start: (controller) => controller.error(broken) });
  return new Response(body);
};

/** Reads an answer as `HttpClient` of the SDK 25.1.2 does. */
function readAsSdk(request: Promise<Response>, method: 'text' | 'blob'): Promise<unknown> {
  return request.then(
    (response) =>
      new Promise((resolve) => {
        void response[method]().then((text) => resolve(text));
      }),
  );
}

test.each(['text', 'blob'] as const)(
  'a method rejects with the failure of %s, and no rejection is unhandled',
  async (method) => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    const bodies = new BrokenBodies();
    const call = bodies.runMethod(() => readAsSdk(bodies.watchAnswer(Promise.resolve(answer())), method));
    await expect(call).rejects.toBe(broken);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  },
);

test('a whole body reaches the method', async () => {
  const bodies = new BrokenBodies();
  const request = Promise.resolve(new Response('{}'));
  expect(await bodies.runMethod(() => readAsSdk(bodies.watchAnswer(request), 'text'))).toBe('{}');
});

test('a request outside of methods gets its native answer', async () => {
  const bodies = new BrokenBodies();
  const response = answer();
  expect(await bodies.watchAnswer(Promise.resolve(response))).toBe(response);
  expect(Object.hasOwn(response, 'text')).toBe(false);
  await expect(response.text()).rejects.toBe(broken);
});

test('a method that throws rejects, and later requests belong to no method', async () => {
  const bodies = new BrokenBodies();
  const error = new Error('wrong argument');
  const call = bodies.runMethod(() => {
    throw error;
  });
  await expect(call).rejects.toBe(error);
  const response = answer();
  await bodies.watchAnswer(Promise.resolve(response));
  expect(Object.hasOwn(response, 'text')).toBe(false);
});
