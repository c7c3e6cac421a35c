import { expect, it } from 'vitest';
import { GrantError, requestToken } from '../../index.js';

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
