import { ConfigError, secret } from '@holdline/core';
import { expect, test } from 'vitest';
import { checkOptions, type RedisStoreOptions } from './options.js';

const url = 'redis://127.0.0.1:6379';

test.for<[string, object | null, string]>([
  ['no object', null, 'the options of redisStore must be an object with url or client, got null'],
  ['neither url nor client', {}, 'redisStore needs either url or client, got neither'],
  ['an unknown key', { url, prefx: 'a' }, 'prefx is not known; allowed here: url, client, prefix'],
  [
    'a wrong prefix',
    { url, prefix: 'a b' },
    'prefix must be a string without spaces and braces that is not empty, got "a b"',
  ],
  ['a wrong onLoss', { url, onLoss: 'stop' }, `onLoss must be 'share' or 'refuse' or 'open', got "stop"`],
  ['a wrong number', { url, processes: 0 }, 'processes must be an integer of at least 1, got 0'],
  ['a wrong time', { url, timeoutMs: 60_001 }, 'timeoutMs must be a number above 0 and at most 60000, got 60001'],
  [
    'a wrong client',
    { client: {} },
    'client must be a client of ioredis or node-redis (version 5 or later), got an object',
  ],
  ['an empty salt', { url, salt: '' }, 'salt must be a string that is not empty, got ""'],
  ['no keys', { url, key: [] }, 'key must be a key, or a list of at least one key, got an array of 0'],
])('refuses %s, naming the key, the value and what is allowed', ([, options, message]) => {
  expect(() => checkOptions(options as RedisStoreOptions)).toThrow(ConfigError);
  expect(() => checkOptions(options as RedisStoreOptions)).toThrow(message);
});

test.for<[string, object, string]>([
  ['the URL', { url: 'http://user:hunter2@host' }, 'url must be a URL like'],
  [
    'a key',
    { url, key: 'hunter2' },
    'key must be 32 bytes, or the same in base64 or hex, got a string of 7 characters',
  ],
  ['a key of a list', { url, key: ['hunter2'] }, 'key[0] must be 32 bytes'],
])('an error does not show %s', ([, options, message]) => {
  expect(() => checkOptions(options)).toThrow(message);
  expect(() => checkOptions(options)).not.toThrow('hunter2');
});

test('fills in the defaults, and reads keys in bytes, base64 and hex', () => {
  const bytes = new Uint8Array(32).fill(7);
  const hex = Buffer.from(bytes).toString('hex');
  const base64 = Buffer.from(bytes).toString('base64');
  const { keys, ...rest } = checkOptions({ url, key: [bytes, hex, base64] });
  expect(keys.map((key) => Buffer.from(key).toString('hex'))).toEqual([hex, hex, hex]);
  expect(rest).toEqual({
    url,
    client: undefined,
    prefix: 'holdline',
    onLoss: 'share',
    processes: 10,
    salt: 'holdline',
    timeoutMs: 500,
    maxLetters: 10_000,
  });
});

// Issue 16, 4.
test('url, keys and salt may be secrets', () => {
  const hex = '07'.repeat(32);
  const checked = checkOptions({
    url: secret('rediss://user:pw@host:1'),
    key: [secret(hex), hex],
    salt: secret('pepper'),
  });
  expect(checked).toMatchObject({ url: 'rediss://user:pw@host:1', salt: 'pepper' });
  expect(checked.keys.map((key) => Buffer.from(key).toString('hex'))).toEqual([hex, hex]);
});

test.each([
  [{ url: secret('hunter2') }, 'url must be a URL'],
  [{ url, key: secret('hunter2') }, 'key must be 32 bytes'],
  [{ url, prefix: secret('hunter2') as unknown as string }, 'prefix must be a string'],
])('a wrong secret is refused without its text: %j', (options, message) => {
  expect(() => checkOptions(options)).toThrow(
    expect.objectContaining({
      name: 'ConfigError',
      message: expect.stringMatching(new RegExp(`^${message}(?!.*hunter2)`)) as string,
    }),
  );
});
