import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as core from '../index.js';
import { messageOf, redact } from './errors.js';

type ErrorClass = new (message: string, details?: core.HoldlineErrorDetails) => core.HoldlineError;
const classes = Object.entries(core as unknown as Record<string, ErrorClass>).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof core.HoldlineError,
);

describe('every HoldlineError', () => {
  it.each(classes)('%s has its name, a code and the brand', (name, Class) => {
    const error = new Class('why', { route: 'GET /a', retryAt: 7, attempts: 2, waitedMs: 3 });
    expect(error).toMatchObject({ name, message: 'why' });
    expect(error.code).toMatch(/^HOLDLINE_[A-Z_]+$/);
    expect(error).toBeInstanceOf(Error);
    expect(core.isHoldlineError(error)).toBe(true);
    expect(String(error)).toBe(`${name}: why`);
    expect(error.stack).toContain('why');
    if (name !== 'ConfigError') expect(error).toMatchObject({ route: 'GET /a', retryAt: 7, attempts: 2, waitedMs: 3 });
  });

  it('has a unique code', () => {
    expect(classes.length).toBeGreaterThan(9);
    expect(new Set(classes.map(([, Class]) => new Class('x').code)).size).toBe(classes.length);
  });

  it.each([undefined, null, 'x', {}, new Error(), { code: 'HOLDLINE_DEADLINE', name: 'DeadlineError' }])(
    '%j is not a HoldlineError',
    (other) => {
      expect(core.isHoldlineError(other)).toBe(false);
    },
  );
});

describe('a native error as a cause is reduced to name, message, code and status', () => {
  it('for an error of axios', () => {
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
  ])('for the thrown value %j', (thrown, message) => {
    expect(new core.OutcomeUnknownError('x', { cause: thrown }).cause).toMatchObject({ message });
  });

  // Issue 13, a09.
  it('for all nested causes of Node and undici', () => {
    const root = Object.assign(new Error('read ECONNRESET of https://me:s3cret@host'), {
      code: 'ECONNRESET',
      request: 's3cret',
    });
    const { cause } = new core.OutcomeUnknownError('x', { cause: new TypeError('fetch failed', { cause: root }) });
    expect(cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect((cause as Error).cause).toMatchObject({
      message: 'read ECONNRESET of https://***@host',
      code: 'ECONNRESET',
    });
    expect(inspect(cause, { depth: Infinity, showHidden: true })).not.toContain('s3cret');
  });

  it('for the failures of all addresses in an AggregateError', () => {
    const errors = ['127.0.0.1', '::1'].map((host) =>
      Object.assign(new Error(`refused by ${host}`), { code: 'ECONNREFUSED' }),
    );
    const cause = Object.assign(new AggregateError(errors, ''), { code: 'ECONNREFUSED' });
    const described = new core.OutcomeUnknownError('x', { cause }).cause as AggregateError;
    expect(described).toBeInstanceOf(AggregateError);
    expect(described.errors).toMatchObject([{ message: 'refused by 127.0.0.1' }, { code: 'ECONNREFUSED' }]);
  });

  it('for causes that form a circle, to a limited depth', () => {
    const ring: Error & { errors?: unknown } = new Error('round');
    ring.cause = ring;
    ring.errors = [ring, ring];
    let depth = 0;
    for (let error: unknown = new core.OutcomeUnknownError('x', { cause: ring }); error; depth++)
      error = (error as Error).cause;
    expect(depth).toBeLessThan(12);
  });

  it('for an error whose getters throw (issue 13, d-axios-safari)', () => {
    const fail = (): never => {
      throw new TypeError('no');
    };
    const hostile = Object.defineProperties(
      {},
      Object.fromEntries(
        ['name', 'message', 'code', 'status', 'response', 'cause', 'errors'].map((key) => [key, { get: fail }]),
      ),
    );
    expect(new core.OutcomeUnknownError('x', { cause: hostile }).cause).toMatchObject({ message: 'status unknown' });
    expect(messageOf(hostile)).toBe('a thrown object');
  });

  it('an error without a cause has no property `cause`', () =>
    expect(new core.DeadlineError('x')).not.toHaveProperty('cause'));
});

// Issue 13, d-post-503.
describe('the answer that a HoldlineError replaces', () => {
  const data = { reason: 's3cret' };
  const response = { status: 503, headers: { 'set-cookie': 's3cret' }, data };
  const cause = Object.assign(new Error('Request failed with status code 503'), {
    isAxiosError: true,
    response: { ...response, config: { headers: { Authorization: 's3cret' } } },
  });
  const error: unknown = new core.OutcomeUnknownError('x', { cause, response });

  it('is readable from the error and from its cause', () => {
    if (!core.isHoldlineError(error)) throw new Error('the error must be a HoldlineError');
    expect(error.response).toBe(response);
    expect(error.cause).toMatchObject({ isAxiosError: true, status: 503, response });
    expect(new core.DeadlineError('x').response).toBeUndefined();
  });

  it('does not appear in logs, JSON or clones', () => {
    const logged = [
      inspect(error, { depth: Infinity, showHidden: true }),
      JSON.stringify(error),
      JSON.stringify({ ...(error as object) }),
      inspect(structuredClone(error), { depth: Infinity, showHidden: true }),
      String((error as Error).stack),
    ];
    for (const text of logged) expect(text).not.toContain('s3cret');
  });
});

describe('redact removes credentials from messages of foreign errors', () => {
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

  it('limits the length of a message', () => expect(redact('x'.repeat(1e6))).toHaveLength(500));

  it('messageOf does not show thrown values that are not errors', () => {
    expect([messageOf('s3cret'), messageOf(undefined), messageOf({})]).toEqual([
      'a thrown string',
      'a thrown undefined',
      'a thrown object',
    ]);
  });
});
