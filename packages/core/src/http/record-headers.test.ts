import { describe, expect, test } from 'vitest';
import { recordHeaders } from './record-headers.js';

describe('recordHeaders', () => {
  test('finds a header in any case, and no inherited property', () => {
    const headers = recordHeaders({ 'X-Own': '1' });
    expect(['X-Own', 'x-own', 'X-OWN', 'other', 'toString', 'constructor'].map((name) => headers.get(name))).toEqual([
      '1',
      '1',
      '1',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('replaces a header under its existing spelling, and adds others under the given name', () => {
    const record: Record<string, string> = { authorization: 'old' };
    const headers = recordHeaders(record);
    headers.set('Authorization', 'new');
    headers.set('X-Other', '2');
    expect(record).toEqual({ authorization: 'new', 'X-Other': '2' });
  });

  test('of two spellings the last one counts', () => {
    const record: Record<string, string> = { 'x-own': 'first', 'X-Own': 'last' };
    const headers = recordHeaders(record);
    expect(headers.get('x-own')).toBe('last');
    headers.set('x-own', 'new');
    expect(record).toEqual({ 'x-own': 'first', 'X-Own': 'new' });
  });
});
