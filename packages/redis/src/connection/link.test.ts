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

function openLink(client: FakeClient | Promise<never>, timeoutMs = TIMEOUT_MS) {
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

/** Error replies of real servers. */
const REPLIES: [words: string, reason: string, isLasting: boolean][] = [
  ["READONLY You can't write against a read only replica. script: 1, on @user_script:1.", 'READONLY', false],
  // Redis before 7 (issue 13, b06).
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

describe('an error reply after which the store cannot be used', () => {
  test.for(REPLIES)('%s', async ([words, reason, needsConfiguration]) => {
    const client = new FakeClient(says(words));
    const { clock, link, states, wasReady } = openLink(client);
    await clock.advance(10 * 60_000);
    expect(wasReady).toBe(0);
    expect(new Set(states.map((state) => state.reason))).toEqual(new Set([reason]));
    expect(states.every((state) => state.needsConfiguration === needsConfiguration)).toBe(true);
    // The pauses grow up to a bound, and at most the two connections of one attempt are open.
    const pauses = states.map(({ retryInMs = 0 }) => retryInMs);
    const longest = needsConfiguration ? 60_000 : 10_000;
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
    expect(Math.max(...pauses)).toBeGreaterThan(longest / 2);
    expect(client.made.length).toBe(2 * states.length);
    expect(client.made.length / 600).toBeLessThan(1);
    expect(client.open).toBe(0);
    await expect(link.run(SCRIPT, [], [])).rejects.toThrow('not connected');

    // The link recovers by itself when the server does.
    client.answer = undefined;
    await clock.advance(longest + 1_000);
    expect(states.at(-1)).toMatchObject({ state: 'ready', reason: undefined });
    expect(await link.run(SCRIPT, [], [])).toBe(1);
    link.close();
    expect({ open: client.open, pending: clock.pending }).toEqual({ open: 0, pending: 0 });
  });

  test('on a ready link: commands that fail together cause one attempt', async () => {
    const client = new FakeClient();
    const { clock, link, states } = openLink(client);
    await clock.advance(60_000);
    const answer = says("READONLY You can't write against a read only replica.");
    for (const made of [client, ...client.made]) made.answer = answer;
    await Promise.allSettled([1, 2, 3].map(() => link.run(SCRIPT, [], [])));
    // The link had worked for long, so the next attempt follows at once.
    await clock.advance(10);
    expect(states.map(({ state }) => state)).toEqual(['ready', 'lost', 'lost']);
    expect(states[1]).toMatchObject({ reason: 'READONLY', retryInMs: 0 });
    expect({ made: client.made.length, open: client.open }).toEqual({ made: 4, open: 0 });
    link.close();
  });

  test.for([
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'ERR Error running script: attempt to compare nil',
  ])('an error of a single command does not end the link: %s', async (words) => {
    const client = new FakeClient();
    const { clock, link, states } = openLink(client);
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
  ])('%s: the link is never ready, and retries with growing pauses', async ([, client, reason]) => {
    const { clock, link, states, wasReady } = openLink(client);
    await clock.advance(60_000);
    expect(wasReady).toBe(0);
    expect(new Set(states.map((state) => state.reason))).toEqual(new Set([reason]));
    expect(states.length).toBeLessThan(65);
    client.opens = 'at once';
    client.answer = undefined;
    client.delivers = true;
    await clock.advance(70_000);
    expect(link.state.state).toBe('ready');
    link.close();
    expect({ open: client.open, pending: clock.pending }).toEqual({ open: 0, pending: 0 });
  });

  test('is lost after three missing replies', async () => {
    const client = new FakeClient();
    const { clock, link, states } = openLink(client);
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

  test('is noticed by an idle link, whose messages a firewall drops', async () => {
    const client = new FakeClient();
    const { clock, link, states } = openLink(client);
    await clock.advance(10);
    client.made[0]!.delivers = false;
    await clock.advance(20_000);
    expect(states.map(({ state, reason }) => reason ?? state)).toEqual(['ready', 'DEAF', 'ready']);
    link.close();
  });
});

test('a connection that breaks repeatedly reconnects with growing pauses, a connection that lasted reconnects at once', async () => {
  const client = new FakeClient();
  const { clock, link, states } = openLink(client);
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
  // A command in this moment waits for the attempt.
  const run = link.run(SCRIPT, [], []);
  await clock.advance(1);
  expect(await run).toBe(1);
  link.close();
});

test('ready() rejects with the reason, if it is known', async () => {
  const refused = new FakeClient(undefined, new Error('WRONGPASS invalid username-password pair'));
  const { link } = openLink(refused);
  await expect(link.ready()).rejects.toThrow('WRONGPASS');
  link.close();
  const missing = openLink(Promise.reject(new Error('not installed')));
  await expect(missing.link.ready()).rejects.toThrow('not installed');
  await expect(missing.link.ready()).rejects.toThrow('not installed');
  await expect(missing.link.run(SCRIPT, [], [])).rejects.toThrow('not installed');
  missing.link.close();
  await expect(missing.link.ready()).rejects.toThrow('closed');
});

test('a connection of a cluster client keeps its password and TLS', () => {
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
