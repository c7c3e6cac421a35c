import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_VERSION, POLICY_CONTRACT_VERSION } from '@holdline/adapter-kit';
import { check as isFormatted } from 'prettier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateError } from './errors.js';
import { resolveProject, type ProjectOptions } from './options.js';
import { readVersion, ROOT } from './package-root.js';
import { buildFiles, createProject } from './project.js';
import { TEMPLATE_NAMES } from './templates.js';
import { CONTRACT, EXAMPLE_TOOLS, TOOLS } from './versions.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdline-create-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const filesOf = (options: Partial<ProjectOptions>): Promise<Map<string, string>> =>
  buildFiles(resolveProject({ folder: 'holdline-x', template: 'function-client', ...options }), '1.2.3', 2026);
const manifestOf = async (options: Partial<ProjectOptions>): Promise<Record<string, unknown>> =>
  JSON.parse((await filesOf(options)).get('package.json') ?? '') as Record<string, unknown>;

/** Values at the limits, which end in names, code, JSON and Markdown. */
const SHORT: Partial<ProjectOptions> = { name: 'a', guard: 'g', description: 'd', author: 'A' };
const LONG: Partial<ProjectOptions> = {
  name: `@${'s'.repeat(20)}/${'p'.repeat(30)}`,
  guard: 'g'.repeat(40),
  description: `1. "Quotes" \`code\` *stars* _a_b_ <b> & # | \\ \${x} $name$ ${'w'.repeat(100)}`,
  author: `Ada "A." O'Byron <ada@example.org>`,
};

describe.each(TEMPLATE_NAMES)('the template %s', (template) => {
  it.each([SHORT, LONG])('gives formatted files, whatever the values are', async (values) => {
    const { guard, ...others } = values;
    const isPolicy = template === 'policy';
    const files = await filesOf({
      template,
      ...others,
      ...(!isPolicy && { guard, client: `${'c'.repeat(30)}@^1.0.0` }),
    });
    const wrong: string[] = [];
    for (const [path, text] of files) {
      if (!/\.(ts|js|json|md|yml)$/.test(path)) continue;
      const filepath = path === '.prettierrc.json' ? 'prettierrc.json' : path;
      if (!(await isFormatted(text, { filepath, singleQuote: true, printWidth: 120 }))) wrong.push(path);
    }
    expect(wrong).toEqual([]);
  });

  it('gives files without a placeholder and without the name of a host', async () => {
    for (const [path, text] of await filesOf({ template })) {
      expect(`${path}: ${/\$[A-Za-z]+\$/.exec(text)?.[0]}`).toBe(`${path}: undefined`);
      expect(`${path}: ${/npmjs|jsdelivr|unpkg|github\.com/.exec(text)?.[0]}`).toBe(`${path}: undefined`);
    }
  });

  it('has the keyword, the contract, and the workflows', async () => {
    const files = await filesOf({ template });
    const kind = template === 'policy' ? 'policy' : 'adapter';
    const { keywords, holdline, files: packed } = await manifestOf({ template });
    expect(keywords).toContain(`holdline-${kind}`);
    expect(holdline).toEqual({ contract: CONTRACT });
    expect(packed).toEqual(['dist', 'CHANGELOG.md']);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        ...['.github/workflows/ci.yml', '.github/workflows/release.yml', '.gitignore', '.prettierrc.json', 'LICENSE'],
        ...['README.md', 'src/index.ts', `test/${kind}.contract.ts`, 'test/claims.test.ts', 'test/contract.test.ts'],
      ]),
    );
    expect(files.get('.github/workflows/ci.yml')).toContain('node: [20, 22, 24]');
    expect(files.get('.github/workflows/release.yml')).toMatch(
      /id-token: write[^]*npm publish --provenance --access public/,
    );
  });
});

it('depends on the Holdline that the command belongs to', async () => {
  const { peerDependencies, devDependencies, dependencies } = await manifestOf({
    template: 'axios-sdk',
    client: 'x-sdk@^4.0.0',
  });
  expect(peerDependencies).toEqual({ '@holdline/core': '^1.2.3', 'x-sdk': '^4.0.0' });
  expect(dependencies).toEqual({ '@holdline/axios': '^1.2.3' });
  expect(devDependencies).toMatchObject({
    '@holdline/adapter-kit': '^1.2.3',
    holdline: '^1.2.3',
    'x-sdk': '^4.0.0',
    ...TOOLS,
  });
});

it('names the client where it is known, and is private as long as it guards the example', async () => {
  expect(await manifestOf({ client: 'superagent@^10.2.0' })).toMatchObject({
    private: true,
    holdline: { client: 'superagent', versions: '^10.2.0', contract: CONTRACT },
    peerDependenciesMeta: { superagent: { optional: true } },
  });
  expect((await filesOf({ client: 'superagent' })).get('src/index.ts')).toContain('Made for `superagent`');
  expect((await manifestOf({ template: 'policy' }))['private']).toBeUndefined();
});

it('keeps awkward values as they are', async () => {
  const { description, author, name } = await manifestOf(LONG);
  expect({ description, author, name }).toEqual({
    description: LONG.description,
    author: LONG.author,
    name: LONG.name,
  });
  expect((await filesOf(LONG)).get('LICENSE')).toContain(`Copyright (c) 2026 Ada "A." O'Byron\n`);
});

it.each([
  ['MIT', 'Permission is hereby granted'],
  ['ISC', 'Permission to use, copy'],
  ['UNLICENSED', 'All rights reserved.'],
] as const)('writes the license %s', async (license, text) => {
  expect((await filesOf({ license })).get('LICENSE')).toContain(text);
  expect((await manifestOf({ license }))['license']).toBe(license);
});

describe('createProject', () => {
  it('writes what it says', async () => {
    const target = join(folder, 'deep/holdline-acme');
    const { name, files } = await createProject({ folder: target, template: 'fetch-sdk' });
    expect(name).toBe('holdline-acme');
    const found = (await readdir(target, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(found.map(({ parentPath, name: file }) => join(parentPath, file).slice(target.length + 1)).sort()).toEqual(
      [...files].sort(),
    );
    expect(JSON.parse(await readFile(join(target, 'package.json'), 'utf8'))).toMatchObject({
      devDependencies: { '@holdline/core': `^${readVersion()}` },
    });
  });

  it('takes an empty folder, and one with a new repository', async () => {
    await mkdir(join(folder, '.git'));
    await expect(createProject({ folder, template: 'policy', name: 'x' })).resolves.toMatchObject({ name: 'x' });
  });

  it('refuses a folder that is not empty, and leaves it as it is', async () => {
    await writeFile(join(folder, 'mine.txt'), 'mine');
    const error = await createProject({ folder, template: 'policy', name: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CreateError);
    expect(error).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/is not empty: it has mine\.txt\./) as string,
    });
    expect(await readdir(folder)).toEqual(['mine.txt']);
  });

  it('refuses a file in place of the folder, and a folder below a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const target of [file, join(file, 'below')])
      await expect(createProject({ folder: target, template: 'policy', name: 'x' })).rejects.toMatchObject({
        exitCode: 1,
      });
    expect(await readFile(file, 'utf8')).toBe('');
  });

  it.each([
    [{ template: 'vue' }, /template is "vue"; allowed is one of "function-client"/],
    [{ template: undefined }, /template is undefined; allowed is a string/],
    [{ folder: '' }, /folder is ""; allowed is the path of a folder/],
    [{ name: 'Bad Name' }, /name is "Bad Name"; allowed is a name of npm/],
    [{ folder: '/' }, /gives no name for the package/],
    [{ guard: 'delete' }, /guard is "delete"; allowed is the name of a function/],
    [{ client: 'x@latest' }, /client is "x@latest"; allowed is a package of npm/],
    [{ client: 'x', name: 'x' }, /name is "x", which is the client/],
    [{ description: 'two\nlines' }, /description is "two\\nlines"; allowed is one line/],
    [{ author: 'x'.repeat(201) }, /author is "x+"; allowed is one line/],
    [{ license: 'GPL' }, /license is "GPL"; allowed is one of "MIT"/],
    [{ typescript: true }, /typescript is unknown; allowed are folder, template/],
    [{ template: 'policy', guard: 'x' }, /guard is for adapters/],
    [{ template: 'policy', client: 'x' }, /client is for adapters/],
  ])('refuses %j', async (wrong, message) => {
    const options = { folder: join(folder, 'new'), template: 'function-client', ...wrong } as ProjectOptions;
    const error = await createProject(options).catch((thrown: unknown) => thrown as CreateError);
    expect((error as CreateError).message).toMatch(message);
    expect((error as CreateError).exitCode).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });
});

it('uses the versions of this workspace, and the contracts of the kit', async () => {
  expect([CONTRACT_VERSION, POLICY_CONTRACT_VERSION]).toEqual([CONTRACT, CONTRACT]);
  const read = async (path: string): Promise<Record<string, string>> =>
    (
      JSON.parse(await readFile(join(ROOT, '../..', path), 'utf8')) as {
        devDependencies?: object;
        dependencies?: object;
      }
    ).devDependencies as Record<string, string>;
  const bare = (range: string | undefined): string | undefined => range?.replace(/^\^/, '');
  const workspace = await read('package.json');
  for (const [name, range] of Object.entries(TOOLS)) expect([name, bare(range)]).toEqual([name, bare(workspace[name])]);
  for (const [template, name, path] of [
    ['axios-sdk', 'axios', 'packages/axios/package.json'],
    ['fetch-sdk', 'undici', 'packages/fetch/package.json'],
    ['immutable-client', 'undici', 'packages/fetch/package.json'],
  ] as const)
    expect(bare(EXAMPLE_TOOLS[template][name])).toBe(bare((await read(path))[name]));
});

describe('the name of what a project exports', () => {
  it.each(['ExampleClient', 'defineAdapter', 'expect'])('is not %s, which the template uses itself', async (guard) => {
    const creating = createProject({ folder: join(folder, 'x'), template: 'function-client', guard });
    await expect(creating).rejects.toThrow(`guard is "${guard}", a name that the files of the template use themselves`);
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  it('may be a word of a comment', async () => {
    await createProject({ folder: join(folder, 'x'), template: 'function-client', guard: 'CHANGE' });
    await expect(readdir(folder)).resolves.toEqual(['x']);
  });

  it('gets an ending if the name of a policy is taken', async () => {
    await createProject({ folder: join(folder, 'x'), template: 'policy', name: 'holdline-describe' });
    await expect(readFile(join(folder, 'x/src/index.ts'), 'utf8')).resolves.toContain('const describePolicy');
  });
});

describe('the name of a folder', () => {
  it('has its scope, if the folder above has the form of one', () => {
    const { name } = resolveProject({ folder: join(folder, '@acme/holdline-x'), template: 'policy' });
    expect(name).toBe('@acme/holdline-x');
  });
});
