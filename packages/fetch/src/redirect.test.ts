import { beforeEach, describe, expect, it } from 'vitest';
import { createHoldline } from '@holdline/core';
import { guardFetch } from './guard.js';
import { guardedFetch } from './guarded-fetch.js';
import { followRedirects, stripsToken, isRedirect } from './redirect.js';
import type { NativeFetch } from './types.js';
import { FETCH_FUNCTIONS, captureRejection, startServer, type TestServer } from './server.fixture.js';

const token = { grant: () => Promise.resolve({ accessToken: 'line' }) };
/** Redirects to the URL in `to`, and answers all other requests. */
const startRedirectServer = (): Promise<TestServer> =>
  startServer((response, _, { url }) => {
    const { searchParams } = new URL(url, 'http://server');
    const to = searchParams.get('to');
    if (to === null) response.end('arrived');
    else
      response
        .writeHead(Number(searchParams.get('status') ?? 302), to === 'nowhere' ? {} : { location: to })
        .end('moved');
  });
const authorizations = ({ seen }: TestServer): unknown[] => seen.map(({ headers }) => headers.authorization);

it('recognises only the fetch of Node', () => {
  expect(FETCH_FUNCTIONS.map(({ fetch }) => stripsToken(fetch))).toEqual([true, false, false, false, false]);
});

describe.each(FETCH_FUNCTIONS)('$name', ({ name, fetch, Request }) => {
  let home: TestServer;
  let away: TestServer;
  let guarded: typeof fetch;
  beforeEach(async () => {
    [home, away] = [await startRedirectServer(), await startRedirectServer()];
    guarded = guardFetch(fetch, { origins: [home.url, away.url.replace('127.0.0.1', 'localhost')], token });
  });
  const to = (url: string, status = 302): string => `${home.url}/from?status=${status}&to=${encodeURIComponent(url)}`;

  it.each([301, 302, 303, 307, 308])('%i: the token stays at its origin', async (status) => {
    // Another port of the same host, and the same host under another name.
    for (const place of [away.url, away.url.replace('127.0.0.1', 'localhost')]) {
      await guarded(to(`${place}/to`, status));
      await guarded(new Request(to(`${place}/to`, status)));
      await guarded(to(`${place}/to`, status), { method: 'POST', body: 'x' });
    }
    expect(new Set(authorizations(home))).toEqual(new Set(['Bearer line']));
    expect(authorizations(away)).toEqual(Array(6).fill(undefined));
  });

  it('sends the token within its origin, and not again after leaving it', async () => {
    const there = await guarded(to('/to'));
    expect([there.url, there.redirected, await there.text()]).toEqual([`${home.url}/to`, true, 'arrived']);
    await guarded(to(`${away.url}/back?to=${encodeURIComponent(`${home.url}/again`)}`));
    expect(authorizations(home)).toEqual(['Bearer line', 'Bearer line', 'Bearer line', undefined]);
  });

  it.each<[string, number, RequestInit, [string, string]]>([
    ['GET stays GET', 307, {}, ['GET', '']],
    ['HEAD stays HEAD', 303, { method: 'HEAD' }, ['HEAD', '']],
    ['POST becomes GET after 301', 301, { method: 'POST', body: 'x' }, ['GET', '']],
    ['POST becomes GET after 302', 302, { method: 'POST', body: 'x' }, ['GET', '']],
    ['PUT stays PUT after 302', 302, { method: 'PUT', body: 'x' }, ['PUT', 'x']],
    ['PUT becomes GET after 303', 303, { method: 'PUT', body: 'x' }, ['GET', '']],
    ['POST stays POST after 307', 307, { method: 'POST', body: 'x' }, ['POST', 'x']],
    ['POST stays POST after 308', 308, { method: 'POST', body: 'x' }, ['POST', 'x']],
  ])('is followed by the rules of the standard: %s', async (_, status, init, arrived) => {
    await globalThis.fetch(to('/to', status), init);
    await guarded(to('/to', status), init);
    const [standard, ours] = [home.seen[1], home.seen[3]];
    expect(ours?.headers['content-type']).toBe(standard?.headers['content-type']);
    expect([standard?.method, standard?.body]).toEqual(arrived);
    expect([ours?.method, ours?.body]).toEqual(arrived);
    if (name === 'node-fetch 3' && init.body !== undefined) return;
    await guarded(new Request(to('/to', status), init));
    expect([home.seen[5]?.method, home.seen[5]?.body]).toEqual(arrived);
  });

  it('returns a redirect without a location', async () => {
    expect((await guarded(to('nowhere'))).status).toBe(302);
    for (const place of ['gopher://127.0.0.1/', 'http://']) {
      expect(['TypeError', 'FetchError']).toContain((await captureRejection(guarded(to(place)))).name);
    }
  });

  it.each<RequestRedirect>(['manual', 'error'])('leaves the mode %s to the native function', async (redirect) => {
    const [bare, ours] = await Promise.allSettled([fetch(to('/to'), { redirect }), guarded(to('/to'), { redirect })]);
    expect(ours.status).toBe(bare.status);
    if (ours.status === 'fulfilled' && bare.status === 'fulfilled') expect(ours.value.status).toBe(bare.value.status);
    expect(home.seen).toHaveLength(2);
  });

  it("leaves the user's own credentials to the native function", async () => {
    const headers = { authorization: 'Bearer mine' };
    const unmanaged = guardFetch(fetch, {});
    await fetch(to(`${away.url}/to`), { headers });
    await unmanaged(to(`${away.url}/to`), { headers });
    const own = guardedFetch(fetch, createHoldline({ token }), {
      ownOrigin: () => home.url,
      ownCredential: () => true,
    });
    await own(to(`${away.url}/to`), { headers });
    const [bare, ...ours] = authorizations(away);
    expect(ours).toEqual([bare, bare]);
    expect(authorizations(home)).toEqual(Array(3).fill('Bearer mine'));
  });
});

it('follows at most as many redirects as the standard, and only HTTP URLs', async () => {
  const moved = (location: string): Response => new Response('', { status: 302, headers: { location } });
  const ignore = (): void => undefined;
  let asked = 0;
  const round = (() => Promise.resolve((asked++, moved('/round')))) as unknown as NativeFetch;
  const error = await captureRejection(followRedirects(round, moved('/round'), 'http://a.test/', {}, ignore));
  expect([error.name, String(error.cause), asked]).toEqual(['TypeError', 'Error: redirect count exceeded', 20]);
  expect(
    String((await captureRejection(followRedirects(round, moved('data:,x'), 'http://a.test/', {}, ignore))).cause),
  ).toContain('HTTP(S)');
  const body = new ReadableStream();
  const stream = followRedirects(
    round,
    new Response('', { status: 307, headers: { location: '/' } }),
    'http://a.test/',
    { method: 'PUT', body },
    ignore,
  );
  expect(String((await captureRejection(stream)).cause)).toContain('cannot be sent again');
  expect([isRedirect(new Response('')), isRedirect(moved('/'))]).toEqual([false, true]);
});
