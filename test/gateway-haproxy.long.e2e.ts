import { ConfigError, createHoldline } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import { haproxyConfig, type HaproxyOptions } from '@holdline/gateway';
import { guardFetch } from '@holdline/fetch';
import { genesysCloud } from '@holdline/genesys';
import { refusalOfHaproxy, startHaproxy } from '@holdline/test-servers';
import { startSimulator } from '@holdline/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { HostileConfigs } from './gateway-hostile.js';

/** Configurations that the real HAProxy checks. */
const RUNS = Number(process.env['HAPROXY_FUZZ_RUNS'] ?? 100);
const SEED = Number(process.env['HAPROXY_FUZZ_SEED'] ?? 20);

/** Options of HAProxy besides those of all gateways. */
const optionsOf = (make: HostileConfigs): HaproxyOptions => ({
  ...make.options(),
  platform: make.one(['https://api.example.invalid', 'http://127.0.0.1:8080', 'https://[::1]:8443']),
  form: make.one(['snippet', 'whole']),
  burstShare: make.one([0.001, 0.1, 1]),
  ...(make.below(4) === 0 && { accessLog: make.one(['127.0.0.1:514', '/dev/log', false] as const) }),
});

test(`HAProxy accepts the file of ${RUNS} hostile configurations`, () => {
  const make = new HostileConfigs(SEED);
  let checked = 0;
  let refused = 0;
  while (checked < RUNS) {
    const config = make.config();
    const options = optionsOf(make);
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
