import { CONTRACT_VERSION, POLICY_CONTRACT_VERSION } from '@holdline/adapter-kit';
import { describe, expect, test } from 'vitest';
import { makeProject, run } from './cli-support.js';

const MANIFEST = {
  name: 'holdline-adapter-acme',
  version: '1.2.3',
  type: 'module',
  license: 'MIT',
  keywords: ['holdline-adapter'],
  holdline: { client: 'acme-client', versions: '>=1.0.0 <2', contract: CONTRACT_VERSION as number },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  peerDependencies: { '@holdline/core': '^0.1.0' },
  dependencies: { '@holdline/fetch': '^0.1.0' },
};

/** The built adapter. `guarded` is what the client gets in place of its function. */
const adapter = (guarded: string): string => `import { defineAdapter, originOf } from '@holdline/core';
import { guardedFetch } from '@holdline/fetch';
// A comment may say: import { AcmeClient } from 'acme-client';
export const guardAcme = defineAdapter({
  name: 'guardAcme',
  attach(client, line) {
    const native = client.send;
    const guarded = guardedFetch(native, line, { ownOrigin: () => originOf(client.baseUrl) });
    client.send = ${guarded};
    return () => {
      client.send = native;
    };
  },
});
`;

const CONTRACT = `import { Readable } from 'node:stream';
class AcmeClient {
  constructor(baseUrl) {
    this.baseUrl = baseUrl;
    this.send = (url, init) => fetch(url, init);
  }
}
export default ({ guardAcme }) => ({
  name: 'guardAcme',
  guard: guardAcme,
  connect: ({ url }, { authorization }) => ({
    client: new AcmeClient(url),
    call: (client, { method, baseUrl, path, headers, body, signal }) =>
      client.send(baseUrl + path, {
        method,
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }), ...headers },
        body: body instanceof Readable ? Readable.toWeb(body) : body,
        duplex: 'half',
        signal,
      }),
    read: async (answer) => ({ status: answer.status, text: await answer.text() }),
    refuse: (client) => client.send(url, { body: 'a GET has no body' }),
  }),
  lacks: {
    interceptor: 'it has no interceptors',
    oneConnection: 'fetch has no option for its connections',
    deadLetters: 'it sends no letters',
    secondCopy: 'it is one class',
  },
});
`;

function makePackage(files: Record<string, string | undefined> = {}, manifest: Record<string, unknown> = {}): string {
  const all: Record<string, string | undefined> = {
    'package.json': JSON.stringify({ ...MANIFEST, ...manifest }),
    'README.md': '# Acme',
    LICENSE: 'MIT',
    'dist/index.js': adapter('guarded'),
    'dist/index.d.ts': 'export declare const guardAcme: unknown;',
    'adapter.contract.mjs': CONTRACT,
    ...files,
  };
  return makeProject(
    Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined)),
  );
}

describe('adapter-check', () => {
  test('passes a good adapter, with all cases but those it leaves out', async () => {
    const { code, out, err } = await run(['adapter-check'], makePackage());
    expect(err).toBe('');
    expect(out).toContain('Package holdline-adapter-acme 1.2.3, module dist/index.js\nThe package is complete.\n');
    expect(out).toContain(`Contract of guardAcme, version ${CONTRACT_VERSION}, @holdline/adapter-kit `);
    expect(out).not.toContain('  failed ');
    expect(out).toMatch(/\n {2}left out {2}attempts: .*\n {12}Reason: it has no interceptors\n/);
    expect(out).toMatch(/\n\d{2} passed, 0 failed, \d+ left out\n$/);
    expect(code).toBe(0);
  });

  test('says of a wrong adapter what is wrong, why, and where the guide treats it', async () => {
    const cwd = makePackage({ 'dist/index.js': adapter('async (...args) => (await guarded(...args)).clone()') });
    const { code, out } = await run(['adapter-check', './dist', '--part', 'attempts'], cwd);
    expect(code).toBe(1);
    expect(out).toContain('  failed    attempts: lets callInfo() find the result and the error of a call\n');
    expect(out).toMatch(/\n {12}Why: A caller asks callInfo\(\)/);
    expect(out).toContain('            Guide: docs/extend/write-an-adapter.md#');
    expect(out).not.toContain('  passed    refusals:');
    const json = await run(['adapter-check', '--part', 'attempts', '--json'], cwd);
    const report = JSON.parse(json.out) as {
      name: string;
      findings: unknown[];
      contracts: { name: string; cases: { name: string; result: string; problem?: string; guide?: string }[] }[];
    };
    expect(json.code).toBe(1);
    expect(report).toMatchObject({ name: 'holdline-adapter-acme', findings: [], contracts: [{ name: 'guardAcme' }] });
    expect(report.contracts[0]?.cases.filter(({ result }) => result === 'failed').map(({ name }) => name)).toEqual([
      'lets callInfo() find the result and the error of a call',
    ]);
  });

  test('tests a policy, with a contract in TypeScript in the folder test', async () => {
    const policy = (body: string): string => `import { definePolicy } from '@holdline/core';
export const quiet = definePolicy({ name: 'acme-quiet', phase: 'answer', create: () => async (call, next) => { ${body} } });
`;
    const files = {
      'adapter.contract.mjs': undefined,
      'dist/index.js': policy('return next(call);'),
      'test/policy.contract.ts': `import type { PolicyUnderTest } from '@holdline/adapter-kit';
import { NAME } from './name.js';
export const policy = ({ quiet }: { quiet: () => never }): PolicyUnderTest => ({
  name: NAME, create: quiet, lacks: { waits: 'it never waits', refuses: 'it never refuses' },
});
`,
      'test/name.ts': "export const NAME: string = 'quiet';",
    };
    const manifest = {
      keywords: ['holdline-policy'],
      holdline: { contract: POLICY_CONTRACT_VERSION },
      dependencies: {},
    };
    const good = await run(['adapter-check'], makePackage(files, manifest));
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toMatch(/The package is complete\.\n\nContract of the policy quiet, version \d/);
    expect(good.out).toMatch(/\n12 passed, 0 failed, 4 left out\n$/);
    const wrong = await run(
      ['adapter-check'],
      makePackage({ ...files, 'dist/index.js': policy('void Date.now(); return next(call);') }, manifest),
    );
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('The policy used Date.now().');
    expect(wrong.out).toMatch(/\n11 passed, 1 failed, 4 left out\n$/);
  });

  test('finds what is wrong in the package before the contract runs', async () => {
    const cwd = makePackage(
      {
        'README.md': undefined,
        'dist/index.js': `import 'acme-client';\n${adapter('guarded')}`,
      },
      {
        keywords: [],
        holdline: { client: 'acme-client', versions: '>=1', contract: 99 },
        peerDependencies: {},
        dependencies: { '@holdline/fetch': '^0.1.0', 'acme-client': '1' },
      },
    );
    const { code, out, err } = await run(['adapter-check'], cwd);
    // The client is not installed, so the package cannot be loaded.
    expect(code).toBe(2);
    expect(err).toMatch(/^error: The package cannot be loaded from .*acme-client/);
    const text = out.replace(/\s+/g, ' ');
    for (const found of [
      "error: The keywords of package.json lack 'holdline-adapter'.",
      'package.json says that the package passes version 99 of the contract.',
      'error: @holdline/core is neither a dependency nor a peer dependency.',
      'error: The build imports its client acme-client. dist/index.js Why:',
      'error: The client acme-client is a dependency of the package.',
      'error: The package has no README.',
    ])
      expect(text).toContain(found);
  });

  test.each<[string, Record<string, string | undefined>, string[], RegExp]>([
    [
      'no build',
      { 'dist/index.js': undefined },
      [],
      /^error: .*index\.js is missing, which exports\["\."\]\.default of package\.json names\. Build the package first\.\n$/,
    ],
    ['no folder dist', {}, ['./build'], /^error: There is no folder and no file .*build\. If it is the build/],
    [
      'no contract file',
      { 'adapter.contract.mjs': undefined },
      [],
      /^error: .* has no adapter\.contract\.mjs, \.js or \.ts, also not in its folder test\./,
    ],
    ['no such contract file', {}, ['--contract', 'x.mjs'], /^error: There is no contract file .*x\.mjs\.\n$/],
    [
      'a contract that throws',
      { 'adapter.contract.mjs': "throw new Error('no client')" },
      [],
      /^error: The contract file .* cannot be loaded: no client\n$/,
    ],
    [
      'a function that throws',
      { 'adapter.contract.mjs': "export default () => { throw new Error('no client') }" },
      [],
      /^error: The function of the contract file .* failed: no client\n$/,
    ],
    [
      'no adapter',
      { 'adapter.contract.mjs': 'export default 7' },
      [],
      /^error: .* exports something else than an adapter under test/,
    ],
    [
      'an adapter without guard',
      { 'adapter.contract.mjs': "export default { name: 'x', connect() {} }" },
      [],
      /^error: The contract cannot run: adapter\.guard must be a function, got undefined\n$/,
    ],
    [
      'a guard that the package lacks',
      { 'adapter.contract.mjs': "export default ({ guardAmce: guard }) => ({ name: 'x', guard, connect() {} })" },
      [],
      /^error: .*guard must be a function, got undefined\. The package exports guardAcme\.\n$/,
    ],
    ['a wrong part', {}, ['--part', 'token'], /^error: --part must be one of attempts, refusals,/],
  ])('%s is an error in one line', async (_, files, args, message) => {
    const { code, err } = await run(['adapter-check', ...args], makePackage(files));
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  test('reports an error that nobody handles, and ends', async () => {
    const contract = CONTRACT.replace(
      'client: new AcmeClient(url),',
      "client: (void Promise.reject(new Error('stray')), new AcmeClient(url)),",
    );
    const { code, out } = await run(
      ['adapter-check', '--part', 'refusals'],
      makePackage({ 'adapter.contract.mjs': contract }),
    );
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'Nobody handles an error of the adapter, its client or the functions of the contract file: Error: stray',
    );
  });
});
