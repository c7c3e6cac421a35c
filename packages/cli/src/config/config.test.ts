import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHoldline } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { configPath, findConfig } from './find-config.js';
import { loadConfig } from './load-config.js';
import { readConfigFile } from './read-file.js';

function makeFolder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'holdline-config-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('the nearest configuration counts, TypeScript first', () => {
  const root = makeFolder({
    'holdline.config.json': '{}',
    'holdline.config.ts': '',
    'a/b/holdline.config.mjs': '',
    'a/b/c/x.txt': '',
  });
  expect(findConfig(join(root, 'a/b/c'))).toBe(join(root, 'a/b/holdline.config.mjs'));
  expect(findConfig(join(root, 'a'))).toBe(join(root, 'holdline.config.ts'));
  expect(configPath('a/b/holdline.config.mjs', root)).toBe(join(root, 'a/b/holdline.config.mjs'));
  expect(() => configPath('a', root)).toThrow(/There is no configuration file/);
});

describe('a module', () => {
  const limit = (text: string): string => `{ governor: { quotas: [{ limit: ${text}, windowMs: 1000 }] } }`;
  test.each<[string, string]>([
    ['c.json', '{"governor":{"quotas":[{"limit":7,"windowMs":1000}]}}'],
    ['c.mjs', `export default ${limit('7')};`],
    ['named.mjs', `export const config = ${limit('7')};`],
    ['c.cjs', `module.exports = ${limit('7')};`],
    ['nested.cjs', `exports.config = ${limit('7')};`],
    ['c.ts', `const limit: number = 7;\nexport default ${limit('limit')};`],
    ['named.ts', `export const config = ${limit('7 as number')};`],
    ['function.mts', `export default () => (${limit('7')});`],
    ['bom.json', '\uFEFF{"governor":{"quotas":[{"limit":7,"windowMs":1000}]}}'],
    ['export.cts', `export = ${limit('7')};`],
    ['call.cts', `export = () => (${limit('7')});`],
    ['promise.mjs', `export default Promise.resolve(${limit('7')});`],
    ['async.ts', `export default async () => (${limit('7')});`],
  ])('%s', async (name, text) => {
    const root = makeFolder({ [name]: text });
    const loaded = await loadConfig(name, root);
    expect(loaded.config?.governor).toEqual({ quotas: [{ limit: 7, windowMs: 1_000 }] });
    expect(loaded).toMatchObject({ path: join(root, name), hasClients: false });
    await loaded.close();
  });

  test.each<[string, string, RegExp]>([
    ['broken.mjs', 'export default {', /cannot be loaded/],
    ['throws.ts', "throw new Error('no key in the environment');", /cannot be loaded: no key in the environment/],
    ['fails.mjs', "export default () => { throw new Error('no'); };", /failed: no/],
    ['empty.mjs', 'export const other = 1;', /must export a configuration, a line, or a function/],
    ['nothing.mjs', '', /must export a configuration, a line, or a function/],
    ['nothing.ts', '', /must export a configuration, a line, or a function/],
    ['wrong.mjs', 'export default { governer: {} };', /wrong\.mjs: .*governer/],
    [
      'setup.mjs',
      "export default {}; export const setup = () => { throw new Error('no client'); };",
      /setup\(\) of .* failed: no client/,
    ],
    ['broken.json', '{', /cannot be loaded/],
  ])('%s is an error with the exit code 2', async (name, text, message) => {
    const root = makeFolder({ [name]: text });
    await expect(loadConfig(name, root)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  test('without a file, the defaults apply', async () => {
    const loaded = await loadConfig(undefined, makeFolder({}));
    expect([loaded.path, loaded.line.explain({ method: 'GET', url: '/a' }).route]).toEqual([undefined, 'GET /a']);
    await loaded.close();
  });

  test('setup gets the line, and the store is closed after the line', async () => {
    const root = makeFolder({
      'c.mjs': `export const order = [];
export default { store: { journal: { get() {}, put() {}, delete() {} }, close() { order.push('store'); } } };
export const setup = (line) => { line.onClose(() => void order.push('line')); };`,
    });
    const loaded = await loadConfig('c.mjs', root);
    const { order } = (await import(join(root, 'c.mjs'))) as { order: string[] };
    expect(loaded.hasClients).toBe(true);
    await loaded.close();
    expect(order).toEqual(['line', 'store']);
  });

  test('a line is used as it is', async () => {
    const shared = globalThis as { holdlineOfTest?: unknown };
    shared.holdlineOfTest = createHoldline();
    const loaded = await loadConfig('c.mjs', makeFolder({ 'c.mjs': 'export default globalThis.holdlineOfTest;' }));
    expect(loaded.line).toBe(shared.holdlineOfTest);
    expect(loaded.config).toBeUndefined();
    await loaded.close();
    delete shared.holdlineOfTest;
  });
});

test('a configuration in TypeScript may use the path aliases of its tsconfig.json', async () => {
  const root = makeFolder({
    'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./lib/*"]}}}',
    'lib/limits.ts': 'export const max: number = 7;',
    'c.ts': "import { max } from '@/limits';\nexport default { max };",
  });
  expect((await readConfigFile(join(root, 'c.ts'))).value).toEqual({ max: 7 });
});

test('options of other commands are read the same way', async () => {
  const root = makeFolder({ 's.ts': "export default { platform: 'cxone' as const };" });
  expect(await readConfigFile(join(root, 's.ts'))).toMatchObject({ value: { platform: 'cxone' } });
  await expect(readConfigFile(join(root, 'absent.ts'))).rejects.toMatchObject({ exitCode: 2 });
});

test('a file that never settles is an error after 30 s', async () => {
  const root = makeFolder({
    'never.mjs': 'export default () => { globalThis.neverStarted?.(); return new Promise(() => undefined); };',
  });
  const shared = globalThis as { neverStarted?: () => void };
  const started = new Promise<void>((resolve) => (shared.neverStarted = resolve));
  onTestFinished(() => void delete shared.neverStarted);
  const clock = new VirtualClock();
  const read = expect(readConfigFile(join(root, 'never.mjs'), clock)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/The export of .*never\.mjs failed: it did not settle within 30 s/) as string,
  });
  await started;
  await clock.advance(30_000);
  await read;
});
