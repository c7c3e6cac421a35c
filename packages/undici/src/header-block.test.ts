import { describe, expect, it } from 'vitest';
import { HeaderBlock } from './header-block.js';

describe('a header block', () => {
  it('keeps headers with the names of inherited properties', () => {
    const block = HeaderBlock.ofRaw(
      ['constructor', 'a', '__proto__', 'b', 'toString', 'c'].map((text) => Buffer.from(text)),
    );
    expect(Object.entries(block.parsed)).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
      ['tostring', 'c'],
    ]);
    expect(HeaderBlock.ofRaw([]).get('constructor')).toBeUndefined();
  });

  it('collects lines of one name, also those that the parser has joined', () => {
    const block = HeaderBlock.ofRaw([Buffer.from('X-Kind'), [Buffer.from('1'), Buffer.from('2')], 'x-kind', '3']);
    expect(block.parsed).toEqual({ 'x-kind': ['1', '2', '3'] });
  });

  it('takes linear time: the square of this number of lines would exceed the time limit of a test', () => {
    const lines = Array.from({ length: 60_000 }, () => ['x-kind', '1']).flat();
    expect(HeaderBlock.ofRaw(lines).parsed['x-kind']).toHaveLength(60_000);
  });
});
