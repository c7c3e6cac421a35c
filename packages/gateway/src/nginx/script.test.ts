import { createHash } from 'node:crypto';
import { createHoldline, type EndpointPolicies, type HoldlineConfig, type Quota } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeRequest, keysOf, scriptOf } from './script.fixture.js';

const TOKEN = { Authorization: 'Bearer token-1' };
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const CONFIG: HoldlineConfig = {
  governor: { quotas: [{ name: 'line', limit: 100, windowMs: 1_000 }] },
  paths: { anchor: '/api/v2/' },
  endpoints: {
    'PUT /api/v2/ivrs/:ivrId': { governor: { quotas: [{ name: 'ivr', limit: 10, windowMs: 1_000 }] } },
    '* /api/v2/contacts/:contactId/**': {
      governor: { quotas: [{ name: 'contact', limit: 5, windowMs: 1_000, key: 'contactId' }] },
    },
    'GET /api/v2/polls/:id': { governor: { apart: true } },
    'GET /api/v2/free/**': { governor: false },
  },
};

describe('keys', () => {
  test('a credential is a digest, whatever the spelling of its scheme', async () => {
    const script = await scriptOf(CONFIG);
    const keys = ['Bearer token-1', 'bearer token-1', 'BEARER   token-1 '].map((Authorization) =>
      keysOf(script, fakeRequest('GET', '/api/v2/users', { Authorization })),
    );
    expect(new Set(keys.map(({ line }) => line))).toEqual(new Set([digest('bearer token-1')]));
    const other = keysOf(script, fakeRequest('GET', '/api/v2/users', { Authorization: 'Bearer token-2' }));
    expect(other['line']).toBe(digest('bearer token-2'));
  });

  test('several quotas count one request; apart and false take out of the quotas of the line', async () => {
    const script = await scriptOf(CONFIG);
    const credential = digest('bearer token-1');
    const keys = (method: string, path: string): object => keysOf(script, fakeRequest(method, path, TOKEN));
    expect(keys('PUT', '/api/v2/ivrs/1')).toEqual({
      line: credential,
      ivr: digest(`${credential} PUT /api/v2/ivrs/:ivrId`),
    });
    expect(keys('GET', '/api/v2/contacts/c-1/notes?x=1')).toEqual({ line: credential, contact: digest('c-1') });
    expect(keys('GET', '/api/v2/contacts/c-1')).toEqual({ line: credential, contact: digest('c-1') });
    expect(keys('GET', '/api/v2/polls/7')).toEqual({});
    expect(keys('GET', '/api/v2/free/of/charge')).toEqual({});
  });

  test('of equally specific patterns, the last one counts', async () => {
    const limited = (name: string): EndpointPolicies => ({
      governor: { quotas: [{ name, limit: 9, windowMs: 1_000 }] },
    });
    const script = await scriptOf({
      endpoints: {
        'GET /a/:x': limited('first'),
        'GET /a/:y': limited('second'),
        '* /a/:z': limited('any'),
        'GET /b/{x}': limited('braces'),
        'GET /b/:x': limited('colon'),
      },
    });
    const names = (path: string): string[] => Object.keys(keysOf(script, fakeRequest('GET', path, TOKEN)));
    expect([names('/a/1'), names('/b/1')]).toEqual([['second'], ['colon']]);
    expect(script['route']?.(fakeRequest('GET', '/a/1', TOKEN))).toBe('GET /a/:y');
  });

  test('without Authorization: 401, or one key for all', async () => {
    const refusing = await scriptOf(CONFIG);
    expect(refusing['missing']?.(fakeRequest('GET', '/api/v2/users'))).toBe('1');
    expect(refusing['missing']?.(fakeRequest('GET', '/api/v2/users', { Authorization: '  ' }))).toBe('1');
    const sharing = await scriptOf(CONFIG, { withoutCredential: 'share' });
    expect(sharing['missing']?.(fakeRequest('GET', '/api/v2/users'))).toBe('');
    expect(keysOf(sharing, fakeRequest('GET', '/api/v2/users'))).toEqual({ line: 'none' });
  });

  test('a CORS preflight is not refused, and spends no quota of a credential', async () => {
    const script = await scriptOf(CONFIG, { addresses: { limit: 9, windowMs: 1_000 } });
    const preflight = fakeRequest('OPTIONS', '/api/v2/users', { 'Access-Control-Request-Method': 'GET' });
    expect(script['missing']?.(preflight)).toBe('');
    expect(keysOf(script, preflight)).toEqual({ addresses: '192.0.2.1' });
    const signed = fakeRequest('OPTIONS', '/api/v2/users', { ...TOKEN, 'Access-Control-Request-Method': 'GET' });
    expect(keysOf(script, signed)).toHaveProperty('line');
  });

  test('the tenant is the one that NGINX trusts', async () => {
    const quota: Quota = { name: 't', limit: 9, windowMs: 1_000, scope: 'tenant' };
    const script = await scriptOf({ governor: { quotas: [quota] } });
    const r = fakeRequest('GET', '/x', { ...TOKEN, 'X-Tenant': 'forged' });
    expect(keysOf(script, r)).toEqual({ t: 'none' });
    const trusted = fakeRequest('GET', '/x', TOKEN);
    trusted.variables['holdline_tenant'] = 'acme';
    expect(keysOf(script, trusted)).toEqual({ t: digest('acme') });
  });

  test('a quota below one a minute counts by slots of time', async () => {
    const script = await scriptOf({ governor: { quotas: [{ name: 'rare', limit: 17, windowMs: 3_600_000 }] } });
    const key = keysOf(script, fakeRequest('GET', '/x', TOKEN))['rare'];
    expect(key).toMatch(/^[0-9a-f]{16}\.\d+$/);
  });
});

describe('upgrades', () => {
  const sockets = { paths: ['/channels/:id'], upgrades: { limit: 50, windowMs: 1_000 }, maxOpen: 3 };
  const upgrade = { Upgrade: 'websocket', Connection: 'Upgrade' };

  test('an upgrade of a socket path counts in its own zone, and without Authorization together with all others', async () => {
    const script = await scriptOf(CONFIG, { sockets });
    const r = fakeRequest('GET', '/channels/streaming-1-abc', upgrade);
    expect(script['socket']?.(r)).toBe('1');
    expect(script['missing']?.(r)).toBe('');
    expect(keysOf(script, r)).toEqual({ upgrades: 'none' });
    expect(script['conn']?.(r)).toBe('192.0.2.1');
    const signed = fakeRequest('GET', '/channels/streaming-1-abc', { ...upgrade, ...TOKEN });
    expect(keysOf(script, signed)).toEqual({ upgrades: digest('bearer token-1') });
    expect(script['conn']?.(signed)).toBe(digest('bearer token-1'));
  });

  test.each(['/api/v2/users', '/channels/x/../../api/v2/users', '/channels/..%2fapi', '/channels/%2e%2e'])(
    'the header Upgrade does not take %s out of the quotas',
    async (path) => {
      const script = await scriptOf(CONFIG, { sockets });
      const r = fakeRequest('GET', path, { ...upgrade, ...TOKEN });
      expect(script['socket']?.(r)).toBe('');
      expect(script['conn']?.(r)).toBe('');
      expect(keysOf(script, r)).toHaveProperty('line');
    },
  );

  test('a socket path without Upgrade is a plain request', async () => {
    const script = await scriptOf(CONFIG, { sockets });
    expect(keysOf(script, fakeRequest('GET', '/channels/1', TOKEN))).toEqual({ line: digest('bearer token-1') });
  });
});

describe('unusual spellings of a path stay in the quota', () => {
  const plain = '/api/v2/ivrs/12';
  test.each([
    '/api/v2/ivrs/12/',
    '/api/v2//ivrs/12',
    '//api/v2/ivrs/12',
    '/api/v2/ivrs/./12',
    '/api/v2/x/../ivrs/12',
    '/api/v2/x/%2e%2e/ivrs/12',
    '/api/v2/x/%2E%2e/ivrs/12',
    '/api/v2/%69vrs/12',
    '/api/v2/%2569vrs/12',
    '/api%2fv2%2fivrs%2f12',
    '/api/v2/ivrs%2F12',
    '/api/v2/ivrs;v=1/12',
    '/api/v2/ivrs/12;v=1',
    '/api\\v2\\ivrs\\12',
    '/api/v2/ivrs%5C12',
    '/API/v2/IVRS/12',
    '/prefix/api/v2/ivrs/12',
    '/prefix/api%2Fv2/ivrs/12',
    '/api/v2/ivrs/12?a=/../b',
    '/api/v2/ivrs/12#x',
  ])('%s', async (path) => {
    const script = await scriptOf(CONFIG);
    const expected = keysOf(script, fakeRequest('PUT', plain, TOKEN));
    expect(expected).toHaveProperty('ivr');
    expect(keysOf(script, fakeRequest('PUT', path, TOKEN))).toEqual(expected);
  });

  test.each([
    '/api/v2/contacts/%63-1/x',
    '/api/v2/contacts//c-1/x',
    '/api/v2/contacts/c-1;a=b/x',
    '/api/v2/contacts/c%2D1',
  ])('a value of a parameter has one key: %s', async (path) => {
    const script = await scriptOf(CONFIG);
    expect(keysOf(script, fakeRequest('GET', path, TOKEN))['contact']).toBe(digest('c-1'));
  });

  test('a path that is too long to read is refused, and its query does not count', async () => {
    const script = await scriptOf(CONFIG);
    const padding = '/x/..'.repeat(400);
    expect(script['long']?.(fakeRequest('PUT', `${padding}${plain}`, TOKEN))).toBe('');
    expect(keysOf(script, fakeRequest('PUT', `${padding}${plain}`, TOKEN))).toHaveProperty('ivr');
    expect(script['long']?.(fakeRequest('PUT', `${padding}${padding}${plain}`, TOKEN))).toBe('1');
    expect(script['long']?.(fakeRequest('PUT', `${plain}?${'x'.repeat(5_000)}`, TOKEN))).toBe('');
  });

  test('an id with an encoded slash stays one segment for the route of a line', async () => {
    const script = await scriptOf(CONFIG);
    expect(keysOf(script, fakeRequest('PUT', '/api/v2/ivrs/a%2Fb', TOKEN))).toHaveProperty('ivr');
  });

  test('patterns with text beyond ASCII or with escapes match as a client writes them', async () => {
    const quotas = [{ name: 'q', limit: 9, windowMs: 1_000 }];
    const script = await scriptOf({ endpoints: { 'GET /é/a%20b': { governor: { quotas } } } });
    for (const path of ['/%C3%A9/a%20b', '/%c3%a9/%61%20b'])
      expect(keysOf(script, fakeRequest('GET', path, TOKEN))).toHaveProperty('q');
  });
});

test('the preset of CXone: versions, case and both spellings of the prefix', async () => {
  const script = await scriptOf(
    cxone({
      endpoints: {
        'GET /agents/:id/skills': { governor: { quotas: [{ name: 'skills', limit: 9, windowMs: 1_000 }] } },
      },
    }),
  );
  const keys = [
    '/InContactAPI/services/v23.0/agents/4711/skills',
    '/incontactapi/services/V4.0/Agents/4711/Skills',
    '/gateway/incontactapi/services/v31.0/agents/4711/skills',
    '/incontactapi//services/v23.0/agents/4711/skills',
    '/incontactapi/services/v23.0/agents//4711/skills/',
  ].map((path) => keysOf(script, fakeRequest('GET', path, TOKEN))['skills']);
  expect(keys[0]).toBeTruthy();
  expect(new Set(keys).size).toBe(1);
});

const segment = fc.constantFrom('a', 'b', 'B', 'c1', 'v2');
const patternSegment = fc.oneof({ weight: 3, arbitrary: segment }, fc.constantFrom(':x', ':y', '*'));
const pattern = fc
  .tuple(fc.constantFrom('GET', 'POST', '*'), fc.array(patternSegment, { maxLength: 4 }), fc.boolean())
  .map(([method, parts, hasRest]) => `${method} /${[...parts, ...(hasRest ? ['**'] : [])].join('/')}`);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  path: fc
    .tuple(
      fc.array(
        fc.oneof({ weight: 3, arbitrary: segment }, fc.constantFrom('12', '5e884898da28047', 'x@y.z', 'a%20b')),
        { maxLength: 5 },
      ),
      fc.boolean(),
    )
    .map(([parts, hasSlash]) => `/${parts.join('/')}${hasSlash && parts.length > 0 ? '/' : ''}`),
});
const scope = fc.constantFrom('credential' as const, 'tenant' as const, 'route' as const, 'host' as const);
const policies = fc.oneof(
  { weight: 4, arbitrary: fc.record({ scope: fc.option(scope, { nil: undefined }), apart: fc.boolean() }) },
  fc.constant('off' as const),
  fc.constant('other' as const),
);
const paths = fc.record(
  {
    caseInsensitive: fc.boolean(),
    anchor: fc.constantFrom('/a', '/b/', 'c1'),
    stripPrefixes: fc.array(fc.constantFrom('/a', '/v2/:o', '/b/{p}/a'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

test('the script counts an ordinary request in the quotas of a line, under the name of its route', async () => {
  const model = fc.record({
    lineScope: scope,
    endpoints: fc.array(fc.tuple(pattern, policies), { maxLength: 6 }),
    paths,
    requests: fc.array(request, { minLength: 1, maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(model, async ({ lineScope, endpoints, paths: options, requests }) => {
      const config: HoldlineConfig = {
        governor: { quotas: [{ name: 'line', limit: 100, windowMs: 1_000, scope: lineScope }] },
        paths: options,
        endpoints: Object.fromEntries(
          endpoints.map(([key, given], i) => {
            if (given === 'off') return [key, { governor: false as const }];
            if (given === 'other') return [key, { priority: 'low' as const }];
            const { scope: by, apart } = given;
            const quota: Quota = { name: `q${i}`, limit: 50, windowMs: 1_000, ...(by && { scope: by }) };
            return [key, { governor: { apart, quotas: [quota] } }];
          }),
        ),
      };
      const line = createHoldline(config);
      const script = await scriptOf(config);
      const isNamed = lineScope === 'route';
      for (const { method, path } of requests) {
        const explained = line.explain({
          method,
          url: `https://api.example.com${path}`,
          headers: { authorization: 'Bearer t' },
        });
        const expected = explained.scopes.flatMap(({ quotas }) => quotas.map(({ name }) => name)).sort();
        const r = fakeRequest(method, path, { Authorization: 'Bearer t' });
        const keys = keysOf(script, r);
        // Unusual paths may count in more quotas.
        if (/[%A-Z]|\/\//.test(path)) expect(Object.keys(keys)).toEqual(expect.arrayContaining(expected));
        else expect(Object.keys(keys).sort()).toEqual(expected);
        if (isNamed) expect(script['route']?.(r)).toBe(explained.route);
      }
      await line.close();
    }),
    { numRuns: 300 },
  );
});

test('no spelling of a path takes a request out of a quota', async () => {
  const script = await scriptOf({
    ...CONFIG,
    endpoints: {
      ...CONFIG.endpoints,
      'GET /api/v2/reports/**': { governor: { quotas: [{ name: 'reports', limit: 9, windowMs: 1_000 }] } },
    },
  });
  const encode = (char: string, times: number): string => {
    let text = char;
    for (let i = 0; i < times; i++) text = text.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`);
    return text;
  };
  const spelling = (char: string): fc.Arbitrary<string> =>
    char === '/'
      ? fc.constantFrom('/', '//', '/./', '/x/../', '/%2e/', '/y/%2E%2E/', '%2f', '%2F', '%252f', '\\', '%5c', ';a=1/')
      : fc.oneof(
          { weight: 5, arbitrary: fc.constant(char) },
          fc.constantFrom(encode(char, 1), encode(char, 2), char.toUpperCase()),
        );
  const plain = fc.constantFrom(
    ['PUT', '/api/v2/ivrs/12', 'ivr'],
    ['GET', '/api/v2/reports/daily/sums', 'reports'],
    ['POST', '/api/v2/contacts/77/notes', 'contact'],
  );
  const spelled = plain.chain(([method, path, zone]) =>
    fc.tuple(
      fc.constant({ method: method as string, path: path as string, zone: zone as string }),
      fc.tuple(...(path as string).slice(1).split('').map(spelling)).map((parts) => `/${parts.join('')}`),
    ),
  );
  fc.assert(
    fc.property(spelled, ([{ method, zone }, target]) => {
      expect(keysOf(script, fakeRequest(method, target, TOKEN))).toHaveProperty(zone);
    }),
    { numRuns: 1_000 },
  );
});

describe('answers', () => {
  test('429 of Genesys Cloud', async () => {
    const script = await scriptOf(CONFIG, { refusals: 'genesys' });
    const r = fakeRequest('GET', '/api/v2/users', TOKEN);
    script['refuse']?.(r);
    const contextId = (r.variables['request_id'] as string).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    expect(r.answer).toEqual({
      status: 429,
      body: {
        message: 'Rate limit exceeded the maximum. Retry the request in [1] seconds',
        code: 'too.many.requests.retry.after',
        status: 429,
        contextId,
        details: [],
        errors: [],
      },
    });
    expect(r.headersOut).toEqual({
      'Content-Type': 'application/json',
      'Retry-After': '1',
      'ININ-Correlation-Id': contextId,
    });
  });

  test('CXone documents no body: an error with a description, also in the header that its clients read', async () => {
    const script = await scriptOf(CONFIG, { refusals: 'cxone' });
    const r = fakeRequest('GET', '/api/v2/users', { ...TOKEN, Origin: 'https://app.example.com' });
    script['refuse']?.(r);
    expect(r.answer?.body).toEqual({ error: 'too_many_requests', error_description: 'Rate limit exceeded' });
    expect(r.headersOut).toMatchObject({
      icStatusDescription: 'Rate limit exceeded',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
    });
  });

  test('Retry-After is the time until the next request of the slowest quota fits', async () => {
    const slow: Quota = { name: 'slow', limit: 6, windowMs: 60_000 };
    const script = await scriptOf({ governor: { quotas: [slow] } });
    const r = fakeRequest('GET', '/x', TOKEN);
    script['refuse']?.(r);
    // With 6 a minute, the 7th of a window would come too early. NGINX keeps 5 a minute, as 0.083 per second.
    expect(r.headersOut['Retry-After']).toBe('13');
  });

  test('a socket above the number of open sockets may try again later', async () => {
    const script = await scriptOf(CONFIG, { sockets: { paths: ['/s'], maxOpen: 1 } });
    const r = fakeRequest('GET', '/s', { Upgrade: 'websocket' });
    r.variables['limit_conn_status'] = 'REJECTED';
    script['refuse']?.(r);
    expect(r.headersOut['Retry-After']).toBe('10');
  });

  test('401', async () => {
    const script = await scriptOf(CONFIG, { refusals: 'genesys' });
    const r = fakeRequest('GET', '/api/v2/users');
    script['unauthorized']?.(r);
    expect(r.answer).toMatchObject({ status: 401, body: { code: 'authentication.required' } });
    expect(r.headersOut['WWW-Authenticate']).toBe('Bearer');
  });
});

test('a dry run refuses nothing', async () => {
  const script = await scriptOf({ governor: { quotas: [{ limit: 1, windowMs: 86_400_000 }] } }, { dryRun: true });
  const r = fakeRequest('GET', '/x');
  expect([script['missing']?.(r), script['closed']?.(r)]).toEqual(['', '']);
});
