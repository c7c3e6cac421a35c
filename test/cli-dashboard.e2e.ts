import { describe, expect, test } from 'vitest';
import { makeProject, run, start } from './cli-support.js';

/** An application that makes some calls and then runs until it is told to end. */
const APP = `import { guardFetch } from '@holdline/fetch';
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('{}')).listen(0, '127.0.0.1', async () => {
  const call = guardFetch(fetch);
  for (let i = 0; i < 5; i++) await (await call('http://127.0.0.1:' + server.address().port + '/orders/4711' + i)).text();
  console.log('called');
  if (process.argv[2] === 'once') process.exit(0);
});
process.on('SIGTERM', () => process.exit(5));
`;

/** Reads the state of a dashboard until it has seen five calls. */
async function callsOf(url: string): Promise<{ route: string }[]> {
  for (;;) {
    const answer = await fetch(`${url}api/calls?line=1`);
    if (answer.ok) {
      const { calls } = (await answer.json()) as { calls: { route: string }[] };
      if (calls.length >= 5) return calls;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('dashboard', () => {
  test('shows a recording, and ends with SIGINT', async () => {
    const cwd = makeProject({ 'app.mjs': APP });
    expect(await run(['record', '-o', 'run.jsonl', '--', process.execPath, 'app.mjs', 'once'], cwd)).toMatchObject({
      code: 0,
    });
    const running = start(['dashboard', 'run.jsonl', '--port', '0'], cwd);
    const [, url = ''] = await running.finds(/Dashboard: (http:\S+)/);
    expect(new Set((await callsOf(url)).map(({ route }) => route))).toEqual(new Set(['GET /orders/:id']));
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, err: 'Ctrl+C ends it.\n' });
    await expect(fetch(url)).rejects.toThrow();
  });

  test('shows the lines of a command, and ends with its exit code', async () => {
    const cwd = makeProject({ 'app.mjs': APP });
    const running = start(
      ['dashboard', '--port', '0', '--history', 'history.json', '--', process.execPath, 'app.mjs'],
      cwd,
    );
    const [, url = ''] = await running.finds(/Holdline dashboard: (http:\S+)/);
    await running.finds(/called/);
    expect(await callsOf(url)).toHaveLength(5);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 5, out: 'called\n' });
  });

  test.each([
    [['absent.jsonl'], 2, /^error: There is no recording/],
    [['notes.txt'], 1, /^error: The recording cannot be read: .*is no recording/],
    [['a', 'b'], 2, /^error: Name one recording/],
  ])('%j is an error in one line', async (args, code, message) => {
    const cwd = makeProject({ 'notes.txt': 'mine\n' });
    const result = await run(['dashboard', ...args], cwd);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toMatch(message);
  });
});
