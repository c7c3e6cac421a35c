import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** undici 8 needs Node 22.19 or later, so it cannot be a dependency of this workspace. */
const UNDICI = {
  'undici-6-oldest': '6.21.0',
  'undici-6': '6.29.1',
  'undici-7-oldest': '7.0.0',
  'undici-7': '7.30.2',
  'undici-8': '8.13.1',
};
const NAMES = Object.keys(UNDICI);
const PACKAGES = ['core', 'undici'];

const pem = (kind: string, base64: string): string =>
  `-----BEGIN ${kind}-----\n${base64.replace(/(.{64})/g, '$1\n')}\n-----END ${kind}-----\n`;
// Of a fictitious server. They are valid for a hundred years and protect nothing.
const KEY = pem(
  'EC PRIVATE KEY',
  'MHcCAQEEIKsnc6XjhCHK8xuvTcYuOClj20+pPAPvAYzmqA0tg/dYoAoGCCqGSM49AwEHoUQDQgAEaLR3WBr7Vc71MB8SKexDiopzctyu9P8/6qemXxuwGrdSt9/RAiGaCvFxvuBmEj8EyGVwEKEa12+ExCTKCd28Zg==',
);
const CERTIFICATE = pem(
  'CERTIFICATE',
  'MIIBfjCCASWgAwIBAgIUQIn+zqNpvp/3Vz3cKo9bjTzMquswCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTE5NDcxOVoYDzIxMjYxMTA1MTk0NzE5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARotHdYGvtVzvUwHxIp7EOKinNy3K70/z/qp6ZfG7Aat1K339ECIZoK8XG+4GYSPwTIZXAQoRrXb4TEJMoJ3bxmo1MwUTAdBgNVHQ4EFgQUCWhD3DQ/g0mrwzhwz+0ifgtJwIgwHwYDVR0jBBgwFoAUCWhD3DQ/g0mrwzhwz+0ifgtJwIgwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiA2LgfiWFMqHXEw0Yuq50ZAZskCuJ4/yNZ8gvxMj6IKvAIgChVfwWg5fE9mwLuHM6a5U2jrfvLGzY2VNhowBdJ5adc=',
);

let dir: string;

/** Installs the versions of undici with npm, and puts the built packages and the script beside them, as an application would have them. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'holdline-undici-'));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const specs = Object.entries(UNDICI).map(([name, version]) => `${name}@npm:undici@${version}`);
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...specs], {
    cwd: dir,
  });
  for (const name of PACKAGES) {
    const to = join(dir, 'node_modules/@holdline', name);
    mkdirSync(to, { recursive: true });
    cpSync(here(`../packages/${name}/dist`), join(to, 'dist'), { recursive: true });
    copyFileSync(here(`../packages/${name}/package.json`), join(to, 'package.json'));
  }
  copyFileSync(here('undici-member.mjs'), join(dir, 'undici-member.mjs'));
  writeFileSync(join(dir, 'key.pem'), KEY);
  writeFileSync(join(dir, 'certificate.pem'), CERTIFICATE);
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.each([
  { node: '20', versions: NAMES.filter((name) => !name.includes('8')) },
  { node: '22', versions: NAMES },
  { node: '24', versions: NAMES },
])('Node $node', ({ node, versions }) => {
  test.each(versions)('every client of %s sends through the line', async (version) => {
    const isOwn = process.version.startsWith(`v${node}.`);
    const binary = isOwn ? process.execPath : here(`node_modules/node-${node}/bin/node`);
    if (!existsSync(binary)) throw new Error(`This test needs Node ${node}: run it with it, or install node-${node}.`);
    const { stdout } = await run(binary, ['undici-member.mjs', version, 'key.pem', 'certificate.pem'], {
      cwd: dir,
      timeout: 90_000,
    });
    const report = JSON.parse(stdout) as { node: string };
    expect(report.node).toMatch(new RegExp(`^v${node}\\.`));
    expect(report).toMatchObject({
      results: {
        request: '200 good GET 2',
        'request with a body': '200 good POST abc',
        'fetch of the package': '200 good POST abc',
        'fetch of Node': '200 good POST abc',
        // The control: a bare dispatcher of undici 8 does not take the handler of this fetch.
        'bare Agent with the fetch of Node': version.includes('8') ? 'invalid onRequestStart method' : '429',
        'fetch of Node, aborted': 'AbortError',
        interceptor: '200 good GET',
        RetryAgent: '200 good GET',
        MockAgent: 'mocked',
        'global dispatcher': '200 good GET, 200 good POST abc',
        'HTTP/2': '200 good GET, 200 good POST abc, 200 good POST abc',
      },
      attempts: 25,
      // The server of HTTP/2 is another origin, which gets no token.
      tokens: ['Bearer member-token', null],
    });
  });
});
