import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '@holdline/monitor/node';
import { describe, expect, test } from 'vitest';
import { BIN, makeProject, run, runShell, start } from './cli-support.js';

const SDK = ['purecloud-platform-client-v2', 'axios', '@holdline/core', '@holdline/genesys'];

describe('the program', () => {
  test('prints its version and its help to the standard output, without colours', async () => {
    const cwd = makeProject({}, []);
    const { version } = JSON.parse(readFileSync(join(BIN, '../../package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'], cwd)).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const help = await run(['--help'], cwd, { FORCE_COLOR: '1' });
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const command of ['explain', 'doctor', 'simulate', 'simulator', 'dlq', 'record', 'dashboard'])
      expect(help.out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    expect(help.out).not.toContain('\u001B');
  });

  test.each([
    [['--nonsense'], "error: unknown option '--nonsense'\n"],
    [['explain', 'GET', '/a', '--config', 'absent.ts'], /^error: There is no configuration file .*absent\.ts\.\n$/],
    [['dlq', 'purge', '--all'], /^error: purge deletes letters for good.*--yes\.\n$/],
  ])('%j ends with 2 and one line', async (args, message) => {
    const { code, out, err } = await run(args, makeProject({}, []));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  test.runIf(existsSync('/dev/full'))('a full disk is an error', async () => {
    const { code, err } = await runShell('"$NODE" "$HOLDLINE" explain GET /a > /dev/full', makeProject({}));
    expect(code).toBe(1);
    expect(err).toContain('error: The result cannot be written: ');
  });

  test('ends quietly when the reader of a pipe goes', async () => {
    const cwd = makeProject({ 'package.json': '{}' }, []);
    const reports = 'for i in 1 2 3 4 5 6 7 8; do "$NODE" "$HOLDLINE" explain GET /a --json; done';
    const { out, err } = await runShell(`{ ${reports}; } | head -1`, cwd);
    expect([out, err]).toEqual(['{\n', '']);
  });
});

describe('explain', () => {
  const config = `import { createHoldline, memoryStore, type HoldlineConfig } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
const limit: number = 250;
export default (): HoldlineConfig =>
  genesysCloud({
    store: memoryStore(),
    governor: { quotas: [{ name: 'token.rate', limit, windowMs: 60_000 }] },
    endpoints: { 'POST /api/v2/analytics/**': { priority: 'background', retry: 'batch' } },
  });
`;

  test('reads a configuration in TypeScript, says what happens, and ends', async () => {
    const cwd = makeProject({ 'holdline.config.ts': config, 'deep/er/x.txt': '' });
    const url = 'https://api.mypurecloud.com/api/v2/analytics/conversations/details/query';
    const { code, out, err } = await run(['explain', 'POST', url], join(cwd, 'deep/er'));
    expect(code).toBe(0);
    expect(out).toContain('POST /api/v2/analytics/conversations/details/query is sent at once.\n');
    expect(out).toContain(
      'A retry is safe, because the route is declared read-only: at most 20 attempts within 12 h.\n',
    );
    expect(out).toMatch(/The quota of .*is 250 in 60 s; 0 used\./);
    expect(out).toContain('its priority is background.');
    expect(err).toContain(`Configuration: ${join(cwd, 'holdline.config.ts')}\n`);
  });

  test('does not show a credential, also in JSON', async () => {
    const cwd = makeProject({ 'holdline.config.ts': config });
    const url = 'https://api.mypurecloud.com/api/v2/users/me';
    const header = 'Authorization: Bearer very-secret-token-4711';
    for (const more of [[], ['--json']]) {
      const { code, out, err } = await run(['explain', 'GET', url, '--header', header, ...more], cwd);
      expect(code).toBe(0);
      expect(out + err).not.toContain('very-secret');
    }
  });
});

describe('doctor', () => {
  const files = {
    'package.json': JSON.stringify({
      dependencies: {
        'purecloud-platform-client-v2': '262',
        axios: '*',
        '@holdline/core': '*',
        '@holdline/genesys': '*',
        'axios-retry': '4',
      },
    }),
    'package-lock.json': JSON.stringify({ packages: { 'node_modules/axios-retry': { version: '4.5.0' } } }),
    'holdline.config.ts': `import { genesysCloud } from '@holdline/genesys';
export default genesysCloud({
  endpoints: {
    'GET /api/v2/usres/:id': { weight: 2 },
    'GET /api/v2/users/:id': { weight: 2 },
    'PUT /api/v2/users/:id': { weight: 2 },
  },
});
`,
    'src/agent.ts': 'export const agent = new Agent({ maxSockets: 2 });\n',
    'src/login.js': "export function keep(token) {\n  localStorage.setItem('token', token);\n}\n",
    'dist/bundle.js': "localStorage.setItem('token', t)",
  };

  test('finds what is wrong with a project that has the real SDK', async () => {
    const cwd = makeProject(files, SDK);
    const { code, out } = await run(['doctor', '--json'], cwd);
    expect(code).toBe(1);
    const { findings, versions } = JSON.parse(out) as {
      findings: { severity: string; check: string; where: string[]; fix: string; source?: string }[];
      versions: string[];
    };
    expect(versions).toEqual(expect.arrayContaining(['purecloud-platform-client-v2 262.0.0']));
    const found = (check: string): (typeof findings)[number][] => findings.filter((one) => one.check === check);
    expect(found('token-in-web-storage')).toMatchObject([{ severity: 'error', where: ['src/login.js:2'] }]);
    expect(found('unknown-pattern').map(({ where, fix }) => [where[0], fix])).toEqual([
      ['GET /api/v2/usres/:id', "Did you mean 'GET /api/v2/users/:id'?"],
      ['PUT /api/v2/users/:id', expect.stringMatching(/^The platform has this path with .*PATCH/)],
    ]);
    expect(found('unknown-pattern')[0]?.source).toBe('operations of purecloud-platform-client-v2 262.0.0');
    expect(found('second-retry-layer')).toMatchObject([{ where: ['axios-retry 4.5.0'] }]);
    expect(found('small-pool')).toMatchObject([{ where: ['src/agent.ts:1: maxSockets 2'] }]);
    expect(found('known-defect').every(({ severity }) => severity === 'info')).toBe(true);
    expect(found('known-defect').map(({ where }) => where.length)).toContain(4);
  });

  test('prints errors first, and ends with 0 without errors', async () => {
    const cwd = makeProject(files, SDK);
    const { out } = await run(['doctor'], cwd);
    expect(out.indexOf('\nerror: ')).toBeGreaterThan(0);
    expect(out.indexOf('\nerror: ')).toBeLessThan(out.indexOf('\nwarning: '));
    expect(out).toMatch(/^1 error, \d+ warnings, \d+ for information$/m);
    const clean = makeProject({ 'package.json': '{"dependencies":{}}' }, []);
    expect(await run(['doctor', clean], cwd)).toMatchObject({ code: 0, err: '' });
  });

  test('says what it could not check', async () => {
    const damaged = makeProject({ 'package.json': '{"name":' }, []);
    expect((await run(['doctor'], damaged)).out).toMatch(/Note: The package\.json of .* is damaged/);
    const workspace = makeProject({ 'package.json': '{"workspaces":["packages/*"]}' }, []);
    expect((await run(['doctor'], workspace)).out).toContain('Note: The project is a workspace');
    const large = makeProject({ 'package.json': '{}', 'a.js': 'x'.repeat(1_000_001) }, []);
    expect((await run(['doctor'], large)).out).toContain('Note: Not read: 1 file or folder');
  });
});

/** An application that reads users one by one, polls a presence, and reads the same thing twice at once. */
const APP = `import { setTimeout as sleep } from 'node:timers/promises';
import { guardFetch } from '@holdline/fetch';
import { startSimulator } from '@holdline/simulator';
const simulator = await startSimulator({ platform: 'genesys', limits: [] });
const body = new URLSearchParams({ grant_type: 'client_credentials' });
const headers = { authorization: 'Basic ' + btoa('id:secret') };
const login = await fetch(simulator.url + '/oauth/token', { method: 'POST', headers, body });
const { access_token } = await login.json();
const call = guardFetch(fetch, { paths: { anchor: '/api/v2/' } });
const read = async (path) => {
  const answer = await call(simulator.url + path + '?secret=4711', { headers: { authorization: 'Bearer ' + access_token } });
  await answer.text();
};
const ids = Array.from({ length: 30 }, (_, i) => '00000000-0000-4000-8000-0000000000' + (10 + i));
await Promise.all(ids.map((id) => read('/api/v2/users/' + id)));
await Promise.all([read('/api/v2/users/me'), read('/api/v2/users/me')]);
for (let i = 0; i < 6; i++) {
  await read('/api/v2/users/' + ids[0] + '/presences/purecloud');
  await sleep(550);
}
await simulator.stop();
console.log('app done', process.argv.slice(2).join(' '));
process.exit(3);
`;

describe('record', () => {
  test('records an application, passes its arguments, output and exit code on, and doctor reads the recording', async () => {
    const cwd = makeProject({ 'app.mjs': APP, 'package.json': '{}' });
    const { code, out, err } = await run(
      ['record', '-o', 'run.jsonl', '--', process.execPath, 'app.mjs', '--port', '1'],
      cwd,
    );
    expect([code, out]).toEqual([3, 'app done --port 1\n']);
    expect(err).toMatch(
      /^Recorded .*run\.jsonl: 38 calls, 38 requests in .* s; 0 failed \(0 %\), 0 answered 429, 0 waited\.\n/,
    );
    expect(err).toContain('Next: holdline doctor --recording');
    const recorded = readFileSync(join(cwd, 'run.jsonl'), 'utf8');
    expect(recorded).not.toContain('4711');
    const names = new Set<string>();
    for await (const { name } of (await readRecording(join(cwd, 'run.jsonl'))).entries()) names.add(name);
    expect([...names]).toEqual(expect.arrayContaining(['callStarted', 'attempt', 'call', 'ended']));

    const report = await run(['doctor', '--recording', 'run.jsonl', '--json'], cwd);
    const { findings, recording } = JSON.parse(report.out) as {
      findings: { check: string; where: string[]; saving?: { requests: number } }[];
      recording: unknown;
    };
    expect(recording).toEqual({ calls: 38, requests: 38, skipped: 0 });
    const saving = (check: string): unknown =>
      findings.filter((one) => one.check === check).map(({ where, saving }) => [where[0], saving?.requests]);
    expect(saving('single-reads')).toEqual([['GET /api/v2/users/:id', 29]]);
    expect(saving('polling')).toEqual([['GET /api/v2/users/:id/presences/purecloud', 5]]);
    expect(saving('identical-reads')).toEqual([['GET /api/v2/users/me', 1]]);
  });

  test('names the recording so that a shell can read it, and keeps the options of Node', async () => {
    const cwd = makeProject({
      'app.mjs':
        "import { createHoldline } from '@holdline/core'; createHoldline(); console.log(process.env.NODE_OPTIONS);",
    });
    const options = '--max-old-space-size=200';
    const { code, out, err } = await run(['record', '-o', 'my run.jsonl', '--', process.execPath, 'app.mjs'], cwd, {
      NODE_OPTIONS: options,
    });
    expect([code, out.startsWith(`${options} --import=file:`)]).toEqual([0, true]);
    expect(err).toMatch(/^Next: holdline doctor --recording '.*my run\.jsonl'$/m);
  });

  test('passes a signal on, and says that nothing was recorded', async () => {
    const cwd = makeProject({
      'app.mjs': "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000);",
    });
    const running = start(['record', '--', process.execPath, 'app.mjs'], cwd);
    await running.finds(/up/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({
      code: 7,
      err: expect.stringContaining('Nothing was recorded') as string,
    });
  });

  test('refuses a file that is no recording, and a command that does not exist', async () => {
    const cwd = makeProject({ 'notes.txt': 'mine' });
    expect(await run(['record', '-o', 'notes.txt', '--', process.execPath, '-e', '1'], cwd)).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no recording') as string,
    });
    expect(readFileSync(join(cwd, 'notes.txt'), 'utf8')).toBe('mine');
    expect(await run(['record', '--', 'no-such-command-4711'], cwd)).toMatchObject({
      code: 127,
      err: 'error: no-such-command-4711 cannot be started: there is no such command.\n',
    });
  });
});
