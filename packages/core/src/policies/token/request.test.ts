import { expect, it } from 'vitest';
import { GrantError, requestToken } from '../../index.js';

const ask = (answer: Response): Promise<Record<string, unknown>> =>
  requestToken({ url: 'https://login.test/token', body: {}, fetch: () => Promise.resolve(answer) });

/** A body that breaks off. */
const broken = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"access_'));
      controller.error(new TypeError('terminated: s3cret'));
    },
  });

it('an answer that breaks off is one that never came, and may be asked for again', async () => {
  const error = await ask(new Response(broken())).catch((reason: unknown) => reason);
  expect(error).toEqual(new GrantError('the login host cannot be reached', { retryable: true }));
});

it('a refusal counts by its status, whatever its body', async () => {
  for (const body of [broken(), '<html>', 'null']) {
    await expect(ask(new Response(body, { status: 401 }))).rejects.toMatchObject({
      message: 'the login host answered 401',
      retryable: false,
    });
  }
});

it('an answer that is no JSON is empty', async () => {
  for (const body of ['<html>', 'null', '']) expect(await ask(new Response(body))).toEqual({});
});
