import { describe, expect, it } from 'vitest';
import { answered, failed, type Answer } from '../index.js';
import { headers } from '../line/transport.fixture.js';

describe('the class of an answer', () => {
  it.each<[number, Record<string, string>, string]>([
    [200, {}, 'ok'],
    [204, {}, 'ok'],
    [304, {}, 'ok'],
    [400, {}, 'rejected'],
    [401, {}, 'unauthorized'],
    [403, {}, 'rejected'],
    [404, {}, 'rejected'],
    [408, {}, 'unknown'],
    [409, {}, 'rejected'],
    [413, { 'retry-after': '5' }, 'rejected'],
    [429, {}, 'refused'],
    [429, { 'retry-after': '5' }, 'refused'],
    [500, {}, 'rejected'],
    [501, {}, 'rejected'],
    [502, {}, 'unknown'],
    [503, {}, 'unknown'],
    [503, { 'retry-after': '5' }, 'refused'],
    [504, {}, 'unknown'],
    [504, { 'retry-after': '5' }, 'unknown'],
  ])('%i %j: %s', (status, values, kind) => {
    expect(answered({}, { status, header: headers(values) }).kind).toBe(kind);
  });
});

describe('an attempt that was never sent costs no quota', () => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code });
  it.each<[string, ReturnType<typeof failed>, boolean]>([
    ['not sent', failed(coded('ECONNREFUSED'), 'not-sent'), true],
    ['a header that the client refuses', failed(coded('ERR_INVALID_CHAR'), 'local'), true],
    ['a body that fails during sending', failed(new Error('source gone'), 'local'), false],
    ['a body that fails before sending', failed(new Error('source gone'), 'local', true), true],
    ['an unknown outcome', failed(coded('ECONNRESET'), 'unknown'), false],
    ['an answer that the client refuses', failed(coded('ERR_FR_TOO_MANY_REDIRECTS'), 'rejected'), false],
    ['a cancelled attempt', failed(new Error(), 'cancelled'), false],
  ])('%s: %s', (_, outcome, isUnsent) => expect(outcome.isUnsent).toBe(isUnsent));
});

describe('an answer whose class the adapter knows better than its status', () => {
  it.each<[Answer['kind'], number, boolean]>([
    ['refused', 400, true],
    ['refused', 503, true],
    ['rejected', 429, false],
    ['not-sent', 403, false],
    ['unknown', 400, false],
    [undefined, 429, true],
  ])('%s with the status %i: throttled %s', (kind, status, isThrottled) => {
    const outcome = answered({}, { status, kind, header: headers({}) });
    expect(outcome).toMatchObject({ kind: kind ?? 'refused', status, isThrottled, isUnsent: false });
  });

  it('is not throttled by a 503 with Retry-After, which is about no limit', () => {
    const outcome = answered({}, { status: 503, header: headers({ 'retry-after': '1' }) });
    expect(outcome).toMatchObject({ kind: 'refused', isThrottled: false });
  });
});
