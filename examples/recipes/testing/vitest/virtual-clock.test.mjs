// No socket and no waiting: the clock, the random numbers and the transport belong to the test.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '@holdline/core/testing';
import { createDirectory } from '../directory.mjs';

let clock;
let directory;
let answers;
let sentAt;

beforeEach(() => {
  clock = new VirtualClock();
  answers = [];
  sentAt = [];
  const send = async () => {
    sentAt.push(clock.now());
    return answers.shift() ?? Response.json({ name: 'Ada' });
  };
  directory = createDirectory({ clock, random: seededRandom(1), send });
});
afterEach(() => directory.line.close());

test('a 429 is waited for, and the call succeeds', async () => {
  answers = [new Response(null, { status: 429, headers: { 'retry-after': '30' } })];
  const call = directory.readUser(1);
  await clock.advance(29_999);
  expect(sentAt).toHaveLength(1);
  await clock.run();
  expect(await call).toEqual({ name: 'Ada' });
  // Retry-After, and up to 100 ms so that not all processes come back at once. The seed makes it the same in every run.
  expect(sentAt[1]).toBeGreaterThanOrEqual(30_000);
  expect(sentAt[1]).toBeLessThan(30_101);
});

test('an hour of calls keeps the quota of 10 a minute', async () => {
  const calls = Array.from({ length: 600 }, (_, i) => directory.readUser(i));
  await clock.advance(3_600_000); // takes milliseconds
  await Promise.all(calls);
  for (const [i, at] of sentAt.entries()) if (i >= 10) expect(at - sentAt[i - 10]).toBeGreaterThanOrEqual(60_000);
});

test('a write without an answer is not repeated', async () => {
  const failed = new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  directory = createDirectory({
    clock,
    send: async () => {
      sentAt.push(clock.now());
      throw failed;
    },
  });
  const call = directory.addContact({ firstName: 'Ada' });
  await Promise.all([expect(call).rejects.toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN' }), clock.run()]);
  expect(sentAt).toHaveLength(1);
});

test('no call waits without something that wakes it', async () => {
  const calls = Array.from({ length: 50 }, (_, i) => directory.readUser(i));
  clock.afterEachStep(() => assertNoStalledCalls(directory.line));
  await clock.run();
  await Promise.all(calls);
});
