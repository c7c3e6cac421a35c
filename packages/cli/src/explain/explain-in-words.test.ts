import {
  answered,
  createHoldline,
  definePolicy,
  type Holdline,
  type HoldlineConfig,
  recordHeaders,
} from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { explainInWords } from './explain-in-words.js';

function lineOf(config: HoldlineConfig): { line: Holdline; say: (method?: string) => string[]; clock: VirtualClock } {
  const clock = new VirtualClock();
  const line = createHoldline({ clock, random: { next: () => 0.5 }, ...config });
  onTestFinished(() => line.close());
  return {
    line,
    clock,
    say: (method = 'GET') => explainInWords(line.explain({ method, url: 'https://api.test/users/4711' })),
  };
}

/** Sends one request that is answered with this status. */
async function send(line: Holdline, status = 200): Promise<void> {
  await line.run({
    method: 'GET',
    url: 'https://api.test/users/4711',
    headers: recordHeaders({}),
    replayable: true,
    send: () => Promise.resolve(answered({ status }, { status, header: () => undefined })),
  });
}

describe('what happens now', () => {
  test('nothing holds the request back', () => {
    expect(lineOf({}).say()[0]).toBe('GET /users/:id is sent at once.');
  });

  test('a full quota: how long, which one, and how much of it is used', async () => {
    const { line, say } = lineOf({ governor: { enforcement: 'sliding', quotas: [{ limit: 1, windowMs: 60_000 }] } });
    await send(line);
    const [first, second] = say();
    expect(first).toBe('GET /users/:id is not sent at once.');
    expect(second).toMatch(/^It waits 60 s for the quota of .*\(1 in 60 s, .*1 used\)\.$/);
    expect(say().some((sentence) => sentence.includes('credential:'))).toBe(false);
  });

  test('an isolated route and an open circuit', async () => {
    const { line, say } = lineOf({ breaker: { minAttempts: 1 }, retry: false });
    await send(line, 500);
    expect(say()[0]).toBe('GET /users/:id is refused now: its circuit is open.');
    const other = lineOf({});
    other.line.isolate('GET /users/:id');
    expect(other.say()[0]).toBe('GET /users/:id is refused now: it was isolated by hand.');
  });

  test('an external limiter, whose wait is unknown', () => {
    const explanation = lineOf({}).line.explain({ method: 'GET', url: '/a' });
    expect(explainInWords(explanation).join(' ')).not.toContain('limiter');
    const now = { ...explanation.now, withoutEngine: 'bottleneck', token: 'valid' };
    const sentences = explainInWords({ ...explanation, now });
    expect(sentences).toContain('The limiter bottleneck may add a wait, which the line does not know.');
    expect(sentences).toContain('Its access token is valid.');
  });

  test('a token that the line has to get first', () => {
    const { say } = lineOf({ token: { grant: () => Promise.resolve({ accessToken: 'x' }) } });
    expect(say()).toContain('The line has no access token yet, and gets one before it sends the request.');
    expect(say()).toContain('After a 401, the line refreshes the token once and sends the request again.');
  });
});

describe('repetition', () => {
  test.each<[string, HoldlineConfig, string]>([
    ['GET', { retry: 'interactive' }, 'A retry is safe, because GET is idempotent: at most 5 attempts within 30 s.'],
    ['GET', { retry: { maxAttempts: 1 } }, 'A retry is safe, because GET is idempotent: at most 1 attempt.'],
    ['GET', { retry: false }, 'It is sent once, because retries are off.'],
    [
      'POST',
      {},
      'A retry after an unknown outcome is not safe, because POST may be executed twice: the caller then gets an OutcomeUnknownError.',
    ],
    [
      'POST',
      { endpoints: { 'POST /users/:id': { readOnly: true } } },
      'A retry is safe, because the route is declared read-only: at most 5 attempts.',
    ],
    ['GET', { retry: 'batch' }, 'It waits as long as the platform asks.'],
    ['GET', {}, 'If the platform asks for a wait above 3 min, it fails at once and says when to come back.'],
    ['GET', { retry: { backoff: [3_000, 9_000, 27_000] } }, 'Retries wait at most 3 s, 9 s and 27 s.'],
    ['GET', { retry: { backoff: () => 1 } }, 'A function of the configuration sets the delays of retries.'],
  ])('%s %j', (method, config, sentence) => {
    expect(lineOf(config).say(method)).toContain(sentence);
  });
});

describe('numbers', () => {
  test.each<[HoldlineConfig, string]>([
    [{ governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } }, 'is 300 in 60 s; 0 used.'],
    [{ governor: { quotas: [{ limit: 'discover', windowMs: 60_000 }] } }, 'is not discovered yet; 0 used.'],
    [{ bulkhead: { maxConcurrent: 5 } }, 'limits attempts on the wire; 0 now.'],
    [{ governor: false }, 'The governor is off: the request waits for no permit.'],
    [
      { deadline: { totalTimeoutMs: 30_000, attemptTimeoutMs: 5_000 } },
      'The call has 30 s for all waits and attempts.',
    ],
    [{ deadline: { totalTimeoutMs: 30_000, attemptTimeoutMs: 5_000 } }, 'One attempt may take 5 s.'],
    [{ governor: { ratePerSec: 3 } }, 'Attempts leave at most 3 times a second.'],
    [
      { endpoints: { 'GET /users/:id': { governor: { apart: true } } } },
      'It spends no quota of the line and waits in a queue of its own.',
    ],
    [
      { idempotency: { always: true } },
      'It carries the idempotency key in the header Idempotency-Key, if it is a write.',
    ],
    [
      { breaker: { failureRatio: 0.25, minAttempts: 8 } },
      'Its circuit opens for 10 s when 25 % of at least 8 attempts fail within 10 s.',
    ],
  ])('%j', (config, part) => {
    expect(lineOf(config).say().join('\n')).toContain(part);
  });

  test('custom policies are named', () => {
    const { line, say } = lineOf({});
    line.use(
      definePolicy<{ secret: string }>({
        name: 'audit',
        phase: 'observe',
        create: () => (call, next) => next(call),
      })({ secret: 'x' }),
    );
    expect(say()).toContain('Further policies: audit (observe).');
    expect(say().join()).not.toContain('secret');
  });
});

test('a dry run is said first', () => {
  const [first, second] = lineOf({ dryRun: true }).say();
  expect(first).toMatch(/^The line runs dry: the request is sent at once/);
  expect(second).toBe('GET /users/:id is sent at once.');
});
