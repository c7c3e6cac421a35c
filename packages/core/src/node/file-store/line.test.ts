import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { withTransaction } from '../../call/context.js';
import type { LetterSender } from '../../contract/dead-letters.js';
import { createHoldline, type Holdline, type HoldlineConfig } from '../../index.js';
import { type Asked, ORIGIN, type Step, Wire } from '../../line/transport.fixture.js';
import { VirtualClock } from '../../testing.js';
import { fileStore, type FileStore } from './file-store.js';

const KEY = Buffer.alloc(32, 7);

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdline-line-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A process with one line on the store of the directory. */
class Process {
  readonly store: FileStore = fileStore({ dir, key: KEY });
  readonly line: Holdline;
  readonly wire: Wire;

  constructor(config: HoldlineConfig, script: Step[] = [200]) {
    this.line = createHoldline({ store: this.store, ...config });
    this.wire = new Wire(new VirtualClock(), script);
    onTestFinished(() => this.end());
    const sender: LetterSender = {
      serves: () => true,
      send: ({ method, url, headers, body }) => this.run({ method, url, headers, payload: String(body ?? '') }),
    };
    this.line.deadLetters.sendBy('wire', sender, this.wire);
  }

  run(asked: Asked): Promise<unknown> {
    return this.line.run({ ...this.wire.request(asked), client: 'wire', owner: this.wire });
  }

  async end(): Promise<void> {
    await this.line.close();
    await this.store.close();
  }
}

test('a restart uses the token of the last process, and the rotated refresh token for the next one', async () => {
  const refreshTokens: (string | undefined)[] = [];
  const token = (expiresInMs: number) => ({
    name: 'acme',
    origins: [ORIGIN],
    grant: (input?: { readonly refreshToken: string | undefined }) => {
      const n = refreshTokens.push(input?.refreshToken);
      return Promise.resolve({ accessToken: `secret-${n}`, refreshToken: `secret-refresh-${n}`, expiresInMs });
    },
  });
  const authorized = ({ wire }: Process): (string | undefined)[] =>
    wire.sent.map(({ headers }) => headers.authorization);
  const first = new Process({ token: token(3_600_000) });
  await first.run({});
  await first.end();
  const second = new Process({ token: token(3_600_000) }, [200, 401, 200]);
  await second.run({});
  expect(refreshTokens).toHaveLength(1);
  // The platform has revoked the token.
  await second.run({});
  expect(authorized(second)).toEqual(['Bearer secret-1', 'Bearer secret-1', 'Bearer secret-2']);
  expect(refreshTokens).toEqual([undefined, 'secret-refresh-1']);
  await second.end();
  const third = new Process({ token: token(3_600_000) }, [401, 200]);
  await third.run({});
  expect(authorized(third)).toEqual(['Bearer secret-2', 'Bearer secret-3']);
  expect(refreshTokens.at(-1)).toBe('secret-refresh-2');
  for (const name of readdirSync(dir)) expect(readFileSync(join(dir, name)).includes('secret')).toBe(false);
});

test('a transaction that runs again after a restart sends the same key, and so does the replay of its dead letter', async () => {
  const config: HoldlineConfig = {
    retry: { maxAttempts: 1 },
    endpoints: { 'POST /orders': { keyed: true } },
  };
  const write: Asked = { method: 'POST', url: '/orders', payload: '{"secret":"body"}' };
  const keysOf = ({ wire }: Process): (string | undefined)[] =>
    wire.sent.map(({ headers }) => headers['idempotency-key']);
  const first = new Process(config, [503]);
  await withTransaction('order 7', () => first.run(write)).catch(() => undefined);
  await first.end();
  const [key] = keysOf(first);
  expect(key).toMatch(/^[0-9a-f-]{36}$/);
  const second = new Process(config, [503]);
  await withTransaction('order 7', () => second.run(write)).catch(() => undefined);
  expect(keysOf(second)).toEqual([key]);
  await second.end();
  const third = new Process(config, [200]);
  expect((await third.line.deadLetters.list()).letters).toMatchObject([
    { transaction: 'order 7', key: { value: key } },
  ]);
  expect(await third.line.deadLetters.replay()).toMatchObject({ replayed: 1, left: 0 });
  expect(keysOf(third)).toEqual([key]);
  await third.end();
  const fourth = new Process(config);
  expect((await fourth.line.deadLetters.list()).letters).toEqual([]);
  for (const name of readdirSync(dir)) expect(readFileSync(join(dir, name)).includes('"secret"')).toBe(false);
});

test('a line reports that the directory is in use', async () => {
  const first = new Process({});
  await first.store.ready();
  const second = new Process({});
  const states: (string | undefined)[] = [];
  second.line.on('storeState', ({ reason }) => states.push(reason));
  await expect(second.store.ready()).rejects.toThrow(`dir ${dir} is used by process ${process.pid}`);
  expect(states).toEqual(['LOCKED']);
});
