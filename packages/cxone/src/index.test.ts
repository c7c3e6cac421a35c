import { createHoldline, holdlineOf, release } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { guardCxone } from './index.js';
import { httpClient } from './sdk/sdk-parts.fixture.js';

describe('guardCxone', () => {
  test('holdlineOf and release accept the SDK object and its HttpClient', () => {
    const before = globalThis.fetch;
    for (const by of ['sdk', 'client'] as const) {
      const sdk = { HttpClient: httpClient() };
      expect(guardCxone(sdk)).toBe(sdk);
      expect(holdlineOf(sdk.HttpClient)).toBe(holdlineOf(sdk));
      expect(globalThis.fetch).not.toBe(before);
      release(by === 'sdk' ? sdk : sdk.HttpClient);
      expect(globalThis.fetch).toBe(before);
      release(sdk);
    }
  });

  test('a second guard with another configuration or line is a ConfigError, and the same one has no effect', () => {
    const sdk = { HttpClient: httpClient() };
    guardCxone(sdk, { retry: { maxAttempts: 2 } });
    const line = holdlineOf(sdk);
    for (const parts of [sdk, { HttpClient: sdk.HttpClient }]) {
      for (const another of [{ retry: false as const }, createHoldline()])
        expect(() => guardCxone(parts, another)).toThrow(
          'guardCxone: the client is guarded with another configuration',
        );
      for (const same of [undefined, { retry: { maxAttempts: 2 } }, line]) expect(guardCxone(parts, same)).toBe(parts);
      expect(holdlineOf(parts)).toBe(line);
    }
    release(sdk);
  });

  test('release restores an inherited fetch, as in workers', () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch') as PropertyDescriptor;
    const above = Object.getPrototypeOf(globalThis) as object;
    Reflect.deleteProperty(globalThis, 'fetch');
    Object.defineProperty(above, 'fetch', own);
    try {
      const sdk = { HttpClient: httpClient() };
      guardCxone(sdk);
      release(sdk);
      expect(Object.hasOwn(globalThis, 'fetch')).toBe(false);
    } finally {
      Reflect.deleteProperty(above, 'fetch');
      Object.defineProperty(globalThis, 'fetch', own);
    }
  });

  test('release keeps a later wrapper of fetch, and the guard below it passes requests on', async () => {
    const before = globalThis.fetch;
    const seen: string[] = [];
    globalThis.fetch = (async (url: string) => {
      seen.push(url);
      return new Response('{}');
    }) as typeof fetch;
    const bottom = globalThis.fetch;
    try {
      const sdk = { HttpClient: httpClient(), origins: ['https://gateway.test'] };
      guardCxone(sdk);
      const ours = globalThis.fetch;
      const theirs: typeof fetch = (...args) => ours(...args);
      globalThis.fetch = theirs;
      await fetch('https://gateway.test/x');
      const line = holdlineOf(sdk);
      release(sdk);
      expect(globalThis.fetch).toBe(theirs);
      await line?.close();
      expect((await fetch('https://gateway.test/y')).status).toBe(200);
      expect(seen).toHaveLength(2);
      expect(bottom).not.toBe(theirs);
    } finally {
      globalThis.fetch = before;
    }
  });
});
