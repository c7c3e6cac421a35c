import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, type Freshness } from '@holdline/core';
import { expect, it, describe, onTestFinished } from 'vitest';
import { httpCacheRules, type HttpCacheOptions } from './index.js';

const DAY = 86_400_000;

/** Starts a server that counts its requests. It closes after the test. */
async function startServer(
  answer: (request: { headers: Record<string, unknown> }) => {
    status?: number;
    headers?: Record<string, string>;
    body?: string;
  },
): Promise<{ url: string; readonly count: number }> {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    const { status = 200, headers = {}, body = `answer ${count}` } = answer(request);
    response.writeHead(status, headers).end(status === 304 ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scripts/1`,
    get count() {
      return count;
    },
  };
}

/** Judges an answer that a real server gave, with the headers as Node writes them. */
async function judge(
  headers: Record<string, string>,
  {
    options,
    request = {},
    status = 200,
  }: { options?: HttpCacheOptions; request?: Record<string, string>; status?: number } = {},
): Promise<Freshness | undefined> {
  const { url } = await startServer(() => ({ status, headers }));
  const response = await fetch(url);
  await response.text();
  return httpCacheRules(options).judge({
    method: 'get',
    url,
    requestHeader: (name) => request[name],
    status: response.status,
    headers: Object.fromEntries(response.headers),
    receivedAt: Date.now(),
  });
}

const ago = (ms: number): string => new Date(Date.now() - ms).toUTCString();

describe('judge', () => {
  it.each<[string, Record<string, string>, Partial<Freshness> | undefined]>([
    ['max-age', { 'cache-control': 'max-age=60' }, { ttlMs: 60_000, staleWhileRevalidateMs: 0, vary: [] }],
    ['max-age in capitals', { 'cache-control': 'Max-Age=60' }, { ttlMs: 60_000 }],
    ['max-age and Age', { 'cache-control': 'max-age=60', age: '20' }, { ttlMs: 40_000 }],
    ['an Age above max-age', { 'cache-control': 'max-age=60', age: '90' }, undefined],
    ['an Age above max-age, with an ETag', { 'cache-control': 'max-age=60', age: '90', etag: '"1"' }, { ttlMs: 0 }],
    ['private', { 'cache-control': 'private, max-age=60' }, { ttlMs: 60_000 }],
    ['s-maxage, which is for shared caches', { 'cache-control': 's-maxage=90, max-age=60' }, { ttlMs: 60_000 }],
    ['no-store', { 'cache-control': 'no-store, max-age=60', etag: '"1"' }, undefined],
    ['no-cache with an ETag', { 'cache-control': 'no-cache, max-age=60', etag: '"1"' }, { ttlMs: 0 }],
    ['no-cache without a validator', { 'cache-control': 'no-cache' }, undefined],
    ['an ETag alone', { etag: '"1"' }, { ttlMs: 0 }],
    ['Last-Modified alone', { 'last-modified': ago(DAY) }, { ttlMs: 0 }],
    ['no header at all', {}, undefined],
    ['Expires in the past', { expires: ago(DAY) }, undefined],
    ['an Expires that is no date', { expires: '0', etag: '"1"' }, { ttlMs: 0 }],
    ['a max-age that is no number', { 'cache-control': 'max-age=soon' }, undefined],
    ['a negative max-age', { 'cache-control': 'max-age=-5' }, undefined],
    ['a Cache-Control of nothing but commas', { 'cache-control': ',,=,"' }, undefined],
    [
      'Vary',
      { 'cache-control': 'max-age=60', vary: 'Accept-Language, X-Team' },
      { vary: ['accept-language', 'x-team'] },
    ],
    ['Vary with a star', { 'cache-control': 'max-age=60', vary: 'accept, *', etag: '"1"' }, undefined],
    [
      'stale-while-revalidate',
      { 'cache-control': 'max-age=60, stale-while-revalidate=30' },
      { ttlMs: 60_000, staleWhileRevalidateMs: 30_000 },
    ],
    [
      'stale-while-revalidate after must-revalidate',
      { 'cache-control': 'max-age=60, must-revalidate, stale-while-revalidate=30' },
      { ttlMs: 60_000, staleWhileRevalidateMs: 0 },
    ],
    [
      'a stale-while-revalidate that is no number',
      { 'cache-control': 'max-age=60, stale-while-revalidate=x' },
      { staleWhileRevalidateMs: 0 },
    ],
  ])('judges %s', async (_, headers, expected) => {
    const freshness = await judge(headers);
    if (expected) expect(freshness).toMatchObject(expected);
    else expect(freshness).toBeUndefined();
  });

  it('takes the time from Expires and Date', async () => {
    const { url } = await startServer(() => ({}));
    const judged = httpCacheRules().judge({
      method: 'GET',
      url,
      requestHeader: () => undefined,
      status: 200,
      headers: { expires: new Date(5_000_000 + 30_000).toUTCString() },
      receivedAt: 5_000_000,
    });
    expect(judged?.ttlMs).toBe(30_000);
  });

  it('keeps nothing for a request with no-store', async () => {
    const request = { 'cache-control': 'No-Store' };
    expect(await judge({ 'cache-control': 'max-age=60' }, { request })).toBeUndefined();
  });

  it('keeps no answer of a status that must not be cached', async () => {
    expect(await judge({ 'cache-control': 'max-age=60' }, { status: 500 })).toBeUndefined();
    expect(await judge({ 'cache-control': 'max-age=60' }, { status: 404 })).toMatchObject({ ttlMs: 60_000 });
  });

  it('estimates the time from Last-Modified only with an option', async () => {
    const headers = { 'last-modified': ago(10 * DAY) };
    const freshness = await judge(headers, { options: { heuristicFraction: 0.1 } });
    expect(freshness?.ttlMs).toBeGreaterThan(DAY - 60_000);
    expect(freshness?.ttlMs).toBeLessThan(DAY + 60_000);
  });

  it('follows the rules of a shared cache with an option', async () => {
    const options = { shared: true };
    expect(await judge({ 'cache-control': 'private, max-age=60' }, { options })).toBeUndefined();
    expect(await judge({ 'cache-control': 's-maxage=90, max-age=60' }, { options })).toMatchObject({ ttlMs: 90_000 });
    const request = { authorization: 'Bearer one' };
    expect(await judge({ 'cache-control': 'max-age=60' }, { options, request })).toBeUndefined();
  });
});

it.each([
  [{ shared: 'yes' }, 'shared'],
  [{ heuristicFraction: 2 }, 'heuristicFraction'],
  [{ private: true }, 'private'],
])('refuses the options %j', (options, key) => {
  const make = (): unknown => httpCacheRules(options as never);
  expect(make).toThrow(ConfigError);
  expect(make).toThrow(key);
});
