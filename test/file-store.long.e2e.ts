import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@holdline/core/testing';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { sleep, until } from './support.js';

const script = fileURLToPath(new URL('file-store-member.mjs', import.meta.url));
const KILLS = Number(process.env.FILE_STORE_KILLS ?? 100);

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdline-kills-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A process with the store of the directory. */
class Member {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  constructor(mode: 'write' | 'hold', seed = 0) {
    this.child = fork(script, [dir, mode, String(seed)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#ended = new Promise((resolve) => this.child.once('close', resolve));
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** The complete lines of the output. */
  get lines(): string[] {
    return this.#output.split('\n').slice(0, -1);
  }

  async firstLine(): Promise<string> {
    await until(() => this.lines.length > 0, 'the process says something');
    return this.lines[0] as string;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  async leave(): Promise<void> {
    this.child.send('leave');
    await this.#ended;
  }
}

test(
  `${KILLS} random kills: nothing acknowledged is lost, and nothing deleted returns`,
  { timeout: 900_000 },
  async () => {
    const random = seededRandom(16);
    /** By key: the number of the last acknowledged change, and whether it deleted the entry. */
    const acknowledged = new Map<number, { n: number; isDeleted: boolean }>();
    /** By key: the number of the last deletion that was started. */
    const lastDelete = new Map<number, number>();
    let changes = 0;
    for (let run = 1; run <= KILLS; run++) {
      const member = new Member('write', run);
      const [kind, found = ''] = (await member.firstLine()).split(/ (.*)/);
      expect(kind).toBe('found');
      for (const [key, value] of (JSON.parse(found) as (number | null | string)[]).entries()) {
        const last = acknowledged.get(key);
        const what = `key ${key} after kill ${run - 1}: ${value}, acknowledged ${JSON.stringify(last)}`;
        expect(value, what).not.toBe('torn');
        // A later change may be durable without an acknowledgement, also one that deleted the entry.
        const mayBeDeleted = !last || last.isDeleted || (lastDelete.get(key) ?? 0) > last.n;
        if (value === null) expect(mayBeDeleted, what).toBe(true);
        if (value !== null && last) expect(value as number, what).toBeGreaterThanOrEqual(last.n);
        if (value !== null && last?.isDeleted) expect(value as number, what).toBeGreaterThan(last.n);
      }
      await sleep(random.next() * 40);
      await member.kill();
      for (const line of member.lines.slice(1)) {
        const [kind, key, n, isDeleted] = line.split(' ') as [string, string, string, string?];
        if (kind === 'deletes') lastDelete.set(Number(key), Number(n));
        if (kind !== 'done') continue;
        const last = acknowledged.get(Number(key));
        if (!last || Number(n) > last.n)
          acknowledged.set(Number(key), { n: Number(n), isDeleted: isDeleted === 'true' });
        changes++;
      }
    }
    // Most processes were killed in the middle of their work, and some of them while the log was compacted.
    expect(changes).toBeGreaterThan(KILLS * 5);
    expect(readdirSync(dir).some((name) => name.startsWith('snapshot'))).toBe(true);
  },
);

test('of processes that start at once on the lock of a dead one, exactly one gets the directory', async () => {
  for (let round = 0; round < 10; round++) {
    const dead = new Member('hold');
    expect(await dead.firstLine()).toMatch(/^found/);
    await dead.kill();
    const members = [1, 2, 3].map(() => new Member('hold'));
    const lines = await Promise.all(members.map((member) => member.firstLine()));
    const winner = members.find((_, i) => lines[i]?.startsWith('found'));
    expect(lines.filter((line) => line.startsWith('found'))).toHaveLength(1);
    for (const line of lines.filter((one) => !one.startsWith('found')))
      expect(line).toBe(
        `refused ConfigError dir ${dir} is used by process ${winner?.child.pid} on ${hostOf()}: ` +
          'give each process a directory of its own, or use redisStore()',
      );
    await winner?.leave();
  }
});

/** The host in the lock of the directory. */
function hostOf(): string {
  return (JSON.parse(readFileSync(lockOf(), 'utf8')) as { host: string }).host;
}

function lockOf(): string {
  return join(dir, readdirSync(dir).find((name) => name.startsWith('lock-')) as string);
}

test('a process that is stopped keeps its directory', async () => {
  const first = new Member('hold');
  await first.firstLine();
  first.child.kill('SIGSTOP');
  expect(await new Member('hold').firstLine()).toContain(`is used by process ${first.child.pid}`);
  first.child.kill('SIGCONT');
  await first.leave();
  expect(await new Member('hold').firstLine()).toMatch(/^found/);
});

test('the lock of a process whose number another process has now is taken over', async () => {
  const first = new Member('hold');
  await first.firstLine();
  await first.kill();
  const path = lockOf();
  const lock = JSON.parse(readFileSync(path, 'utf8')) as object;
  // This process runs, but it started at another time.
  writeFileSync(path, JSON.stringify({ ...lock, pid: process.pid }));
  expect(await new Member('hold').firstLine()).toMatch(/^found/);
});
