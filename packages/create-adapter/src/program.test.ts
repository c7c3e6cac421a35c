import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateError } from './errors.js';
import { readVersion } from './package-root.js';
import { runProgram, type Surroundings } from './program.js';
import { askAtTerminal, type Questions, type TextQuestion } from './questions.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'holdline-create-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], given: Partial<Surroundings> = {}): Promise<Run> {
  let [out, err] = ['', ''];
  const code = await runProgram(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    questions: undefined,
    findVersion: () => Promise.resolve('10.4.2'),
    cwd: work,
    ...given,
  });
  return { code, out, err };
}

const manifestIn = async (folder: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;

/** Answers each question by its first word, and notes the questions. */
function answers(given: Record<string, string>): Questions & { asked: TextQuestion[] } {
  const asked: TextQuestion[] = [];
  return {
    asked,
    text(question) {
      asked.push(question);
      const word = question.message.split(' ')[0] ?? '';
      return Promise.resolve(given[word] ?? question.initial ?? '');
    },
    template: () => Promise.resolve('function-client'),
  };
}

describe('flags', () => {
  it('answer every question', async () => {
    const target = join(work, 'made');
    const { code, out, err } = await run([
      ...[target, '--template', 'axios-sdk', '--name', '@acme/x', '--client', 'acme-sdk@^2.0.0', '--guard', 'guardIt'],
      ...['--description', 'Text.', '--author', 'Ada', '--license', 'ISC'],
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/Created @acme\/x with \d+ files\.\n\n {2}cd made\n {2}npm install\n {2}npm run check\n/);
    expect(await manifestIn(target)).toMatchObject({
      name: '@acme/x',
      description: 'Text.',
      author: 'Ada',
      license: 'ISC',
      holdline: { client: 'acme-sdk', versions: '^2.0.0' },
    });
    expect(await readFile(join(target, 'src/index.ts'), 'utf8')).toContain(
      "export const guardIt = defineAdapter<SdkLike>({\n  name: 'guardIt'",
    );
  });

  it('may leave out what has a default', async () => {
    const target = join(work, 'holdline-superagent');
    expect((await run([target, '--template=function-client', '--client=superagent'])).code).toBe(0);
    expect(await manifestIn(target)).toMatchObject({
      name: 'holdline-superagent',
      description: 'A Holdline adapter for superagent.',
      license: 'MIT',
      holdline: { client: 'superagent', versions: '^10.4.2' },
    });
    expect(await readFile(join(target, 'src/index.ts'), 'utf8')).toContain('export const guardSuperagent = ');
  });

  it('make a policy', async () => {
    const target = join(work, 'holdline-night');
    const { code, out } = await run([target, '--policy', '-y']);
    expect(code).toBe(0);
    expect(out).not.toContain('example client');
    expect(await readFile(join(target, 'src/index.ts'), 'utf8')).toContain('export const night = definePolicy');
  });

  it('say that the registry did not answer', async () => {
    const { code, out } = await run([join(work, 'x'), '--template', 'fetch-sdk', '--client', 'needle'], {
      findVersion: () => Promise.resolve(undefined),
    });
    expect(code).toBe(0);
    expect(out).toContain('allows every version of needle');
    expect(await manifestIn(join(work, 'x'))).toMatchObject({ holdline: { versions: '*' } });
  });

  it.each([
    [[], /Missing: the folder, as the first argument; and --template, which is one of function-client, axios-sdk/],
    [['x'], /Missing: --template, which is one of/],
    [['--policy'], /Missing: the folder, as the first argument\./],
    [['x', '--template', 'react'], /--template is "react"; allowed is one of "function-client"/],
    [['x', '--policy', '--template', 'axios-sdk'], /--policy and --template axios-sdk contradict each other/],
    [['x', '--policy', '--client', 'needle'], /--client is for adapters/],
    [['x', '--template', 'policy', '--guard', 'g'], /--guard is for adapters/],
    [['x', '--policy', '--name', 'Bad Name'], /--name is "Bad Name"; allowed is a name of npm/],
    [['', '--policy'], /The folder is ""; allowed is the path of a folder/],
    [['x', 'y', '--policy'], /One folder is allowed, and there are 2: x, y/],
    [['x', '--unknown'], /Unknown option '--unknown'/],
    [['x', '--name'], /'--name <value>' argument missing/],
    [['x', '--policy=yes'], /--policy' does not take an argument/],
  ])('%j are refused with what is allowed', async (args, message) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: [^]*\nSee: npm create @holdline\/adapter -- --help\n$/);
    expect(await readdir(work)).toEqual([]);
  });

  it('print the help and the version', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['--template', '--policy', '--client', 'immutable-client', 'Exit codes: 0'])
      expect(out).toContain(word);
    expect(await run(['-v'])).toEqual({ code: 0, out: `${readVersion()}\n`, err: '' });
  });
});

it('ends with 1 for a folder that is not empty, before it asks the other questions', async () => {
  await writeFile(join(work, 'file'), '');
  const questions = answers({});
  const { code, err } = await run([work], { questions });
  expect(code).toBe(1);
  expect(err).toMatch(/^error: The folder .* is not empty: it has file\. Name another folder, or empty this one\.\n$/);
  expect(questions.asked).toEqual([]);
});

it('does not hide a package that the registry does not have', async () => {
  const findVersion = (): Promise<string> =>
    Promise.reject(new CreateError('client is "x"; the registry has no such package.'));
  const { code, err } = await run([join(work, 'x'), '--template', 'fetch-sdk', '--client', 'no-such'], { findVersion });
  expect([code, err]).toEqual([2, expect.stringContaining('the registry has no such package')]);
});

describe('questions', () => {
  it('are asked for what no flag says, with defaults that follow from the answers before', async () => {
    const target = join(work, 'holdline-superagent');
    const questions = answers({ Folder: target, Which: 'superagent' });
    expect((await run([], { questions })).code).toBe(0);
    expect(questions.asked.map(({ message, initial }) => [message.split(' ')[0], initial])).toEqual([
      ['Folder', 'holdline-adapter'],
      ['Name', 'holdline-superagent'],
      ['Which', undefined],
      ['Name', 'guardSuperagent'],
      ['Description,', undefined],
      ['Author?', undefined],
    ]);
    expect(await manifestIn(target)).toMatchObject({ holdline: { client: 'superagent', versions: '^10.4.2' } });
  });

  it('are not asked where a flag answers, nor with --yes', async () => {
    const questions = answers({});
    const flags = [
      '--template',
      'fetch-sdk',
      '--name',
      'x',
      '--client',
      'y',
      '--guard',
      'g',
      '--description',
      '',
      '--author',
      '',
    ];
    expect((await run([join(work, 'a'), ...flags], { questions })).code).toBe(0);
    expect((await run([join(work, 'b'), '--policy', '--yes'], { questions })).code).toBe(0);
    expect(questions.asked).toEqual([]);
  });

  it('about the client are not asked for a policy', async () => {
    const questions = answers({});
    await run([join(work, 'a'), '--policy'], { questions });
    expect(questions.asked.map(({ message }) => message)).toEqual([
      'Name of the package?',
      'Description, one line?',
      'Author?',
    ]);
  });

  it('work at a terminal, refuse wrong answers, and can be cancelled', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const questions = askAtTerminal({ input, output });
    let shown = '';
    output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const check = (value: string): string | undefined => (value === 'good' ? undefined : 'allowed is "good"');
    const typed = async (keys: string, until: RegExp): Promise<void> => {
      input.write(keys);
      while (!until.test(shown)) await new Promise((resolve) => output.once('data', resolve));
      shown = '';
    };

    const text = questions.text({ message: 'A text?', check });
    await typed('bad\r', /Allowed is "good"/);
    input.write('\u007f\u007f\u007fgood\r');
    expect(await text).toBe('good');

    const initial = questions.text({ message: 'Another?', initial: 'default', check });
    input.write('\r');
    expect(await initial).toBe('default');

    const template = questions.template();
    input.write('\u001b[B\r');
    expect(await template).toBe('axios-sdk');

    const cancelled = questions.text({ message: 'Last?', check });
    input.write('\u0003');
    await expect(cancelled).rejects.toMatchObject({ exitCode: 130, message: 'Cancelled. Nothing was written.' });
  });
});
