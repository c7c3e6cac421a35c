import { ConfigError, type HoldlineConfig } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import { genesysCloud } from '@holdline/genesys';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nginxConfig } from './nginx-config.js';
import type { NginxOptions } from './options.js';
import { keysOf, fakeRequest, loadScript } from './script.fixture.js';

const PLATFORM = 'https://api.mypurecloud.com';

const RICH: HoldlineConfig = {
  governor: {
    quotas: [
      { name: 'per token', limit: 300, windowMs: 60_000 },
      { name: 'per tenant', limit: 1_000, windowMs: 60_000, scope: 'tenant' },
      { name: 'learned', limit: 'discover', windowMs: 60_000 },
    ],
    headroom: { capacity: 0.8, refill: 0.9 },
    ratePerSec: 20,
  },
  paths: { anchor: '/api/v2/', caseInsensitive: true },
  endpoints: {
    '* /api/v2/contacts/:contactId/**': {
      governor: { quotas: [{ limit: 17, windowMs: 60_000, key: 'contactId', enforcement: 'bucket', burst: 250 }] },
    },
    'POST /api/v2/exports': { governor: { quotas: [{ name: 'exports', limit: 17, windowMs: 3_600_000 }] }, weight: 2 },
    'GET /api/v2/polls/:id': { governor: { apart: true } },
    'GET /api/v2/status': { governor: false },
  },
};

const GOLDEN: [string, HoldlineConfig, Partial<NginxOptions>][] = [
  ['genesys', genesysCloud(), { refusals: 'genesys' }],
  [
    'cxone',
    cxone(),
    {
      platform: 'https://api-na1.niceincontact.com',
      refusals: 'cxone',
      tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8'] },
    },
  ],
  [
    'rich',
    RICH,
    {
      refusals: 'genesys',
      form: 'whole',
      withoutCredential: 'share',
      tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', 'fd00::/8'] },
      addresses: { limit: 6_000, windowMs: 60_000 },
      sockets: {
        paths: ['/channels/:channelId'],
        origin: 'https://streaming.mypurecloud.com',
        upgrades: { limit: 50, windowMs: 1_000 },
        maxOpen: 20,
      },
      burstShare: 0.05,
      maxWaitMs: 0,
      resolver: ['10.0.0.2', '[fd00::2]:53'],
      listen: '443',
      certificate: { certificate: '/etc/tls/gateway.crt', key: '/etc/tls/gateway.key' },
      stateDirectory: '/run/holdline',
      dryRun: true,
    },
  ],
];

test.each(GOLDEN)('the files of %s', async (name, config, options) => {
  const files = nginxConfig(config, { platform: PLATFORM, ...options });
  // With the extension .txt, no tool formats or checks the script.
  for (const [file, text] of Object.entries(files))
    await expect(text).toMatchFileSnapshot(`golden/${name}/${file}.txt`);
});

test('a snippet is three files, a whole configuration four', () => {
  const names = (form: 'snippet' | 'whole'): string[] =>
    Object.keys(nginxConfig({}, { platform: PLATFORM, form })).sort();
  expect(names('snippet')).toEqual(['holdline-server.conf', 'holdline.conf', 'holdline.js']);
  expect(names('whole')).toEqual(['holdline-server.conf', 'holdline.conf', 'holdline.js', 'nginx.conf']);
});

test('the same configuration gives the same files', () => {
  const make = (): unknown => nginxConfig(RICH, { platform: PLATFORM });
  expect(make()).toEqual(make());
});

describe('options', () => {
  test.each<[object, RegExp]>([
    [{ directory: 'relative' }, /^options\.directory must be an absolute path/],
    [{ directory: '/etc/$x' }, /^options\.directory must be an absolute path/],
    [{ directory: '/etc/a;b' }, /^options\.directory must be an absolute path/],
    [{ accessLog: '/var/log/x y' }, /^options\.accessLog must be an absolute path/],
    [{ resolver: ['dns.example'] }, /^options\.resolver\[0\] must be the address of a DNS server/],
    [{ burstShare: 0 }, /^options\.burstShare must be a number above 0 and at most 1, got 0$/],
    [{ burstShare: 1.1 }, /^options\.burstShare must be/],
    [{ maxWaitMs: -1 }, /^options\.maxWaitMs must be a number of at least 0/],
    [{ listen: '8080' }, /^options\.listen needs options\.form 'whole', got 'snippet'$/],
    [{ form: 'whole', listen: '0.0.0.0:80; x' }, /^options\.listen must be a port/],
    [{ form: 'whole', certificate: { certificate: '/a' } }, /^options\.certificate needs certificate and key$/],
    [{ form: 'part' }, /^options\.form must be 'snippet' or 'whole', got "part"$/],
    [{ unknown: 1 }, /^options\.unknown is not known; allowed here: platform/],
  ])('%j is a ConfigError', (options, message) => {
    const make = (): unknown => nginxConfig({}, { platform: PLATFORM, ...options });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});

const HOSTILE = [
  '"',
  "'",
  '`',
  '\n',
  '\r',
  '$',
  ';',
  '{',
  '}',
  '\\',
  '#',
  '\u0000',
  '\u2028',
  '\ud800',
  'é',
  '😀',
  '*/',
  '${x}',
  '</script>',
  ' ',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 3, unit: 'binary' })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');

/** Directives of a file without comments. */
const directives = (text: string): string => text.replace(/^\s*#.*\n/gm, '');

test('text of the user stays in comments and strings', async () => {
  const quota = { limit: 9, windowMs: 1_000 };
  const inPath = hostile
    .map((text) => text.replace(/[\s?#{}*/]/g, '').replace(/^:+/, ''))
    .filter((text) => text !== '');
  const expected = nginxConfig(
    {
      governor: { quotas: [{ ...quota, name: 'x' }] },
      endpoints: { 'GET /a': { governor: { quotas: [{ ...quota, name: 'y' }] } } },
    },
    { platform: PLATFORM },
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, inPath, inPath, async (line, own, path, anchor) => {
      const files = nginxConfig(
        {
          governor: { quotas: [{ ...quota, name: line }] },
          endpoints: { [`GET /${path}`]: { governor: { quotas: [{ ...quota, name: own }] } } },
          paths: { anchor, stripPrefixes: [`/p/${anchor}`] },
        },
        { platform: PLATFORM },
      );
      const texts = Object.values(files);
      expect(texts.every((text) => /^[\x20-\x7e\n]*$/.test(text))).toBe(true);
      expect(texts.every((text) => text.split('\n').every((each) => each.length < 4_000))).toBe(true);
      // Only the ids differ from a file without hostile text, and those are letters, digits and `_`.
      const ids = /holdline_zone_[a-z0-9_]+/g;
      for (const name of ['holdline.conf', 'holdline-server.conf']) {
        const stripped = (text: string): string =>
          directives(text)
            .replace(ids, 'ID')
            .replace(/holdline\.zone_\w+/g, 'ID');
        expect(stripped(files[name] as string)).toBe(stripped(expected[name] as string));
      }
      const script = await loadScript(files['holdline.js'] as string);
      expect(keysOf(script, fakeRequest('GET', '/elsewhere', { Authorization: 'x' }))).not.toEqual({});
    }),
    { numRuns: 200 },
  );
});
