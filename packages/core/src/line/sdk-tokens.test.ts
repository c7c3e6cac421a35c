import { describe, expect, test } from 'vitest';
import { SdkTokens } from './sdk-tokens.js';

describe('SdkTokens', () => {
  test('has the current token, and keeps it when the client gets another token', () => {
    let current: string | undefined = 'a';
    const tokens = new SdkTokens(() => current);
    expect(tokens.has('a')).toBe(true);
    current = 'b';
    expect([tokens.has('a'), tokens.has('b'), tokens.has('c'), tokens.has(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('without a current token has only the added tokens', () => {
    const tokens = new SdkTokens(() => undefined);
    expect(tokens.has('')).toBe(false);
    tokens.add('a');
    expect([tokens.has('a'), tokens.has('b')]).toEqual([true, false]);
  });

  test('forgets the oldest token beyond eight, and adds no token twice', () => {
    const tokens = new SdkTokens(() => undefined);
    for (const token of ['1', '1', '2', '3', '4', '5', '6', '7', '8']) tokens.add(token);
    expect(tokens.has('1')).toBe(true);
    tokens.add('9');
    expect([tokens.has('1'), tokens.has('2'), tokens.has('9')]).toEqual([false, true, true]);
  });

  test.each([
    ['Bearer a', false],
    ['Bearer guest', true],
    ['Basic a', true],
    ['bearer a', true],
    [undefined, false],
  ])('an Authorization of %s is foreign: %s', (authorization, expected) => {
    expect(new SdkTokens(() => 'a').isForeign(authorization)).toBe(expected);
  });

  test('keeps the token that was current at a request without a header', () => {
    let current = 'a';
    const tokens = new SdkTokens(() => current);
    tokens.isForeign(undefined);
    current = 'b';
    expect(tokens.isForeign('Bearer a')).toBe(false);
  });
});
