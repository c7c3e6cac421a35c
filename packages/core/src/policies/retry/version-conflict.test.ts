import { describe, expect, it, test } from 'vitest';
import { answered, type Outcome } from '../../contract/outcome.js';
import {
  callInfo,
  memoryStore,
  OutcomeUnknownError,
  withCall,
  type HoldlineConfig,
  type RetryOptions,
  type VerifyResult,
} from '../../index.js';
import { setup, type Asked, type Step } from '../../line/transport.fixture.js';
import { VirtualClock } from '../../testing.js';
import { isVersionConflict } from './decide.js';

const MISMATCH = '{"message":"The version [1] does not match the current version [2]"}';

test.each<[number, string, boolean]>([
  [409, '', true],
  [412, '', true],
  [400, MISMATCH, true],
  [400, 'Does Not Match The Current Version', true],
  [400, '{"message":"name is missing"}', false],
  [404, MISMATCH, false],
  [422, '', false],
])('%i %s means a version conflict: %s', (status, text, expected) => {
  expect(isVersionConflict(status, text)).toBe(expected);
});

const refuse = (status: number, body = ''): Step => {
  const value = { status, body };
  return (): Outcome => answered(value, { status, header: () => undefined });
};
let reads = 0;
const put = (more: Asked = {}): Asked => ({
  method: 'PUT',
  payload: '{"version":1}',
  answerBody: (value) => (reads++, (value as { body: unknown }).body),
  restoreAnswer: (answer) => answer,
  ...more,
});
const config = (retry: RetryOptions = {}, more: HoldlineConfig = {}): HoldlineConfig => ({
  governor: false,
  breaker: false,
  retry: { jitter: 'none', baseDelayMs: 100, ...retry },
  ...more,
});

describe('a PUT whose first attempt may have been executed, and whose repetition has a version conflict', () => {
  it.each<[number, string]>([
    [409, ''],
    [412, ''],
    [400, MISMATCH],
  ])('%i %s: was probably executed', async (status, body) => {
    const { run, wire, told } = setup(config(), ['reset', refuse(status, body)]);
    const given = told('giveUp');
    const { error } = await run(put());
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect((error as Error).message).toContain('was probably executed by an earlier attempt');
    expect(error).toMatchObject({ attempts: 2, response: { status, body } });
    expect(wire.sent).toHaveLength(2);
    expect(given).toMatchObject([{ reason: 'probably executed', attempts: 2 }]);
  });

  it('reads bytes too, and survives a body that is no text', async () => {
    for (const [body, isConflict] of [
      [new TextEncoder().encode(MISMATCH), true],
      [JSON.parse(MISMATCH), true],
      [{ a: 1 }, false],
      [undefined, false],
    ] as const) {
      const { run } = setup(config(), ['reset', refuse(400, body as never)]);
      expect((await run(put())).error instanceof OutcomeUnknownError).toBe(isConflict);
    }
  });

  it.each<[string, VerifyResult, object]>([
    [
      'true',
      true,
      { error: { code: 'HOLDLINE_OUTCOME_UNKNOWN', message: expect.stringContaining('was executed, but') as string } },
    ],
    ['an answer', { executed: true, answer: { status: 200, body: 'x' } }, { value: { status: 200, body: 'x' } }],
    ['false: another client changed the version', false, { value: { status: 409 } }],
  ])('after verify returns %s', async (_, verdict, expected) => {
    const { run, wire } = setup(config({ verify: () => Promise.resolve(verdict) }), ['reset', refuse(409)]);
    const ended = await run(put());
    expect(ended).toMatchObject(expected);
    expect(wire.sent).toHaveLength(2);
    expect(callInfo(ended.value ?? ended.error)).toMatchObject({ attempts: 2 });
  });

  it('statuses of the retry options do not repeat it', async () => {
    const { run, wire } = setup(config({ statuses: [409] }), ['reset', refuse(409), 200]);
    expect((await run(put())).error).toBeInstanceOf(OutcomeUnknownError);
    expect(wire.sent).toHaveLength(2);
  });
});

it.each<[string, Step[]]>([
  ['without an earlier attempt', [refuse(409)]],
  ['after a refusal', [429, refuse(409)]],
  ['after an attempt that was not sent', ['refused', refuse(409)]],
])('a version conflict %s is the answer of the platform', async (_, script) => {
  const { run } = setup(config(), script);
  expect((await run(put())).value).toMatchObject({ status: 409 });
});

it.each(['GET', 'DELETE', 'POST'])('a 409 to a repeated %s is the answer of the platform', async (method) => {
  const { run, wire } = setup(config({}, { endpoints: { 'POST /a': { keyed: true } } }), ['reset', refuse(409)]);
  expect((await run(put({ method }))).value).toMatchObject({ status: 409 });
  expect(wire.sent).toHaveLength(2);
});

it('a body is read only for a 400 after an attempt that may have been executed', async () => {
  reads = 0;
  for (const script of [
    [refuse(400, MISMATCH)],
    ['reset', refuse(409)],
    ['reset', refuse(404)],
    ['reset', 200],
  ] as Step[][])
    await setup(config(), script).run(put());
  expect(reads).toBe(0);
  await setup(config(), ['reset', refuse(400)]).run(put());
  expect(reads).toBe(1);
});

it('a step that an earlier run started, and whose repetition has a version conflict, was probably executed', async () => {
  const clock = new VirtualClock();
  const store = memoryStore({ clock });
  const step = <T>(fn: () => T): T => withCall({ transaction: 't', step: 's' }, fn);
  const dead = setup({ ...config(), clock, store }, ['deaf']);
  step(() => dead.start(put()));
  await clock.advance(0);
  for (const verify of [undefined, () => Promise.resolve(false)]) {
    const again = setup({ ...config(verify && { verify }), clock, store }, [refuse(409)]);
    const { error, value } = await step(() => again.run(put()));
    const [letter] = (await again.line.deadLetters.list()).letters;
    const entry = await store.journal.get(letter?.id ?? '');
    expect(entry).toMatchObject({ state: verify ? 'no effect' : 'unknown' });
    if (verify) expect(value).toMatchObject({ status: 409 });
    else expect(error).toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN', attempts: 1, response: { status: 409 } });
  }
});

it('the replay of a letter that may have been executed treats a conflict the same way, and keeps the letter', async () => {
  const clock = new VirtualClock();
  const store = memoryStore({ clock });
  const { run, line } = setup({ ...config({ maxAttempts: 1 }), clock, store }, ['reset']);
  await run(put());
  await line.drain();
  const report = line.deadLetters.replay({
    complete: () => ({ body: '{"version":1}' }),
    send: () => Promise.resolve({ status: 409 }),
  });
  await clock.run();
  expect((await report).letters).toMatchObject([{ result: 'failed', reason: 'HOLDLINE_OUTCOME_UNKNOWN' }]);
  expect((await line.deadLetters.list()).letters).toMatchObject([{ mayBeExecuted: true }]);
});
