import { describe, expect, test } from 'vitest';
import { addHeader } from './commands/explain.js';
import { withImport } from './record/launch.js';
import { createProgram } from './program.js';
import { readVersion } from './version.js';
import { makeFolder, type ProgramResult, runIn } from './terminal/run.fixture.js';

/** Runs the program in a folder with these files. */
const run = (args: string[], files: Record<string, string> = {}): Promise<ProgramResult> =>
  runIn(makeFolder(files), args);

const commands = createProgram().commands.flatMap((command) => [command, ...command.commands]);

test.each(
  commands.map((command) => [
    command.parent?.name() === 'holdline' ? command.name() : `${command.parent?.name()} ${command.name()}`,
  ]),
)('the help of %s has a description and examples', async (name) => {
  const { code, out, err } = await run([...name.split(' '), '--help']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`Usage: holdline ${name}`);
  expect(out).toContain('Examples:');
});

test('prints its version', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, out: `${readVersion()}\n`, err: '' });
});

describe('wrong usage ends with 2 and one line', () => {
  test.each<[string[], RegExp]>([
    [['explian', 'GET', '/a'], /^error: unknown command 'explian'\n\(Did you mean explain\?\)\n$/],
    [['explain', 'GET'], /^error: missing required argument 'url'\n$/],
    [['explain', 'GET', '/a', '--priority', 'urgent'], /Allowed choices are high, normal, low, background/],
    [['explain', 'GET', 'users'], /^error: The URL must be absolute, with http or https, or a path/],
    [['explain', 'GET', 'javascript:1'], /^error: The URL must be absolute, with http or https/],
    [['explain', 'GET', '//users'], /^error: The URL must be absolute, with http or https/],
    // A header without its colon may hold a credential.
    [
      ['explain', 'GET', '/a', '--header', 'Authorization Bearer x'],
      /^error: --header must have the form 'name: value'\.\n$/,
    ],
    [['explain', '7', '/users'], /^error: The method must be letters/],
    [['explain', 'GET', '/a', '--header', 'x'], /^error: --header must have the form/],
    [['explain', 'GET', '/a', '--config', 'absent.ts'], /^error: There is no configuration file .*absent\.ts\.\n$/],
    [['doctor', 'absent'], /^error: There is no folder/],
    [['doctor', '--recording', 'absent.jsonl'], /^error: There is no recording/],
    [['simulator', '--port', '70000'], /port from 0 to 65535/],
    [['simulator', '--limit', 'x'], /^error: --limit must have the form/],
    [['simulator', '--limit', '0/1s'], /^error: .*limits\[0\]\.limit/],
    [['dlq', 'list'], /^error: There is no holdline\.config/],
    [['dlq', 'replay'], /^error: Which letters\?/],
    [['dlq', 'replay', '1', '--all'], /^error: Name letters, or select them/],
    [['dlq', 'purge', '--all'], /^error: .*needs --yes\.\n$/],
    [['dlq', 'list', '--limit', '0'], /It must be a number from 1 to 10000/],
    [['record'], /^error: missing required argument 'command'/],
    [['record', '-o', 'no/such/folder/x.jsonl', '--', 'node'], /^error: There is no folder/],
    [['dashboard', 'a', 'b'], /^error: Name one recording/],
    [['dashboard', '--follow', '--', 'node'], /^error: --follow is for recordings/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });

  test('no command at all prints the help', async () => {
    const { code, err } = await run([]);
    expect(code).toBe(2);
    expect(err).toContain('Usage: holdline');
  });
});

test('explain reads the nearest configuration', async () => {
  const { code, out, err } = await run(
    ['explain', 'get', 'https://api.test/users/4711', '--tenant', 't', '--priority', 'high'],
    {
      'holdline.config.json': '{"governor":{"quotas":[{"limit":7,"windowMs":1000,"scope":"tenant"}]}}',
    },
  );
  expect(code).toBe(0);
  expect(out).toContain('GET /users/:id is sent at once.\n');
  expect(out).toContain('The quota of the tenant t is 7 in 1 s; 0 used.\n');
  expect(out).toContain('its priority is high.\n');
  expect(err).toMatch(/Configuration: .*holdline\.config\.json\n$/);
});

test('explain prints JSON without options of custom policies', async () => {
  const { out } = await run(['explain', 'GET', '/users/4711', '--json']);
  const printed = JSON.parse(out) as {
    route: string;
    config: unknown;
    sentences: string[];
    policies: { name: string }[];
  };
  expect(printed).toMatchObject({ route: 'GET /users/:id', config: null });
  expect(printed.sentences[0]).toBe('GET /users/:id is sent at once.');
  expect(out).toContain('"totalTimeoutMs": "Infinity"');
});

test('doctor reports an empty project, and as JSON', async () => {
  const project = { 'package.json': '{"name":"x"}' };
  expect(await run(['doctor'], project)).toMatchObject({
    code: 0,
    out: expect.stringContaining('Nothing found.') as string,
  });
  const { out } = await run(['doctor', '--json'], project);
  expect(JSON.parse(out)).toMatchObject({
    findings: [],
    versions: [],
    notes: [expect.stringContaining('holdline.config')],
  });
});

test('doctor ends with 1 if a finding is an error', async () => {
  const { code, out } = await run(['doctor'], {
    'package.json': '{}',
    'app.ts': "localStorage.setItem('token', token);",
  });
  expect(code).toBe(1);
  expect(out).toContain('error: A token or another secret goes to localStorage.');
});

test('doctor refuses a file that is no recording, and reads what stands before damage', async () => {
  expect(await run(['doctor', '--recording', 'x.jsonl'], { 'x.jsonl': '{"a":1}\n' })).toMatchObject({
    code: 1,
    err: expect.stringContaining('is no recording') as string,
  });
  const start =
    '{"holdline":"recording","version":1,"startedAt":0,"node":"20","clients":{}}\n[1,1,"started",{"name":"line 1"}]\n';
  const { code, out } = await run(['doctor', '--recording', 'x.jsonl'], { 'x.jsonl': `${start}damaged\n` });
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, ' ')).toContain('Only what stands before was read.');
});

test('headers are collected', () => {
  expect(addHeader('X-A: b: c', { 'X-B': '1' })).toEqual({ 'X-B': '1', 'X-A': 'b: c' });
});

test('NODE_OPTIONS of the user stay', () => {
  expect(withImport('file:///a.js', '--enable-source-maps')).toBe('--enable-source-maps --import=file:///a.js');
  expect(withImport('file:///a.js', '')).toBe('--import=file:///a.js');
});
