import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHoldline } from '@holdline/core';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { addSimulateCommand } from './simulate.js';

/** A module that exports a line. */
const LINE = 'export default globalThis.lineOfTest;';
const COMMON = ['--agents', '30', '--limit', '10/1s'];

async function run(
  args: string[],
  { files = {}, progress = false }: { files?: Record<string, string>; progress?: boolean } = {},
) {
  const cwd = await mkdtemp(join(tmpdir(), 'holdline-simulate-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  const program = new Command('holdline').exitOverride();
  let out = '';
  let err = '';
  const terminal = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  addSimulateCommand(program, { ...terminal, progress, cwd });
  await program.parseAsync(['simulate', ...args], { from: 'user' });
  return { out, err, cwd };
}

test('prints a table, and nothing on the error output of a pipe', async () => {
  const { out, err } = await run([...COMMON, '--within', '1s', '--what-if', 'credentials=2']);
  expect(out).toMatch(/^base +agents +normal +30 /m);
  expect(out).toMatch(/^credentials=2 +agents +normal +30 /m);
  expect(out).toContain('A second credential');
  expect(err).toBe('');
});

test('prints JSON, and draws a picture', async () => {
  const { out, cwd } = await run([...COMMON, '--no-what-if', '--json', '--svg', 'load.svg']);
  expect(JSON.parse(out)).toMatchObject({ seed: 1, base: { total: { calls: 30 } }, whatIf: [] });
  expect(await readFile(join(cwd, 'load.svg'), 'utf8')).toMatch(/^<svg /);
});

test('a picture that cannot be written costs no result', async () => {
  let out = '';
  const program = new Command('holdline').exitOverride();
  const cwd = tmpdir();
  addSimulateCommand(program, { out: (text) => void (out += text), err: () => undefined, progress: false, cwd });
  const args = ['simulate', ...COMMON, '--no-what-if', '--errors', '100%', '--svg', 'absent/folder/load.svg'];
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow(
    /^The picture .*load\.svg cannot be written/,
  );
  expect(out).toMatch(/^base +agents +normal +30 /m);
  expect(out).toContain('In the base run 10 calls failed after the line sent them.');
});

test('shows progress in one line that it removes at the end', async () => {
  const { err } = await run([...COMMON, '--no-what-if'], { progress: true });
  expect(err).toContain('run 1 of 1 (base): 100 %');
  expect(err.endsWith('\r\u001B[K')).toBe(true);
});

test('reads a scenario in JSON or TypeScript, and a configuration without its tokens', async () => {
  const scenario = { load: [{ name: 'jobs', count: 7, calls: [{ route: 'GET /jobs' }] }] };
  const files = {
    'a.json': JSON.stringify(scenario),
    'b.ts': `const count: number = 7;\nexport default { load: [{ name: 'jobs', count, calls: [{ route: 'GET /jobs' }] }] };\n`,
    'c.ts': `export default () => ({ governor: { maxQueued: 2 }, token: { grant: async () => undefined } });\n`,
  };
  const ofJson = await run(['a.json', '--no-what-if'], { files });
  expect(ofJson.out).toMatch(/^base +jobs +normal +7 /m);
  expect((await run(['b.ts', '--no-what-if'], { files })).out).toBe(ofJson.out);
  const ofConfig = await run(['a.json', '--config', 'c.ts', '--limit', '1/1s', '--json', '--no-what-if'], { files });
  expect(JSON.parse(ofConfig.out)).toMatchObject({ base: { refusedBy: { HOLDLINE_QUEUE_FULL: 4 } } });
});

test.each<[string[], string]>([
  [['--agents', 'x'], '--agents must be an integer from 0 to 1000000, got "x"'],
  [[...COMMON, '--what-if', 'drop=jobs'], '--what-if must be a change of one of the groups agents, got "drop=jobs"'],
  [['missing.json'], 'There is no file '],
  [['list.json'], 'the file list.json must have an object'],
  [['broken.json'], 'broken.json cannot be loaded: '],
  [['--agents', '1', '--config', 'line.mjs'], 'line.mjs exports a line'],
  [['empty.json'], 'load must be a list of groups, or { recording }'],
  [['--recording', 'missing.jsonl'], 'missing.jsonl cannot be read: '],
])('%j is an error', async (args, message) => {
  const files = { 'list.json': '[]', 'broken.json': '{', 'empty.json': '{}', 'line.mjs': LINE };
  const shared = globalThis as { lineOfTest?: unknown };
  shared.lineOfTest = createHoldline();
  onTestFinished(() => void delete shared.lineOfTest);
  await expect(run(args, { files })).rejects.toThrow(message);
});

test('the guide shows what the command prints and draws', async () => {
  const docs = new URL('../../../../docs/', import.meta.url);
  const guide = await readFile(new URL('guides/simulate.md', docs), 'utf8');
  const examples = [...guide.matchAll(/```sh\nnpx holdline simulate (--agents .*)\n```\n\n```text\n([^`]*)```/g)];
  expect(examples).toHaveLength(3);
  for (const [, command = '', shown] of examples) {
    const { out, cwd } = await run(command.split(' ').map((word) => word.replaceAll("'", '')));
    expect(out).toBe(shown);
    if (!command.includes('--svg')) continue;
    const picture = await readFile(new URL('public/simulate-login.svg', docs), 'utf8');
    expect(await readFile(join(cwd, 'login.svg'), 'utf8')).toBe(picture);
  }
});
