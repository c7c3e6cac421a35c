import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHoldline, type HoldlineEvents, secret, type Tokens } from '../../index.js';
import { Wire } from '../../line/transport.fixture.js';
import { VirtualClock } from '../../testing.js';
import { identityOf } from '../../policies/token/identity.js';
import { fileStore, type FileStore } from './file-store.js';
import type { FileStoreOptions } from './options.js';

const [ONE, TWO] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
const TOKEN = { accessToken: 'PLANTED-TOKEN', refreshToken: 'PLANTED-REFRESH', expiresInMs: 3_600_000 };

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-secrets-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'store');
}

/** Opens a store, and closes it with the test. */
async function open(options: FileStoreOptions): Promise<FileStore & { tokens: Tokens }> {
  const store = fileStore(options) as FileStore & { tokens: Tokens };
  onTestFinished(() => store.close());
  await store.ready();
  return store;
}

/** Stores a token in a directory, and closes the store. */
async function keep(dir: string, key: FileStoreOptions['key']): Promise<void> {
  const store = await open({ dir, key: key as string });
  const { fence } = (await store.tokens.claim('a', 0, 1_000)) as { fence: number };
  await store.tokens.put('a', fence, 0, TOKEN);
  await store.close();
}

const filesOf = (dir: string): string[] => readdirSync(dir).map((name) => join(dir, name));

/** What a new process reads from the directory. */
async function readBack(dir: string, key: FileStoreOptions['key']): Promise<unknown> {
  const store = await open({ dir, key: key as string });
  const claim = await store.tokens.claim('a', 0, 0);
  await store.close();
  return claim;
}

const found = {
  token: expect.objectContaining({ accessToken: 'PLANTED-TOKEN', refreshToken: 'PLANTED-REFRESH' }) as unknown,
};
const NOTHING = { waitMs: 0 };

// Issue 16, 4.
describe('tokens in files', () => {
  it.each([
    ['a text', ONE],
    ['a secret', secret(ONE)],
    ['bytes', Buffer.alloc(32, 1)],
    ['a function that returns a secret', () => secret(ONE)],
    ['a list', [secret(ONE), TWO]],
  ])('are encrypted with %s as key, and survive a restart', async (_, key) => {
    const dir = directory();
    await keep(dir, key);
    for (const file of filesOf(dir)) expect(readFileSync(file, 'latin1'), file).not.toContain('PLANTED');
    expect(await readBack(dir, secret(ONE))).toEqual(found);
  });

  it.each([
    [
      'a function that throws',
      () => {
        throw new Error(`no key: ${TWO}`);
      },
    ],
    ['a function that returns nothing', () => undefined],
    ['a promise', () => Promise.resolve(ONE)],
    ['a wrong secret', secret('PLANTED-KEY')],
  ])('are not kept with %s: the store is refused, and no error shows a key', (_, key) => {
    let error: unknown;
    try {
      void fileStore({ dir: directory(), key: key as never }).close();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).name).toBe('ConfigError');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/PLANTED|AQEB|AgIC/);
  });

  it('cannot be read with another key, and the store goes on with a new token', async () => {
    const dir = directory();
    await keep(dir, ONE);
    expect(await readBack(dir, TWO)).toEqual(NOTHING);
    const store = await open({ dir, key: TWO });
    const claim = (await store.tokens.claim('a', 0, 1_000)) as { fence: number; refreshToken?: string };
    expect(claim.refreshToken).toBeUndefined();
    expect(await store.tokens.put('a', claim.fence, 0, { ...TOKEN, accessToken: 'another' })).toMatchObject({
      epoch: 1,
    });
  });

  it('outlive a change of keys: the first key encrypts, all keys decrypt', async () => {
    const dir = directory();
    await keep(dir, ONE);
    expect(await readBack(dir, [TWO, ONE])).toEqual(found);
    await keep(dir, [TWO, ONE]).catch(() => undefined);
    const store = await open({ dir, key: [TWO, ONE] });
    const { fence } = (await store.tokens.claim('a', 9, 1_000)) as { fence: number };
    await store.tokens.put('a', fence, 9, TOKEN);
    await store.close();
    expect(await readBack(dir, TWO)).toEqual(found);
  });

  it('are never read from a file that somebody changed', async () => {
    const dir = directory();
    await keep(dir, ONE);
    const original = new Map(filesOf(dir).map((file) => [file, readFileSync(file)]));
    const logs = [...original].filter(([, bytes]) => bytes.length > 100);
    expect(logs.length).toBeGreaterThan(0);
    for (const [file, bytes] of logs) {
      for (let at = 3; at < bytes.length; at += Math.ceil(bytes.length / 12)) {
        for (const [name, before] of original) writeFileSync(name, before);
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ 0x20, at);
        writeFileSync(file, changed);
        const claim = await readBack(dir, ONE).catch((error: unknown) => error);
        // A changed byte may be one of the header or of another row. A token is complete and unchanged, or not there.
        if (!(claim instanceof Error)) expect([found, NOTHING]).toContainEqual(claim);
      }
    }
  });

  it('are in files that only the owner can read, also with umask 000 and in a directory of everybody', async () => {
    const dir = directory();
    mkdirSync(dir);
    chmodSync(dir, 0o777);
    // The umask belongs to the whole process, so another process sets it.
    const script = `
      process.umask(0);
      const { fileStore } = await import(process.argv[1]);
      for (const dir of process.argv.slice(2, 4)) {
        const store = fileStore({ dir, key: process.argv[4], compactAfterBytes: 200 });
        const { fence } = await store.tokens.claim('a', 0, 1000);
        await store.tokens.put('a', fence, 0, { accessToken: 'PLANTED-TOKEN' });
        for (let i = 0; i < 50; i++) await store.journal.put('step ' + i, { key: 'k', digest: 'd', issuedAt: 1 });
        await store.close();
      }`;
    const own = join(dir, 'own', 'deeper');
    const entry = new URL('../../../dist/node.js', import.meta.url).pathname;
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, ['--input-type=module', '-e', script, entry, dir, own, ONE], (error, _, stderr) =>
        error ? reject(new Error(stderr)) : resolve(),
      );
    });
    const files = [...filesOf(dir), ...filesOf(own)].filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect([file, (statSync(file).mode & 0o777).toString(8)]).toEqual([file, '600']);
    // A directory that the store makes belongs to its owner alone. It leaves a given directory as it is.
    expect([own, dir].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['700', '777']);
  });
});

describe('close({ revoke: true }) with a store in files', () => {
  function start(store: FileStore, clock: VirtualClock) {
    const revoked: string[] = [];
    const grant = Object.assign(() => Promise.resolve({ ...TOKEN }), {
      identity: () => identityOf('client credentials', 'https://login.test', 'a', 's'),
      revoke: (token: string) => {
        revoked.push(token);
        return Promise.resolve();
      },
    });
    const line = createHoldline({ clock, store, governor: false, retry: false, breaker: false, token: { grant } });
    const results: HoldlineEvents['tokenRevoked']['result'][] = [];
    line.on('tokenRevoked', ({ result }) => results.push(result));
    return { line, revoked, results, call: () => line.run(new Wire(clock, () => 200).request()) };
  }

  it('revokes the token of the only process, unless another line of it uses the token', async () => {
    const dir = directory();
    const store = await open({ dir, key: ONE });
    const clock = new VirtualClock();
    const [a, b] = [start(store, clock), start(store, clock)];
    await a.call();
    await b.call();
    await a.line.close({ revoke: true });
    expect([a.revoked, a.results]).toEqual([[], ['shared']]);
    await b.line.close({ revoke: true });
    expect([b.revoked, b.results]).toEqual([['PLANTED-TOKEN'], ['revoked']]);
    await store.close();
    expect(await readBack(dir, ONE)).toEqual(NOTHING);
  });
});
