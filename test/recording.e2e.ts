import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { monitorRecording, readRecording, type RecordedEntry } from '@holdline/monitor/node';
import type { Simulator } from '@holdline/simulator';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { simulate } from './support.js';

const MEMBER = fileURLToPath(new URL('recording-member.mjs', import.meta.url));
const CALLS = 20;

let file: string;
let simulator: Simulator;
let token: string;

beforeEach(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-recording-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  file = join(dir, 'run.jsonl');
  simulator = await simulate();
  const login = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('id:secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  token = ((await login.json()) as { access_token: string }).access_token;
  simulator.resetStats();
});

interface Member {
  child: ChildProcess;
  stderr(): string;
  /** Exit code or signal. */
  ended: Promise<number | string>;
}

function start(end: string, { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {}): Member {
  const settings = JSON.stringify({ url: simulator.url, token, end });
  const child = spawn(process.execPath, ['--import', '@holdline/monitor/register', MEMBER, settings, ...args], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, HOLDLINE_RECORD: file, ...env },
  });
  let stderr = '';
  child.stderr!.on('data', (text) => (stderr += String(text)));
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, stderr: () => stderr, ended };
}

async function read(path = file): Promise<RecordedEntry[]> {
  const entries: RecordedEntry[] = [];
  for await (const entry of (await readRecording(path)).entries()) entries.push(entry);
  return entries;
}

const countOf = (entries: readonly RecordedEntry[], name: string): number =>
  entries.filter((entry) => entry.name === name).length;

describe('a process with --import @holdline/monitor/register', () => {
  test('records axios and the Genesys SDK: as many calls and attempts as the simulator counts, and no secret', async () => {
    simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '1' } }]);
    const { ended, stderr } = start('nothing left');
    expect(await ended, stderr()).toBe(0);
    const { requests, refused } = simulator.stats();
    const entries = await read();
    expect(requests).toBe(CALLS + 3);
    expect(countOf(entries, 'attempt')).toBe(requests);
    expect(countOf(entries, 'call')).toBe(CALLS + 2);
    expect(countOf(entries, 'gateClosed')).toBe(refused);
    expect(entries.at(-1)).toMatchObject({ name: 'ended', payload: { reason: 'exit' } });

    const [axiosLine, sdkLine] = await monitorRecording(file);
    expect(axiosLine!.totals()).toMatchObject({ calls: CALLS + 1, ok: CALLS + 1, attempts: CALLS + 2, refusals: 1 });
    expect(sdkLine!.totals()).toMatchObject({ calls: 1, ok: 1 });
    expect(axiosLine!.calls({ retried: true })).toMatchObject([{ route: 'GET /api/v2/users/me', attempts: 2 }]);

    const { clients, node } = await readRecording(file);
    expect(node).toBe(process.versions.node);
    expect(clients).toMatchObject({
      'purecloud-platform-client-v2': '262.0.0',
      axios: '1.21.1',
      'axios-retry': '4.5.0',
    });
    expect(clients['@nice-devone/core-sdk']).toBe('25.1.2');

    const text = readFileSync(file, 'utf8');
    for (const secret of [
      token,
      'the value of a query',
      'the+value',
      'the%20value',
      'the body of a write',
      '?',
      'Bearer',
    ])
      expect(text).not.toContain(secret);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test.each([
    ['exit', 0],
    ['error', 1],
  ])('completes the recording at the end "%s"', async (end, code) => {
    const { ended } = start(end);
    expect(await ended).toBe(code);
    const entries = await read();
    expect(countOf(entries, 'call')).toBe(CALLS + 2);
    expect(entries.at(-1)).toMatchObject({ name: 'ended' });
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test.each([
    ['SIGTERM', 'wait', 'SIGTERM'],
    ['SIGINT', 'wait', 'SIGINT'],
    ['SIGTERM', 'own handler', 7],
  ] as const)('completes the recording at %s with "%s", and ends as without it', async (signal, end, result) => {
    const { child, ended } = start(end);
    await once(child, 'message');
    child.kill(signal);
    expect(await ended).toBe(result);
    const entries = await read();
    expect(countOf(entries, 'call')).toBe(CALLS + 2);
    expect(entries.at(-1)).toMatchObject({ name: 'ended' });
  });

  test('that is killed leaves a readable recording, and the next process replaces it', async () => {
    const first = start('wait');
    await once(first.child, 'message');
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(`${file}.lock`)).toBe(true);
    await read();
    const second = start('exit', { args: ['3'] });
    expect(await second.ended, second.stderr()).toBe(0);
    expect(countOf(await read(), 'call')).toBe(5);
  });

  test('whose file another process records goes on without a recording, and says why', async () => {
    const first = start('wait');
    await once(first.child, 'message');
    const second = start('exit', { args: ['3'] });
    expect(await second.ended).toBe(0);
    expect(second.stderr()).toMatch(
      /HoldlineWarning: nothing is recorded: file '.*run\.jsonl' is recorded by process \d+ on /,
    );
    first.child.kill('SIGTERM');
    await first.ended;
    const lines = new Set((await read()).map(({ line }) => line));
    expect([...lines]).toEqual([1, 2, 0]);
  });

  test('whose disk is full goes on, and says so', async () => {
    // A limit on the size of files stands for the full disk. Node ignores its signal as a shell that traps it.
    const settings = JSON.stringify({ url: simulator.url, token, end: 'exit' });
    const command = `trap '' XFSZ; ulimit -f 8; exec "$0" --import @holdline/monitor/register "$1" "$2" 60`;
    const child = spawn('bash', ['-c', command, process.execPath, MEMBER, settings], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...process.env, HOLDLINE_RECORD: file },
    });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    const [code] = (await once(child, 'close')) as [number];
    expect(code, stderr).toBe(0);
    expect(simulator.stats().requests).toBe(62);
    expect(stderr).toMatch(/HoldlineWarning: the recording .* ended: EFBIG/);
    expect(statSync(file).size).toBeLessThanOrEqual(8_192);
    expect(readFileSync(file, 'utf8')).toMatch(/\n$/);
    await read();
  });

  test('names a file for each process with %p, and creates none without a line', async () => {
    const pattern = join(file, '..', 'run-%p.jsonl');
    const { child, ended } = start('exit', { args: ['1'], env: { HOLDLINE_RECORD: pattern } });
    expect(await ended).toBe(0);
    expect(countOf(await read(pattern.replace('%p', String(child.pid))), 'call')).toBe(3);
    const idle = spawn(process.execPath, ['--import', '@holdline/monitor/register', '-e', '0'], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: 'ignore',
      env: { ...process.env, HOLDLINE_RECORD: file },
    });
    const [code] = (await once(idle, 'close')) as [number];
    expect(code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});
