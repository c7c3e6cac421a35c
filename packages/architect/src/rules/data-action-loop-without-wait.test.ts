import { describe, expect, test } from 'vitest';
import {
  type Action,
  ask,
  call,
  callTask,
  decide,
  exit,
  flowOf,
  found,
  jump,
  loop,
  next,
  notes,
  play,
  seconds,
  set,
  wait,
} from './flow.fixture.js';

const RULE = 'data-action-loop-without-wait';
const get = (parts: Parameters<typeof call>[1] = {}): Action => call('Get ticket', parts);

/** Name of the place and level of each finding. */
const places = (...flow: Parameters<typeof flowOf>): string[] =>
  found(flowOf(...flow), RULE).map(({ level, place }) => `${level} ${place.path.split(' › ').pop() ?? ''}`);

describe('finds', () => {
  test.each<[string, readonly Action[], string]>([
    ['a loop without a Wait', [loop('Flow.Max', [get()])], 'error Loop "Loop"'],
    ['a literal number of turns, at a lower level', [loop(3, [get()])], 'warn Loop "Loop"'],
    [
      'a loop over a list, at a lower level',
      [loop('Count(Flow.Ids)', [get({ inputs: { id: 'GetAt(Flow.Ids, Task.Index)' } })])],
      'warn Loop "Loop"',
    ],
    [
      'a Wait on one of two ways back',
      [loop('Flow.Max', [get({ success: [exit], failure: [seconds(5)] })])],
      'error Loop "Loop"',
    ],
    ['a Wait that lasts no time', [loop('Flow.Max', [get(), seconds(0)])], 'error Loop "Loop"'],
    [
      'a Wait before a decision that skips it',
      [loop('Flow.Max', [decide('Flow.Slow', [seconds(1)]), get()])],
      'error Loop "Loop"',
    ],
    [
      'a call in an output of another one',
      [loop('Flow.Max', [call('Put ticket', { success: [exit], failure: [get({ success: [exit] })] })])],
      'error Loop "Loop"',
    ],
    ['a next turn before the Wait', [loop('Flow.Max', [get({ failure: [next] }), seconds(5)])], 'error Loop "Loop"'],
    [
      'the outer one of two loops, if only the inner one waits',
      [loop('Flow.Max', [loop(3, [get({ success: [exit] }), seconds(1)], 'Inner')], 'Outer')],
      'error Loop "Outer"',
    ],
    [
      'the inner one of two loops, if only the outer one waits',
      [loop('Flow.Max', [loop(3, [get()], 'Inner'), seconds(1)], 'Outer')],
      'warn Loop "Inner"',
    ],
  ])('%s', (_, actions, place) => {
    expect(places(actions)).toEqual([place]);
  });

  test('a data action of a called task', () => {
    const flow = flowOf([loop('Flow.Max', [callTask('Find')])], { tasks: { Find: [get({ failure: [play] })] } });
    expect(found(flow, RULE)).toMatchObject([
      { level: 'error', message: "The loop 'Loop' can call 'Get ticket' again without a Wait." },
    ]);
  });

  test('a called task that waits only after a success', () => {
    expect(
      places([loop('Flow.Max', [callTask('Find')])], { tasks: { Find: [get({ success: [seconds(1)] })] } }),
    ).toEqual(['error Loop "Loop"']);
  });

  test('a task that jumps to itself', () => {
    const flow = flowOf([get({ success: [{ endWorkflow: {} }] }), jump('Main')]);
    expect(found(flow, RULE)).toMatchObject([
      { level: 'error', message: "The circle through 'Jump to Main' can call 'Get ticket' again without a Wait." },
    ]);
  });

  test('tasks that call each other', () => {
    expect(places([get(), callTask('Second')], { tasks: { Second: [callTask('Main')] } })).toEqual([
      'error Call Task "Call Second"',
    ]);
  });

  test('one finding for several data actions of a loop', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name));
    expect(found(flowOf([loop('Flow.Max', names)]), RULE)).toMatchObject([
      { message: "The loop 'Loop' can call 'a', 'b', 'c' and 2 more again without a Wait." },
    ]);
  });
});

describe('does not report', () => {
  test.each<[string, readonly Action[]]>([
    ['a Wait on the turn', [loop('Flow.Max', [get(), seconds(5)])]],
    ['a Wait of unknown length', [loop('Flow.Max', [get(), { wait: { duration: { exp: 'Flow.Pause' } } }])]],
    [
      'a Wait on every way back',
      [loop('Flow.Max', [get({ success: [exit], failure: [seconds(5)], timeout: [wait({ minutes: 1 })] })])],
    ],
    ['a loop without a data action', [loop('Flow.Max', [set('Flow.A', 'Flow.A + 1')])]],
    ['a data action after the loop', [loop(100, [set('Flow.A', 'Flow.A + 1')]), get()]],
    ['a loop of one turn', [loop(1, [get()])]],
    ['a loop that every output leaves', [loop(3, [get({ success: [exit], failure: [exit], timeout: [exit] })])]],
    ['a module that may wait', [loop('Flow.Max', [get(), { callCommonModule: { name: 'Pause' } }])]],
  ])('%s', (_, actions) => {
    expect(places(actions)).toEqual([]);
  });

  test('a called task that always waits', () => {
    const tasks = { Pause: [decide('Flow.Slow', [seconds(60)], [seconds(5)])] };
    expect(places([loop('Flow.Max', [get(), callTask('Pause')])], { tasks })).toEqual([]);
  });

  test('a task that is called twice', () => {
    expect(places([callTask('Find'), callTask('Find')], { tasks: { Find: [get()] } })).toEqual([]);
  });

  test('tasks that jump on in a line', () => {
    expect(places([get(), jump('Second')], { tasks: { Second: [get(), jump('Third')], Third: [get()] } })).toEqual([]);
  });
});

describe('a call flow has no Wait', () => {
  const voice = { type: 'inboundCall' };

  test('so the finding says to hand on', () => {
    const [finding] = found(flowOf([loop('Flow.Max', [get()])], voice), RULE);
    expect(finding?.message).toBe(
      "The loop 'Loop' can call 'Get ticket' again at once. Flows of this type have no Wait.",
    );
    expect(finding?.fix).toContain('pass the caller on');
  });

  test.each([
    ['asks the caller', ask],
    ['plays something', play],
    ['plays music', { holdMusic: { name: 'Music' } }],
  ])('and a turn that %s takes its time', (_, action) => {
    expect(found(flowOf([loop('Flow.Max', [get(), action])], voice), RULE)).toEqual([]);
  });
});

test('says so where nobody knows whether the type has a Wait', () => {
  const flow = flowOf([loop('Flow.Max', [get()])], { type: 'commonModule' });
  expect(found(flow, RULE)).toEqual([]);
  expect(notes(flow, RULE)).toEqual([
    "The vendor's page of Wait does not say whether flows of the type commonModule have it.",
  ]);
});
