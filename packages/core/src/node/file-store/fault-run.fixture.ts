import type { JournalEntry } from '../../contract/journal.js';
import { seededRandom, settle, VirtualClock } from '../../testing.js';
import { openFileStore, type FileStore } from './file-store.js';
import { MemoryFiles, type Fault } from './memory-files.fixture.js';
import type { FileStoreOptions } from './options.js';
import type { ProcessIdentity, Processes } from './process-identity.js';

export const DIR = '/data';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A journal entry whose content is its number. */
export function entryOf(attempts: number): JournalEntry {
  const digest = 'd'.repeat(attempts % 100);
  return { key: 'k', payloadDigest: digest, payloadBytes: 1, issuedAt: 5, generation: 0, attempts, state: 'started' };
}

/** Processes that run one after the other: of several, only the last one runs. */
export class OneAfterTheOther {
  #last = 0;

  start(): Processes {
    const own: ProcessIdentity = { pid: ++this.#last, start: '1', boot: 'boot', namespace: 'pid', host: 'host' };
    return { own, machineUptimeMs: () => 0, startOf: (pid) => (pid === this.#last ? '1' : undefined) };
  }
}

/** A store on files in memory, with its clock. */
export function storeOn(
  files: MemoryFiles,
  processes: Processes,
  options: Partial<FileStoreOptions> = {},
): { store: FileStore; clock: VirtualClock } {
  const clock = new VirtualClock();
  const store = openFileStore({ dir: DIR, clock, compactAfterBytes: 1_500, ...options }, { files, processes });
  return { store, clock };
}

/** One change of the journal. `value` undefined: the step was deleted. */
interface Change {
  readonly key: string;
  readonly value: number | undefined;
  isAcknowledged: boolean;
}

/** The changes of the journal in the order in which the store got them. */
export class Changes {
  readonly #all: Change[] = [];
  #lastValue = 0;

  /** Makes a random change. Settles when the store has answered. */
  async make(store: FileStore, next: () => number): Promise<void> {
    if (store.state.state !== 'ready') return;
    const key = KEYS[Math.floor(next() * KEYS.length)] as string;
    const change: Change = { key, value: next() < 0.8 ? ++this.#lastValue : undefined, isAcknowledged: false };
    this.#all.push(change);
    const { journal } = store;
    try {
      await (change.value === undefined ? journal.delete(key) : journal.put(key, entryOf(change.value)));
      change.isAcknowledged = true;
    } catch {
      // The change may be durable or not.
    }
  }

  /**
   * Checks what a store has after a restart: the result of the first changes in their order, with all acknowledged ones among them.
   * Later changes are forgotten, because the restart decided about them.
   */
  async check(store: FileStore): Promise<void> {
    const found = await printJournal(store);
    const state = new Map<string, number>();
    const print = (): string => JSON.stringify(KEYS.map((key) => state.get(key) ?? null));
    const acknowledged = this.#all.findLastIndex(({ isAcknowledged }) => isAcknowledged) + 1;
    const allowed: string[] = [];
    for (let count = 0; count <= this.#all.length; count++) {
      if (count >= acknowledged) {
        allowed.push(print());
        if (print() === found) {
          this.#all.length = count;
          for (const change of this.#all) change.isAcknowledged = true;
          return;
        }
      }
      const change = this.#all[count];
      if (change?.value === undefined) state.delete(change?.key ?? '');
      else state.set(change.key, change.value);
    }
    throw new Error(`found ${found} instead of ${[...new Set(allowed)].join(' or ')}`);
  }
}

async function printJournal({ journal }: FileStore): Promise<string> {
  const entries = await Promise.all(KEYS.map((key) => journal.get(key)));
  for (const entry of entries)
    if (entry && JSON.stringify(entry) !== JSON.stringify(entryOf(entry.attempts)))
      throw new Error(`a torn entry was accepted: ${JSON.stringify(entry)}`);
  return JSON.stringify(entries.map((entry) => entry?.attempts ?? null));
}

/** Plays changes, some of them at the same time. Settles when the store has answered all. */
export async function play(store: FileStore, changes: Changes, next: () => number, steps: number): Promise<void> {
  const pending: Promise<void>[] = [];
  for (let step = 0; step < steps; step++) {
    pending.push(changes.make(store, next));
    const pause = next();
    if (pause < 0.3) await settle();
    else if (pause < 0.5) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
}

/** What a run did. */
export interface FaultRun {
  /** Number of operations of the file system in the first process. */
  readonly operations: number;
  readonly names: readonly string[];
}

/**
 * Runs a store with one fault at operation `at`, then restarts it, and checks that nothing acknowledged was lost.
 *
 * @param how - `crash`: the machine crashes. `kill`: the process ends. Otherwise this error, for `lasting` operations.
 */
export async function runWithFault(
  seed: number,
  at: number,
  how: Fault | 'kill',
  { lasting = 1, steps = 40 } = {},
): Promise<FaultRun> {
  const random = seededRandom(seed);
  const next = (): number => random.next();
  const files = new MemoryFiles(seededRandom(seed * 7_919 + at));
  const processes = new OneAfterTheOther();
  const changes = new Changes();
  const names: string[] = [];
  const isEnd = how === 'crash' || how === 'kill';
  files.onOperation = (number, name) => {
    names.push(name);
    if (isEnd) return number >= at ? 'crash' : undefined;
    return number >= at && number < at + lasting ? how : undefined;
  };
  const { store, clock } = storeOn(files, processes.start());
  await settle();
  await play(store, changes, next, steps);
  if (!isEnd) {
    // The store recovers by itself, and has all changes, also those that it could not confirm.
    for (let tries = 0; tries < 100 && store.state.state !== 'ready'; tries++) await clock.advance(10_000);
    if (store.state.state !== 'ready') throw new Error(`the store is ${store.state.state}: ${store.state.message}`);
    await changes.check(store);
    await play(store, changes, next, steps / 2);
  }
  const operations = files.operations;
  const after = how === 'kill' || (!isEnd && next() < 0.5) ? files.kill() : files.crash();
  await restart(after, processes, changes, next);
  return { operations, names };
}

/** Restarts a store, twice, the first time with a crash at a random operation. */
async function restart(
  files: MemoryFiles,
  processes: OneAfterTheOther,
  changes: Changes,
  next: () => number,
): Promise<void> {
  const end = 1 + Math.floor(next() * 60);
  files.onOperation = (number) => (number >= end ? 'crash' : undefined);
  const first = storeOn(files, processes.start());
  await settle();
  for (let turn = 0; turn < 20; turn++) await settle();
  if (first.store.state.state === 'ready') {
    await changes.check(first.store).catch((error: unknown) => {
      // A crash in the middle of the check has its own error.
      if (files.operations < end) throw error;
    });
    await play(first.store, changes, next, 10);
  }
  const second = storeOn(files.crash(), processes.start());
  // A lock that was torn shows after a while that nobody holds it.
  const [ready] = await Promise.allSettled([second.store.ready(), second.clock.advance(30_000)]);
  if (ready.status === 'rejected') throw ready.reason;
  await changes.check(second.store);
  await play(second.store, changes, next, 10);
  await second.store.close();
}

/** Runs a store with a fault at one operation after the other. */
export async function checkFaults(
  seed: number,
  how: Fault | 'kill',
  { every = 1, lasting = 1 }: { every?: number; lasting?: number } = {},
): Promise<void> {
  const { operations, names } = await runWithFault(seed, Infinity, how);
  for (let at = 1; at <= operations; at += every) {
    await runWithFault(seed, at, how, { lasting }).catch((error: unknown) => {
      throw new Error(`seed ${seed}, ${how} at operation ${at}, ${names[at - 1]}: ${String(error)}`, { cause: error });
    });
  }
}
