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
  lookup,
  loop,
  seconds,
  set,
} from './flow.fixture.js';

const PLATFORM = 'Genesys Cloud Data Actions';

describe('data-action-without-failure-path', () => {
  const RULE = 'data-action-without-failure-path';
  const message = (parts: Parameters<typeof call>[1], after: readonly Action[] = []): string | undefined =>
    found(flowOf([call('Get', parts), ...after]), RULE)[0]?.message;

  test('both outputs, or one of them, are empty', () => {
    expect(message({ success: [seconds(1)] })).toBe("'Get' does nothing on failure and timeout.");
    expect(message({ failure: [disconnect] })).toBe("'Get' does nothing on timeout.");
    expect(message({ failure: [disconnect], timeout: [] })).toBe("'Get' does nothing on timeout.");
    expect(message({ failure: [disconnect], timeout: [disconnect] })).toBeUndefined();
  });

  test('a decision about the results handles the failure', () => {
    const results = { name: 'Flow.Name' };
    expect(message({ results }, [decide('IsNotSetOrEmpty(Flow.Name)', [disconnect])])).toBeUndefined();
    expect(message({ results }, [decide('IsNotSetOrEmpty(Flow.Other)', [disconnect])])).toBeDefined();
    expect(message({ results }, [set('Flow.Upper', 'Upper(Flow.Name)')])).toBeDefined();
  });
});

describe('repeated-data-action', () => {
  const RULE = 'repeated-data-action';
  const find = (parts: Parameters<typeof call>[1] = {}): Action =>
    call('Find customer', { inputs: { number: 'Call.Ani' }, results: { id: 'Flow.Id' }, ...parts });
  const isFound = (actions: readonly Action[], tasks: Record<string, readonly Action[]> = {}): boolean =>
    found(flowOf(actions, { tasks }), RULE).length > 0;

  test('names the first call', () => {
    expect(found(flowOf([find(), seconds(0), find()].filter((one) => 'callData' in one)), RULE)).toMatchObject([
      {
        level: 'warn',
        message:
          '\'Find customer\' was called with the same inputs before: Task "Main" › Call Data Action "Find customer", in line 1.',
      },
    ]);
  });

  test.each<[string, readonly Action[], boolean]>([
    ['twice in a row', [find(), find()], true],
    ['in the output success', [find({ success: [find()] })], true],
    ['in the output failure: a retry', [find({ success: [exit], failure: [find()], timeout: [exit] })], false],
    ['with a write of the input between', [find(), set('Call.Ani', '"1"'), find()], false],
    ['with a write of another variable between', [find(), set('Flow.Other', '1'), find()], true],
    ['with a data action between that changes something', [find(), call('Update customer'), find()], false],
    ['with a data action between that reads', [find(), call('Get orders'), find()], true],
    ['with a Wait between', [find(), seconds(60), find()], false],
    ['with a module between', [find(), { callCommonModule: { name: 'M' } }, find()], false],
    ['in both outputs of a decision', [decide('Flow.B', [find()], [find()])], false],
    ['with another input', [find(), find({ inputs: { number: 'Flow.Number' } })], false],
    [
      'with a literal and an expression of the same text',
      [find({ inputs: { n: 1 } }), find({ inputs: { n: 'Flow.N' } })],
      false,
    ],
    ['that changes something', [call('Create ticket'), call('Create ticket')], false],
    ['in each turn of a loop', [loop(3, [find()])], false],
    ['whose answer is its next input', [find({ results: { next: 'Call.Ani' } }), find()], false],
  ])('%s', (_, actions, expected) => {
    expect(isFound(actions)).toBe(expected);
  });

  test('in a called task, and after a task that changes nothing', () => {
    expect(isFound([find(), callTask('Billing')], { Billing: [find()] })).toBe(true);
    expect(isFound([find(), callTask('Other'), find()], { Other: [set('Flow.X', '1')] })).toBe(true);
    expect(isFound([find(), callTask('Other'), find()], { Other: [set('Call.Ani', '"1"')] })).toBe(false);
    expect(isFound([find(), jump('Billing')], { Billing: [find()] })).toBe(true);
  });

  test('variables of two tasks with one name are different', () => {
    const local = find({ inputs: { number: 'Task.Number' } });
    expect(isFound([local, callTask('Billing')], { Billing: [local] })).toBe(false);
    expect(isFound([local, local])).toBe(true);
  });
});

describe('cacheable-data-action', () => {
  const RULE = 'cacheable-data-action';
  const messages = (...actions: Action[]): string[] => found(flowOf(actions), RULE).map(({ message }) => message);

  test.each<[string, Record<string, string | number>, boolean]>([
    ['no input', {}, true],
    ['a literal', { site: 7 }, true],
    ['a constant expression', { site: '"Berlin"' }, true],
    ['the called number', { number: 'Call.CalledAddress' }, true],
    ['the language and the queue', { language: 'Flow.Language', queue: 'Call.CurrentQueue.name' }, true],
    ['the number of the caller', { number: 'Call.Ani' }, false],
    ['the called number and the caller', { number: 'Call.CalledAddress', caller: 'Call.Ani' }, false],
    ['the present time', { at: 'GetCurrentDateTimeUtc()' }, false],
  ])('%s', (_, inputs, expected) => {
    expect(messages(call('Get hours', { inputs }))).toHaveLength(expected ? 1 : 0);
  });

  test('is a hint that names the inputs', () => {
    const [finding] = found(flowOf([call('Get hours', { inputs: { number: 'Call.CalledAddress' } })]), RULE);
    expect(finding).toMatchObject({
      level: 'hint',
      message: "The inputs of 'Get hours' have few values: call.calledaddress.",
    });
  });

  test('not after a lookup in a data table, and not for what changes something', () => {
    expect(messages(lookup([], [call('Get hours')]))).toEqual([]);
    expect(messages(lookup([], []), decide('Flow.Old', [call('Get hours')]))).toEqual([]);
    expect(messages(call('Get hours'), lookup([], []))).toHaveLength(1);
    expect(messages(call('Create ticket'))).toEqual([]);
    expect(messages(call('CRM - Update state'))).toEqual([]);
    expect(messages(call('GetStoreHours'))).toHaveLength(1);
  });
});

describe('polling-of-a-topic', () => {
  const RULE = 'polling-of-a-topic';
  const read = (name: string, parts: Parameters<typeof call>[1] = {}): Action =>
    call(name, { category: PLATFORM, inputs: { id: 'Flow.UserId' }, ...parts });

  test.each([
    ['Get User Presence', 'v2.users.{id}.presence'],
    ['Get Routing Status', 'v2.users.{id}.routingStatus'],
    ['Queue observations', 'v2.analytics.queues.{id}.observations'],
    ['Get Conversation', 'v2.users.{id}.conversations'],
  ])('a loop that asks %s', (name, topic) => {
    expect(found(flowOf([loop('Flow.Max', [read(name), seconds(10)])]), RULE)).toMatchObject([
      { level: 'hint', message: expect.stringContaining(topic) as string },
    ]);
  });

  test.each<[string, readonly Action[]]>([
    ['a data action of another integration', [loop(9, [read('Get User Presence', { category: 'CRM' }), seconds(10)])]],
    ['a retry after a failure', [loop(3, [read('Get User Presence', { success: [exit] }), seconds(10)])]],
    ['a loop over users', [loop(9, [read('Get User Presence', { inputs: { id: 'GetAt(Flow.Ids, Task.Index)' } })])]],
    ['what no topic tells', [loop(9, [read('Get Division'), seconds(10)])]],
    ['one call', [read('Get User Presence')]],
  ])('not %s', (_, actions) => {
    expect(found(flowOf(actions), RULE)).toEqual([]);
  });
});

describe('error-handling-disconnects', () => {
  const RULE = 'error-handling-disconnects';
  const withHandling = (errorHandling: object): ReturnType<typeof found> =>
    found(flowOf([disconnect], { type: 'inboundCall', settingsErrorHandling: { errorHandling } }), RULE);

  test('finds a disconnect, and no transfer', () => {
    expect(withHandling({ disconnect: { none: true } })).toMatchObject([
      { level: 'warn', message: "The flow 'Test' disconnects on an error that no action handles." },
    ]);
    expect(found(flowOf([disconnect], { type: 'inboundCall' }), RULE)).toMatchObject([{ level: 'hint' }]);
    expect(found(flowOf([disconnect]), RULE)).toEqual([]);
    expect(withHandling({ queue: { targetQueue: { lit: { name: 'Services' } } } })).toEqual([]);
  });
});
