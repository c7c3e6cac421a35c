import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Fs from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createHoldline } from '@holdline/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestLine } from '../line.fixture.js';
import { monitor } from '../monitor.js';
import type { RecordedEntry } from './format.js';
import { monitorRecording } from './play.js';
import { readRecording } from './read.js';
import { record, type RecordOptions, type Recorder } from './recorder.js';

const disk = vi.hoisted(() => ({ isFull: false }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  const writeSync = (fd: number, data: NodeJS.ArrayBufferView | string, at: number): number => {
    if (!disk.isFull) return typeof data === 'string' ? fs.writeSync(fd, data) : fs.writeSync(fd, data, at);
    // The disk takes a part of the batch before it is full.
    if (typeof data !== 'string') fs.writeSync(fd, data, at, 10);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  return {
    ...fs,
    writeSync: (fd: number, data: any, ...rest: any[]) => writeSync(fd, data, rest[0]),
  };
});

let dir: string;
let file: string;
let test1: TestLine;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdline-recording-'));
  file = join(dir, 'run.jsonl');
  test1 = new TestLine({
    governor: { gateJitterMs: 0, quotas: [{ limit: 3, windowMs: 10_000 }] },
    retry: { maxAttempts: 3 },
  });
});

afterEach(() => {
  disk.isFull = false;
  rmSync(dir, { recursive: true });
});

const start = (options: Partial<RecordOptions> = {}): Recorder =>
  record(test1.line, { file, clock: test1.clock, ...options });

async function read(path = file): Promise<RecordedEntry[]> {
  const entries: RecordedEntry[] = [];
  for await (const entry of (await readRecording(path)).entries()) entries.push(entry);
  return entries;
}

async function makeCalls(count: number, { clock, call }: TestLine = test1): Promise<void> {
  const calls = [...Array(count).keys()].map((n) => call.call(test1, `/users/${n}?secret=of-the-query`));
  await clock.advance(Math.max(60_000, count * 5_000));
  await Promise.all(calls);
}

describe('a recording', () => {
  test('has a header, events and snapshots, and ends', async () => {
    const recorder = start();
    await makeCalls(4);
    await recorder.stop();
    const { startedAt, node, clients } = await readRecording(file);
    expect(startedAt).toBe(Date.UTC(2026, 0, 1));
    expect(node).toBe(process.versions.node);
    expect(clients).toBeTypeOf('object');
    const entries = await read();
    const named = (name: string): RecordedEntry[] => entries.filter((entry) => entry.name === name);
    expect(entries[0]).toEqual({ at: startedAt, line: 1, name: 'started', payload: { name: 'line 1' } });
    expect(named('call')).toHaveLength(4);
    expect(named('queued')).toHaveLength(1);
    expect(named('snapshot')).toHaveLength(7);
    expect(entries.at(-1)).toEqual({ at: startedAt + 60_000, line: 0, name: 'ended', payload: { reason: 'stopped' } });
    expect(readFileSync(file, 'utf8')).not.toContain('of-the-query');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('played into a monitor gives what a live monitor knows', async () => {
    const live = monitor(test1.line, { clock: test1.clock });
    const recorder = start();
    test1.reply = () =>
      test1.sent % 4 === 2 ? { status: 429, headers: { 'retry-after': '5' } } : { status: 200, afterMs: 30 };
    await makeCalls(20);
    const now = { totals: live.totals(), routes: live.routes(), calls: live.calls() };
    await recorder.stop();
    const [played, ...others] = await monitorRecording(file);
    expect(others).toEqual([]);
    expect(played!.name).toBe('line 1');
    const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(json({ totals: played!.totals(), routes: played!.routes(), calls: played!.calls() })).toEqual(json(now));
    const counts = (range: 'hour'): unknown =>
      live.history(range).map(({ at, ok, attempts, refusals, p99 }) => [at, ok, attempts, refusals, p99]);
    expect(
      played!.history('hour').map(({ at, ok, attempts, refusals, p99 }) => [at, ok, attempts, refusals, p99]),
    ).toEqual(counts('hour'));
  });

  test('has lines that are added later, and ends the part of a line that closes', async () => {
    const recorder = start();
    const second = new TestLine();
    recorder.add(second.line, 'agents');
    await second.call('/flows');
    await second.line.close();
    await recorder.stop();
    const entries = (await read()).filter(({ line }) => line === 2);
    expect(entries[0]).toMatchObject({ name: 'started', payload: { name: 'agents' } });
    expect(entries.slice(-2).map(({ name }) => name)).toEqual(['closed', 'snapshot']);
    const monitors = await monitorRecording(file);
    expect(monitors.map(({ name }) => name)).toEqual(['line 1', 'agents']);
    expect(monitors[1]!.totals().calls).toBe(1);
  });

  test('ends before it is larger than maxBytes, with an event and a last line', async () => {
    const recorder = start({ maxBytes: 8_000 });
    const ends: unknown[] = [];
    recorder.on('ended', (event) => ends.push(event));
    await makeCalls(50);
    expect(ends).toEqual([{ reason: 'full', message: undefined, bytes: statSync(file).size }]);
    expect(recorder.ended).toBe('full');
    expect(statSync(file).size).toBeLessThanOrEqual(8_000);
    expect((await read()).at(-1)).toMatchObject({ name: 'ended', payload: { reason: 'full' } });
    await recorder.stop();
    expect(ends).toHaveLength(1);
  });

  test('ends with an event when the disk is full, and nothing is half written', async () => {
    const recorder = start();
    const ends: unknown[] = [];
    recorder.on('ended', (event) => ends.push(event));
    await makeCalls(3);
    const before = (await read()).length;
    disk.isFull = true;
    await makeCalls(3);
    expect(ends).toMatchObject([{ reason: 'failed', message: 'ENOSPC: no space left on device, write' }]);
    expect(await read()).toHaveLength(before);
    expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true);
    disk.isFull = false;
    await makeCalls(3);
    expect(await read()).toHaveLength(before);
    expect(test1.line.snapshot().listenerFailures).toBe(0);
  });

  test('whose last write fails ends with the failure', async () => {
    const recorder = start();
    const ends: unknown[] = [];
    recorder.on('ended', (event) => ends.push(event));
    disk.isFull = true;
    await recorder.stop();
    expect(ends).toMatchObject([{ reason: 'failed', message: 'ENOSPC: no space left on device, write' }]);
    expect(recorder.ended).toBe('failed');
    expect(await read()).toEqual([]);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('that a full disk refuses at once leaves no lock behind', async () => {
    disk.isFull = true;
    expect(() => start()).toThrow('ENOSPC');
    expect(existsSync(`${file}.lock`)).toBe(false);
    disk.isFull = false;
    await start().stop();
    expect(await read()).not.toEqual([]);
  });

  test('can be read while it is written', async () => {
    const recorder = start();
    await makeCalls(2);
    expect((await read()).filter(({ name }) => name === 'call')).toHaveLength(2);
    const followed: string[] = [];
    const reading = (async () => {
      for await (const { name } of (await readRecording(file, { follow: true })).entries()) followed.push(name);
    })();
    await makeCalls(1);
    await recorder.stop();
    await reading;
    expect(followed.filter((name) => name === 'call')).toHaveLength(3);
    expect(followed.at(-1)).toBe('ended');
  });

  test('does not keep a line that nobody closes, also with a monitor', async () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const recorder = record([], { file });
    const lines = (() =>
      Array.from({ length: 20 }, () => {
        const line = createHoldline();
        monitor(line);
        recorder.add(line);
        return new WeakRef(line);
      }))();
    for (let turn = 0; turn < 50 && lines.some((line) => line.deref()); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      collect();
    }
    expect(lines.filter((line) => line.deref())).toEqual([]);
    await recorder.stop();
  });

  test('leaves no timer', async () => {
    const recorder = start();
    await makeCalls(1);
    await recorder.stop();
    expect(test1.clock.pending).toBe(0);
  });
});

describe('following a recording', () => {
  test('brings later calls and lines to the monitors, until the signal aborts', async () => {
    const recorder = start();
    await makeCalls(1);
    const abort = new AbortController();
    const monitors = await monitorRecording(file, { follow: true, signal: abort.signal });
    expect(monitors).toHaveLength(1);
    const seen = new Promise((resolve) => monitors[0]!.on('call', resolve));
    await makeCalls(1);
    expect(await seen).toMatchObject({ outcome: 'ok' });
    abort.abort();
    await recorder.stop();
  });
});

describe('a file', () => {
  test('is written by one recorder', async () => {
    const recorder = start();
    expect(() => start()).toThrow(/run\.jsonl' is already recorded by this process/);
    await recorder.stop();
    await start().stop();
  });

  test('whose recorder runs in another process is refused', () => {
    const { ppid } = process;
    const start1 = readFileSync(`/proc/${ppid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19];
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: ppid, start: start1, host: hostname() }));
    expect(() => start()).toThrow(new RegExp(`is recorded by process ${ppid} on .*remove '.*run.jsonl.lock'`));
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['that has ended', { pid: 2 ** 22 - 3, start: '1' }],
    ['whose number another process got', { pid: process.ppid, start: '1' }],
    ['with the number of this one, in an earlier container', { pid: process.pid, start: '1' }],
  ])('of a process %s is taken over', async (_, holder) => {
    writeFileSync(`${file}.lock`, JSON.stringify({ ...holder, host: hostname() }));
    await start().stop();
    expect((await read()).length).toBeGreaterThan(0);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('that is no recording is not overwritten', () => {
    writeFileSync(file, '{"name":"precious"}');
    expect(() => start()).toThrow(/run\.jsonl' exists and is no recording/);
    expect(readFileSync(file, 'utf8')).toBe('{"name":"precious"}');
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test.each([
    ['empty', '', 'NOT_A_RECORDING'],
    ['of another kind', '{"log":[]}\n', 'NOT_A_RECORDING'],
    ['binary', Buffer.from([0, 255, 10, 3]), 'NOT_A_RECORDING'],
    ['long without a line', 'x'.repeat(300_000), 'NOT_A_RECORDING'],
    ['a header without a time', '{"holdline":"recording","version":1}\n', 'NOT_A_RECORDING'],
    ['of a later version', '{"holdline":"recording","version":2,"startedAt":1}\n', 'UNKNOWN_VERSION'],
  ])('that is %s is a clear error', async (_, content, code) => {
    writeFileSync(file, content);
    await expect(readRecording(file)).rejects.toMatchObject({
      name: 'RecordingError',
      code,
      message: expect.stringContaining(file),
    });
    await expect(monitorRecording(file)).rejects.toMatchObject({ code });
  });

  test('with an incomplete last line is read up to it', async () => {
    const recorder = start();
    await makeCalls(1);
    await recorder.stop();
    const whole = await read();
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, -20));
    expect(await read()).toEqual(whole.slice(0, -1));
  });

  test.each([
    ['a time that is no date', '[1e30,1,"call",{}]'],
    ['a snapshot without a list', '[1,1,"snapshot",{"scopes":5}]'],
    ['a scope without quotas', '[1,1,"snapshot",{"scopes":[{}]}]'],
    ['a name that is no text', '[1,2,"started",{"name":5}]'],
  ])('with %s names the line', async (_, entry) => {
    const header = { holdline: 'recording', version: 1, startedAt: 0, node: '24.0.0', clients: {} };
    writeFileSync(file, `${JSON.stringify(header)}\n[0,1,"started",{"name":"a"}]\n${entry}\n`);
    // Without alerts nothing prints the time, so the playing clock itself has to end.
    await expect(monitorRecording(file, { alerts: false })).rejects.toMatchObject({
      code: 'DAMAGED',
      message: `line 3 of ${file} is damaged`,
    });
    writeFileSync(file, `${JSON.stringify({ ...header, startedAt: 1e300 })}\n`);
    await expect(readRecording(file)).rejects.toMatchObject({ code: 'NOT_A_RECORDING' });
  });

  test('with a damaged line names the line', async () => {
    const recorder = start();
    await recorder.stop();
    const lines = readFileSync(file, 'utf8').split('\n').length;
    // The entry `ended` is the last one that is read, so the damage has to come before.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\[[^\n]*"ended"[^\n]*\n$/, ''));
    appendFileSync(file, '[1,2,"call"]\n[0,0,"ended",{"reason":"exit"}]\n');
    await expect(read()).rejects.toMatchObject({ code: 'DAMAGED', message: `line ${lines - 1} of ${file} is damaged` });
  });

  test('with entries of unknown names and garbage payloads is played without a failure', async () => {
    writeFileSync(
      file,
      [
        { holdline: 'recording', version: 1, startedAt: 1_000, node: '20', clients: {} },
        [0, 1, 'started', { name: 'x' }],
        [1, 1, 'constructor', {}],
        [1, 1, 'of a later version', {}],
        [2, 7, 'call', {}],
        [3, 1, 'call', {}],
        [4, 1, 'queued', { callId: 5 }],
        [5, 1, 'snapshot', {}],
        [-50, 1, 'attempt', {}],
        [1e15, 1, 'attempt', {}],
      ]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
    const [played] = await monitorRecording(file);
    expect(played!.totals().calls).toBe(1);
    expect(played!.calls()).toHaveLength(1);
  });

  test('that does not exist is the error of the file system', async () => {
    await expect(readRecording(file)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(() => start({ file: join(dir, 'no', 'such') })).toThrow('ENOENT');
  });
});

test.each([
  [{}, 'options.file'],
  [{ file: 'x', maxBytes: 1 }, 'options.maxBytes'],
  [{ file: 'x', snapshotEveryMs: 0 }, 'options.snapshotEveryMs'],
  [{ file: 'x', colour: 1 }, 'options.colour'],
])('refuses the options %j', (options, key) => {
  expect(() => record(test1.line, options as any)).toThrow(key);
  expect(() => record([{} as any], { file: 'x' })).toThrow('a line');
});
