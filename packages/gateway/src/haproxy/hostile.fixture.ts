import type { HoldlineConfig, Quota } from '@holdline/core';
import fc from 'fast-check';
import type { HaproxyOptions } from './options.js';

/** Pieces of text that end a word, a quotation, a line or an expression somewhere. */
const PIECES = [
  'a',
  'users',
  'É',
  '\u{1F600}',
  '\uD800',
  ' ',
  '"',
  "'",
  '\\',
  '\n',
  '\r',
  '\t',
  '\0',
  '#',
  '$',
  '${HOME}',
  '%',
  '%[env(HOME)]',
  '%2f',
  '%41',
  ';',
  '}',
  '`',
  '(',
  ')',
  '[',
  ']',
  '|',
  '.',
  '..',
  '+',
  ',',
  '-',
  '--',
  '-->',
  ']]>',
  '<',
  '>',
  '&',
  '@',
  '@(1)',
  '~',
  '^',
  '!',
  '=',
  '\u2028',
  '\u202E',
  'global',
  '\nglobal\n  daemon\n',
  '{{resolve:ssm:x}}',
  '{{name}}',
  '\\n',
  '\\x41',
  '\\1',
  'é',
];

const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));

/** A segment that the configuration accepts: no `/`, space, `?`, `#`, braces or `*`. */
const segment = fc.oneof(
  hostile.map((text) => text.replace(/[/ ?#{}*]/g, '') || 'x'),
  fc.constantFrom(':id', '*', ':contactId', '', 'a%2Fb', 'users'),
);
const path = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([segments, hasRest]) => `/${[...segments, ...(hasRest ? ['**'] : [])].join('/')}`);
const pattern = fc.tuple(fc.constantFrom('GET', 'POST', '*', 'PURGE'), path).map((parts) => parts.join(' '));

const quota: fc.Arbitrary<Quota> = fc
  .record({
    limit: fc.integer({ min: 1, max: 1_000_000 }),
    windowMs: fc.constantFrom(1, 999, 1_000, 60_000, 3_600_000, 86_400_000, 31_536_000_000),
    name: fc.option(hostile, { nil: undefined }),
    scope: fc.constantFrom('credential', 'tenant', 'route', 'host', undefined),
    enforcement: fc.constantFrom('bucket', 'sliding', undefined),
    burst: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
  })
  .map(({ burst, ...given }) => {
    // Only a bucket has a burst.
    const whole = given.enforcement === 'bucket' ? { ...given, burst } : given;
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as Quota;
  });

const quotas = fc.array(quota, { maxLength: 4 });

/** Configurations of which every text is hostile. Some are refused. */
export const hostileConfig: fc.Arbitrary<HoldlineConfig> = fc
  .record({
    quotas,
    endpoints: fc.array(fc.tuple(pattern, quotas, fc.boolean()), { maxLength: 6 }),
    caseInsensitive: fc.boolean(),
    anchor: fc.option(
      hostile.map((text) => `/${text}`),
      { nil: undefined },
    ),
    stripPrefixes: fc.array(path, { maxLength: 3 }),
  })
  .map(({ quotas: all, endpoints, anchor, ...paths }) => ({
    governor: { quotas: all },
    endpoints: Object.fromEntries(
      endpoints.map(([name, own, byParameter]) => [
        name,
        {
          governor: {
            quotas: own.map((each) => {
              const parameter = /:(\w+)/.exec(name)?.[1];
              // A quota by parameter has no scope.
              const { scope, ...rest } = each;
              return scope !== undefined && byParameter && parameter !== undefined ? { ...rest, key: parameter } : each;
            }),
          },
        },
      ]),
    ),
    paths: { ...paths, ...(anchor !== undefined && { anchor }) },
  }));

/** Options of all kinds. Those that are texts of a user are checked by the options themselves. */
export const hostileOptions: fc.Arbitrary<HaproxyOptions> = fc
  .record({
    platform: fc.constantFrom('https://api.example.com', 'http://127.0.0.1:8080', 'https://[::1]:8443'),
    refusals: fc.constantFrom('genesys', 'cxone', 'plain'),
    withoutCredential: fc.constantFrom('refuse', 'share'),
    form: fc.constantFrom('snippet', 'whole'),
    dryRun: fc.boolean(),
    burstShare: fc.constantFrom(0.001, 0.1, 1),
    tenant: fc.constantFrom(undefined, { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'] }),
    addresses: fc.constantFrom(undefined, { limit: 100, windowMs: 1_000 }),
    sockets: fc.option(
      fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }), maxOpen: fc.integer({ min: 1, max: 9 }) }),
      { nil: undefined },
    ),
  })
  .map(
    (given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as HaproxyOptions,
  );
