import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gatewayOptions, parseRate } from './flags.js';
import { makeFolder, type ProgramResult, runIn } from '../terminal/run.fixture.js';

const run = (args: string[], cwd: string, env: Record<string, string> = {}): Promise<ProgramResult> =>
  runIn(cwd, ['gateway', ...args, '--platform', 'https://api.mypurecloud.com'], env);

const GENESYS = ['--preset', 'genesys'];
const CONFIG = 'export default { governor: { quotas: [{ name: "ours", limit: 7, windowMs: 1000 }] } };';

describe('the configuration', () => {
  test('is the nearest one, or a preset', async () => {
    const folder = makeFolder({ 'holdline.config.mjs': CONFIG });
    const near = await run(['haproxy'], folder);
    expect(near.code).toBe(0);
    expect(near.out).toContain('# ours: per credential');
    expect(near.err).toBe(`Configuration: ${join(folder, 'holdline.config.mjs')}\n`);
    const preset = await run(['haproxy', ...GENESYS], folder);
    expect(preset.out).toContain('# token.rate.per.minute: per credential');
    expect(preset.out).toContain('too.many.requests.retry.after');
    expect(preset.err).toBe('Configuration: preset genesys\n');
  });

  test('of a file that exports a line has to be exported too', async () => {
    const line = "import { createHoldline } from '@holdline/core';";
    const link = join(import.meta.dirname, '../../../core/dist/index.js');
    const folder = makeFolder({
      'both.mjs': `${line.replace('@holdline/core', link)}
export const config = { governor: { quotas: [{ name: 'ours', limit: 7, windowMs: 1000 }] } };
export default createHoldline(config);`,
      'line.mjs': `${line.replace('@holdline/core', link)}\nexport default createHoldline();`,
    });
    expect((await run(['haproxy', '-c', 'both.mjs'], folder)).out).toContain('# ours: per credential');
    const { code, err } = await run(['haproxy', '-c', 'line.mjs'], folder);
    expect([code, err]).toEqual([
      2,
      `error: ${join(folder, 'line.mjs')} exports a line: also export its configuration, as \`config\`.\n`,
    ]);
  });

  test.each<[string[], Record<string, string>, RegExp]>([
    [
      ['nginx'],
      {},
      /^error: There is no holdline\.config\.\*: name a configuration with --config FILE, or use --preset\.\n$/,
    ],
    [
      ['nginx', ...GENESYS, '-c', 'a.json'],
      { 'a.json': '{}' },
      /^error: --preset and --config exclude each other\.\n$/,
    ],
    [['nginx', '-c', 'a.json'], { 'a.json': '[]' }, /a\.json must export a configuration, or a function/],
    [['nginx', '-c', 'a.json'], { 'a.json': '{"governer":{}}' }, /governer/],
    [['nginx', '--preset', 'twilio'], {}, /Allowed choices are genesys, cxone/],
    [['nginx', ...GENESYS, '--tenant-header', 'X-Tenant'], {}, /--tenant-header and --trusted-from belong together/],
    [['nginx', ...GENESYS, '--upgrades', '50/1s'], {}, /need --socket-path/],
    [
      ['nginx', ...GENESYS, '--addresses', '50'],
      {},
      /--addresses must be a number of requests and a time, such as 50\/1s/,
    ],
    [['nginx', ...GENESYS, '--burst-share', '2'], {}, /It must be a number above 0 and at most 1/],
    [['haproxy', ...GENESYS, '--max-open', '0'], {}, /It must be a whole number above 0/],
    [['haproxy', ...GENESYS, '--listen', '80 80'], {}, /options\.listen must be an address with a port/],
    [['nginx', ...GENESYS, '--max-wait', 'soon'], {}, /--max-wait must be a time, such as 500ms or 10s, got 'soon'/],
    [['nginx', ...GENESYS, '--whole', '--key', '/k.pem'], {}, /--certificate and --key belong together/],
    [['nginx', ...GENESYS, '--state-directory', '/run/h'], {}, /options\.stateDirectory needs options\.form 'whole'/],
    [['aws', ...GENESYS], {}, /options\.clients must be at least one name/],
    [['azure', ...GENESYS, '--dry-run'], {}, /unknown option '--dry-run'/],
    [['envoy'], {}, /unknown command 'envoy'/],
  ])('%j ends with 2', async (args, files, message) => {
    const { code, out, err } = await run(args, makeFolder(files));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

test('flags of NGINX reach its files', async () => {
  const { code, out } = await run(
    [
      ...['nginx', ...GENESYS, '--whole', '--listen', '127.0.0.1:8443', '--max-wait', '0', '--jitter', '50ms'],
      ...['--access-log', 'none', '--resolver', '10.0.0.2', '--certificate', '/c.pem', '--key', '/k.pem'],
      ...[
        '--trusted-certificates',
        '/ca.pem',
        '--modules-directory',
        '/opt/modules',
        '--state-directory',
        '/run/holdline',
      ],
    ],
    makeFolder({}),
  );
  expect(code).toBe(0);
  for (const text of [
    'load_module /opt/modules/ngx_http_js_module.so;',
    'pid /run/holdline/',
    'listen 127.0.0.1:8443 ssl',
    'ssl_certificate /c.pem;',
    'ssl_certificate_key /k.pem;',
    'proxy_ssl_trusted_certificate /ca.pem;',
    'resolver 10.0.0.2',
    'nodelay',
  ])
    expect(out).toContain(text);
  expect(out).not.toContain('holdline.log');
});

test('flags become options', () => {
  expect(parseRate('300/60s', '--addresses')).toEqual({ limit: 300, windowMs: 60_000 });
  expect(
    gatewayOptions({
      platform: 'https://api.mypurecloud.com',
      preset: 'genesys',
      withoutCredential: 'share',
      tenantHeader: 'X-Tenant',
      trustedFrom: ['10.0.0.0/8'],
      addresses: '1000/1min',
      socketPath: ['/channels/:id'],
      socketOrigin: 'https://streaming.mypurecloud.com',
      upgrades: '50/1s',
      maxOpen: 20,
      dryRun: true,
    }),
  ).toEqual({
    platform: 'https://api.mypurecloud.com',
    refusals: 'genesys',
    withoutCredential: 'share',
    tenant: { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8'] },
    addresses: { limit: 1_000, windowMs: 60_000 },
    sockets: {
      paths: ['/channels/:id'],
      origin: 'https://streaming.mypurecloud.com',
      upgrades: { limit: 50, windowMs: 1_000 },
      maxOpen: 20,
    },
    dryRun: true,
  });
});

describe('the files', () => {
  test('are printed with their names, or written', async () => {
    const folder = makeFolder();
    const printed = await run(['azure', ...GENESYS], folder);
    expect(printed.out).toMatch(/^==> holdline-policy\.xml <==\n[^]*\n==> holdline-policy\.json <==\n\{/);
    const written = await run(['azure', ...GENESYS, '-o', 'out/azure'], folder);
    expect([written.code, written.out]).toEqual([0, '']);
    const xml = join(folder, 'out/azure/holdline-policy.xml');
    expect(written.err).toContain(`Wrote: ${xml}\n`);
    expect(readFileSync(xml, 'utf8')).toContain('<rate-limit-by-key calls="300" renewal-period="60"');
  });

  test('that were changed by hand stay, unless --force is given', async () => {
    const folder = makeFolder();
    const args = ['nginx', ...GENESYS, '-o', 'out'];
    expect((await run(args, folder)).code).toBe(0);
    expect((await run(args, folder)).err).toMatch(/^Unchanged: .*holdline\.conf\n/m);
    const file = join(folder, 'out/holdline.conf');
    writeFileSync(file, 'by hand');
    const other = join(folder, 'out/holdline.js');
    rmSync(other);
    expect(await run(args, folder)).toEqual({
      code: 1,
      out: '',
      err: `error: ${file} would be overwritten with other content: --force does so.\n`,
    });
    expect([readFileSync(file, 'utf8'), existsSync(other)]).toEqual(['by hand', false]);
    expect((await run([...args, '--force'], folder)).err).toContain(`Wrote: ${file}\n`);
    expect(readFileSync(file, 'utf8')).toContain('limit_req_zone');
  });

  test('that cannot be written are an error', async () => {
    const folder = makeFolder({ out: 'a file' });
    const { code, err } = await run(['aws', ...GENESYS, '--client', 'ivr', '-o', 'out'], folder);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error: The directory .*out cannot be made: EEXIST/)]);
  });

  test('of AWS and of a dry run', async () => {
    const aws = await run(['aws', ...GENESYS, '--client', 'ivr', '--burst-share', '0.5'], makeFolder());
    const { Resources } = JSON.parse(aws.out) as {
      Resources: Record<string, { Properties: { Throttle?: { BurstLimit: number } } }>;
    };
    expect(Resources['HoldlineUsagePlan']?.Properties.Throttle?.BurstLimit).toBe(150);
    const dry = await run(['haproxy', ...GENESYS, '--dry-run'], makeFolder());
    expect(dry.out).toContain('DRY RUN');
  });

  test('name what the gateway does not keep', async () => {
    const { err } = await run(['haproxy', '--preset', 'cxone'], makeFolder());
    expect(err).toMatch(/^Not kept: The limit of the quota governor\.quotas\[0\] is learned from refusals/m);
  });
});

describe('--check', () => {
  function program(text: string): string {
    const folder = makeFolder({ program: `#!/bin/sh\n${text}\n` });
    chmodSync(join(folder, 'program'), 0o755);
    return join(folder, 'program');
  }

  test('says what is missing', async () => {
    const { code, err, out } = await run([...['haproxy', ...GENESYS], '--check'], makeFolder(), {
      HOLDLINE_HAPROXY: '/nowhere/haproxy',
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      'error: --check needs HAProxy: HOLDLINE_HAPROXY names /nowhere/haproxy, which is not there. Install it, set HOLDLINE_HAPROXY to its command, or leave --check out.\n',
    );
  });

  test('shows what the program says, and writes nothing', async () => {
    const folder = makeFolder();
    const failing = program('echo "line 7: no"; exit 1');
    const { code, err } = await run(['haproxy', ...GENESYS, '--check', '-o', 'out'], folder, {
      HOLDLINE_HAPROXY: failing,
    });
    expect([code, err]).toEqual([1, 'error: HAProxy does not accept the files: line 7: no\n']);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('gives the program a whole configuration', async () => {
    const accepting = program('grep -q "^global" "$4" && grep -q "^frontend holdline" "$4"');
    const { code, err } = await run(['haproxy', ...GENESYS, '--check'], makeFolder(), { HOLDLINE_HAPROXY: accepting });
    expect([code, err]).toEqual([0, 'HAProxy accepts the files.\nConfiguration: preset genesys\n']);
  });
});
