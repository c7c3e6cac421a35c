import { ConfigError, createHoldline } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { handshakesOn } from './index.js';

describe('handshakesOn', () => {
  it('takes options once', () => {
    const line = createHoldline();
    const handshakes = handshakesOn(line, { poolSize: 1 });
    expect(handshakesOn(line)).toBe(handshakes);
    expect(() => handshakesOn(line, { poolSize: 2 })).toThrow(ConfigError);
  });
});
