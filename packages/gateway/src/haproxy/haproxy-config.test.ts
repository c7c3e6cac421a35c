import { ConfigError } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import { genesysCloud } from '@holdline/genesys';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileConfig, hostileOptions } from './hostile.fixture.js';
import { haproxyConfig } from './haproxy-config.js';

const PLATFORM = { platform: 'https://api.mypurecloud.com' };

test.each<[string, string]>([
  [
    'genesys.cfg',
    haproxyConfig(genesysCloud(), {
      ...PLATFORM,
      refusals: 'genesys',
      form: 'whole',
      listen: '*:8080',
      peer: 'unix@/run/haproxy/holdline.sock',
      addresses: { limit: 1_000, windowMs: 60_000 },
      sockets: {
        paths: ['/channels/:channelId'],
        origin: 'https://streaming.mypurecloud.com',
        upgrades: { limit: 50, windowMs: 1_000 },
        maxOpen: 20,
      },
    })['haproxy.cfg'] ?? '',
  ],
  [
    'cxone.cfg',
    haproxyConfig(cxone(), {
      platform: 'https://api-na1.niceincontact.com',
      refusals: 'cxone',
      withoutCredential: 'share',
      tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8', 'fd00::/8'] },
      dryRun: true,
      accessLog: '/dev/log',
    })['holdline.cfg'] ?? '',
  ],
])('writes %s', async (name, text) => {
  await expect(text).toMatchFileSnapshot(`golden/${name}`);
});

describe('wrong options', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ listen: '8080' }, "options.listen must be an address with a port, such as '127.0.0.1:8080' or '*:8080'"],
    [{ listen: '*:0' }, 'options.listen must be'],
    [{ listen: '*:8080\nglobal' }, 'options.listen must be'],
    [{ listen: '*:99999' }, 'options.listen must be'],
    [{ peer: 'unix@relative.sock', form: 'whole' }, 'options.peer must be'],
    [{ peer: '127.0.0.1:10480' }, "options.peer needs options.form 'whole', got 'snippet'"],
    [{ accessLog: 'stderr' }, "options.accessLog must be false or 'stdout'"],
    [{ certificate: 'cert.pem' }, 'options.certificate must be an absolute path'],
    [{ certificate: '/etc/a b.pem' }, 'options.certificate must be an absolute path'],
    [{ trustedCertificates: '/etc/"a.pem' }, 'options.trustedCertificates must be an absolute path'],
    [{ burstShare: 0 }, 'options.burstShare must be'],
    [{ tableSize: 1 }, 'options.tableSize must be'],
    [{ maxWaitMs: 1 }, 'maxWaitMs'],
  ])('%j', (options, message) => {
    expect(() => haproxyConfig({}, { ...PLATFORM, ...options })).toThrow(message);
  });

  test('a request with four keys is an error that names them', () => {
    const config = cxone({ governor: { quotas: [{ limit: 100, windowMs: 1_000 }] } });
    const tenant = { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8'] };
    const addresses = { limit: 100, windowMs: 1_000 };
    const write = (): unknown => haproxyConfig(config, { ...PLATFORM, tenant, addresses });
    expect(write).toThrow(ConfigError);
    expect(write).toThrow(
      /HAProxy counts a request by at most 3 keys\. .*is counted by 4 \(client address, credential, tenant, parameter contactId\)/,
    );
  });
});

/** First words of the lines that a file may have. */
const WORDS = [
  '#',
  'acl',
  'backend',
  'bind',
  'default_backend',
  'frontend',
  'global',
  'hard-stop-after',
  'http-after-response',
  'http-request',
  'localpeer',
  'log',
  'log-format',
  'mode',
  'nbthread',
  'option',
  'parse-resolv-conf',
  'peer',
  'peers',
  'resolvers',
  'retries',
  'retry-on',
  'server',
  'stick-table',
  'timeout',
  'use_backend',
  '',
];

/** A line without its quoted parts, in which the texts of users stand. */
const bare = (line: string): string => line.replace(/'[^']*'/g, "''").replace(/"[^"]*"/g, '""');

test('no text of a configuration gets out of its quotes, its comment or its line', () => {
  let written = 0;
  fc.assert(
    fc.property(hostileConfig, hostileOptions, (config, options) => {
      let text: string;
      try {
        text = Object.values(haproxyConfig(config, options))[0] ?? '';
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return;
      }
      written++;
      expect(text).toMatch(/^[^\0-\t\v-\x1F\x7F]*$/);
      for (const line of text.split('\n')) {
        const [word = ''] = line.trim().split(' ');
        expect(WORDS).toContain(word);
        if (word === '#') continue;
        expect(bare(line)).toMatch(/^[\w -.:/()\[\]@*!{},'"]*$/);
        expect(bare(line)).not.toMatch(/[\\$#;`&|<>]/);
        // HAProxy reads 64 words of a line.
        expect(bare(line).split(' ').length).toBeLessThan(64);
      }
    }),
    { numRuns: 200 },
  );
  expect(written).toBeGreaterThan(80);
});
