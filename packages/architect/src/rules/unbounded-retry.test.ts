import { describe, expect, test } from 'vitest';
import {
  type Action,
  ask,
  call,
  callTask,
  decide,
  disconnect,
  exit,
  flowOf,
  found,
  jump,
  loop,
  seconds,
  set,
} from './flow.fixture.js';

const RULE = 'unbounded-retry';
const get = (parts: Parameters<typeof call>[1] = {}): Action =>
  call('Get ticket', { inputs: { id: 'Flow.TicketId' }, ...parts });

describe('finds', () => {
  test('a retry whose number of turns is an expression', () => {
    const flow = flowOf([loop('Flow.Retries', [get({ success: [exit] }), seconds(5)])]);
    expect(found(flow, RULE)).toMatchObject([
      {
        level: 'error',
        message: "The loop 'Loop' repeats 'Get ticket', and its number of turns is the expression Flow.Retries.",
        place: { path: 'Task "Main" › Loop "Loop"' },
      },
    ]);
  });

  test('a task that jumps to itself after a failure', () => {
    const flow = flowOf([get({ failure: [seconds(5), jump('Main')] }), disconnect]);
    expect(found(flow, RULE)).toMatchObject([
      { level: 'error', message: "After a failure of 'Get ticket', 'Jump to Main' leads back to it without a limit." },
    ]);
  });

  test('two tasks that jump to each other', () => {
    const tasks = { Sorry: [seconds(5), jump('Main')] };
    expect(found(flowOf([get({ timeout: [jump('Sorry')] }), disconnect], { tasks }), RULE)).toHaveLength(1);
  });

  test('a task that calls itself', () => {
    expect(found(flowOf([get({ failure: [callTask('Main')] })]), RULE)).toHaveLength(1);
  });

  test('a bounded retry inside an unbounded one', () => {
    const inner = loop(3, [get({ success: [exit] }), seconds(5)], 'Inner');
    const flow = flowOf([loop('Flow.Retries', [inner, seconds(60)], 'Outer')]);
    expect(found(flow, RULE)).toMatchObject([{ place: { path: 'Task "Main" › Loop "Outer"' } }]);
  });

  test('a retry of a called task with the same inputs', () => {
    const flow = flowOf([loop('Flow.Retries', [callTask('Get'), seconds(5)])], { tasks: { Get: [get()] } });
    expect(found(flow, RULE)).toHaveLength(1);
  });

  test('a counter that is never compared', () => {
    const again = [set('Flow.Attempt', 'Flow.Attempt + 1'), jump('Main')];
    expect(found(flowOf([get({ failure: again }), disconnect]), RULE)).toHaveLength(1);
  });

  test('a comparison with a variable that nothing counts', () => {
    const again = [decide('Flow.Attempt < 3', [jump('Main')], [disconnect])];
    expect(found(flowOf([get({ failure: again }), disconnect]), RULE)).toHaveLength(1);
  });
});

describe('does not report', () => {
  test.each<[string, readonly Action[]]>([
    ['a literal number of turns', [loop(3, [get({ success: [exit] }), seconds(5)])]],
    ['a loop over a list', [loop('Count(Flow.Ids)', [set('Flow.TicketId', 'GetAt(Flow.Ids, Task.Index)'), get()])]],
    ['an input that is the index', [loop('Count(Flow.Ids)', [get({ inputs: { id: 'GetAt(Flow.Ids, Task.Index)' } })])]],
    [
      'pages with a cursor',
      [loop('Flow.Pages', [get({ inputs: { at: 'Flow.Cursor' }, results: { next: 'Flow.Cursor' } })])],
    ],
    ['a failure that leaves', [loop('Flow.Retries', [get({ failure: [exit], timeout: [exit] }), seconds(5)])]],
    [
      'a counter that is compared with a number',
      [
        get({
          failure: [set('Flow.Attempt', 'Flow.Attempt + 1'), decide('Flow.Attempt < 3', [jump('Main')], [disconnect])],
        }),
        disconnect,
      ],
    ],
    [
      'a counter that is compared the other way round',
      [
        set('Flow.Attempt', 'Flow.Attempt + 1'),
        decide('3 <= Flow.Attempt', [disconnect]),
        get({ failure: [jump('Main')] }),
        disconnect,
      ],
    ],
    ['a loop without a data action', [loop('Flow.Retries', [seconds(5)])]],
  ])('%s', (_, actions) => {
    expect(found(flowOf(actions), RULE)).toEqual([]);
  });

  test('a number of turns that is a constant of the flow', () => {
    const variables = [{ integerVariable: { name: 'Flow.Retries', initialValue: { lit: 3 } } }];
    const flow = flowOf([loop('Flow.Retries', [get({ success: [exit] }), seconds(5)])], { variables });
    expect(found(flow, RULE)).toEqual([]);
  });

  test('a called task that gets other values each time', () => {
    const tasks = { Get: [get({ inputs: { id: 'Task.Id' } })] };
    expect(found(flowOf([loop('Flow.Retries', [callTask('Get')])], { tasks }), RULE)).toEqual([]);
  });
});

describe('where the caller is asked each time', () => {
  test('a failure that leads back is a hint', () => {
    const flow = flowOf([ask, get({ failure: [jump('Main')], timeout: [disconnect] }), disconnect], {
      type: 'inboundCall',
    });
    expect(found(flow, RULE)).toMatchObject([
      { level: 'hint', message: expect.stringContaining('The caller decides each time') as string },
    ]);
  });

  test('a menu that is offered again after each answer is not reported', () => {
    const flow = flowOf([ask, get(), jump('Main')], { type: 'inboundCall' });
    expect(found(flow, RULE)).toEqual([]);
  });
});
