import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from './sha256.js';

const ofNode = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe('sha256', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 100_000])('equals the digest of Node for %d bytes', (length) => {
    const data = Uint8Array.from({ length }, (_, i) => i * 31);
    expect(sha256(data)).toBe(ofNode(data));
  });

  it('equals the digest of Node for any bytes, also at an offset of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (data, skipped) => {
        expect(sha256(data.subarray(skipped))).toBe(ofNode(data.subarray(skipped)));
      }),
    );
  });

  // JavaScript engines may differ in the last bits of a root.
  it('takes its constants from bits that are equal in every engine', () => {
    for (let prime = 2; prime <= 311; prime++) {
      for (const root of [Math.cbrt(prime), Math.sqrt(prime)]) {
        const below = (root * 2 ** 32) % 1;
        if (Number.isInteger(root)) continue;
        expect(Math.min(below, 1 - below)).toBeGreaterThan(2 ** -12);
      }
    }
  });
});
