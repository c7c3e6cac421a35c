import { describe, expect, it } from 'vitest';
import { answered, networkFailure } from './index.js';
import { headers } from './test-transport.js';

describe('the class of an answer', () => {
  it.each<[number, Record<string, string>, string]>([
    [200, {}, 'ok'],
    [204, {}, 'ok'],
    [304, {}, 'ok'],
    [400, {}, 'rejected'],
    [401, {}, 'unauthorized'],
    [403, {}, 'rejected'],
    [404, {}, 'rejected'],
    [408, {}, 'unknown'],
    [409, {}, 'rejected'],
    [413, { 'retry-after': '5' }, 'rejected'],
    [429, {}, 'refused'],
    [429, { 'retry-after': '5' }, 'refused'],
    [500, {}, 'rejected'],
    [501, {}, 'rejected'],
    [502, {}, 'unknown'],
    [503, {}, 'unknown'],
    [503, { 'retry-after': '5' }, 'refused'],
    [504, {}, 'unknown'],
    [504, { 'retry-after': '5' }, 'unknown'],
  ])('%i %j: %s', (status, values, kind) => {
    expect(answered({}, { status, header: headers(values) }).kind).toBe(kind);
  });
});

describe('whether a network error proves that nothing was sent', () => {
  const error = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });
  const ring = error('X');
  Object.assign(ring, { cause: ring, errors: [ring] });
  it.each<[string, unknown, 'not-sent' | 'unknown']>([
    ['connection refused', error('ECONNREFUSED'), 'not-sent'],
    ['name not found', error('ENOTFOUND'), 'not-sent'],
    ['name server busy', error('EAI_AGAIN'), 'not-sent'],
    ['a timeout while connecting', error('ETIMEDOUT', { syscall: 'connect' }), 'not-sent'],
    ['undici, while connecting', error('UND_ERR_CONNECT_TIMEOUT'), 'not-sent'],
    ['a certificate', error('CERT_HAS_EXPIRED'), 'not-sent'],
    ['axios-retry#66: ECONNRESET', error('ECONNRESET'), 'unknown'],
    ['axios-retry#17: ETIMEDOUT', error('ETIMEDOUT'), 'unknown'],
    ['EPIPE', error('EPIPE'), 'unknown'],
    ['a timeout of axios', error('ECONNABORTED'), 'unknown'],
    ['undici, after sending', error('UND_ERR_HEADERS_TIMEOUT'), 'unknown'],
    [
      'fetch hides it in the cause',
      Object.assign(new TypeError('fetch failed'), { cause: error('ECONNREFUSED') }),
      'not-sent',
    ],
    ['fetch, reset', Object.assign(new TypeError('fetch failed'), { cause: error('ECONNRESET') }), 'unknown'],
    ['happy eyeballs: all addresses refused', { errors: [error('ECONNREFUSED'), error('ECONNREFUSED')] }, 'not-sent'],
    [
      'happy eyeballs: one of them was reset',
      { code: 'ECONNREFUSED', errors: [error('ECONNREFUSED'), error('ECONNRESET')] },
      'unknown',
    ],
    ['an error that causes itself', ring, 'unknown'],
    ['no error at all', undefined, 'unknown'],
    ['a string', 'ECONNREFUSED', 'unknown'],
  ])('%s: %s', (_, thrown, kind) => expect(networkFailure(thrown)).toBe(kind));
});
