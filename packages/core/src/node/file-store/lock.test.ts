import { beforeEach, describe, expect, test } from 'vitest';
import { seededRandom, settle, VirtualClock } from '../../testing.js';
import { DirectoryLock } from './lock.js';
import { MemoryFiles } from './memory-files.fixture.js';
import type { ProcessIdentity, Processes } from './process-identity.js';

const DIR = '/data';
let files: MemoryFiles;
let clock: VirtualClock;
/** Processes of this machine that run, with their start. */
let running: Map<number, string>;

beforeEach(async () => {
  files = new MemoryFiles(seededRandom(1));
  clock = new VirtualClock();
  running = new Map();
  await files.makeDir(DIR);
});

function processOf(pid: number, more: Partial<ProcessIdentity> = {}, uptimeMs = 60_000): Processes {
  const own = { pid, start: `started ${pid}`, boot: 'boot 1', namespace: 'pid:[1]', host: 'host 1', ...more };
  running.set(pid, own.start);
  return { own, machineUptimeMs: () => uptimeMs, startOf: (one) => running.get(one) };
}

const lockOf = (processes: Processes): DirectoryLock => new DirectoryLock(files, DIR, clock, processes);

describe('a lock whose holder', () => {
  async function held(by: Processes): Promise<void> {
    expect(await lockOf(by).acquire()).toEqual({ isHeld: true });
    files = files.kill();
  }

  test('runs is refused, and names its holder', async () => {
    await held(processOf(1));
    const answer = await lockOf(processOf(2)).acquire();
    expect(answer).toEqual({ isHeld: false, isKnown: true, holder: 'process 1 on host 1' });
  });

  test('has ended is taken over at once', async () => {
    await held(processOf(1));
    running.delete(1);
    expect(await lockOf(processOf(2)).acquire()).toEqual({ isHeld: true });
    expect(files.namesIn(DIR)).toEqual(['lock-2']);
  });

  test('has ended, and whose number another process got, is taken over at once', async () => {
    await held(processOf(1));
    running.set(1, 'started later');
    expect(await lockOf(processOf(2)).acquire()).toEqual({ isHeld: true });
  });

  test('ran before the machine started again is taken over at once', async () => {
    await held(processOf(1));
    await clock.advance(60_000);
    expect(await lockOf(processOf(1, { boot: 'boot 2' }, 30_000)).acquire()).toEqual({ isHeld: true });
  });

  test.for<[string, Partial<ProcessIdentity>]>([
    ['runs on another machine', { host: 'host 2', boot: 'boot 2' }],
    ['runs in another container', { namespace: 'pid:[2]' }],
    ['runs on a system that does not tell the start of a process', { start: '' }],
  ])('%s is taken over when nobody touched it for 15 s', async ([, more]) => {
    const first = lockOf(processOf(1, more));
    expect(await first.acquire()).toEqual({ isHeld: true });
    const second = lockOf(processOf(2));
    const refused = { isHeld: false, isKnown: false, holder: `process 1 on ${more.host ?? 'host 1'}` };
    // The holder touches its lock, so nobody takes it over.
    for (let i = 0; i < 60; i++) {
      expect(await second.acquire()).toEqual(refused);
      await clock.advance(1_000);
    }
    // The holder is killed.
    files = files.kill();
    const third = lockOf(processOf(3));
    const from = clock.now();
    while (!(await third.acquire()).isHeld) await clock.advance(1_000);
    expect(clock.now() - from).toBe(15_000);
  });

  test('was torn by a crash is taken over after 15 s', async () => {
    await held(processOf(1));
    const path = `${DIR}/lock-1`;
    files.damage(path, 0);
    const second = lockOf(processOf(2));
    expect(await second.acquire()).toMatchObject({ isHeld: false, isKnown: false });
    await clock.advance(15_000);
    expect(await second.acquire()).toEqual({ isHeld: true });
  });
});

test('a released lock is free at once, for the same process too', async () => {
  const processes = processOf(1);
  const first = lockOf(processes);
  await first.acquire();
  expect(await lockOf(processes).acquire()).toMatchObject({ isHeld: false, isKnown: true });
  await first.release();
  expect(await lockOf(processes).acquire()).toEqual({ isHeld: true });
});

test('a holder that was frozen notices that another process took over, before it relies on its lock', async () => {
  const first = lockOf(processOf(1, { namespace: 'pid:[2]' }));
  await first.acquire();
  expect(first.confirm()).toBeUndefined();
  // Its timers do not fire while it is frozen.
  const frozen = clock;
  clock = new VirtualClock();
  const second = lockOf(processOf(2));
  while (!(await second.acquire()).isHeld) await clock.advance(1_000);
  // A frozen machine does not count that time on its monotonic clock, but the wall clock jumps.
  frozen.jumpWall(600_000);
  await expect(first.confirm()).rejects.toMatchObject({ code: 'TAKEN' });
  expect(second.confirm()).toBeUndefined();
});

test('of processes that start at once, exactly one takes a free or abandoned lock, in any order of their steps', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    files = new MemoryFiles(seededRandom(seed));
    await files.makeDir(DIR);
    if (seed % 2 === 0) {
      await lockOf(processOf(99)).acquire();
      files = files.kill();
      running.delete(99);
    }
    const slow = new Proxy(files, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          while (random.next() < 0.6) await Promise.resolve();
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
    const locks = [1, 2, 3].map((pid) => new DirectoryLock(slow, DIR, clock, processOf(pid)));
    const answers = await Promise.all(locks.map((lock) => lock.acquire()));
    expect(
      answers.filter(({ isHeld }) => isHeld),
      `seed ${seed}`,
    ).toHaveLength(1);
    expect(files.namesIn(DIR), `seed ${seed}`).toHaveLength(1);
    // The winner leaves, and another process comes while a loser tries again.
    await locks[answers.findIndex(({ isHeld }) => isHeld)]?.release();
    const again = await Promise.all(
      [...locks, new DirectoryLock(slow, DIR, clock, processOf(4))].map((lock) => lock.acquire()),
    );
    expect(
      again.filter(({ isHeld }) => isHeld),
      `seed ${seed}`,
    ).toHaveLength(1);
    await settle();
  }
});
