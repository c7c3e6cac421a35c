import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintFiles } from '@holdline/architect';
import { describe, expect, test } from 'vitest';
import { findFlowFiles } from './flow-files.js';
import { makeFolder, type ProgramResult, runIn } from '../terminal/run.fixture.js';

/** Runs `holdline architect` in a folder with these files. */
async function run(args: string[], files: Record<string, string> = {}): Promise<ProgramResult & { cwd: string }> {
  const cwd = makeFolder(files);
  return { ...(await runIn(cwd, ['architect', ...args])), cwd };
}

const call = (name: string): string =>
  `- callData: { name: ${name}, category: { CRM: { dataAction: { ${name}: { inputs: { id: { exp: Flow.Id } } } } } } }`;
const flow = (name: string, ...actions: string[]): string =>
  `workflow:\n  name: ${name}\n  states:\n    - state:\n        name: Start\n        actions:\n${actions.map((action) => `          ${action}\n`).join('')}`;

const WARN = flow('Warn', call('Get'));
const ERROR = flow('Error', '- wait: { name: Long, duration: { lit: { days: 5 } } }');
const CLEAN = flow('Clean', '- endWorkflow: { name: End }');

describe('exit codes', () => {
  test.each<[string, string[], Record<string, string>, number]>([
    ['nothing found', ['a.yaml'], { 'a.yaml': CLEAN }, 0],
    ['a warning', ['a.yaml'], { 'a.yaml': WARN }, 0],
    ['an error', ['a.yaml'], { 'a.yaml': ERROR }, 1],
    ['a warning, with --max-level hint', ['a.yaml', '--max-level', 'hint'], { 'a.yaml': WARN }, 1],
    ['an error, with --max-level error', ['a.yaml', '--max-level', 'error'], { 'a.yaml': ERROR }, 0],
    ['a file that is missing', ['a.yaml', 'b.yaml'], { 'a.yaml': CLEAN }, 2],
    ['a file that is no flow', ['a.yaml'], { 'a.yaml': 'services: {}' }, 2],
  ])('%s', async (_, args, files, code) => {
    expect((await run(['lint', ...args], files)).code).toBe(code);
  });

  test.each<[string[], Record<string, string>, RegExp]>([
    [[], {}, /missing required argument 'file'/],
    [['a.yaml', '--max-level', 'fatal'], {}, /Allowed choices are none, hint, warn, error/],
    [['a.yaml', '--p95', 'fast'], {}, /It must be a time such as 800ms/],
    [['a.yaml', '--calls-per-minute', '-1'], {}, /It must be a number of at least 0/],
    [['a.yaml', '--sarif', 'b.yaml'], {}, /must end with \.sarif or \.json, got 'b\.yaml'/],
    [['a.yaml', '--json', '--sarif'], {}, /both print to the standard output/],
    [['a.yaml', '--config', 'c.yaml'], {}, /There is no configuration file .*c\.yaml/],
    [
      ['a.yaml'],
      { 'holdline.architect.yaml': 'callPerMinute: 1' },
      /holdline\.architect\.yaml: callPerMinute is not known; did you mean callsPerMinute\?/,
    ],
    [
      ['a.yaml', '--config', 'c.mjs'],
      { 'c.mjs': 'export const architect = { p95Ms: 0 };' },
      /c\.mjs: p95Ms must be a number above 0, got 0/,
    ],
    [['.'], { 'notes.txt': '' }, /There is no flow in \./],
  ])('%j ends with 2 and one line', async (args, files, message) => {
    const { code, out, err } = await run(['lint', ...args], files);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });
});

describe('the report', () => {
  test('fits 80 columns, and explains each rule once', async () => {
    const { out } = await run(['lint', '.'], { 'a.yaml': WARN, 'flows/b.yaml': flow('Two', call('Get'), call('Put')) });
    expect(out).toMatchInlineSnapshot(`
      "a.yaml
        7:13 warn data-action-without-failure-path
            'Get' does nothing on failure and timeout.
            In: State "Start" › Call Data Action "Get"
            Why: A data action can end in success, failure or timeout. With an empty
            output, the flow goes on as if there were data, and the first expression
            that reads it may end in the error handling.
            Do: Say what happens on each output: go on without the data, hand on to a
            queue, or repeat with a bound.
            Source:
            https://github.com/GenesysCloudBlueprints/design-architect-flow-data-actions-for-resiliency
            (grade A)

      flows/b.yaml
        7:13 warn data-action-without-failure-path
            'Get' does nothing on failure and timeout.
            In: State "Start" › Call Data Action "Get"
            Do: Say what happens on each output: go on without the data, hand on to a
            queue, or repeat with a bound.

        8:13 warn data-action-without-failure-path
            'Put' does nothing on failure and timeout.
            In: State "Start" › Call Data Action "Put"
            Do: Say what happens on each output: go on without the data, hand on to a
            queue, or repeat with a bound.

      2 flows: 3 warnings
      Not checked:
        - data-action-volume: Volume was not checked: give the interactions per minute
        (callsPerMinute, --calls-per-minute). ('Warn' and 'Two')
      "
    `);
    // A URL cannot be broken.
    for (const line of out.split('\n').filter((text) => !text.includes('https:'))) expect(line.length).toBeLessThan(81);
  });

  test('one file that cannot be read does not hide the findings of the others', async () => {
    const { code, out } = await run(['lint', 'a.yaml', 'b.yaml', 'c.yaml'], {
      'a.yaml': ERROR,
      'b.yaml': 'workflow: [',
    });
    expect(code).toBe(2);
    expect(out).toContain('error wait-too-long');
    expect(out).toMatch(/not read: b\.yaml:1:/);
    expect(out).toContain('not read: c.yaml: There is no such file.');
    expect(out).toContain('1 flow: 1 error; 2 files not read');
  });

  test('other YAML in a folder is counted, and no error', async () => {
    const { code, out } = await run(['lint', '.'], { 'a.yaml': CLEAN, 'docker-compose.yaml': 'services: {}' });
    expect([code, out]).toEqual([0, '1 flow: nothing found\nNote: 1 YAML file of the folders is no flow.\n']);
  });

  test('says what a comment turned off, and a name that is no rule', async () => {
    const files = {
      'a.yaml': flow(
        'A',
        '# holdline-disable-next-line',
        call('Get'),
        '# holdline-disable-next-line wait-to-long',
        call('Put'),
      ),
    };
    const { out } = await run(['lint', 'a.yaml'], files);
    expect(out).toContain('1 flow: 1 warning; 1 finding turned off by comments');
    expect(out.replace(/\s+/g, ' ')).toContain(
      "a.yaml:9 turns off 'wait-to-long', which is no rule. Did you mean wait-too-long?",
    );
  });

  test('as JSON', async () => {
    const { out } = await run(['lint', 'a.yaml', '--json'], { 'a.yaml': ERROR });
    expect(JSON.parse(out)).toMatchObject({
      config: null,
      flows: 1,
      findings: [{ rule: 'wait-too-long', level: 'error', place: { file: 'a.yaml', line: 7 } }],
      unreadable: [],
      notes: [],
    });
  });

  test('as SARIF, to a file beside the text, or instead of it', async () => {
    const both = await run(['lint', 'a.yaml', '--sarif', 'out.sarif'], { 'a.yaml': ERROR });
    expect(both.out).toContain('error wait-too-long');
    const file = JSON.parse(readFileSync(join(both.cwd, 'out.sarif'), 'utf8')) as { runs: { results: unknown[] }[] };
    expect(file.runs[0]?.results).toMatchObject([{ ruleId: 'wait-too-long', level: 'error' }]);
    const only = await run(['lint', 'a.yaml', '--sarif'], { 'a.yaml': ERROR });
    expect(JSON.parse(only.out)).toEqual(file);
  });
});

describe('options', () => {
  const three = flow('Three', call('Get'), call('Find'), call('Read'));
  const volumes = async (args: string[], files: Record<string, string> = {}): Promise<number> => {
    const { out } = await run(['lint', 'a.yaml', '--json', ...args], { 'a.yaml': three, ...files });
    const { findings } = JSON.parse(out) as { findings: { rule: string }[] };
    return findings.filter(({ rule }) => rule === 'data-action-volume').length;
  };

  test('come from the nearest file, from --config, and from flags, which win', async () => {
    const file = '{"callsPerMinute":900}';
    expect(await volumes([])).toBe(0);
    expect(await volumes([], { 'holdline.architect.json': file })).toBe(1);
    expect(await volumes(['--config', 'c.mjs'], { 'c.mjs': `export const architect = ${file};` })).toBe(1);
    expect(await volumes(['--calls-per-minute', '10'], { 'holdline.architect.json': file })).toBe(0);
    expect(await volumes(['--calls-per-minute', '700', '--p95', '1.5s'])).toBe(1);
  });
});

test('the standard input is a file, up to the size of a flow', async () => {
  async function* input(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(ERROR.slice(0, 40));
    yield new TextEncoder().encode(ERROR.slice(40));
  }
  const { read } = await findFlowFiles(['-'], '/', input());
  expect(lintFiles(read()).findings).toMatchObject([{ place: { file: 'stdin', line: 7 } }]);
  let parts = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      parts += 1;
      yield new Uint8Array(1_000_000);
    }
  }
  const { unreadable } = await findFlowFiles(['-'], '/', endless());
  expect(parts).toBe(9);
  expect(unreadable).toMatchObject([
    { code: 'IO', message: expect.stringContaining('stdin: It is larger than') as string },
  ]);
});

describe('a folder', () => {
  const other = 'kind: Pod\n---\nkind: Pod\n';

  test('may have other YAML, also with several documents or templates', async () => {
    const { code, out } = await run(['lint', '.'], {
      'a.yaml': CLEAN,
      'pods.yaml': other,
      'chart.yaml': '{{- if .x }}\na: 1\n',
    });
    expect([code, out]).toEqual([0, '1 flow: nothing found\nNote: 2 YAML files of the folders are no flows.\n']);
  });

  test.each([
    ['an export that is empty', 'a.i3WorkFlow', ''],
    ['an export that is a page of a login', 'a.i3InboundFlow', '<html></html>'],
    ['a flow with an error', 'a.yaml', 'workflow:\n\tname: a\n'],
    ['a flow of two documents', 'a.yaml', `${CLEAN}---\n${CLEAN}`],
  ])('with %s ends with 2', async (_, name, text) => {
    const { code, out } = await run(['lint', '.'], { [name]: text });
    expect(code).toBe(2);
    expect(out).toContain(`not read: ${name}`);
    expect(out).toContain('No flow was checked; 1 file not read');
  });

  test('with links: those to files are followed, those to folders are not, a circle is reported', async () => {
    const { cwd } = await run(['rules'], { 'real/a.yaml': CLEAN, 'flows/b.yaml': CLEAN });
    symlinkSync('../real/a.yaml', join(cwd, 'flows/link.yaml'));
    symlinkSync('..', join(cwd, 'flows/up.yaml'));
    symlinkSync('self.yaml', join(cwd, 'flows/self.yaml'));
    const { read, unreadable } = await findFlowFiles(['flows'], cwd);
    expect([...read()].map(({ file }) => file)).toEqual(['flows/b.yaml', 'flows/link.yaml']);
    expect(unreadable.map(({ message }) => message)).toEqual(['flows/self.yaml: Its links lead in a circle.']);
  });

  test('is read one file after the other', async () => {
    const { cwd } = await run(['rules'], { 'a.yaml': CLEAN, 'b.yaml': CLEAN });
    const { read } = await findFlowFiles(['.'], cwd);
    const files = read();
    expect(files.next().value).toMatchObject({ file: 'a.yaml' });
    writeFileSync(join(cwd, 'b.yaml'), ERROR);
    expect(Buffer.from(files.next().value?.source ?? '').toString()).toBe(ERROR);
  });
});

test('a file that is too large is refused without reading it all', async () => {
  const { code, out } = await run(['lint', 'a.yaml'], { 'a.yaml': ' '.repeat(8 * 1024 * 1024 + 1) });
  expect(code).toBe(2);
  expect(out.replace(/\s+/g, ' ')).toContain(
    'not read: a.yaml: It is larger than 8,388,608 bytes, the most that is read.',
  );
});

test('names of files and flows cannot move the cursor or turn the text', async () => {
  const hostile = 'a\u001B[31m\n\u202Eb.yaml';
  const { out } = await run(['lint', hostile], { [hostile]: WARN.replace('name: Warn', 'name: "W\\e[2J\\n\\u202Ex"') });
  expect(out).toContain('a [31m b.yaml\n');

  expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
});

test('a file is read once, and hidden folders and node_modules are left out', async () => {
  const { out } = await run(['lint', '.', 'a.yaml', '--json'], {
    'a.yaml': CLEAN,
    '.git/b.yaml': ERROR,
    'node_modules/x/c.yaml': ERROR,
    'deep/er/d.yml': CLEAN,
  });
  expect(JSON.parse(out)).toMatchObject({ flows: 2 });
});

test('rules are listed with their sources', async () => {
  const { code, out } = await run(['rules']);
  expect(code).toBe(0);
  expect(out).toContain('unbounded-retry (error)\n');
  expect(out).toContain('https://help.mypurecloud.com/articles/wait-action/');
  const { out: json } = await run(['rules', '--json']);
  expect((JSON.parse(json) as { id: string }[]).map(({ id }) => id)).toContain('studio-loop-without-wait');
});

describe('generate', () => {
  test.each(['cache', 'retry', 'overflow'])('%s makes a flow of its example without findings', async (template) => {
    const { out: options } = await run(['generate', template, '--example']);
    const { code, out } = await run(['generate', template, '--from', 'o.json'], { 'o.json': options });
    expect(code).toBe(0);
    const report = lintFiles([{ file: 'made.yaml', source: out }], { callsPerMinute: 10, p95Ms: 500 });
    expect([report.flows, report.findings]).toEqual([1, []]);
  });

  test('writes a file, and replaces none without --force', async () => {
    const { out: options } = await run(['generate', 'retry', '--example']);
    const args = ['generate', 'retry', '--from', 'o.json', '-o', 'a.yaml'];
    const written = await run(args, { 'o.json': options });
    expect([written.code, written.out]).toEqual([0, '']);
    expect(readFileSync(join(written.cwd, 'a.yaml'), 'utf8')).toContain('workflow:');
    const kept = await run(args, { 'o.json': options, 'a.yaml': 'mine' });
    expect(kept).toMatchObject({ code: 2, err: expect.stringContaining('exists already') as string });
    expect(readFileSync(join(kept.cwd, 'a.yaml'), 'utf8')).toBe('mine');
    expect((await run([...args, '--force'], { 'o.json': options, 'a.yaml': 'mine' })).code).toBe(0);
  });

  test.each<[string[], Record<string, string>, RegExp]>([
    [['retry'], {}, /Give the names of the flow with --from FILE/],
    [['repeat'], {}, /Allowed choices are cache, retry, overflow/],
    [['retry', '--from', 'o.json'], {}, /There is no file .*o\.json/],
    [['retry', '--from', 'o.json'], { 'o.json': '{"name":"A","attempt":3}' }, /^error: o\.json: options/],
  ])('%j ends with 2 and one line', async (args, files, message) => {
    const { code, err } = await run(['generate', ...args], files);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
