import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.js';

const utf8 = new TextEncoder();

describe('crc32', () => {
  it('computes the checksum of zip', () => {
    expect(crc32(utf8.encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});
