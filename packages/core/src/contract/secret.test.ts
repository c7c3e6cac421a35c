import { format, inspect, isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { check, ConfigError, createHoldline, isSecret, memoryStore, secret, type Secret } from '../index.js';

const TEXT = 'PLANTED-SECRET';

/** All usual ways to turn a value into text. */
const WAYS: Record<string, (value: Secret) => string> = {
  'a template string': (value) => `${value}`,
  String: (value) => String(value),
  concatenation: (value) => 'a ' + (value as unknown as string),
  'Array.join': (value) => [value].join(),
  'JSON.stringify': (value) => JSON.stringify(value),
  'JSON.stringify, nested': (value) => JSON.stringify({ a: [{ value }] }),
  inspect: (value) => inspect(value),
  'inspect, hidden fields': (value) => inspect(value, { showHidden: true, depth: Infinity, getters: true }),
  'inspect, nested beyond the depth': (value) => inspect({ a: { b: { c: { value } } } }, { depth: 8 }),
  'inspect, keys of a map': (value) => inspect(new Map([[value, value]]), { showHidden: true }),
  'inspect without custom functions': (value) => inspect(value, { customInspect: false, showHidden: true, depth: 9 }),
  'inspect without custom functions, nested': (value) =>
    inspect([[value]], { customInspect: false, showHidden: true, depth: 9, getters: true }),
  'a format with %s, %o, %O, %j and %d': (value) => format('%s %o %O %j %d', value, value, value, value, value),
  structuredClone: (value) => inspect(structuredClone({ value }), { showHidden: true, depth: 9 }),
  'enumerable keys': (value) => inspect([Object.entries(value), { ...value }, Object.assign({}, value)]),
  'own keys': (value) => inspect(Reflect.ownKeys(value).map((key) => (value as never)[key])),
  'the message of an error': (value) => String(new Error(`no login with ${value}`, { cause: value }).stack),
  'the cause of an error': (value) => inspect(new Error('no login', { cause: value }), { showHidden: true, depth: 9 }),
  'an error of a check': (value) => {
    try {
      return check.shape({ prefix: check.text })({ prefix: value }, 'options').prefix;
    } catch (error) {
      return inspect(error, { showHidden: true, depth: 9 });
    }
  },
};

// Issue 16, 4.
describe('a secret', () => {
  it.each(Object.entries(WAYS))('shows nothing in %s', (_, print) => {
    const printed = print(secret(TEXT));
    expect(printed).not.toBe('');
    expect(printed).not.toContain(TEXT);
  });

  it('would be found by these ways if it were a field', () => {
    const found = Object.values(WAYS).filter((print) => print({ text: TEXT } as unknown as Secret).includes(TEXT));
    expect(found.length).toBeGreaterThan(8);
  });

  it('prints as [redacted]', () => {
    const value = secret(TEXT);
    expect([`${value}`, JSON.stringify({ value }), inspect({ a: { b: [value] } }, { depth: 9 })]).toEqual([
      '[redacted]',
      '{"value":"[redacted]"}',
      '{ a: { b: [ [redacted] ] } }',
    ]);
  });

  it('reveals its text on request only', () => {
    expect(secret(TEXT).reveal()).toBe(TEXT);
    expect(isDeepStrictEqual(structuredClone(secret(TEXT)), {})).toBe(true);
    expect(isSecret(structuredClone(secret(TEXT)))).toBe(false);
  });

  it('cannot be changed', () => {
    const value = secret(TEXT);
    expect(() => Object.assign(value, { reveal: () => 'another' })).toThrow(TypeError);
    expect(value.reveal()).toBe(TEXT);
  });

  it.each([undefined, null, '', 7, {}, ['a']])('refuses %j without showing it', (value) => {
    expect(() => secret(value as string)).toThrow(
      new ConfigError('the value of a secret must be a string that is not empty'),
    );
  });

  it.each([undefined, null, 'a', 1, {}, () => TEXT, { reveal: () => TEXT }])('is told apart from %j', (value) => {
    expect(isSecret(value)).toBe(false);
  });

  it('is refused where an option takes no secret, without showing it', () => {
    expect(() => createHoldline({ idempotency: { header: secret(TEXT) as unknown as string } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(TEXT) as string, name: 'ConfigError' }),
    );
  });

  it('is accepted as a key of dead letters', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    for (const given of [secret(key), [secret(key), key]])
      expect(() => createHoldline({ store: memoryStore(), deadLetters: { key: given } })).not.toThrow();
    expect(() => createHoldline({ store: memoryStore(), deadLetters: { key: secret(TEXT) } })).toThrow(
      'deadLetters.key must be 32 bytes',
    );
  });
});
