import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointPolicies, HoldlineConfig, Quota } from '@holdline/core';
import type { NginxOptions } from '@holdline/gateway';
import { bringNginx, refusalOfNginx } from '@holdline/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatewayFiles } from './gateway-nginx-support.js';
import { seeded } from './support.js';

const CONFIGS = 150;
const HOSTILE = [
  '"',
  "'",
  '`',
  '\n',
  '\r\n',
  '$',
  '${x}',
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
  '//',
  '<',
  '%',
  ' ',
  '\t',
  'x'.repeat(5_000),
];

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'holdline-nginx-fuzz-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Random configurations from a seed. A failing test names the seed. */
class Fuzz {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  maybe<T>(make: () => T): T | undefined {
    return this.below(2) === 0 ? make() : undefined;
  }

  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  text(): string {
    return this.many(4, () => this.one([...HOSTILE, 'a', 'quota', 'Name'])).join('') || 'q';
  }

  segment(): string {
    const text = this.text()
      .replace(/[\s?#{}*/]/g, '')
      .replace(/^:+/, '')
      .slice(0, 400);
    return text === '' ? 'a' : text;
  }

  quota(parameters: readonly string[]): Quota {
    const limit = this.one([1, 2, 17, 300, 6_000, 1_000_000, 1e15]);
    const windowMs = this.one([1, 999, 1_000, 60_000, 3_600_000, 86_400_000, 1e12]);
    const name = this.maybe(() => this.text());
    const key = parameters.length > 0 ? this.maybe(() => this.one(parameters)) : undefined;
    const scope =
      key === undefined ? this.maybe(() => this.one(['credential', 'tenant', 'route', 'host'] as const)) : undefined;
    const shaped = this.one<Partial<Quota>>([
      {},
      { shape: 'smooth', burst: 3, ratePerSec: 0.001 },
      { shape: 'smooth' },
      { enforcement: 'bucket', burst: 250 },
      { enforcement: 'bucket', burst: 1.5 },
    ]);
    return { limit, windowMs, ...(name && { name }), ...(key && { key }), ...(scope && { scope }), ...shaped };
  }

  endpoint(): [string, EndpointPolicies] {
    const parameters: string[] = [];
    const segments = this.many(4, () => {
      if (this.below(3) > 0) return this.segment();
      const name = `p${parameters.length}${this.one(['', '-x', '$', ';', '"'])}`;
      parameters.push(name);
      return `:${name}`;
    });
    const rest = this.below(3) === 0 ? '/**' : '';
    const pattern = `${this.one(['GET', 'POST', '*'])} /${segments.join('/')}${rest}`.replace('//**', '/**');
    const governor = this.one<EndpointPolicies['governor']>([
      false,
      { apart: true },
      { quotas: this.many(2, () => this.quota(parameters)) },
    ]);
    return [pattern, this.below(4) === 0 ? { readOnly: true } : { governor: governor ?? {} }];
  }

  config(): HoldlineConfig {
    return {
      governor: {
        quotas: this.many(4, () => this.quota([])),
        ...this.one([{}, { headroom: { capacity: 0.5, refill: 0.7 } }, { enforcement: 'bucket' as const }]),
      },
      endpoints: Object.fromEntries(this.many(8, () => this.endpoint())),
      paths: {
        caseInsensitive: this.below(2) === 0,
        ...this.maybe(() => ({ anchor: this.text() })),
        stripPrefixes: this.many(2, () => `/${this.segment()}/:v`),
      },
    };
  }

  options(): Omit<NginxOptions, 'platform'> {
    return {
      refusals: this.one(['genesys', 'cxone', 'plain']),
      withoutCredential: this.one(['refuse', 'share']),
      burstShare: this.one([0.001, 0.1, 1]),
      maxWaitMs: this.one([0, 500, 10_000]),
      jitterMs: this.one([0, 100, 10_000]),
      zoneMegabytes: 1,
      dryRun: this.below(2) === 0,
      ...(this.below(2) === 0 && {
        tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'] },
      }),
      ...(this.below(2) === 0 && {
        addresses: { limit: this.one([1, 100, 1_000_000_000]), windowMs: this.one([1, 60_000, 31_536_000_000]) },
      }),
      ...(this.below(2) === 0 && {
        sockets: {
          paths: [`/${this.segment()}/:id`],
          ...(this.below(2) === 0 && { upgrades: { limit: 5, windowMs: 1_000 } }),
          ...(this.below(2) === 0 && { maxOpen: 3 }),
          ...(this.below(2) === 0 && { origin: 'http://127.0.0.1:9001' }),
        },
      }),
      ...(this.below(4) === 0 && { resolver: ['127.0.0.1:53', '[::1]'] }),
      ...(this.below(4) === 0 && { accessLog: false as const }),
    };
  }
}

test(`NGINX accepts the files of ${CONFIGS} random configurations with hostile names`, () => {
  const { modules } = bringNginx();
  const seed = Number(process.env['HOLDLINE_SEED'] ?? Date.now() % 1e9);
  let zones = 0;
  for (let i = 0; i < CONFIGS; i++) {
    const fuzz = new Fuzz(seed + i);
    const [config, options] = [fuzz.config(), fuzz.options()];
    const platform = fuzz.one(['https://127.0.0.1', 'http://127.0.0.1:9000', 'https://[::1]:8443']);
    const files = gatewayFiles(config, { platform, ...options }, { directory, port: 8080, modules });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    zones += files['holdline.conf']?.match(/^limit_req_zone/gm)?.length ?? 0;
    expect(refusalOfNginx(directory), `seed ${seed + i}: ${JSON.stringify([config, options])}`).toBeUndefined();
  }
  // The configurations are no empty ones.
  expect(zones).toBeGreaterThan(CONFIGS * 2);
});
