import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as core from './index.js';
import { messageOf, redact } from './errors.js';

type ErrorClass = new (message: string, details?: core.HoldlineErrorDetails) => core.HoldlineError;
const classes = Object.entries(core as unknown as Record<string, ErrorClass>).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof core.HoldlineError,
);

describe('every error of ours', () => {
  it.each(classes)('%s has its name, a code, and is known by its brand', (name, Class) => {
    const error = new Class('why', { route: 'GET /a', retryAt: 7, attempts: 2, waitedMs: 3 });
    expect(error).toMatchObject({ name, message: 'why' });
    expect(error.code).toMatch(/^HOLDLINE_[A-Z_]+$/);
    expect(error).toBeInstanceOf(Error);
    expect(core.isHoldlineError(error)).toBe(true);
    expect(String(error)).toBe(`${name}: why`);
    expect(error.stack).toContain('why');
    if (name !== 'ConfigError') expect(error).toMatchObject({ route: 'GET /a', retryAt: 7, attempts: 2, waitedMs: 3 });
  });

  it('has a code of its own', () => {
    expect(classes.length).toBeGreaterThan(9);
    expect(new Set(classes.map(([, Class]) => new Class('x').code)).size).toBe(classes.length);
  });

  it.each([undefined, null, 'x', {}, new Error(), { code: 'HOLDLINE_DEADLINE', name: 'DeadlineError' }])(
    '%j is none',
    (other) => {
      expect(core.isHoldlineError(other)).toBe(false);
    },
  );
});

describe('a native error as a cause is reduced to name, message, code and status', () => {
  it('of axios', () => {
    const native = Object.assign(new Error('Request failed with status code 400'), {
      name: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      config: { headers: { Authorization: 'Bearer s3cret' }, data: 's3cret' },
      response: { status: 400, data: 's3cret' },
    });
    const { cause } = new core.TokenRefreshError('x', { cause: native });
    expect(cause).toMatchObject({ name: 'AxiosError', message: native.message, code: 'ERR_BAD_REQUEST', status: 400 });
    expect(inspect(cause, { depth: Infinity, showHidden: true })).not.toContain('s3cret');
  });

  it.each<[unknown, string]>([
    [null, 'status unknown'],
    ['s3cret', 'status unknown'],
    [{ status: 502 }, 'status 502'],
    [{ response: { status: 503 } }, 'status 503'],
    [7, 'status unknown'],
  ])('of whatever was thrown: %j', (thrown, message) => {
    expect(new core.OutcomeUnknownError('x', { cause: thrown }).cause).toMatchObject({ message });
  });

  it('none: no cause', () => expect(new core.DeadlineError('x')).not.toHaveProperty('cause'));
});

describe('messages of others lose what looks like a credential', () => {
  it.each<[string, string]>([
    [
      'Headers.set: "Bearer s3cret.x-y" is an invalid header value.',
      'Headers.set: "Bearer ***" is an invalid header value.',
    ],
    ['authorization: Basic czNjcmV0', 'authorization: Basic ***'],
    ['authorization: s3cret', 'authorization: ***'],
    ['connect https://user:s3cret@host.test/x', 'connect https://***@host.test/x'],
    [
      'POST grant_type=x&client_secret=s3cret&refresh_token=s3cret',
      'POST grant_type=x&client_secret=***&refresh_token=***',
    ],
    ['got {"access_token":"s3cret","expires":1}', 'got {"access_token":"***","expires":1}'],
    ['password=s3cret', 'password=***'],
    ['connect ECONNREFUSED 127.0.0.1:443', 'connect ECONNREFUSED 127.0.0.1:443'],
    ['Request failed with status code 400', 'Request failed with status code 400'],
  ])('%s', (message, redacted) => expect(redact(message)).toBe(redacted));

  it('and their length', () => expect(redact('x'.repeat(1e6))).toHaveLength(500));

  it('what is thrown and no error is not shown', () => {
    expect([messageOf('s3cret'), messageOf(undefined), messageOf({})]).toEqual([
      'a thrown string',
      'a thrown undefined',
      'a thrown object',
    ]);
  });
});
