import { describe, expect, it, vi } from 'vitest';
import { secretFromEnv } from '../node.js';

describe('secretFromEnv', () => {
  it('reads the variable into a secret', () => {
    vi.stubEnv('HOLDLINE_TEST_SECRET', 'PLANTED-SECRET');
    const value = secretFromEnv('HOLDLINE_TEST_SECRET');
    expect([value.reveal(), `${value}`]).toEqual(['PLANTED-SECRET', '[redacted]']);
    vi.unstubAllEnvs();
  });

  it.each([
    ['', 'is empty'],
    [undefined, 'is not set'],
  ])('refuses a variable with the value %j', (value, why) => {
    vi.stubEnv('HOLDLINE_TEST_SECRET', value);
    expect(() => secretFromEnv('HOLDLINE_TEST_SECRET')).toThrow(
      `the environment variable HOLDLINE_TEST_SECRET must hold a secret, but it ${why}`,
    );
    vi.unstubAllEnvs();
  });
});
