import { AxiosHeaders } from 'axios';
import { describe, expect, it } from 'vitest';
import { createHeaderReader } from './headers.js';

describe('the headers of a response', () => {
  it.each<[string, unknown]>([
    ['of axios', AxiosHeaders.from({ 'retry-after': '3', 'x-list': ['a', 'b'] as never, 'x-number': 7 as never })],
    [
      'of axios, in capitals',
      AxiosHeaders.from({ 'Retry-After': '3', 'X-List': ['a', 'b'] as never, 'X-Number': '7' }),
    ],
    ['plain', { 'retry-after': '3', 'x-list': ['a', 'b'], 'x-number': 7 }],
    ['plain, in capitals', { 'Retry-After': '3', 'X-LIST': ['a', 'b'], 'X-Number': 7 }],
    ['of fetch', new Headers([['Retry-After', '3'], ['x-list', 'a'], ['x-list', 'b'], ['x-number', '7']])], // prettier-ignore
  ])('%s are read by lower-case name', (_, headers) => {
    const read = createHeaderReader(headers);
    expect(['retry-after', 'x-list', 'x-number'].map(read)).toEqual(['3', 'a, b', '7']);
    expect(['date', 'get', 'constructor'].map(read)).toEqual([undefined, undefined, undefined]);
  });

  it.each([undefined, null, 'text', {}])('%j has none', (headers) => {
    expect(createHeaderReader(headers)('retry-after')).toBeUndefined();
  });
});
