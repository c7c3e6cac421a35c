import { readdirSync, readFileSync } from 'node:fs';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import type { StoreState } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { FakeClient } from './fake-client.fixture.js';
import { openConnection } from './client.js';
import { Link } from './link.js';
import { defineScript } from '../scripts/script.js';
import { SELF_TEST } from '../scripts/self-test.js';

const SCRIPT = defineScript('return 1');
const TIMEOUT_MS = 500;

function linkOf(client: FakeClient | Promise<never>, timeoutMs = TIMEOUT_MS) {
  const clock = new VirtualClock();
  const states: StoreState[] = [];
  let isReady = 0;
  const given = client instanceof FakeClient ? Promise.resolve(client.client) : client;
  const link = new Link(
    given,
    'news',
    timeoutMs,
    { onReady: () => isReady++, onMessage: () => undefined },
    {
      clock,
      random: seededRandom(1),
    },
  );
  link.watch((state) => states.push(state));
  return {
    clock,
    link,
    states,
    get wasReady() {
      return isReady;
    },
  };
}

const says = (text: string) => (): Promise<unknown> => Promise.reject(new Error(text));
const hangs = (): Promise<unknown> => new Promise(() => undefined);

/** Replies as servers give them, with the version that they were taken from. */
const REPLIES: [words: string, reason: string, isLasting: boolean][] = [
  ["READONLY You can't write against a read only replica. script: 1, on @user_script:1.", 'READONLY', false],
  // Redis before 7; issue 13, b06.
  [
    "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
    'READONLY',
    false,
  ],
  [
    "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'MASTERDOWN',
    false,
  ],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'MASTERDOWN', false],
  ['LOADING Redis is loading the dataset in memory', 'LOADING', false],
  ['BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', 'BUSY', false],
  ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN', false],
  [
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    'MISCONF',
    false,
  ],
  ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS', false],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM', false],
  [
    "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
    'OOM',
    false,
  ],
  ['ERR max number of clients reached', 'MAXCLIENTS', false],
  ['MOVED 3999 127.0.0.1:6381', 'MOVED', true],
  ["NOPERM User app has no permissions to run the 'evalsha' command", 'NOPERM', true],
  [
    "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: The user executing the script can't run this command or subcommand",
    'NOPERM',
    true,
  ],
  ['NOAUTH Authentication required.', 'NOAUTH', true],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS', true],
  ['ERR invalid password', 'WRONGPASS', true],
  ['DENIED Redis is running in protected mode because protected mode is enabled', 'DENIED', true],
  ["ERR unknown command 'EVALSHA', with args beginning with: ", 'NOCOMMAND', true],
];

describe('a reply that says that the store cannot be used', () => {
  test.for(REPLIES)('%s', async ([words, reason, needsConfiguration]) => {
    const client = new FakeClient(says(words));
    const { clock, link, states, wasReady } = linkOf(client);
    await clock.advance(10 * 60_000);
    expect(wasReady).toBe(0);
    expect(new Set(states.map((state) => state.reason))).toEqual(new Set([reason]));
    expect(states.every((state) => state.needsConfiguration === needsConfiguration)).toBe(true);
    // The pauses grow up to a bound, and there are always the two connections of one attempt at most.
    const pauses = states.map(({ retryInMs = 0 }) => retryInMs);
    const longest = needsConfiguration ? 60_000 : 10_000;
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
    expect(Math.max(...pauses)).toBeGreaterThan(longest / 2);
    expect(client.made.length).toBe(2 * states.length);
    expect(client.made.length / 600).toBeLessThan(1);
    expect(client.open).toBe(0);
    await expect(link.run(SCRIPT, [], [])).rejects.toThrow('not connected');

    // The way back: nobody has to do anything but mend the server.
    client.answer = undefined;
    await clock.advance(longest + 1_000);
    expect(states.at(-1)).toMatchObject({ state: 'ready', reason: undefined });
    expect(await link.run(SCRIPT, [], [])).toBe(1);
    link.close();
    expect({ open: client.open, pending: clock.pending }).toEqual({ open: 0, pending: 0 });
  });

  test('comes to a link that works: commands that fail together cost one attempt', async () => {
    const client = new FakeClient();
    const { clock, link, states } = linkOf(client);
    await clock.advance(60_000);
    const answer = says("READONLY You can't write against a read only replica.");
    for (const made of [client, ...client.made]) made.answer = answer;
    await Promise.allSettled([1, 2, 3].map(() => link.run(SCRIPT, [], [])));
    // It had worked for long: the next attempt is made at once.
    await clock.advance(10);
    expect(states.map(({ state }) => state)).toEqual(['ready', 'lost', 'lost']);
    expect(states[1]).toMatchObject({ reason: 'READONLY', retryInMs: 0 });
    expect({ made: client.made.length, open: client.open }).toEqual({ made: 4, open: 0 });
    link.close();
  });

  test.for([
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'ERR Error running script: attempt to compare nil',
  ])('is not one about a single command: %s', async (words) => {
    const client = new FakeClient();
    const { clock, link, states } = linkOf(client);
    await clock.advance(10);
    client.made[0]!.answer = says(words);
    await expect(link.run(SCRIPT, [], [])).rejects.toThrow(words.slice(0, 8));
    await clock.advance(1_000);
    expect(states.map(({ state }) => state)).toEqual(['ready']);
    link.close();
  });
});

describe('a server that does not answer', () => {
  test.for<[string, FakeClient, string]>([
    ['connections hang', new FakeClient(undefined, 'never'), 'UNREACHABLE'],
    [
      'connections are refused',
      new FakeClient(undefined, Object.assign(new Error(''), { code: 'ECONNREFUSED' })),
      'UNREACHABLE',
    ],
    [
      'the certificate is wrong',
      new FakeClient(undefined, Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' })),
      'TLS',
    ],
    ['scripts hang', new FakeClient(hangs), 'SILENT'],
    ['messages do not arrive', new FakeClient(undefined, 'at once', false), 'DEAF'],
  ])('%s: it is never ready, and is tried again ever more slowly', async ([, client, reason]) => {
    const { clock, link, states, wasReady } = linkOf(client);
    await clock.advance(60_000);
    expect(wasReady).toBe(0);
    expect(new Set(states.map((state) => state.reason))).toEqual(new Set([reason]));
    expect(states.length).toBeLessThan(65);
    client.opens = 'at once';
    client.answer = undefined;
    client.hears = true;
    await clock.advance(70_000);
    expect(link.state.state).toBe('ready');
    link.close();
    expect({ open: client.open, pending: clock.pending }).toEqual({ open: 0, pending: 0 });
  });

  test('is given up after three answers that are missing', async () => {
    const client = new FakeClient();
    const { clock, link, states } = linkOf(client);
    await clock.advance(10);
    client.made[0]!.answer = hangs;
    for (let i = 0; i < 3; i++) {
      const run = link.run(SCRIPT, [], []);
      const error = expect(run).rejects.toThrow('no answer within 500 ms');
      await clock.advance(TIMEOUT_MS);
      await error;
    }
    await clock.advance(200);
    expect(states.map(({ state, reason }) => reason ?? state)).toEqual(['ready', 'SILENT', 'ready']);
    link.close();
  });

  test('is noticed by an idle link too: news that a firewall forgot', async () => {
    const client = new FakeClient();
    const { clock, link, states } = linkOf(client);
    await clock.advance(10);
    client.made[0]!.hears = false;
    await clock.advance(20_000);
    expect(states.map(({ state, reason }) => reason ?? state)).toEqual(['ready', 'DEAF', 'ready']);
    link.close();
  });
});

test('a connection that breaks again and again is made anew ever more slowly, one that lasted at once', async () => {
  const client = new FakeClient();
  const { clock, link, states } = linkOf(client);
  for (let i = 0; i < 8; i++) {
    await clock.advance(6_000);
    client.made.at(-1)!.emit('end');
  }
  const pauses = states.filter(({ state }) => state === 'lost').map(({ retryInMs = 0 }) => retryInMs);
  expect(pauses[0]).toBeLessThanOrEqual(100);
  expect(pauses.at(-1)).toBeGreaterThanOrEqual(1_000);
  await clock.advance(30_000);
  client.made.at(-1)!.emit('end');
  expect(states.at(-1)).toMatchObject({ state: 'lost', retryInMs: 0 });
  // Whoever asks just then waits for the attempt.
  const run = link.run(SCRIPT, [], []);
  await clock.advance(1);
  expect(await run).toBe(1);
  link.close();
});

test('says why it is not ready, where that is known', async () => {
  const refused = new FakeClient(undefined, new Error('WRONGPASS invalid username-password pair'));
  const { link } = linkOf(refused);
  await expect(link.ready()).rejects.toThrow('WRONGPASS');
  link.close();
  const missing = linkOf(Promise.reject(new Error('not installed')));
  await expect(missing.link.ready()).rejects.toThrow('not installed');
  await expect(missing.link.ready()).rejects.toThrow('not installed');
  await expect(missing.link.run(SCRIPT, [], [])).rejects.toThrow('not installed');
  missing.link.close();
  await expect(missing.link.ready()).rejects.toThrow('closed');
});

test('a connection like that of a cluster keeps its password and TLS', () => {
  const client = new FakeClient();
  client.isCluster = true;
  client.options = { redisOptions: { password: 'p', tls: {} } };
  openConnection(client.client, () => undefined);
  const [, overrides] = client.made[0]?.overrides as [unknown, object];
  expect(overrides).toMatchObject({ redisOptions: { password: 'p', tls: {}, maxRetriesPerRequest: 0 } });
});

test('the self-test runs every command that a script of the store runs', () => {
  const source = new URL('../', import.meta.url);
  const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, source), 'utf8'));
  const commands = (text: string): string[] =>
    [...text.matchAll(/redis\.call\('([A-Z]+)'/g)].map(([, command]) => command as string);
  const tested = new Set(commands(SELF_TEST.text));
  const all = new Set(texts.flatMap(commands));
  expect(all.size).toBeGreaterThan(15);
  expect([...all].filter((command) => !tested.has(command))).toEqual([]);
});
