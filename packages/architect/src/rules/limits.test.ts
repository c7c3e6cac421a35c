import { describe, expect, test } from 'vitest';
import {
  type Action,
  call,
  callTask,
  decide,
  disconnect,
  exit,
  flowOf,
  found,
  jump,
  loop,
  notes,
  seconds,
  set,
  wait,
} from './flow.fixture.js';

const step = set('Flow.A', '1');

describe('too-many-actions', () => {
  const RULE = 'too-many-actions';
  const total = (actions: readonly Action[], options = {}): string[] =>
    found(flowOf(actions), RULE, options).map(({ level, message }) => `${level} ${message.split(';')[0] ?? ''}`);

  test('a loop of loops', () => {
    const flow = flowOf([loop(20, [loop(300, [step, step], 'Skills')], 'Queues')]);
    expect(found(flow, RULE)).toMatchObject([
      {
        level: 'error',
        place: { path: 'Task "Main" › Loop "Queues"' },
        message: "The longest path runs 12,021 actions; the limit is 10,000. The largest loop is 'Queues'.",
      },
    ]);
  });

  test('near the limit at a lower level, with the part that is configured', () => {
    const actions = [loop(4_500, [step, step])];
    expect(total(actions)).toEqual(['warn The longest path runs 9,001 actions']);
    expect(total(actions, { actionShare: 1 })).toEqual([]);
    expect(total(actions, { limits: { actions: 9_000 } })).toEqual(['error The longest path runs 9,001 actions']);
  });

  test('called tasks count with their actions, and the longer one of two outputs', () => {
    const tasks = { Long: Array.from({ length: 20 }, () => step) };
    const flow = flowOf([loop(500, [decide('Flow.B', [callTask('Long')], [step])])], { tasks });
    expect(found(flow, RULE)).toMatchObject([{ message: expect.stringContaining('11,001 actions') as string }]);
  });

  test('a loop that is left in its first turn', () => {
    expect(total([loop(9_999, [step, step, exit])])).toEqual([]);
  });

  test('a loop without a literal number of turns counts once, and says so', () => {
    const flow = flowOf([loop('Count(Flow.List)', [step], 'Entries')]);
    expect(found(flow, RULE)).toEqual([]);
    expect(notes(flow, RULE)).toEqual([
      "Loops without a literal number of turns counted once: 'Entries'. Set loopCount to count them.",
    ]);
    expect(found(flow, RULE, { loopCount: 10_000 })).toHaveLength(1);
    expect(found(flow, RULE, { loopCount: 2, flows: { Test: { loopCount: 10_000 } } })).toHaveLength(1);
    expect(notes(flow, RULE, { loopCount: 2 })).toEqual([]);
  });

  test('a task that jumps to itself counts once, and says so', () => {
    const flow = flowOf([step, jump('Main')]);
    expect(found(flow, RULE)).toEqual([]);
    expect(notes(flow, RULE)).toEqual(["What is repeated by 'Jump to Main' counted once: the file does not bound it."]);
  });
});

describe('wait-too-long', () => {
  const RULE = 'wait-too-long';

  test.each<[string, object, string, number]>([
    ['73 hours in a workflow', { hours: 73 }, 'workflow', 1],
    ['72 hours in a workflow', { hours: 72 }, 'workflow', 0],
    ['days and hours', { days: 3, minutes: 1 }, 'inboundEmail', 1],
    ['two hours in a survey invite', { hours: 2 }, 'surveyInvite', 1],
    ['an hour in a survey invite', { hours: 1 }, 'surveyInvite', 0],
  ])('%s', (_, duration, type, count) => {
    expect(found(flowOf([wait(duration)], { type }), RULE)).toHaveLength(count);
    expect(found(flowOf([wait(duration, { trim: true })], { type }), RULE)).toEqual([]);
  });

  test('says how long, and where', () => {
    expect(found(flowOf([wait({ days: 5 }, { name: 'Later' })]), RULE)).toMatchObject([
      {
        level: 'error',
        place: { path: 'Task "Main" › Wait "Later"' },
        message: "The wait 'Later' lasts 120 h; the flow ends after 72 h.",
      },
    ]);
  });

  test('several waits on one path, and a wait in a loop', () => {
    const sum = flowOf([wait({ hours: 30 }), wait({ hours: 40 }, { name: 'Longest' }), wait({ hours: 3 })]);
    expect(found(sum, RULE)).toMatchObject([
      {
        place: { path: 'Task "Main" › Wait "Longest"' },
        message: "The waits on one path add up to 73 h; the flow ends after 72 h. The longest part is 'Longest'.",
      },
    ]);
    expect(found(flowOf([loop(100, [wait({ hours: 1 })])]), RULE)).toHaveLength(1);
  });

  test('waits on different paths are not added up', () => {
    expect(found(flowOf([decide('Flow.B', [wait({ hours: 40 })], [wait({ hours: 50 })])]), RULE)).toEqual([]);
  });

  test('trimmed waits are not added up', () => {
    expect(found(flowOf([wait({ hours: 70 }, { trim: true }), wait({ hours: 70 })]), RULE)).toEqual([]);
  });

  test('an expression that is constant counts, and another one is noted', () => {
    const constant = { wait: { name: 'A', duration: { exp: 'MakeDuration(4, 0, 0, 0, 0)' } } };
    expect(found(flowOf([constant]), RULE)).toHaveLength(1);
    const open = flowOf([{ wait: { name: 'A', duration: { exp: 'Flow.Pause' } } }]);
    expect(found(open, RULE)).toEqual([]);
    expect(notes(open, RULE)).toEqual(['1 wait without a literal duration: only the run decides how long.']);
  });
});

describe('data-action-volume', () => {
  const RULE = 'data-action-volume';
  const three = flowOf([call('a'), call('b'), call('c')]);

  test('without numbers it says what is missing', () => {
    expect(found(three, RULE)).toEqual([]);
    expect(notes(three, RULE)).toEqual([
      'Volume was not checked: give the interactions per minute (callsPerMinute, --calls-per-minute).',
    ]);
    expect(notes(flowOf([step]), RULE)).toEqual([]);
  });

  test('the rate of all interactions', () => {
    expect(found(three, RULE, { callsPerMinute: 833 })).toEqual([]);
    expect(found(three, RULE, { callsPerMinute: 900 })).toMatchObject([
      {
        level: 'error',
        message:
          '900 interactions a minute with 3 data actions each are 2,700 data actions a minute; the limit is 2,500. This is the longest path on which all of them succeed. Verify the limit in your organization.',
      },
    ]);
    expect(notes(three, RULE, { callsPerMinute: 900 })).toEqual([
      "Data actions at the same time were not checked: give the duration (p95Ms, --p95) of 'a', 'b' and 'c'.",
    ]);
  });

  test('data actions at once, by Little’s law', () => {
    // 700 a minute × 3 × 1.5 s = 52.5 at once.
    expect(found(three, RULE, { callsPerMinute: 700, p95Ms: 1_500 })).toMatchObject([
      {
        level: 'error',
        message: expect.stringContaining(
          'spend 4.5 s each in data actions, by their 95th percentiles, run 53 data actions at once; the limit is 50',
        ) as string,
      },
    ]);
    expect(found(three, RULE, { callsPerMinute: 660, p95Ms: 1_500 })).toEqual([]);
    const actions = { a: { p95Ms: 100 }, 'CRM/b': { p95Ms: 100 } };
    expect(found(three, RULE, { callsPerMinute: 700, p95Ms: 1_500, actions })).toEqual([]);
    expect(
      found(three, RULE, { callsPerMinute: 1, flows: { Test: { callsPerMinute: 700 } }, p95Ms: 1_500 }),
    ).toHaveLength(1);
  });

  test('a retry counts once while all succeeds, and with all its turns on a bad day', () => {
    const flow = flowOf([loop(10, [call('a', { success: [exit] }), seconds(1)])]);
    expect(found(flow, RULE, { callsPerMinute: 300 })).toMatchObject([
      {
        level: 'warn',
        message: expect.stringMatching(/with 10 data actions each are 3,000 .* on which some of them fail/) as string,
      },
    ]);
    expect(found(flow, RULE, { callsPerMinute: 249 })).toEqual([]);
  });

  test('requests of the platform’s own API, by the name of the integration or by option', () => {
    const flow = flowOf([call('Get user', { category: 'Genesys Cloud Data Actions' })]);
    const tokens = {
      level: 'warn',
      message: expect.stringContaining('301 requests a minute; a token has 300') as string,
    };
    expect(found(flow, RULE, { callsPerMinute: 301 })).toMatchObject([tokens]);
    expect(found(flow, RULE, { callsPerMinute: 301, actions: { 'Get user': { callsPlatform: false } } })).toEqual([]);
    const own = flowOf([call('Get user')]);
    expect(found(own, RULE, { callsPerMinute: 301 })).toEqual([]);
    expect(found(own, RULE, { callsPerMinute: 301, actions: { 'Get user': { callsPlatform: true } } })).toMatchObject([
      tokens,
    ]);
  });

  test('a loop without a literal number of turns counts once, and says so', () => {
    const flow = flowOf([loop('Count(Flow.List)', [call('a')]), loop('Flow.Other', [step]), disconnect]);
    const options = { callsPerMinute: 10, p95Ms: 10 };
    expect(notes(flow, RULE, options)).toEqual([
      "Data actions in loops without a literal number of turns counted once: 'Loop'. Set loopCount to count them.",
    ]);
    expect(found(flow, RULE, { ...options, loopCount: 300 })).toHaveLength(1);
  });
});
