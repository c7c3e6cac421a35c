import { describe, expect, it } from 'vitest';
import { formatRetryAfter } from './retry-after.js';

const WALL_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250);

describe('Retry-After', () => {
  it.each([
    [1, 'seconds', '1'],
    [1000, 'seconds', '1'],
    [1000.5, 'seconds', '2'],
    [41_001, 'seconds', '42'],
    [1234.2, 'float', '1.235'],
    [0.1, 'float', '0.001'],
    [500, 'date', 'Sun, 22 Nov 2026 12:00:01 GMT'],
    [751, 'date', 'Sun, 22 Nov 2026 12:00:02 GMT'],
    [1000, 'none', undefined],
    [1000, 'in a while', 'in a while'],
    [1000, '', ''],
  ])('formats %d ms as %s: %s', (waitMs, form, expected) => {
    expect(formatRetryAfter(waitMs, form, WALL_MS)).toBe(expected);
  });
});
