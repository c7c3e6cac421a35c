import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AdapterUnderTest } from '@holdline/adapter-kit';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkPackage, type ContractFacts } from './check-package.js';
import { entriesOf, readPackage } from './contract-package.js';
import { importsOf, scanImports } from './imports.js';
import { printTotal } from './report.js';
import { runSubject } from './run-contracts.js';

function makeFolder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'holdline-check-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const MANIFEST = {
  name: 'acme',
  version: '1.0.0',
  type: 'module',
  license: 'MIT',
  keywords: ['holdline-adapter'],
  holdline: { client: 'acme-client', versions: '>=1', contract: 2 },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  peerDependencies: { '@holdline/core': '^1.0.0', 'acme-client': '>=1' },
};
const FACTS: ContractFacts = { kinds: ['adapter'], versions: { adapter: 2, policy: 3 } };
const FILES = {
  'README.md': '',
  'LICENSE.txt': '',
  'dist/index.js': "import { defineAdapter } from '@holdline/core';",
  'dist/index.d.ts': '',
};

const found = (
  manifest: Record<string, unknown>,
  files: Record<string, string> = {},
  facts: Partial<ContractFacts> = {},
): string[] => {
  const root = makeFolder({ ...FILES, ...files, 'package.json': JSON.stringify({ ...MANIFEST, ...manifest }) });
  return checkPackage(readPackage(root, root), { ...FACTS, ...facts }).map(
    ({ severity, check }) => `${severity} ${check}`,
  );
};

describe('the run of a contract', () => {
  test('reports an error that nobody handles once, with its case', async () => {
    const kit = await import('@holdline/adapter-kit');
    const runContract = (async (_: unknown, { onCase }: { onCase: (one: object) => void }) => {
      void Promise.reject(new Error('stray'));
      await new Promise((resolve) => setImmediate(resolve));
      const problem = 'Nobody handles an error of the adapter: Error: stray';
      onCase({ part: 'tenants', name: 'one', result: 'failed', error: { problem }, why: '', guide: '' });
    }) as never;
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    onTestFinished(() => listeners.forEach((listener) => process.on('unhandledRejection', listener)));
    const subject = { kind: 'adapter', adapter: { name: 'a' } as AdapterUnderTest } as const;
    const { cases, problems } = await runSubject(
      subject,
      { version: '1', kit: { ...kit, runContract } },
      undefined,
      () => {},
    );
    expect([cases.length, problems]).toEqual([1, []]);
  });
});

describe('the checks of a package', () => {
  test('find nothing in a complete one', () => {
    expect(found({})).toEqual([]);
    expect(found({ peerDependencies: {}, dependencies: { '@holdline/core': '1' } })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, Record<string, string>, Partial<ContractFacts>, string[]]>([
    [
      'a script that is too large to read',
      {},
      { 'dist/index.js': `${FILES['dist/index.js']}${' '.repeat(5_000_001)}` },
      {},
      ['warning too-large'],
    ],
    [
      'a folder in place of a script',
      { exports: { ...MANIFEST.exports, './more': './dist/more.js' } },
      { 'dist/more.js/index.js': '' },
      {},
      [],
    ],
    ['no keyword', { keywords: 'holdline-adapter' }, {}, {}, ['error keyword']],
    ['the keyword of the other kind', { holdline: { contract: 3 } }, {}, { kinds: ['policy'] }, ['error keyword']],
    ['no claim', { holdline: undefined }, {}, {}, ['error claim']],
    ['a claim without client', { holdline: { contract: 2 } }, {}, {}, ['error claim', 'error claim']],
    ['a private template', { holdline: { contract: 2 }, private: true }, {}, {}, ['warning claim', 'warning claim']],
    ['another version', { holdline: { ...MANIFEST.holdline, contract: 1 } }, {}, {}, ['error claim']],
    ['a text as version', { holdline: { ...MANIFEST.holdline, contract: '2' } }, {}, {}, ['error claim']],
    [
      'core for development only',
      { peerDependencies: {}, devDependencies: { '@holdline/core': '1' } },
      {},
      {},
      ['error core-dependency'],
    ],
    [
      'core in the build',
      {},
      { 'dist/index.js': "import './chunk.js'", 'dist/chunk.js': "Symbol.for('@holdline/shared/1')" },
      {},
      ['error core-bundled'],
    ],
    ['no core at all', {}, { 'dist/index.js': 'export const x = 1;' }, {}, ['error core-unused']],
    [
      'an import of the client',
      {},
      { 'dist/index.js': "import '@holdline/core'; import x from 'acme-client/http';" },
      {},
      ['error imports-client'],
    ],
    ['a client as dependency', { dependencies: { 'acme-client': '1' } }, {}, {}, ['error client-dependency']],
    [
      'an undeclared import',
      {},
      { 'dist/index.js': "import '@holdline/core'; require('left-pad'); import 'node:fs';" },
      {},
      ['error undeclared-import'],
    ],
    [
      'a broken import',
      {},
      { 'dist/index.js': "import '@holdline/core'; import './gone.js';" },
      {},
      ['error broken-import'],
    ],
    [
      'types that are missing',
      { exports: { '.': { types: './x.d.ts', default: './dist/index.js' } } },
      {},
      {},
      ['error missing-files'],
    ],
    [
      'no types and CommonJS',
      { type: 'commonjs', exports: undefined, main: './dist/index.js' },
      {},
      {},
      ['warning no-module', 'error no-types'],
    ],
    ['no license', { license: undefined }, {}, {}, ['error no-license']],
  ])('find %s', (_, manifest, files, facts, expected) => {
    expect(found(manifest, files, facts)).toEqual(expected);
  });
});

describe('the imports of a script', () => {
  test('are those of its code, not of its comments', () => {
    expect(
      importsOf(`import a from 'a'; export * from "b"; import 'c'; await import('d'); const e = require('e');
// import f from 'f'
/* require('g') */ const url = 'http://h'; // from 'i'
import{j}from'j';`),
    ).toEqual(['a', 'b', 'c', 'd', 'e', 'j']);
  });

  test('end in a circle, and in a file that is missing', () => {
    const root = makeFolder({
      'a.js': "import './b.js'; import '@acme/sdk/http';",
      'b.js': "import './a.js'; import './c.js';",
    });
    const { packages, broken } = scanImports([join(root, 'a.js'), join(root, 'no.js')]);
    expect([...packages.keys()]).toEqual(['@acme/sdk']);
    expect(broken).toEqual([`${join(root, 'b.js')}: ./c.js`]);
  });
});

test('entries are read from all forms of exports', () => {
  const exports = {
    '.': { import: { types: './a.d.ts', default: './a.js' }, require: ['./a.cjs'] },
    './*': './x/*.js',
    './package.json': './package.json',
  };
  expect(entriesOf({ exports, main: './a.cjs' }).map(({ where, path }) => `${where} ${path}`)).toEqual([
    'exports["."].import.types ./a.d.ts',
    'exports["."].import.default ./a.js',
    'exports["."].require ./a.cjs',
    'main ./a.cjs',
  ]);
});

describe('a run', () => {
  const SUBJECT = { kind: 'adapter', adapter: { name: 'guardAcme' } as AdapterUnderTest } as const;

  test('ends when no case ends for a long time', async () => {
    const clock = new VirtualClock();
    const kit = { CONTRACT_VERSION: 1 as const, runContract: () => new Promise<never>(() => undefined) };
    const running = runSubject(SUBJECT, { version: '1', kit }, undefined, () => undefined, clock);
    await clock.advance(90_000);
    const ended = await running;
    expect(ended.problems).toEqual([
      expect.stringMatching(/^At its first case, the contract stopped: no case ended within 90 s\./),
    ]);
    expect(clock.pending).toBe(0);
    expect(printTotal([], [ended])).toBe('\n0 passed, 1 failed, 0 left out\n');
  });

  test('of a policy needs a kit that has the contract for policies', async () => {
    const kit = { CONTRACT_VERSION: 1 as const, runContract: () => new Promise<never>(() => undefined) };
    const policy = { name: 'quiet', create: () => ({}) as never };
    const running = runSubject({ kind: 'policy', policy }, { version: '1', kit }, undefined, () => undefined);
    await expect(running).rejects.toThrow('has no contract for policies; install a newer version');
  });
});

test.each([
  [{}, 'x', /There is no folder and no file/],
  [{ 'package.json': '[]' }, '.', /is no package\.json/],
  [{ 'package.json': '{' }, '.', /cannot be read/],
  [{ 'package.json': '{}' }, '.', /names no module in/],
])('%j is no package', (files, place, message) => {
  const root = makeFolder(files);
  expect(() => readPackage(place, root)).toThrow(message);
});
