import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadCopy } from './load-copy.js';

const project = mkdtempSync(join(tmpdir(), 'holdline-project-'));
const from = join(project, 'index.js');
const write = (path: string, text: string): void => {
  mkdirSync(join(project, 'node_modules', path, '..'), { recursive: true });
  writeFileSync(join(project, 'node_modules', path), text);
};
write(
  '@acme/sdk/package.json',
  '{"name":"@acme/sdk","type":"module","exports":"./main.js","dependencies":{"shared":"1"}}',
);
write(
  '@acme/sdk/main.js',
  "export { Shared } from 'shared'; export class Client {}; export const url = import.meta.url;",
);
write('shared/package.json', '{"name":"shared","main":"main.cjs"}');
write('shared/main.cjs', 'exports.Shared = class {}; exports.file = __filename;');

afterAll(() => rmSync(project, { recursive: true }));

describe('loadCopy', () => {
  it('loads a copy of a module, with classes of its own and the same dependencies', async () => {
    interface Sdk {
      Client: unknown;
      Shared: unknown;
      url: string;
    }
    const [one, two] = (await Promise.all([loadCopy('@acme/sdk', from), loadCopy('@acme/sdk', from)])) as [Sdk, Sdk];
    const { Shared } = createRequire(from)('shared') as Sdk;
    expect(one.Client).not.toBe(two.Client);
    expect(one.url).not.toBe(two.url);
    expect([one.Shared, two.Shared]).toEqual([Shared, Shared]);
  });

  it('loads a copy of a CommonJS package', async () => {
    const { default: copy } = (await loadCopy('shared', from)) as { default: { Shared: unknown; file: string } };
    const { Shared } = createRequire(from)('shared') as { Shared: unknown };
    expect(copy.Shared).not.toBe(Shared);
    expect(existsSync(copy.file)).toBe(true);
  });

  it('removes the folders of processes that were killed', async () => {
    const parent = mkdtempSync(join(project, 'tmp-'));
    const { pid } = spawnSync(process.execPath, ['--version']);
    const [dead, young, own] = [`${pid}-a`, `${pid}-b`, `${process.pid}-c`].map((name) => {
      const folder = join(parent, `holdline-copy-${name}`);
      mkdirSync(folder);
      if (!name.endsWith('b')) utimesSync(folder, 1, 1);
      return folder;
    });
    vi.stubEnv('TMPDIR', parent);
    vi.resetModules();
    const fresh = await import('./load-copy.js');
    await fresh.loadCopy('shared', from);
    vi.unstubAllEnvs();
    expect([dead, young, own].map((folder) => existsSync(folder ?? ''))).toEqual([false, true, true]);
  });

  it('names a package that it does not find', async () => {
    await expect(loadCopy('@acme/missing/part', from)).rejects.toThrow("has the package '@acme/missing'");
  });
});
