import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HoldlineConfig } from '@holdline/core';
import { build } from 'esbuild';
import { expect } from 'vitest';
import type { ClientName, Operation, Outcome } from './table.mjs';
import { Platform } from './platform.js';

/** What a process of these tests does. */
export interface MemberConfig {
  readonly client: ClientName;
  readonly operation: Operation;
  readonly id: string;
  readonly url: string;
  /** Directory of the file store. */
  readonly dir: string;
  readonly config: HoldlineConfig;
}

/** What a process reports at its end. */
interface Report {
  readonly caller: string;
  readonly failures: readonly string[];
  readonly letters: number;
}

let bundled: Promise<string> | undefined;

/** Bundles the member for plain Node. The bundle lies where Node finds the packages of the tests. */
function bundleMember(): Promise<string> {
  const cache = join(import.meta.dirname, '../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'faults-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const outfile = join(directory, 'member.mjs');
  return build({
    entryPoints: [join(import.meta.dirname, 'member.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
    // The helpers of the tests register their ends with Vitest.
    plugins: [
      {
        name: 'no-vitest',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^(vitest|@holdline\/test-servers)/ }, ({ path }) => ({ path, namespace: 'no-vitest' }));
          onLoad({ filter: /.*/, namespace: 'no-vitest' }, () => ({
            contents: 'export const expect = 0, sleep = 0, until = 0, afterAll = () => 0, onTestFinished = () => 0;',
          }));
        },
      },
    ],
  }).then(() => outfile);
}

const alive = new Set<ChildProcess>();

/** Starts a process that is ready to make its call. */
async function startMember(config: MemberConfig): Promise<ChildProcess> {
  const child = fork(await (bundled ??= bundleMember()), [JSON.stringify(config)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The member bundles an SDK to a temporary directory, which it cannot delete when it is killed.
    env: { ...process.env, TMPDIR: config.dir },
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  const [message] = (await once(child, 'message')) as [object];
  expect(message).toEqual({ ready: true });
  return child;
}

/** Makes the call of a process, and returns its report when the process has ended by itself. */
async function makeCall(child: ChildProcess): Promise<Report> {
  const ended = once(child, 'exit');
  const reported = once(child, 'message');
  child.send('call');
  const [report] = (await reported) as [Report];
  expect(await ended).toEqual([0, null]);
  return report;
}

const RETRY: HoldlineConfig = { retry: { maxAttempts: 3, backoff: [100] } };
let cells = 0;

/** Kills the process while its request is on the wire. The application starts again, and makes the call of its transaction again. */
export async function checkKill(client: MemberConfig['client'], operation: Operation): Promise<Outcome> {
  return withPlatform(async (platform, dir) => {
    const id = `killed-${cells++}`;
    const config = { client, operation, id, url: platform.url(), dir, config: RETRY };
    const first = await startMember(config);
    platform.reset();
    platform.failNext({ kind: 'stall', after: 'nothing' });
    first.send('call');
    await platform.executed;
    first.kill('SIGKILL');
    await once(first, 'exit');
    const arrived = platform.arrivals.length;
    const second = await startMember(config);
    // The second process also made its first read.
    platform.arrivals.length = arrived;
    const { caller, letters } = await makeCall(second);
    expect(platform.duplicates).toEqual([]);
    return { caller, attempts: platform.arrivals.length, executions: platform.executions(id), letters };
  });
}

/** Freezes the process for longer than its time limits while the answer arrives. */
export async function checkFreeze(client: MemberConfig['client'], operation: Operation): Promise<Outcome> {
  return withPlatform(async (platform, dir) => {
    const id = `frozen-${cells++}`;
    const limits = { deadline: { attemptTimeoutMs: 1_500 } };
    const child = await startMember({
      client,
      operation,
      id,
      url: platform.url(),
      dir,
      config: { ...RETRY, ...limits },
    });
    platform.reset();
    let answer: () => void = () => undefined;
    platform.failNext({ kind: 'hold', until: new Promise((resolve) => (answer = resolve)) });
    const report = makeCall(child);
    await platform.executed;
    child.kill('SIGSTOP');
    answer();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    child.kill('SIGCONT');
    const { caller, letters } = await report;
    return { caller, attempts: platform.arrivals.length, executions: platform.executions(id), letters };
  });
}

async function withPlatform<T>(play: (platform: Platform, dir: string) => Promise<T>): Promise<T> {
  const platform = new Platform();
  await platform.open();
  const dir = mkdtempSync(join(tmpdir(), 'holdline-faults-'));
  try {
    return await play(platform, dir);
  } finally {
    for (const child of alive) child.kill('SIGKILL');
    await platform.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
