import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { DeadCall, DeadLetter } from '../../contract/dead-letters.js';
import type { Store, StoreState } from '../../contract/store.js';
import type { Tokens } from '../../contract/tokens.js';
import { memoryStore } from '../../stores/memory-store.js';
import { EVENT_QUEUE_CASES, seededRandom, settle, VirtualClock } from '../../testing.js';
import { DIR, entryOf, OneAfterTheOther } from './fault-run.fixture.js';
import { fileStore, openFileStore, type FileStore } from './file-store.js';
import { MemoryFiles, type Fault } from './memory-files.fixture.js';
import type { FileStoreOptions } from './options.js';

const KEY = Buffer.alloc(32, 7);
const DAY = 86_400_000;

let files: MemoryFiles;
let clock: VirtualClock;
let processes: OneAfterTheOther;

beforeEach(() => {
  files = new MemoryFiles(seededRandom(1));
  clock = new VirtualClock();
  processes = new OneAfterTheOther();
});

/** Opens the store of a new process on the same files. */
async function start(options: Partial<FileStoreOptions> = {}): Promise<FileStore & { tokens: Tokens }> {
  const store = openFileStore({ dir: DIR, key: KEY, clock, ...options }, { files, processes: processes.start() });
  await store.ready();
  return store as FileStore & { tokens: Tokens };
}

/** Lets days pass between two processes. With a running store, each of its timers would fire. */
function passDays(days: number): void {
  clock = new VirtualClock(clock.wall() + days * DAY);
}

/** Ends the process without any notice, and starts the next one. */
async function restart(options?: Partial<FileStoreOptions>): Promise<FileStore & { tokens: Tokens }> {
  files = files.kill();
  return start(options);
}

function letterOf(id: string, more: Partial<DeadCall> = {}): DeadLetter {
  return {
    kind: 'call',
    id,
    client: 'test',
    credential: undefined,
    from: undefined,
    method: 'POST',
    url: 'https://api.test/a',
    route: 'POST /a',
    headers: {},
    tenant: undefined,
    priority: 'normal',
    weight: 1,
    transaction: undefined,
    key: undefined,
    keptAt: 1,
    reason: 'refused 429',
    mayBeExecuted: false,
    replays: 0,
    sealed: undefined,
    missing: [],
    ...more,
  };
}

const idsOf = async ({ deadLetters }: Store): Promise<string[]> =>
  ((await deadLetters?.list('', 100))?.letters ?? []).map(({ id }) => id);

describe.for<[string, () => Promise<Store>]>([
  ['memoryStore', () => Promise.resolve(memoryStore({ clock, maxLetters: 3 }))],
  ['fileStore', () => start({ maxLetters: 3 })],
])('the parts of %s', ([, make]) => {
  test('keep journal entries', async () => {
    const { journal } = await make();
    expect(await journal.get('a')).toBeUndefined();
    await journal.put('a', entryOf(1));
    await journal.put('a', entryOf(2));
    expect(await journal.get('a')).toEqual(entryOf(2));
    await journal.delete('a');
    await journal.delete('never there');
    expect(await journal.get('a')).toBeUndefined();
  });

  test('keep dead letters in their order, up to their number and time', async () => {
    const store = await make();
    const letters = store.deadLetters!;
    expect(await letters.put(letterOf('a'), 1_000)).toEqual([]);
    await letters.put(letterOf('b'), 9_000);
    await letters.put(letterOf('a', { reason: 'again' }), 9_000);
    await letters.put(letterOf('c'), 9_000);
    expect(await letters.put(letterOf('d'), 9_000)).toEqual(['a']);
    const { letters: page, next } = await letters.list('', 2);
    expect(page).toEqual([letterOf('b'), letterOf('c')]);
    expect((await letters.list(next as string, 2)).letters).toEqual([letterOf('d')]);
    expect((await letters.list(next as string, 2)).next).toBeUndefined();
    await clock.advance(9_000);
    expect(await idsOf(store)).toEqual([]);
  });

  test('let one process send a dead letter at a time', async () => {
    const store = await make();
    const letters = store.deadLetters!;
    await letters.put(letterOf('a'), DAY);
    const first = await letters.claim('a', 1_000);
    expect(first).toMatchObject({ letter: letterOf('a'), wasDropped: false });
    expect(await letters.claim('a', 1_000)).toBeUndefined();
    expect(await letters.delete('a')).toBe(false);
    await letters.put(letterOf('a', { reason: 'not now' }), DAY);
    expect(await letters.renew('a', first!.fence, 5_000)).toBe(true);
    await clock.advance(5_000);
    const second = await letters.claim('a', 1_000);
    expect(second).toMatchObject({ letter: letterOf('a'), wasDropped: true });
    expect(second!.fence).toBeGreaterThan(first!.fence);
    expect(await letters.renew('a', first!.fence, 5_000)).toBe(false);
    expect(await letters.settle('a', first!.fence, undefined)).toBe(false);
    expect(await letters.settle('a', second!.fence, letterOf('a', { replays: 1 }))).toBe(true);
    const third = await letters.claim('a', 1_000);
    expect(third).toMatchObject({ letter: { replays: 1 }, wasDropped: false });
    expect(await letters.settle('a', third!.fence, undefined)).toBe(true);
    expect(await idsOf(store)).toEqual([]);
    expect(await letters.delete('a')).toBe(false);
  });

  test.for(EVENT_QUEUE_CASES)('keep events: $name', async ({ run }) => {
    const inboxes = (await make()).inboxes!;
    await run({
      open: (inbox) => inboxes.open(inbox),
      async until(holds) {
        for (let n = 0; n < 200; n++) {
          if (await holds()) return;
          await clock.advance(100);
        }
        throw new Error('did not happen');
      },
    });
  });
});

describe('after a restart', () => {
  test('the journal has all entries, without those that are too many or too old', async () => {
    const { journal } = await start({ maxEntries: 3 });
    for (const [i, step] of ['a', 'b', 'c', 'a', 'd'].entries()) await journal.put(step, entryOf(i));
    expect(await journal.get('b')).toBeUndefined();
    const second = await restart({ maxEntries: 3 });
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((step) => second.journal.get(step)))).toEqual([
      entryOf(3),
      undefined,
      entryOf(2),
      entryOf(4),
    ]);
    passDays(1);
    await (await restart({ maxEntries: 3 })).journal.put('e', entryOf(5));
    passDays(1);
    const third = await restart({ maxEntries: 3 });
    expect(await third.journal.get('a')).toBeUndefined();
    expect(await third.journal.get('e')).toEqual(entryOf(5));
  });

  test('the journal has the newest entries, up to their size', async () => {
    const { journal } = await start({ maxJournalBytes: 1_000 });
    for (let i = 0; i < 20; i++) await journal.put(`step ${i}`, entryOf(i));
    const second = await restart({ maxJournalBytes: 1_000 });
    const kept = await Promise.all(Array.from({ length: 20 }, (_, i) => second.journal.get(`step ${i}`)));
    expect(kept.filter((entry) => entry === undefined).length).toBeGreaterThan(10);
    expect(kept.slice(-5)).toEqual([15, 16, 17, 18, 19].map(entryOf));
  });

  test('dead letters keep place, expiry and content; a claim of the ended process is free, and known as dropped', async () => {
    const { deadLetters: letters } = await start();
    await letters.put(letterOf('a', { tenant: 'acme' }), 10_000);
    await letters.put(letterOf('b'), DAY);
    await letters.put(letterOf('c'), DAY);
    const { next } = await letters.list('', 1);
    const claim = await letters.claim('b', 60_000);
    const settled = await letters.claim('c', 60_000);
    await letters.settle('c', settled!.fence, letterOf('c', { replays: 1 }));
    const second = await restart();
    expect((await second.deadLetters.list('', 9)).letters).toEqual([
      letterOf('a', { tenant: 'acme' }),
      letterOf('b'),
      letterOf('c', { replays: 1 }),
    ]);
    expect((await second.deadLetters.list(next as string, 9)).letters[0]).toEqual(letterOf('b'));
    const again = await second.deadLetters.claim('b', 60_000);
    expect(again).toMatchObject({ wasDropped: true });
    expect(again!.fence).toBeGreaterThan(claim!.fence);
    expect(await second.deadLetters.settle('b', claim!.fence, undefined)).toBe(false);
    expect(await second.deadLetters.claim('c', 60_000)).toMatchObject({ wasDropped: false });
    await clock.advance(10_000);
    expect(await idsOf(second)).toEqual(['b', 'c']);
  });

  test('tokens are still there, with their lifetime, epoch and refresh token', async () => {
    const { tokens } = await start();
    const { fence } = (await tokens.claim('acme', 0, 5_000)) as { fence: number };
    expect(await tokens.claim('acme', 0, 5_000)).toEqual({ waitMs: 5_000 });
    expect(await tokens.renew('acme', fence, 9_000)).toBe(true);
    expect(await tokens.renew('acme', fence - 1, 9_000)).toBe(false);
    const token = { accessToken: 'secret-a', expiresInMs: 60_000, refreshToken: 'secret-r' };
    expect(await tokens.put('acme', fence - 1, 0, token)).toBeUndefined();
    expect(await tokens.put('acme', fence, 4, token)).toMatchObject({ epoch: 5 });
    await clock.advance(20_000);
    const { tokens: second } = await restart();
    expect(await second.claim('acme', 0, 5_000)).toEqual({
      token: { accessToken: 'secret-a', refreshToken: 'secret-r', epoch: 5, expiresInMs: 40_000 },
    });
    await clock.advance(40_000);
    expect(await second.claim('acme', 0, 0)).toEqual({ waitMs: 0 });
    const next = (await second.claim('acme', 5, 5_000)) as { fence: number };
    expect(next).toMatchObject({ refreshToken: 'secret-r' });
    expect(next.fence).toBeGreaterThan(fence);
    // The process ends before the login host answers.
    const { tokens: third } = await restart();
    const last = (await third.claim('acme', 5, 5_000)) as { fence: number };
    expect(last).toMatchObject({ refreshToken: 'secret-r' });
    await third.release('acme', last.fence);
    // Another key decrypts nothing. The old key beside a new one does.
    const other = Buffer.alloc(32, 8);
    expect(await (await restart({ key: other })).tokens.claim('acme', 5, 0)).toEqual({ waitMs: 0 });
    expect(await (await restart({ key: [other, KEY] })).tokens.claim('acme', 0, 5_000)).toMatchObject({
      refreshToken: 'secret-r',
    });
    passDays(91);
    expect(await (await restart()).tokens.claim('acme', 0, 5_000)).not.toHaveProperty('refreshToken', 'secret-r');
    for (const name of files.namesIn(DIR)) expect(files.bytesOf(`${DIR}/${name}`).includes('secret')).toBe(false);
  });

  test('listeners hear of new tokens, released fences, and the return of the store', async () => {
    const store = openFileStore({ dir: DIR, key: KEY, clock }, { files, processes: processes.start() });
    let heard = 0;
    const stop = store.tokens!.listen('acme', () => heard++);
    await store.ready();
    expect(heard).toBe(1);
    const { fence } = (await store.tokens!.claim('acme', 0, 5_000)) as { fence: number };
    await store.tokens!.release('acme', fence);
    expect(heard).toBe(2);
    const next = (await store.tokens!.claim('acme', 0, 5_000)) as { fence: number };
    await store.tokens!.put('acme', next.fence, 0, {
      accessToken: 'a',
      expiresInMs: undefined,
      refreshToken: undefined,
    });
    expect(heard).toBe(3);
    stop();
  });

  test('a session key is free, and later sessions have higher fences, also after the clock was set back', async () => {
    const claim = { fence: undefined, forMs: 30_000, replaces: false };
    const { sessions } = await start();
    const first = await sessions.claim('alice', { ...claim, session: '1' });
    expect(first).toMatchObject({ has: true, replaced: false, heldForMs: 30_000 });
    // The answer was lost, and the session asks again.
    expect(await sessions.claim('alice', { ...claim, session: '1' })).toMatchObject({ has: true, fence: first.fence });
    let notified = 0;
    sessions.listen('alice', () => notified++);
    const waiting = await sessions.claim('alice', { ...claim, session: '2', replaces: true });
    expect(waiting).toMatchObject({ has: false, replaced: false });
    expect(notified).toBe(1);
    const told = await sessions.claim('alice', { ...claim, session: '1', fence: first.fence });
    expect(told).toMatchObject({ has: true, replaced: true });
    await sessions.leave('alice', '1');
    expect(notified).toBe(2);
    expect(await sessions.claim('alice', { ...claim, session: '2', fence: waiting.fence })).toMatchObject({
      has: true,
    });
    clock.jumpWall(-3_600_000);
    const second = await restart();
    const after = await second.sessions.claim('alice', { ...claim, session: '1' });
    expect(after.has).toBe(true);
    expect(after.fence).toBeGreaterThan(waiting.fence);
    for (const name of files.namesIn(DIR)) expect(files.bytesOf(`${DIR}/${name}`).includes('alice')).toBe(false);
  });

  test('an inbox has its events', async () => {
    const event = { id: 'e', key: 'k', body: 'b', receivedAt: 1, attempts: 0, reason: undefined };
    await (await start()).inboxes.open('hooks').add(event, 9);
    const queue = (await restart()).inboxes.open('hooks');
    expect(await queue.add(event, 9)).toBe('known');
    expect((await queue.claim(9, 1_000)).claims[0]?.event).toMatchObject({ id: 'e', key: 'k', body: 'b' });
  });
});

describe('the log', () => {
  const put = (store: FileStore, count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, (_, i) => store.journal.put(`step ${i}`, entryOf(i))));

  test('syncs changes that arrive together once', async () => {
    const store = await start();
    const names: string[] = [];
    files.onOperation = (_, name) => void names.push(name);
    await put(store, 1_000);
    expect(names.filter((name) => name === 'sync')).toHaveLength(1);
    expect(names.filter((name) => name === 'write')).toHaveLength(1);
  });

  test('syncs nothing with fsync never, and then loses nothing if only the process ends', async () => {
    const store = await start({ fsync: 'never' });
    const names: string[] = [];
    files.onOperation = (_, name) => void names.push(name);
    await put(store, 10);
    expect(names).not.toContain('sync');
    expect(await (await restart()).journal.get('step 9')).toEqual(entryOf(9));
  });

  test('answers a read only with what a restart finds', async () => {
    const store = await start();
    let answered = false;
    const stored = store.journal.put('a', entryOf(1));
    const read = store.journal.get('a').then((entry) => ((answered = true), entry));
    files.onOperation = (_, name) => (name === 'sync' ? 'EIO' : undefined);
    await expect(stored).rejects.toMatchObject({ code: 'HOLDLINE_STORE_LOST' });
    await expect(read).rejects.toMatchObject({ code: 'HOLDLINE_STORE_LOST' });
    expect(answered).toBe(false);
  });

  test('becomes a snapshot when it is large, and old files disappear', async () => {
    const options = { compactAfterBytes: 20_000 };
    const store = await start(options);
    for (let round = 0; round < 20; round++) await put(store, 40);
    await store.journal.delete('step 7');
    await settle();
    await store.close();
    const logs = files.namesIn(DIR).filter((name) => name.endsWith('.log'));
    expect(logs.filter((name) => name.startsWith('snapshot'))).toHaveLength(1);
    const bytes = logs.reduce((sum, name) => sum + files.bytesOf(`${DIR}/${name}`).length, 0);
    // All changes together have some 150,000 bytes.
    expect(bytes).toBeLessThan(60_000);
    const second = await start(options);
    for (let i = 0; i < 40; i++)
      expect(await second.journal.get(`step ${i}`)).toEqual(i === 7 ? undefined : entryOf(i));
  });

  test('is compacted after many starts', async () => {
    for (let i = 0; i < 40; i++) {
      await (await restart()).journal.put(`step ${i}`, entryOf(i));
      for (let turn = 0; turn < 5; turn++) await settle();
    }
    expect(files.namesIn(DIR).length).toBeLessThan(25);
    const store = await restart();
    for (let i = 0; i < 40; i++) expect(await store.journal.get(`step ${i}`)).toEqual(entryOf(i));
  });
});

describe('damage', () => {
  const segment = `${DIR}/segment-0000000001.log`;

  async function fill(): Promise<void> {
    const store = await start();
    for (let i = 0; i < 10; i++) await store.journal.put(`step ${i}`, entryOf(i));
    files = files.kill();
  }

  async function stateOf(): Promise<{ store: FileStore; error: unknown }> {
    const store = openFileStore({ dir: DIR, clock }, { files, processes: processes.start() });
    const error = await store.ready().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { store, error };
  }

  test('in the middle of a segment is an error that names file and position, and nothing is tried again', async () => {
    await fill();
    const at = files.bytesOf(segment).indexOf('step 5');
    files.damage(segment, at);
    const { store, error } = await stateOf();
    expect(String(error)).toMatch(/segment-0000000001\.log was damaged at byte \d+/);
    expect(store.state).toMatchObject({ reason: 'CORRUPT', needsConfiguration: true, retryInMs: undefined });
    await expect(store.journal.get('step 1')).rejects.toThrow('damaged');
  });

  test('of the last commit is one that was never acknowledged', async () => {
    await fill();
    const { length } = files.bytesOf(segment);
    files.damage(segment, length - 1);
    const { store, error } = await stateOf();
    expect(error).toBeUndefined();
    expect(await store.journal.get('step 8')).toEqual(entryOf(8));
    expect(await store.journal.get('step 9')).toBeUndefined();
  });

  test('of a segment before the last one, or a missing one, is an error', async () => {
    await fill();
    await (await restart()).journal.put('x', entryOf(1));
    files = files.kill();
    const { length } = files.bytesOf(segment);
    files.damage(segment, length - 400);
    expect(String((await stateOf()).error)).toContain('segment-0000000001.log was damaged');
    files = files.kill();
    await files.unlink(segment);
    expect(String((await stateOf()).error)).toContain('segment-0000000001.log is missing');
  });

  test('of a snapshot is an error', async () => {
    const store = await start({ compactAfterBytes: 1_000 });
    for (let i = 0; i < 20; i++) await store.journal.put(`step ${i}`, entryOf(i));
    await store.close();
    const name = files.namesIn(DIR).find((one) => one.startsWith('snapshot')) as string;
    files = files.kill();
    files.damage(`${DIR}/${name}`, files.bytesOf(`${DIR}/${name}`).length - 30);
    expect(String((await stateOf()).error)).toContain(`${name} was damaged`);
  });
});

describe('a failure of the disk', () => {
  test.for<[Fault, string]>([
    ['ENOSPC', 'the disk is full'],
    ['EIO', 'the disk failed'],
    ['EROFS', 'the file system is read-only'],
  ])('%s makes the store lost, and it recovers by itself', async ([code, meaning]) => {
    const store = await start();
    const states: StoreState[] = [];
    store.watch((state) => states.push(state));
    await store.journal.put('before', entryOf(1));
    let isBroken = true;
    files.onOperation = () => (isBroken ? code : undefined);
    await expect(store.journal.put('during', entryOf(2))).rejects.toMatchObject({ code: 'HOLDLINE_STORE_LOST' });
    expect(store.state).toMatchObject({ state: 'lost', reason: code, needsConfiguration: false, retryInMs: 100 });
    expect(store.state.message).toContain(meaning);
    await expect(store.journal.get('before')).rejects.toThrow(meaning);
    await expect(store.ready()).rejects.toThrow(meaning);
    await clock.advance(60_000);
    isBroken = false;
    await clock.advance(10_000);
    expect(states.map(({ state }) => state).at(-1)).toBe('ready');
    // Nobody knew whether this write took place. It did.
    expect(await store.journal.get('during')).toEqual(entryOf(2));
    const second = await restart();
    expect(await second.journal.get('before')).toEqual(entryOf(1));
    expect(await second.journal.get('during')).toEqual(entryOf(2));
  });

  test('a claim that the disk refused does not count', async () => {
    const store = await start();
    await store.deadLetters.put(letterOf('a'), DAY);
    files.onOperation = () => 'ENOSPC';
    await expect(store.deadLetters.claim('a', 60_000)).rejects.toThrow('the disk is full');
    files.onOperation = () => undefined;
    await clock.advance(10_000);
    expect(await store.deadLetters.claim('a', 60_000)).toMatchObject({ wasDropped: false });
  });
});

describe('one directory', () => {
  test('has one writer: a second store names the holder, and gets the directory when the first one closes', async () => {
    const first = await start();
    await first.journal.put('a', entryOf(1));
    const own = processes.start();
    // Both processes run.
    const both = { ...own, startOf: () => '1' };
    const second = openFileStore({ dir: DIR, clock }, { files, processes: both });
    await expect(second.ready()).rejects.toMatchObject({
      code: 'HOLDLINE_CONFIG',
      message: `dir ${DIR} is used by process 1 on host: give each process a directory of its own, or use redisStore()`,
    });
    expect(second.state).toMatchObject({ state: 'lost', reason: 'LOCKED', needsConfiguration: false });
    await expect(second.journal.get('a')).rejects.toMatchObject({ code: 'HOLDLINE_STORE_LOST' });
    await first.close();
    await clock.advance(1_000);
    await second.ready();
    expect(await second.journal.get('a')).toEqual(entryOf(1));
    expect(first.state).toMatchObject({ state: 'lost', reason: 'CLOSED' });
    await expect(first.journal.get('a')).rejects.toThrow('the store was closed');
  });

  test('of a frozen process is taken over, and the process confirms nothing afterwards', async () => {
    const machine = { startOf: () => undefined, machineUptimeMs: () => 0 };
    const own = { start: '1', boot: 'b', host: 'h' };
    const at = (namespace: string) => ({ ...machine, own: { ...own, pid: 1, namespace } });
    const first = openFileStore({ dir: DIR, clock }, { files, processes: at('one') });
    await first.ready();
    await first.journal.put('a', entryOf(1));
    // The clock of the first process stands still.
    const later = new VirtualClock();
    const second = openFileStore({ dir: DIR, clock: later }, { files, processes: at('two') });
    await Promise.all([second.ready(), later.advance(20_000)]);
    await second.journal.put('b', entryOf(2));
    clock.jumpWall(20_000);
    await expect(first.journal.put('c', entryOf(3))).rejects.toThrow('another process took the directory over');
    expect(await second.journal.get('c')).toBeUndefined();
    // The first process gets the directory again when it is free, and reads it again.
    await second.close();
    await clock.advance(10_000);
    expect(await first.journal.get('b')).toEqual(entryOf(2));
    expect(await first.journal.get('c')).toBeUndefined();
  });
});

describe('on a real file system', () => {
  let dir: string;

  beforeEach(() => {
    dir = join(mkdtempSync(join(tmpdir(), 'holdline-file-store-')), 'made', 'by the store');
  });
  afterEach(() => rmSync(join(dir, '../..'), { recursive: true, force: true }));

  test('files are for this user only, hold no secret, and are read again', async () => {
    const store = fileStore({ dir, key: () => KEY.toString('base64') });
    onTestFinished(() => store.close());
    await store.ready();
    const { fence } = (await store.tokens!.claim('acme', 0, 5_000)) as { fence: number };
    await store.tokens!.put('acme', fence, 0, { accessToken: 'secret-a', expiresInMs: DAY, refreshToken: 'secret-r' });
    await store.journal.put('a', entryOf(1));
    await expect(fileStore({ dir }).ready()).rejects.toThrow(`dir ${dir} is used by process ${process.pid}`);
    await store.close();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) {
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
      expect(readFileSync(join(dir, name)).includes('secret'), name).toBe(false);
    }
    const second = fileStore({ dir, key: KEY });
    onTestFinished(() => second.close());
    expect(await second.journal.get('a')).toEqual(entryOf(1));
    expect(await second.tokens!.claim('acme', 0, 0)).toMatchObject({ token: { accessToken: 'secret-a' } });
    expect(inspect(second, { depth: 5, showHidden: false })).not.toMatch(/secret|<Buffer/);
  });

  test('a large snapshot is read in parts', async () => {
    const store = fileStore({ dir, compactAfterBytes: 1_000_000 });
    const large = { ...entryOf(1), payloadDigest: 'x'.repeat(3_000_000) };
    await store.journal.put('large', large);
    for (let i = 0; i < 20; i++)
      await Promise.all(Array.from({ length: 1_000 }, (_, k) => store.journal.put(`${i}/${k}`, entryOf(k))));
    await store.close();
    const second = fileStore({ dir });
    onTestFinished(() => second.close());
    expect(await second.journal.get('large')).toEqual(large);
    for (const step of ['0/0', '7/77', '19/999']) expect(await second.journal.get(step)).toBeDefined();
  });
});

test.for<[object | undefined, string]>([
  [undefined, 'the options of fileStore must be an object with dir'],
  [{}, 'dir must be a string that is not empty, got undefined'],
  [{ dir: '' }, 'dir must be a string that is not empty'],
  [
    { dir: 'd', key: 'short secret' },
    'key must be 32 bytes, or the same in base64 or hex, got a string of 12 characters',
  ],
  [{ dir: 'd', key: () => Promise.resolve(KEY) }, 'key must be 32 bytes, or the same in base64 or hex, got an object'],
  [{ dir: 'd', key: [] }, 'key must be a key, or a list of at least one key'],
  [{ dir: 'd', fsync: 'always' }, "fsync must be 'group' or 'never'"],
  [{ dir: 'd', maxEntries: 0 }, 'maxEntries must be an integer of at least 1, got 0'],
  [{ dir: 'd', compactAfterBytes: 1.5 }, 'compactAfterBytes must be an integer'],
  [{ dir: 'd', prefix: 'x' }, 'prefix is not known'],
])('%o is refused', ([options, message]) => {
  expect(() => fileStore(options as FileStoreOptions)).toThrow(message);
});
