import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bringHaproxy, bringNginx } from '@holdline/test-servers';
import { expect, test } from 'vitest';
import { makeProject, run } from './cli-support.js';

const PLATFORM = ['--platform', 'https://api.mypurecloud.com'];

const CONFIG = `import { genesysCloud } from '@holdline/genesys';

export default genesysCloud({ governor: { quotas: [{ name: 'ours', limit: 600, windowMs: 60_000 }] } });
`;

test('writes a configuration of HAProxy that HAProxy accepts', async () => {
  const cwd = makeProject({ 'holdline.config.ts': CONFIG });
  const env = { HOLDLINE_HAPROXY: pathOf(bringHaproxy().command) };
  const args = ['gateway', 'haproxy', ...PLATFORM, '--refusals', 'genesys', '--whole', '-o', 'gateway', '--check'];
  const { code, out, err } = await run(args, cwd, env);
  expect([code, out]).toEqual([0, '']);
  expect(err).toContain('HAProxy accepts the files.\n');
  expect(err).toContain(`Wrote: ${join(cwd, 'gateway/haproxy.cfg')}\n`);
  expect(readFileSync(join(cwd, 'gateway/haproxy.cfg'), 'utf8')).toContain('# ours: per credential, 60 at once');
});

test('writes files of NGINX that NGINX accepts, without a network', async () => {
  const { command, modules, env } = bringNginx();
  const cwd = makeProject({ 'holdline.config.ts': CONFIG });
  const sockets = ['--socket-path', '/channels/:id', '--socket-origin', 'https://streaming.example.invalid'];
  const args = [
    'gateway',
    'nginx',
    '--platform',
    'https://api.example.invalid',
    ...sockets,
    '-o',
    'gateway',
    '--check',
  ];
  const { code, out, err } = await run(args, cwd, {
    ...env,
    HOLDLINE_NGINX: pathOf(command),
    HOLDLINE_NGINX_MODULES: modules,
  });
  expect([code, out]).toEqual([0, '']);
  expect(err).toContain('NGINX accepts the files.\n');
  const text = readFileSync(join(cwd, 'gateway/holdline.conf'), 'utf8');
  expect(text).toContain('server api.example.invalid:443');
  expect(text).toContain(`js_import holdline from ${join(cwd, 'gateway')}/holdline.js;`);
});

/** A command with its path: the check looks for a file. */
function pathOf(command: string): string {
  const places = ['/usr/sbin', '/usr/local/sbin', ...(process.env['PATH'] ?? '').split(':')];
  const found = places.find((place) => listOf(place).includes(command));
  return found === undefined ? command : join(found, command);
}

function listOf(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}

test('without the program, --check says what is missing', async () => {
  const cwd = makeProject({ 'holdline.config.ts': CONFIG });
  const { code, out, err } = await run(['gateway', 'haproxy', ...PLATFORM, '--check'], cwd, {
    HOLDLINE_HAPROXY: '/nowhere',
  });
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(
    /^error: --check needs HAProxy: HOLDLINE_HAPROXY names \/nowhere, which is not there\. Install it/,
  );
});

test.each([
  ['nginx', ['holdline-server.conf', 'holdline.conf', 'holdline.js']],
  ['azure', ['holdline-policy.json', 'holdline-policy.xml']],
  ['aws', ['holdline-usage-plan.json']],
])('writes the files of %s, and overwrites none that was changed', async (gateway, names) => {
  const cwd = makeProject({});
  const client = gateway === 'aws' ? ['--client', 'ivr'] : [];
  const args = ['gateway', gateway, ...PLATFORM, '--preset', 'genesys', ...client, '-o', 'out'];
  expect((await run(args, cwd)).code).toBe(0);
  expect(readdirSync(join(cwd, 'out')).sort()).toEqual(names);
  const other = await run([...args, '--addresses', '10/1s', '--without-credential', 'share'], cwd);
  expect([other.code, other.out]).toEqual([1, '']);
  expect(other.err).toMatch(/would be overwritten with other content: --force does so\.\n$/);
});
