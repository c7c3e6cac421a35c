import { expect, test } from 'vitest';
import { readRefusal } from './refusal.js';

const message = 'Rate limit exceeded the maximum. Retry the request in [42] seconds';

test.each<[string, string, string | undefined, number | undefined]>([
  [
    "the platform's own body",
    JSON.stringify({ message, code: 'too.many.requests.retry.after', status: 429, details: [], errors: [] }),
    undefined,
    42_000,
  ],
  [
    'a body that names its limit',
    JSON.stringify({
      message,
      limit: { key: 'token.rate.per.minute', namespace: 'platform.api', value: 300 },
    }),
    'token.rate.per.minute',
    42_000,
  ],
  [
    'a limit with spaces and the key last',
    '{ "limit" : { "value" : 300, "namespace": "platform.api", "key" : "org.app.user.rate.per.minute" } }',
    'org.app.user.rate.per.minute',
    undefined,
  ],
  ['plain text', 'Retry the request in [7] seconds', undefined, 7_000],
  ['no seconds', 'Retry the request in [] seconds', undefined, undefined],
  ['negative seconds', 'Retry the request in [-3] seconds', undefined, undefined],
  ['too many digits', `Retry the request in [${'9'.repeat(30)}] seconds`, undefined, undefined],
  ['a key of another object', '{"limits":{"key":"x"},"key":"y"}', undefined, undefined],
  ['a limit that is no object', '{"limit":300,"key":"y"}', undefined, undefined],
  ['an empty body', '', undefined, undefined],
])('%s', (_, body, limitKey, retryAfterMs) => {
  expect(readRefusal(body)).toEqual({ limitKey, retryAfterMs });
});

test('a hostile body is read quickly', () => {
  const started = process.cpuUsage();
  for (const body of ['"limit":{'.repeat(500), `"limit":{${'"key"'.repeat(900)}`, `"limit":${' '.repeat(4000)}`])
    readRefusal(body);
  // Time of the processor, in microseconds: a busy machine adds none.
  expect(process.cpuUsage(started).user).toBeLessThan(200_000);
});
