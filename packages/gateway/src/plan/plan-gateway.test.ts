import { ConfigError, type HoldlineConfig } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import { genesysCloud } from '@holdline/genesys';
import { describe, expect, test } from 'vitest';
import type { GatewayOptions } from './options.js';
import { planGateway } from './plan-gateway.js';
import type { GatewayPlan, Zone } from './types.js';

const PLATFORM = 'https://api.mypurecloud.com';
const plan = (config: HoldlineConfig, options: Partial<GatewayOptions> = {}): GatewayPlan =>
  planGateway(config, { platform: PLATFORM, ...options });

const zonesOf = (config: HoldlineConfig): Partial<Zone>[] =>
  plan(config).zones.map(({ key, counts, limit, windowMs, burst, ratePerSec }) => ({
    key,
    counts,
    limit,
    windowMs,
    burst,
    ratePerSec,
  }));

describe('zones', () => {
  test('a quota of the line counts by credential', () => {
    expect(plan({ governor: { quotas: [{ name: 'Token rate/min', limit: 300, windowMs: 60_000 }] } })).toMatchObject({
      zones: [
        {
          id: 'token_rate_min',
          label: 'Token rate/min',
          key: { by: 'credential' },
          counts: 'window',
          limit: 300,
          windowMs: 60_000,
          burst: 300,
          ratePerSec: 5,
        },
      ],
      common: ['token_rate_min'],
      routes: [],
      notes: [],
    });
  });

  test('scopes, parameters and the counting of the platform', () => {
    const config: HoldlineConfig = {
      governor: {
        quotas: [
          { limit: 10, windowMs: 1_000, scope: 'tenant' },
          { limit: 20, windowMs: 1_000, scope: 'host' },
          { limit: 30, windowMs: 1_000, scope: 'route' },
          { limit: 40, windowMs: 1_000, shape: 'smooth', burst: 4, ratePerSec: 20 },
          { limit: 50, windowMs: 1_000, enforcement: 'bucket', burst: 500 },
        ],
      },
      endpoints: { '* /a/:b/c': { governor: { quotas: [{ limit: 60, windowMs: 1_000, key: 'b' }] } } },
    };
    const numbers = (limit: number): object => ({
      counts: 'window',
      limit,
      windowMs: 1_000,
      burst: limit,
      ratePerSec: limit,
    });
    expect(zonesOf(config)).toEqual([
      { key: { by: 'tenant' }, ...numbers(10) },
      { key: { by: 'all' }, ...numbers(20) },
      { key: { by: 'route' }, ...numbers(30) },
      { key: { by: 'credential' }, ...numbers(40), burst: 4, ratePerSec: 20 },
      { key: { by: 'credential' }, ...numbers(50), counts: 'bucket', burst: 500 },
      { key: { by: 'parameter', name: 'b', segment: 1 }, ...numbers(60) },
    ]);
  });

  test('headroom leaves a part of the quota unused', () => {
    const quotas = [{ limit: 100, windowMs: 10_000 }];
    expect(zonesOf({ governor: { quotas, headroom: { capacity: 0.8, refill: 0.9 } } })).toMatchObject([
      { limit: 100, burst: 80, ratePerSec: 9 },
    ]);
  });

  test('a platform that counts with buckets, said for all quotas', () => {
    const quotas = [{ limit: 100, windowMs: 10_000 }];
    expect(zonesOf({ governor: { quotas, enforcement: 'bucket' } })).toMatchObject([{ counts: 'bucket', burst: 100 }]);
  });

  test('quotas of endpoints with one name and scope are one zone', () => {
    const quota = { name: 'updates', limit: 100, windowMs: 1_000, scope: 'tenant' } as const;
    const { zones, routes, notes } = plan({
      endpoints: {
        'POST /a': { governor: { quotas: [quota] } },
        'PUT /a/:id': { governor: { quotas: [{ ...quota }] } },
        'DELETE /a/:id': { governor: { quotas: [{ ...quota, limit: 50 }] } },
      },
    });
    expect(zones.map(({ id, limit }) => [id, limit])).toEqual([
      ['updates', 50],
      ['updates_2', 100],
    ]);
    // Different numbers under one name: all hold for all, and a note says so.
    expect(routes.map(({ zones: ids }) => [...ids].sort())).toEqual(Array(3).fill(['updates', 'updates_2']));
    expect(notes.filter((note) => note.includes('has other numbers'))).toHaveLength(1);
  });

  test('ids are short, safe, unique and stable', () => {
    const named = (names: string[]): string[] =>
      plan({ governor: { quotas: names.map((name) => ({ name, limit: 9, windowMs: 1_000 })) } }).zones.map(
        ({ id }) => id,
      );
    const long = 'the quota of all reports of an organisation, part ';
    const names = ['a;b', 'A b', '$x{', 'ü', '\u0000', `${long}1`, `${long}2`];
    const ids = named(names);
    expect(ids.every((id) => /^[a-z0-9_]{1,32}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(names.length);
    expect(named([`${long}2`])[0]).toBe(ids[6]);
  });
});

describe('routes', () => {
  const quotas = [{ limit: 9, windowMs: 1_000 }];

  test('the most specific first; apart and false are routes too', () => {
    const { routes, common } = plan({
      governor: { quotas },
      endpoints: {
        '* /a/**': { governor: { quotas } },
        'GET /a/:x': { governor: { apart: true } },
        '* /a/b': { governor: false },
        'GET /a/{y}': { governor: { quotas } },
        'GET /a/b': { readOnly: true },
        'GET /a/*/c': { governor: {} },
      },
    });
    expect(routes.map(({ pattern }) => pattern)).toEqual(['* /a/b', 'GET /a/*/c', 'GET /a/:y', 'GET /a/:x', '* /a/**']);
    expect(routes.map(({ zones }) => zones.length)).toEqual([0, 1, 2, 0, 2]);
    expect(common).toHaveLength(1);
  });

  test('the patterns that name a route are those that may match with a route that counts by route', () => {
    const { names } = plan({
      endpoints: {
        'GET /a/:x': { governor: { quotas } },
        'GET /a/b': { readOnly: true },
        'POST /a/b': { readOnly: true },
        'GET /c': { readOnly: true },
      },
    });
    expect(names.map(({ pattern }) => pattern)).toEqual(['GET /a/b', 'GET /a/:x']);
  });

  test('a governor that is off counts nothing', () => {
    const { zones, common, notes } = plan({ governor: false, endpoints: { 'GET /a': { governor: { quotas } } } });
    expect([zones, common]).toEqual([[], []]);
    expect(notes).toEqual(['The governor is off, so that the gateway counts nothing.']);
  });
});

describe('notes', () => {
  test.each<[string, HoldlineConfig, RegExp]>([
    ['a learned quota', { governor: { quotas: [{ limit: 'discover', windowMs: 1 }] } }, /learned from refusals/],
    ['a scope that is a function', { governor: { quotas: [{ limit: 1, windowMs: 1, scope: () => 'x' }] } }, /function/],
    ['a pace', { governor: { ratePerSec: 5 } }, /governor\.ratePerSec/],
    ['shares', { governor: { shares: { a: 2 } } }, /governor\.shares/],
    ['an engine', { governor: { engine: { name: 'b', acquire: () => Promise.resolve(() => undefined) } } }, /engine/],
    ['a bulkhead', { endpoints: { 'GET /a': { bulkhead: { maxConcurrent: 2 } } } }, /Bulkheads/],
    ['a weight', { endpoints: { 'GET /a': { weight: 3 } } }, /'GET \/a' costs 3 permits/],
    [
      'tenants without a header',
      { governor: { quotas: [{ limit: 1, windowMs: 1, scope: 'tenant' }] } },
      /No tenant header is configured/,
    ],
  ])('%s', (_, config, note) => {
    expect(plan(config).notes).toEqual([expect.stringMatching(note)]);
  });

  test('the presets', () => {
    expect(plan(genesysCloud()).notes).toEqual([]);
    expect(plan(cxone()).notes).toEqual([
      expect.stringMatching(/^The limit of the quota governor\.quotas\[0\] is learned/),
      expect.stringMatching(/^No tenant header/),
    ]);
  });
});

test('the presets in zones and routes', () => {
  const { zones, routes, paths } = plan(cxone());
  expect(zones.map(({ label, key }) => [label, key.by]).sort()).toEqual([
    ['get-contact', 'tenant'],
    ['send-outbound', 'tenant'],
    ['store-inbound', 'tenant'],
    ['update-contact', 'tenant'],
    ['update-specific-contact', 'parameter'],
  ]);
  expect(routes).toHaveLength(15);
  expect(paths).toEqual({
    caseInsensitive: true,
    anchor: '/incontactapi/',
    stripPrefixes: [
      ['incontactapi', 'services', ':version'],
      ['incontactapi', '', 'services', ':version'],
    ],
  });
});

describe('options', () => {
  test('defaults', () => {
    expect(plan({})).toMatchObject({
      upstream: { tls: true, host: 'api.mypurecloud.com', port: 443 },
      refusals: 'plain',
      withoutCredential: 'refuse',
      dryRun: false,
    });
  });

  test('sockets, addresses and a tenant header', () => {
    const { sockets, addresses, tenant } = plan(
      {},
      {
        platform: 'http://[::1]:8080/',
        sockets: {
          paths: ['/channels/{id}'],
          origin: 'https://streaming.mypurecloud.com:8443',
          upgrades: { limit: 50, windowMs: 1_000 },
          maxOpen: 20,
        },
        addresses: { limit: 100, windowMs: 1_000 },
        tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', '::1/128', '192.0.2.7'] },
      },
    );
    expect(sockets).toMatchObject({
      upstream: { tls: true, host: 'streaming.mypurecloud.com', port: 8443 },
      routes: [{ method: 'GET', segments: ['channels', ':id'] }],
      zone: { id: 'upgrades', key: { by: 'credential' }, limit: 50 },
      maxOpen: 20,
    });
    expect(addresses).toMatchObject({ id: 'addresses', key: { by: 'address' }, limit: 100 });
    expect(tenant?.trustedFrom).toHaveLength(3);
  });

  test.each<[object, RegExp]>([
    [{ platform: undefined }, /^options\.platform is missing$/],
    [
      { platform: 'api.mypurecloud.com' },
      /^options\.platform must be an origin such as .*, got "api\.mypurecloud\.com"$/,
    ],
    [{ platform: 'ftp://a.b' }, /^options\.platform must be an origin/],
    [{ platform: 'https://a.b/path' }, /^options\.platform must be an origin/],
    [{ platform: 'https://a;b{c}$d' }, /^options\.platform must be an origin/],
    [{ platform: 'https://user:hunter2@a.b' }, /^options\.platform must be an origin .* got a URL with a user$/],
    [{ refusals: 'vendor' }, /^options\.refusals must be 'genesys' or 'cxone' or 'plain', got "vendor"$/],
    [{ tenant: { header: 'X Tenant', trustedFrom: ['10.0.0.0/8'] } }, /^options\.tenant\.header must be/],
    [
      { tenant: { header: 'Authorization', trustedFrom: ['10.0.0.0/8'] } },
      /^options\.tenant\.header must be a header of your own/,
    ],
    [{ tenant: { header: 'X-T', trustedFrom: [] } }, /^options\.tenant\.trustedFrom must be at least one network/],
    [{ tenant: { header: 'X-T' } }, /^options\.tenant\.trustedFrom is missing$/],
    [
      { tenant: { header: 'X-T', trustedFrom: ['10.0.0.0/33'] } },
      /^options\.tenant\.trustedFrom\[0\] must be a network/,
    ],
    [
      { tenant: { header: 'X-T', trustedFrom: ['300.0.0.0/8'] } },
      /^options\.tenant\.trustedFrom\[0\] must be a network/,
    ],
    [
      { tenant: { header: 'X-T', trustedFrom: ['1.2.3.4; x'] } },
      /^options\.tenant\.trustedFrom\[0\] must be a network/,
    ],
    [{ addresses: { limit: 0, windowMs: 1 } }, /^options\.addresses\.limit must be an integer of at least 1/],
    [{ addresses: { limit: 1 } }, /^options\.addresses\.windowMs is missing$/],
    [{ sockets: { paths: [] } }, /^options\.sockets\.paths must be at least one path/],
    [{ sockets: { paths: ['channels'] } }, /^options\.sockets\.paths\[0\] must be a path such as/],
    [{ unknown: 1 }, /^options\.unknown is not known; allowed here: platform/],
  ])('%j is a ConfigError', (options, message) => {
    const make = (): unknown => plan({}, options);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  test('a wrong configuration is a ConfigError', () => {
    expect(() => plan({ governor: { quotas: [{ limit: 0, windowMs: 1 }] } })).toThrow(
      /^governor\.quotas\[0\]\.limit must be an integer of at least 1/,
    );
  });
});
