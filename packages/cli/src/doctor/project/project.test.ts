import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../finding.js';
import { checkCopies, checkDefects } from './check-packages.js';
import { SourceChecks } from './check-sources.js';
import { parseLockfile } from './lockfile.js';
import { readOperations } from './operations.js';
import { copiesOf, describeCopy, type Project, readProject } from './packages.js';
import { checkRetryLayers } from './retry-layers.js';
import { scanSources } from './sources.js';
import { compareVersions, isIn } from './version.js';

/** Makes a folder with these files. */
function makeProject(files: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'holdline-doctor-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

function read(files: Record<string, unknown>): Project {
  return readProject(makeProject(files)) as Project;
}

const on = (findings: readonly Finding[], check: string): Finding[] =>
  findings.filter((found) => found.check === check);

describe('dependencies', () => {
  const files = {
    'package.json': { dependencies: { a: '1', axios: '1' }, devDependencies: { gone: '1' } },
    'node_modules/a/package.json': { name: 'a', version: '1.0.0', dependencies: { axios: '0.27' } },
    'node_modules/a/node_modules/axios/package.json': { name: 'axios', version: '0.27.2' },
    'node_modules/axios/package.json': { name: 'axios', version: '1.21.1', dependencies: { a: '1' } },
    'node_modules/unused/node_modules/axios/package.json': { name: 'axios', version: '1.0.0' },
  };

  test('finds each copy that the project reaches, with the packages that bring it', () => {
    const project = read(files);
    expect(copiesOf(project, 'axios').map(describeCopy)).toEqual(['axios 1.21.1', 'axios 0.27.2 (through a)']);
    expect(project.missing).toEqual(['gone']);
  });

  test('follows links, as pnpm makes them, and counts a copy once', () => {
    const root = makeProject({
      'package.json': { dependencies: { a: '1', b: '1' } },
      'store/axios/package.json': { name: 'axios', version: '1.9.0' },
      'store/a/package.json': { name: 'a', version: '1.0.0', dependencies: { axios: '*' } },
      'store/b/package.json': { name: 'b', version: '1.0.0', dependencies: { axios: '*' } },
    });
    for (const [from, to] of [
      ['node_modules/a', 'store/a'],
      ['node_modules/b', 'store/b'],
      ['store/a/node_modules/axios', 'store/axios'],
      ['store/b/node_modules/axios', 'store/axios'],
    ] as const) {
      mkdirSync(dirname(join(root, from)), { recursive: true });
      symlinkSync(join(root, to), join(root, from), 'junction');
    }
    expect(copiesOf(readProject(root) as Project, 'axios')).toHaveLength(1);
  });

  test('a damaged package.json is none', () => {
    expect(readProject(makeProject({ 'package.json': '{"dependencies":' }))).toBeUndefined();
    expect(readProject(makeProject({ 'package.json': '7' }))).toBeUndefined();
    expect(read({ 'package.json': { dependencies: ['x'] as never } }).packages).toEqual([]);
  });

  test('several copies of axios are a warning, several cores of one version information', () => {
    const project = read({
      ...files,
      'package.json': { dependencies: { a: '1', axios: '1', '@holdline/core': '1', b: '1' } },
      'node_modules/@holdline/core/package.json': { name: '@holdline/core', version: '0.1.0' },
      'node_modules/b/package.json': { name: 'b', version: '1.0.0', dependencies: { '@holdline/core': '*' } },
      'node_modules/b/node_modules/@holdline/core/package.json': { name: '@holdline/core', version: '0.1.0' },
    });
    expect(checkCopies(project).map(({ check, severity }) => `${severity} ${check}`)).toEqual([
      'warning several-axios',
      'info several-cores',
    ]);
  });
});

describe('known defects', () => {
  const sdk = (version: string, more: Record<string, unknown> = {}): Project =>
    read({
      'package.json': { dependencies: { 'purecloud-platform-client-v2': '*', '@holdline/genesys': '*' } },
      'node_modules/purecloud-platform-client-v2/package.json': { name: 'purecloud-platform-client-v2', version },
      ...more,
    });
  const holdline = { 'node_modules/@holdline/genesys/package.json': { name: '@holdline/genesys', version: '0.1.0' } };

  test('of an SDK without Holdline are errors and warnings, each with its source', () => {
    const found = on(checkDefects(sdk('262.0.0')), 'known-defect');
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'warning', 'warning', 'warning', 'info', 'info']);
    expect(found.every(({ source, fix }) => source !== undefined && fix !== '')).toBe(true);
  });

  test('that Holdline works around are one finding for information', () => {
    const found = on(checkDefects(sdk('262.0.0', holdline)), 'known-defect');
    const [group] = found.filter(({ what }) => what.startsWith('@holdline/genesys works around 4'));
    expect(group).toMatchObject({ severity: 'info' });
    expect(group?.where).toHaveLength(4);
    expect(found.some(({ severity }) => severity === 'error')).toBe(false);
  });

  test('depend on the version', () => {
    expect(on(checkDefects(sdk('204.0.0')), 'known-defect').map(({ what }) => what)).toContain(
      'This version has no HTTP client that can be guarded.',
    );
    expect(on(checkDefects(sdk('263.0.0')), 'known-defect')).toEqual([]);
    expect(on(checkDefects(sdk('263.0.0')), 'unknown-version')).toHaveLength(1);
  });
});

test.each([
  ['1.7.0', '1.21.1', -1],
  ['1.10.0', '1.9.9', 1],
  ['262.0.0', '262', 0],
  ['1.0.0-beta.2', '1.0.0', 0],
])('compares %s with %s', (a, b, expected) => {
  expect(Math.sign(compareVersions(a, b))).toBe(expected);
});

test('an end of a range covers its minor versions', () => {
  expect([isIn('207.3.1', { to: '207' }), isIn('208.0.0', { to: '207' }), isIn('150.0.0', { from: '150' })]).toEqual([
    true,
    false,
    true,
  ]);
});

describe('retry layers', () => {
  const locked = new Map([['axios-retry', new Set(['4.5.0'])]]);

  test('a direct dependency is a warning, also if only the lockfile has it', () => {
    const project = read({ 'package.json': { dependencies: { 'axios-retry': '^4' } } });
    expect(checkRetryLayers(project, locked)).toMatchObject([{ severity: 'warning', where: ['axios-retry 4.5.0'] }]);
  });

  test('a development dependency is information', () => {
    const project = read({ 'package.json': { devDependencies: { 'axios-retry': '^4' } } });
    expect(checkRetryLayers(project, locked)).toMatchObject([
      { severity: 'info', what: 'axios-retry is a development dependency.' },
    ]);
  });

  test('what an SDK brings for itself is no finding, and what another dependency brings is information', () => {
    const project = read({
      'package.json': { dependencies: { '@nice-devone/core-sdk': '*', other: '*' } },
      'node_modules/@nice-devone/core-sdk/package.json': {
        name: '@nice-devone/core-sdk',
        version: '25.1.2',
        dependencies: { cockatiel: '*' },
      },
      'node_modules/cockatiel/package.json': { name: 'cockatiel', version: '2.0.2' },
      'node_modules/other/package.json': { name: 'other', version: '1.0.0', dependencies: { 'p-retry': '*' } },
      'node_modules/p-retry/package.json': { name: 'p-retry', version: '6.0.0' },
    });
    expect(checkRetryLayers(project, locked)).toMatchObject([
      { severity: 'info', where: ['p-retry 6.0.0 (through other)'] },
    ]);
  });

  test('bottleneck as the engine of Holdline is intended', () => {
    const files = {
      'package.json': { dependencies: { bottleneck: '*', '@holdline/bottleneck': '*' } },
      'node_modules/bottleneck/package.json': { name: 'bottleneck', version: '2.19.5' },
    };
    const engine = {
      'node_modules/@holdline/bottleneck/package.json': { name: '@holdline/bottleneck', version: '0.1.0' },
    };
    expect(checkRetryLayers(read(files), locked)).toHaveLength(1);
    expect(checkRetryLayers(read({ ...files, ...engine }), locked)).toEqual([]);
  });
});

test.each<[string, string]>([
  [
    'package-lock.json',
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/axios': { version: '1.2.3' },
        'node_modules/a/node_modules/axios': { version: '0.27.2' },
        'node_modules/@x/y': { version: '2.0.0' },
      },
    }),
  ],
  [
    'pnpm-lock.yaml',
    "packages:\n\n  axios@1.2.3:\n    resolution: {}\n\n  axios@0.27.2(debug@4.0.0):\n    resolution: {}\n\n  '@x/y@2.0.0':\n    resolution: {}\n",
  ],
  [
    'yarn.lock',
    'axios@^1:\n  version "1.2.3"\n\naxios@^0.27, axios@~0.27.2:\n  version "0.27.2"\n\n"@x/y@^2":\n  version "2.0.0"\n',
  ],
  [
    'yarn.lock',
    '"axios@npm:^1":\n  version: 1.2.3\n\n"axios@npm:^0.27":\n  version: 0.27.2\n\n"@x/y@npm:^2":\n  version: 2.0.0\n',
  ],
])('reads versions from %s', (name, text) => {
  const found = parseLockfile(name, text);
  expect([...(found.get('axios') ?? [])].sort()).toEqual(['0.27.2', '1.2.3']);
  expect([...(found.get('@x/y') ?? [])]).toEqual(['2.0.0']);
});

test('a damaged lockfile names no packages', () => {
  expect(parseLockfile('package-lock.json', '{"packages":')).toEqual(new Map());
});

test('operations come from the sources of the SDK', () => {
  const api = "return this.apiClient.callApi(\n 'https://unused'); x.callApi(\n  '/api/v2/users/{userId}', \n  'GET',";
  const project = read({
    'package.json': { dependencies: { 'purecloud-platform-client-v2': '*' } },
    'node_modules/purecloud-platform-client-v2/package.json': {
      name: 'purecloud-platform-client-v2',
      version: '262.0.0',
    },
    'node_modules/purecloud-platform-client-v2/src/purecloud-platform-client-v2/api/UsersApi.js': api,
  });
  expect(readOperations(project)).toEqual({
    operations: [{ method: 'GET', path: '/api/v2/users/:id' }],
    source: 'operations of purecloud-platform-client-v2 262.0.0',
  });
  expect(readOperations(read({ 'package.json': {} })).operations).toEqual([]);
});

describe('sources', () => {
  const severities = (text: string): string[] => {
    const checks = new SourceChecks();
    checks.read({ path: 'a.ts', text });
    return checks.findings().map(({ severity, where }) => `${severity} ${where.join()}`);
  };

  test.each<[string, string[]]>([
    ["localStorage.setItem('token', t);", ['error a.ts:1']],
    ["\n\nwindow.localStorage['accessToken'] = value;", ['error a.ts:3']],
    ['localStorage.jwt = value', ['error a.ts:1']],
    ["sessionStorage?.setItem(\n  'apiKey',\n  key,\n);", ['warning a.ts:1']],
    ['client.setPersistSettings(true);', ['error a.ts:1']],
    ["localStorage.setItem('theme', 'dark');", []],
    ["localStorage.getItem('token');", []],
    ["localStorage.removeItem('token');", []],
    ["if (localStorage.token === 'x') f();", []],
    ["localStorage.setItem('theme', x);\n\nconst token = 1;", []],
    ['client.setPersistSettings(false);', []],
    ["// Never localStorage.setItem('token', t);\nlocalStorage.jwt = value", ['error a.ts:2']],
    ["/* client.setPersistSettings(true);\n*/ f('https://a/*');", []],
    ["f('https://a');localStorage.setItem('token', t);", ['error a.ts:1']],
    ["const help = 'setPersistSettings(true) stores it';", []],
  ])('%j', (text, expected) => {
    expect(severities(text)).toEqual(expected);
  });

  test('are those of the user: no dependencies, builds, tests and types', () => {
    const root = makeProject({
      'src/a.ts': 'a',
      'page.html': 'b',
      'src/a.test.ts': 'x',
      'src/types.d.ts': 'x',
      'lib.min.js': 'x',
      'dist/out.js': 'x',
      'node_modules/p/index.js': 'x',
      '.hidden/h.js': 'x',
      'readme.md': 'x',
    });
    const seen: string[] = [];
    expect(scanSources(root, ({ path }) => seen.push(path))).toEqual({ files: 2, skipped: 0, isPartial: false });
    expect(seen).toEqual(['page.html', 'src/a.ts']);
    writeFileSync(join(root, 'large.ts'), 'x'.repeat(1_000_001));
    expect(scanSources(root, () => undefined)).toEqual({ files: 2, skipped: 1, isPartial: false });
    expect(scanSources(join(root, 'absent'), () => undefined)).toEqual({ files: 0, skipped: 1, isPartial: false });
  });
});
