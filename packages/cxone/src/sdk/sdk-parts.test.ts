import { ConfigError } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { guardCxone, type CxoneSdk } from '../index.js';
import { authWith, httpClient } from './sdk-parts.fixture.js';
import { checkSdk } from './sdk-parts.js';

describe('a wrong part of the SDK is a ConfigError that names the part', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /first argument/],
    ['no HttpClient', {}, /HttpClient/],
    ['another HttpClient', { HttpClient: { get: () => undefined } }, /HttpClient/],
    ['without a breaker', { HttpClient: { ...httpClient(), circuitBreaker: {} } }, /circuitBreaker/],
    ['another CXoneAuth', { HttpClient: httpClient(), CXoneAuth: class {} }, /CXoneAuth/],
    ['null', { HttpClient: httpClient(), LoadWorker: null }, /LoadWorker/],
    ['a misspelt part', { HttpClient: httpClient(), CxoneAuth: authWith() }, /CxoneAuth is not known/],
    ['wrong origins', { HttpClient: httpClient(), origins: ['gateway'] }, /origins/],
  ])('%s', (_, sdk, message) => {
    const before = globalThis.fetch;
    expect(() => guardCxone(sdk as CxoneSdk)).toThrow(ConfigError);
    expect(() => guardCxone(sdk as CxoneSdk)).toThrow(message);
    expect(globalThis.fetch).toBe(before);
  });

  test('accepts classes and plain objects', () => {
    class Loader {
      initWorker(): void {}
    }
    expect(checkSdk({ HttpClient: httpClient(), LoadWorker: Loader })).toMatchObject({ LoadWorker: Loader });
  });
});
