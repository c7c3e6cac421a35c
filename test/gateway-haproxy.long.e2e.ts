import { ConfigError, createHoldline, type HoldlineConfig, type Quota } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import { haproxyConfig, type HaproxyOptions } from '@holdline/gateway';
import { guardFetch } from '@holdline/fetch';
import { genesysCloud } from '@holdline/genesys';
import { seededRandom } from '@holdline/core/testing';
import { refusalOfHaproxy, startHaproxy } from '@holdline/test-servers';
import { startSimulator } from '@holdline/simulator';
import { expect, onTestFinished, test } from 'vitest';

/** Configurations that the real HAProxy checks. */
const RUNS = Number(process.env['HAPROXY_FUZZ_RUNS'] ?? 100);
const SEED = Number(process.env['HAPROXY_FUZZ_SEED'] ?? 20);

/** Pieces of text that end a word, a quotation, a line or an expression of HAProxy. */
const PIECES = [
  'a',
  'users',
  'É',
  '\u{1F600}',
  '\uD800',
  '"',
  "'",
  '\\',
  '\n',
  '\r',
  '\t',
  '\0',
  '$',
  '${HOME}',
  '%',
  '%[env(HOME)]',
  '%2f',
  '%41',
  ';',
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
  '<',
  '>',
  '&',
  '@',
  '~',
  '^',
  '!',
  '=',
  '\u2028',
  '\u202E',
  '\nglobal\n daemon\n',
  '\\1',
];

function generator(seed: number) {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random.next() * n);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const times = <T>(most: number, make: (i: number) => T): T[] =>
    Array.from({ length: below(most + 1) }, (_, i) => make(i));
  const text = (): string => [pick(PIECES), ...times(5, () => pick(PIECES))].join('');
  const segment = (): string =>
    pick([text().replace(/[/ ?#{}*]/g, '') || 'x', ':id', ':contactId', '*', 'users', '', 'a%2Fb']);
  const path = (): string => `/${[segment(), ...times(4, segment), ...(below(3) === 0 ? ['**'] : [])].join('/')}`;
  const quota = (): Quota => ({
    limit: 1 + below(pick([3, 1_000, 1_000_000])),
    windowMs: pick([1, 999, 1_000, 60_000, 3_600_000, 31_536_000_000]),
    ...(below(2) === 0 && { name: text() }),
    scope: pick(['credential', 'tenant', 'route', 'host'] as const),
    ...(below(3) === 0 && { enforcement: 'bucket', burst: 1 + below(500) }),
  });
  const config = (): HoldlineConfig => ({
    governor: { quotas: times(3, quota) },
    endpoints: Object.fromEntries(
      times(pick([2, 8, 120]), () => {
        const pattern = `${pick(['GET', 'POST', '*', 'PURGE'])} ${path()}`;
        const parameter = /:(\w+)/.exec(pattern)?.[1];
        const quotas = times(3, () => {
          const { scope = 'credential', ...rest } = quota();
          return parameter !== undefined && below(3) === 0 ? { ...rest, key: parameter } : { ...rest, scope };
        });
        return [pattern, { governor: { quotas } }];
      }),
    ),
    paths: {
      caseInsensitive: below(2) === 0,
      ...(below(2) === 0 && { anchor: `/${text()}` }),
      stripPrefixes: times(2, path),
    },
  });
  const options = (): HaproxyOptions => ({
    platform: pick(['https://api.example.invalid', 'http://127.0.0.1:8080', 'https://[::1]:8443']),
    refusals: pick(['genesys', 'cxone', 'plain'] as const),
    withoutCredential: pick(['refuse', 'share'] as const),
    form: pick(['snippet', 'whole'] as const),
    dryRun: below(3) === 0,
    burstShare: pick([0.001, 0.1, 1]),
    ...(below(2) === 0 && { tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'] } }),
    ...(below(4) === 0 && { addresses: { limit: 100, windowMs: 1_000 } }),
    ...(below(3) === 0 && {
      sockets: { paths: [path(), path()], upgrades: { limit: 5, windowMs: 1_000 }, maxOpen: 3 },
    }),
    ...(below(4) === 0 && { accessLog: pick(['127.0.0.1:514', '/dev/log', false] as const) }),
  });
  return { config, options };
}

test(`HAProxy accepts the file of ${RUNS} hostile configurations`, () => {
  const make = generator(SEED);
  let checked = 0;
  let refused = 0;
  while (checked < RUNS) {
    const config = make.config();
    const options = make.options();
    let text: string;
    try {
      text = Object.values(haproxyConfig(config, options))[0] ?? '';
    } catch (error) {
      // A wrong configuration, or one that HAProxy cannot count.
      expect(error).toBeInstanceOf(ConfigError);
      refused++;
      expect(refused).toBeLessThan(20 * RUNS);
      continue;
    }
    const refusal = refusalOfHaproxy(text);
    expect(refusal && `${refusal}\n${JSON.stringify({ config, options })}`).toBeUndefined();
    checked++;
  }
});

test('HAProxy accepts the files of the presets, also with a thousand routes', () => {
  const platform = 'https://api.example.invalid';
  const many = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, i) => [
      `GET /api/v2/things${i}/:id`,
      { governor: { quotas: [{ name: `quota ${i % 120}`, limit: 10 + (i % 120), windowMs: 60_000 }] } },
    ]),
  );
  for (const config of [genesysCloud(), cxone(), genesysCloud({ endpoints: many }), {}])
    expect(refusalOfHaproxy(haproxyConfig(config, { platform, form: 'whole' })['haproxy.cfg'] ?? '')).toBeUndefined();
});

test('a file that HAProxy does not accept is noticed', () => {
  const text = haproxyConfig({}, { platform: 'http://127.0.0.1:8080' })['holdline.cfg'] ?? '';
  expect(refusalOfHaproxy(text)).toBeUndefined();
  expect(refusalOfHaproxy(text.replace('mode http', 'mode htttp'))).toMatch(/htttp/);
});

test('behind the gateway, every call of a line succeeds, and the platform refuses nothing', async () => {
  const quota = { limit: 120, windowMs: 6_000 };
  const simulator = await startSimulator({
    platform: 'genesys',
    limits: [{ name: 'token', per: 'token', ...quota, enforcement: 'sliding' }],
  });
  onTestFinished(() => simulator.stop());
  const gateway = await startHaproxy(
    ({ port }) =>
      haproxyConfig(
        { governor: { quotas: [quota] } },
        { platform: simulator.url, form: 'whole', listen: `127.0.0.1:${port}` },
      )['haproxy.cfg'] ?? '',
  );
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const basic = { authorization: `Basic ${btoa('id:secret')}` };
  const granted = await fetch(`${simulator.url}/oauth/token`, { method: 'POST', headers: basic, body });
  const { access_token } = (await granted.json()) as { access_token: string };
  simulator.resetStats();

  // HAProxy refuses what is above the rate, so that the line sends evenly, a little slower than the gateway.
  const even = { ...quota, shape: 'smooth' as const, burst: 6, ratePerSec: 16 };
  const line = createHoldline({ governor: { quotas: [even] }, retry: 'batch' });
  onTestFinished(() => line.close());
  const call = guardFetch(fetch, { line, origins: [gateway.url] });
  const headers = { authorization: `Bearer ${access_token}` };
  const send = async (): Promise<number> => {
    const answer = await call(`${gateway.url}/api/v2/users/me`, { headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  const statuses = await Promise.all(Array.from({ length: 1.5 * quota.limit }, send));
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(simulator.stats().refused).toBe(0);
  const arrivals = simulator.wire().map(({ at }) => at);
  for (const [i, at] of arrivals.entries())
    expect(arrivals.slice(i).filter((later) => later < at + quota.windowMs).length).toBeLessThanOrEqual(quota.limit);
});
