import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { addQuery, decodeForm, encodeForm } from './form.js';

const load = createRequire(import.meta.url);
/** The encoder of the SDK. */
const qs = createRequire(load.resolve('twilio'))('qs') as { stringify(params: unknown, options: object): string };
const encodeAsSdk = (params: unknown): string => qs.stringify(params, { arrayFormat: 'repeat' });

/** The pairs of a form. Two encoders may write a space in two ways. */
const pairs = (form: string): [string, string][] => [...new URLSearchParams(form)];

describe('encodeForm', () => {
  it.each([
    [{}],
    [{ Attributes: '{"a": [1, "ü&="]}', Priority: 0, IgnoreCapacity: false }],
    [{ MediaUrl: ['https://a.example/1', 'https://a.example/2'], To: '+1' }],
    [{ Left: undefined, Empty: '', Null: null }],
    [{ Filter: { a: 1, b: ['x', 'y'] } }],
    [{ Date: new Date(0) }],
    [undefined],
    ['text'],
  ])('encodes %j as the SDK does', (params) => {
    expect(pairs(encodeForm(params))).toEqual(pairs(encodeAsSdk(params)));
  });

  it('ends for a circular object', () => {
    const circular: Record<string, unknown> = { a: '1' };
    circular['self'] = circular;
    expect(pairs(encodeForm(circular))[0]).toEqual(['a', '1']);
  });

  it('is undone by decodeForm, in the eyes of the SDK', () => {
    const form = encodeForm({ MediaUrl: ['1', '2'], Body: 'a b+c', Empty: '' });
    expect(pairs(encodeAsSdk(decodeForm(form)))).toEqual(pairs(form));
  });
});

describe('addQuery', () => {
  it.each([
    ['https://a.example/x', undefined, 'https://a.example/x'],
    ['https://a.example/x', { PageSize: 2 }, 'https://a.example/x?PageSize=2'],
    ['https://a.example/x?Page=1', { PageSize: 2 }, 'https://a.example/x?Page=1&PageSize=2'],
  ])('adds to %s', (url, params, expected) => {
    expect(addQuery(url, params)).toBe(expected);
  });
});
