import type { EndpointPolicies, HoldlineConfig, Quota } from '@holdline/core';
import type { GatewayOptions } from '@holdline/gateway';
import { seeded } from './support.js';

/** Pieces of text that end a word, a quotation, a comment, a line or an expression in the file of some gateway. */
const PIECES = [
  'a',
  'quota',
  'Name',
  'É',
  '\u{1F600}',
  '\ud800',
  '"',
  "'",
  '`',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '$',
  '${HOME}',
  '%',
  '%[env(HOME)]',
  '%2f',
  '%41',
  ';',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '\\',
  '\\1',
  '#',
  '*/',
  '//',
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
  ' ',
  '\u2028',
  '\u202E',
  '\nglobal\n daemon\n',
  'x'.repeat(5_000),
];

/** Random configurations from a seed, of which every text is hostile. A failing test names the seed. */
export class HostileConfigs {
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
    return this.many(5, () => this.one(PIECES)).join('') || 'q';
  }

  /** A segment that a configuration accepts. */
  segment(): string {
    const text = this.text()
      .replace(/[\s?#{}*/]/g, '')
      .replace(/^:+/, '')
      .slice(0, 400);
    return text === '' ? this.one(['a', 'a%2Fb']) : text;
  }

  quota(parameters: readonly string[]): Quota {
    const limit = this.one([1, 2, 17, 300, 6_000, 1_000_000, 1e15]);
    const windowMs = this.one([1, 999, 1_000, 60_000, 3_600_000, 86_400_000, 31_536_000_000, 1e12]);
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
      if (this.below(3) > 0) return this.one([this.segment(), this.segment(), '*', '']);
      const name = `p${parameters.length}${this.one(['', '-x', '$', ';', '"'])}`;
      parameters.push(name);
      return `:${name}`;
    });
    const rest = this.below(3) === 0 ? '/**' : '';
    const pattern = `${this.one(['GET', 'POST', '*', 'PURGE'])} /${segments.join('/')}${rest}`.replace('//**', '/**');
    const governor = this.one<EndpointPolicies['governor']>([
      false,
      { apart: true },
      { quotas: this.many(3, () => this.quota(parameters)) },
    ]);
    return [pattern, this.below(4) === 0 ? { readOnly: true } : { governor: governor ?? {} }];
  }

  config(): HoldlineConfig {
    return {
      governor: {
        quotas: this.many(4, () => this.quota([])),
        ...this.one([{}, { headroom: { capacity: 0.5, refill: 0.7 } }, { enforcement: 'bucket' as const }]),
      },
      endpoints: Object.fromEntries(this.many(this.one([2, 8, 8, 30]), () => this.endpoint())),
      paths: {
        caseInsensitive: this.below(2) === 0,
        ...this.maybe(() => ({ anchor: this.text() })),
        stripPrefixes: this.many(2, () => `/${this.segment()}/:v`),
      },
    };
  }

  /** Options of all gateways. Those of one gateway are added by its test. */
  options(): Omit<GatewayOptions, 'platform'> {
    return {
      refusals: this.one(['genesys', 'cxone', 'plain']),
      withoutCredential: this.one(['refuse', 'share']),
      dryRun: this.below(2) === 0,
      ...(this.below(2) === 0 && {
        tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'] },
      }),
      ...(this.below(3) === 0 && {
        addresses: { limit: this.one([1, 100, 1_000_000_000]), windowMs: this.one([1, 60_000, 31_536_000_000]) },
      }),
      ...(this.below(2) === 0 && {
        sockets: {
          paths: [`/${this.segment()}/:id`, `/${this.segment()}`],
          ...(this.below(2) === 0 && { upgrades: { limit: 5, windowMs: 1_000 } }),
          ...(this.below(2) === 0 && { maxOpen: 3 }),
          ...(this.below(2) === 0 && { origin: 'http://127.0.0.1:9001' }),
        },
      }),
    };
  }
}
