import { ConfigError, definePolicy, type CallRequest } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { requestOptions, setUp } from './guarded-client.fixture.js';

describe('requests', () => {
  it('wait after a 429, get the new token, and do not change the options of the SDK', async () => {
    const grant = () => Promise.resolve({ accessToken: 't2' });
    const { clock, client, answers, requests } = setUp({ token: { grant } });
    answers.push({ status: 429, headers: { 'retry-after': '3' } }, 401, 200);
    const given = requestOptions({ customHeaders: { 'x-mine': '1' } });
    const before = structuredClone(given);
    const answered = client.http.requestApi('/users/me/', given);
    await clock.advance(2_999);
    expect(requests).toHaveLength(1);
    await clock.run();
    expect(await answered).toMatchObject({ status: 200 });
    expect(requests.map(({ options: { authToken } }) => authToken)).toEqual(['t1', 't1', 't2']);
    expect(given).toEqual(before);
    expect(client.config.authToken).toBe('t2');
  });

  it('keep their own credential, or none', async () => {
    const grant = () => Promise.resolve({ accessToken: 't2' });
    const { client, requests } = setUp({ token: { grant } });
    await client.http.requestApi('a', requestOptions({ authToken: 'jwt' }));
    await client.http.requestApi('a', requestOptions({ authToken: undefined, noAuthHeader: true }));
    await client.http.requestApi('a', requestOptions({ host: 'http://elsewhere.example.com' }));
    expect(requests.map(({ options: { authToken } }) => authToken)).toEqual(['jwt', undefined, 't1']);
  });

  // A review found that both spellings were sent, joined by a comma.
  it('have a header once in any spelling', async () => {
    const { client, line, requests } = setUp();
    const sign = definePolicy<object>({
      name: 'acme-trace',
      phase: 'sign',
      create: () => (call, next) => {
        call.request.headers.set('X-Trace', 'ours');
        return next(call);
      },
    });
    line.use(sign({}));
    await client.http.requestApi('users/me', requestOptions({ customHeaders: { 'x-trace': 'theirs' } }));
    expect(requests[0]!.options.customHeaders).toEqual({ 'x-trace': 'ours' });
  });

  it('that the SDK retries are not retried by the line', async () => {
    const { client, answers, requests } = setUp();
    answers.push(503);
    const { promise } = client.http.requestApiWithRetry('users/me', requestOptions());
    await expect(promise).rejects.toMatchObject({ response: { status: 503 } });
    expect(requests).toHaveLength(1);
  });

  it('reject with the error of the SDK without a grant', async () => {
    const { client, answers } = setUp();
    answers.push(401);
    await expect(client.http.requestApi('users/me', requestOptions())).rejects.toMatchObject({
      response: { status: 401 },
    });
  });

  it('that the line makes itself go to the changed URL with the token of the client', async () => {
    const { client, line, requests } = setUp();
    const seen: CallRequest[] = [];
    const watch = definePolicy<object>({
      name: 'watch',
      phase: 'answer',
      create: () => (call, next) => {
        seen.push(call.request);
        return next(call);
      },
    });
    line.use(watch({}));
    await client.http.requestApi('users/1', requestOptions({ customHeaders: { 'x-mine': '1' } }));
    const [request] = seen;
    const { origin } = new URL(request!.url);
    const change = { url: `${origin}/api/v2/users?id=1,2`, headers: { 'if-none-match': '"1"' } };
    const variant = request!.variant!(change);
    expect(variant).toMatchObject({ url: change.url, signal: undefined });
    await line.run(variant);
    expect(requests[1]).toMatchObject({
      path: 'users?id=1,2',
      options: { authToken: 't1', customHeaders: { 'x-mine': '1', 'if-none-match': '"1"' } },
    });
    expect(requests[0]!.options.customHeaders).toEqual({ 'x-mine': '1' });
    expect(() => request!.variant!({ url: `${origin}/other` })).toThrow(ConfigError);
  });
});
