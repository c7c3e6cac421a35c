import { describe, expect, it } from 'vitest';
import { parseOptions } from '../option-parsing/parse-options.js';
import { genesysErrors } from './error-answers.js';

const { settings } = parseOptions({
  platform: 'genesys',
  limits: [{ name: 'per.token', per: 'token', limit: 10, windowMs: 60_000, enforcement: 'fixed', phaseMs: 0 }],
});

describe('a refusal', () => {
  const [limit] = settings.limits;
  if (limit === undefined) throw new Error('the test needs its first limit');

  it("is exactly the platform's normalised 429", () => {
    const answer = genesysErrors.forRefusal({ limit, waitMs: 41_200 }, settings, 0, 'ctx');
    expect(answer).toEqual({
      status: 429,
      headers: { 'Retry-After': '42' },
      body: {
        message: 'Rate limit exceeded the maximum. Retry the request in [42] seconds',
        code: 'too.many.requests.retry.after',
        status: 429,
        contextId: 'ctx',
        details: [],
        errors: [],
      },
    });
  });

  it('names the limit with limitKeyInBody', () => {
    const answer = genesysErrors.forRefusal(
      { limit, waitMs: 1 },
      { ...settings, retryAfter: 'none', limitKeyInBody: true },
      0,
      'c',
    );
    expect(answer.headers).toEqual({});
    expect(answer.body).toMatchObject({ limit: { key: 'per.token', namespace: 'platform.api', value: 10 } });
  });

  it('names the same seconds in a scripted body as in its header, and none without the header', () => {
    expect(genesysErrors.forStatus('api', 429, { 'retry-after': '7' }, 'c').body).toMatchObject({
      message: expect.stringContaining('[7] seconds'),
    });
    expect(genesysErrors.forStatus('api', 429, {}, 'c').body).toMatchObject({ code: 'too.many.requests' });
    expect(genesysErrors.forStatus('api', 418, undefined, 'c').body).toMatchObject({
      status: 418,
      code: 'general.error',
    });
  });
});
