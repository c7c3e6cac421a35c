import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownValue } from '../flow/known-value.js';
import type { Flow, FlowAction } from '../flow/types.js';
import { encodeExport, hotline, orderStatus } from './fixtures/export.fixture.js';
import { HOTLINE } from './fixtures/hotline.fixture.js';
import { FlowFileError } from './flow-file-error.js';
import { readFlow } from './read-flow.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const readFixture = (name: string): Flow => readFlow(fixture(name), { file: name });

const named = (flow: Flow, name: string): FlowAction => {
  const action = [...flow.actions.values()].find((one) => one.name === name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
};

/** Names of the actions of an output. */
const inside = (flow: Flow, action: string, output: string): readonly string[] => {
  const names: string[] = [];
  let id = named(flow, action).branches.find((branch) => branch.name === output)?.start;
  while (id !== undefined) {
    const next: FlowAction | undefined = flow.actions.get(id);
    names.push(next?.name ?? '');
    id = next?.next;
  }
  return names;
};

function errorOf(source: string | Uint8Array, maxBytes?: number): FlowFileError {
  try {
    readFlow(source, { file: 'a.yaml', ...(maxBytes !== undefined && { maxBytes }) });
  } catch (error) {
    if (error instanceof FlowFileError) return error;
    throw error;
  }
  throw new Error('the file was read');
}

/** What both formats of the same flow have. */
const read: Record<string, Flow> = {
  'Archy YAML': readFixture('order-status.yaml'),
  'an export': readFlow(encodeExport(orderStatus), { file: 'order.i3WorkFlow' }),
  'the JSON of the API': readFlow(JSON.stringify(orderStatus), { file: 'order.json' }),
};

describe.each(Object.entries(read))('a workflow read from %s', (name, flow) => {
  it('has its name, type, start and error handling', () => {
    expect(flow.format).toBe(name === 'Archy YAML' ? 'archy' : 'export');
    expect([flow.type, flow.typeText, flow.name, flow.errorHandling]).toEqual([
      'workflow',
      'workflow',
      'Order status',
      'end',
    ]);
    expect(flow.sequences.filter(({ isEntry }) => isEntry).map((sequence) => sequence.name)).toEqual(['Start']);
  });

  it('has the loop with its count, its turn and what follows', () => {
    const loop = named(flow, 'Ask again');
    expect(loop.kind).toBe('loop');
    expect(loop.loop?.count.text).toBe('Flow.MaxAttempts');
    expect(loop.loop && knownValue(flow, loop.loop.count)).toBe(6);
    expect(inside(flow, 'Ask again', 'loop')).toEqual(['Get order']);
    expect(loop.writes).toEqual(['Flow.Attempt']);
    expect(flow.actions.get(loop.next ?? '')?.name).toMatch(/By status|Tell the customer/);
  });

  it('has the data action with its inputs and the three outputs', () => {
    const action = named(flow, 'Get order');
    expect(action.dataAction?.category).toBe('Shop');
    expect(action.dataAction?.action).toBe('Get Order');
    expect(Object.keys(action.dataAction?.inputs ?? {})).toEqual(['id', 'verbose']);
    expect(action.dataAction?.inputs['id']?.text).toBe('Flow.OrderId');
    expect(action.dataAction?.inputs['verbose']).toMatchObject({ kind: 'literal', value: false });
    expect(action.branches.map((branch) => branch.name)).toEqual(['success', 'failure', 'timeout']);
    expect(inside(flow, 'Get order', 'failure')).toEqual(['Pause', 'Once more']);
    expect(action.branches.at(2)?.start).toBeUndefined();
    expect(action.writes).toEqual(['Flow.Status']);
    expect(action.values).toContainEqual(expect.objectContaining({ kind: 'literal', value: 60_000 }));
  });

  it('has the wait in milliseconds, and the ends of turns', () => {
    expect(named(flow, 'Pause').wait).toMatchObject({ ms: 90_000, isTrimmed: true });
    expect([named(flow, 'Enough').kind, named(flow, 'Once more').kind]).toEqual(['exitLoop', 'nextLoop']);
  });

  it('has the called task as its target', () => {
    const call = named(flow, 'Tell the customer');
    expect(call.kind).toBe('callTask');
    const target = flow.sequences.find(({ id }) => id === call.target);
    expect(target?.name).toBe('Tell');
    expect(flow.actions.get(target?.start ?? '')?.kind).toBe('decision');
    expect(named(flow, 'End Task').kind).toBe('endTask');
    expect(
      named(flow, 'Has a number?')
        .branches.map((branch) => branch.name)
        .sort(),
    ).toEqual(['no', 'yes']);
  });

  it('has the names from the flow to an action as its path', () => {
    expect(named(flow, 'Pause').place.path).toBe(
      'State "Start" › Loop "Ask again" › Call Data Action "Get order" › Wait "Pause"',
    );
  });
});

describe('Archy YAML', () => {
  const flow = readFixture('order-status.yaml');

  it('has the line and column of each action', () => {
    const lines = fixture('order-status.yaml').toString().split('\n');
    for (const { type, place } of flow.actions.values()) {
      const rest = lines[(place.line ?? 0) - 1]?.slice((place.column ?? 0) - 1);
      expect(rest).toMatch(new RegExp(`^${type}:`));
    }
    expect(flow.place).toMatchObject({ file: 'order-status.yaml', line: 2, column: 1 });
  });

  it('has the actions in the order of the file, with numbers as ids', () => {
    const lines = [...flow.actions.values()].map(({ place }) => place.line ?? 0);
    expect(lines).toEqual([...lines].sort((one, other) => one - other));
    expect([...flow.actions.keys()]).toEqual(lines.map((_, at) => String(at + 1)));
  });

  it('keeps the outputs of an action of a later version', () => {
    const search = named(flow, 'Search');
    expect([search.kind, search.type]).toEqual(['other', 'inventedByALaterVersion']);
    expect(search.branches.map((branch) => branch.name)).toEqual(['found', 'givenUp']);
    expect(inside(flow, 'Search', 'found')).toEqual(['Found']);
  });

  it('has the cases of a switch as outputs', () => {
    expect(named(flow, 'By status').branches.map(({ name, start }) => [name, start !== undefined])).toEqual([
      ['Case 1', true],
      ['Case 2', true],
      ['default', true],
    ]);
    expect(named(flow, 'Note').writes).toEqual(['Flow.Note']);
  });

  it('reads menus, jumps and error handling that goes to a task', () => {
    const hotlineFlow = readFlow(HOTLINE, { file: 'hotline.yaml' });
    const menu = [...hotlineFlow.actions.values()].find(({ type }) => type === 'menu');
    expect(menu?.isInteractive).toBe(true);
    expect(menu?.branches.map(({ name }) => name)).toEqual(['Orders (1)', 'Goodbye (2)', 'More (3)']);
    expect(inside(hotlineFlow, 'Orders', 'task')).toEqual(['Known order']);
    expect(named(hotlineFlow, 'Known order').branches.map(({ name }) => name)).toEqual([
      'found',
      'notFound',
      'failure',
    ]);
    expect(named(hotlineFlow, 'Goodbye').kind).toBe('disconnect');
    expect(inside(hotlineFlow, 'More', 'Other')).toEqual(['Other']);
    expect(named(hotlineFlow, 'Other').kind).toBe('transfer');
    expect(named(hotlineFlow, 'Again')).toMatchObject({ kind: 'jumpToTask', target: 'menus/menu[main]' });
    expect(hotlineFlow.sequences.filter(({ isEntry }) => isEntry).map(({ id }) => id)).toEqual(['menus/menu[main]']);
    expect([hotlineFlow.errorHandling, hotlineFlow.errorTarget]).toEqual(['task', 'tasks/task[sorry]']);
  });

  it('reads a file with values that Terraform puts in later, wherever they stand', () => {
    const hotlineFlow = readFlow(HOTLINE, { file: 'hotline.yaml' });
    expect(hotlineFlow.name).toBe('{{flow_name}}');
    expect(named(hotlineFlow, 'To {{queue}} agents').kind).toBe('transfer');
    const report = named(hotlineFlow, 'Report').dataAction;
    expect([report?.category, report?.action]).toEqual(['{{category}}', '{{data_action}}']);
    expect(report?.inputs['id']).toEqual({ kind: 'literal', text: '{{id}}' });
  });

  it('knows the task that an in-queue flow repeats', () => {
    const waiting = readFixture('while-waiting.yaml');
    expect([waiting.type, waiting.typeText]).toEqual(['inQueueCall', 'inqueueCall']);
    expect(waiting.sequences).toMatchObject([{ isEntry: true, isRepeated: true }]);
    expect(waiting.actions.size).toBe(2);
  });

  it('reads a flow of a type that this version does not know', () => {
    const flow = readFlow('someday:\n  states:\n    - state:\n        actions:\n          - endFlow: {}\n', {
      file: 'a.yaml',
    });
    expect([flow.type, flow.typeText, flow.actions.size]).toEqual(['unknown', 'someday', 1]);
  });

  it('follows aliases, each use with its own actions', () => {
    const flow = readFlow(
      'workflow:\n  tasks:\n    - task: { name: A, actions: &same [{ wait: {} }] }\n    - task: { name: B, actions: *same }\n',
      { file: 'a.yaml' },
    );
    expect([...flow.actions.values()].map(({ id, sequence }) => [id, sequence])).toEqual([
      ['1', 'tasks/task[A]'],
      ['2', 'tasks/task[B]'],
    ]);
  });

  it.each([
    ['{ seconds: 1, ms: 500 }', 1_500],
    ['{ days: 1, hours: 2 }', 93_600_000],
    ['{ fortnights: 1 }', undefined],
    ['{ seconds: "{{seconds}}" }', undefined],
  ])('reads a wait of %s', (duration, ms) => {
    const flow = readFlow(`workflow: { startActions: [{ wait: { duration: { lit: ${duration} } } }] , states: [] }`, {
      file: 'a.yaml',
    });
    expect([...flow.actions.values()][0]?.wait?.ms).toBe(ms);
  });

  it.each([
    ['MakeDuration(0, 0, 5, 0, 0)', 300_000],
    ['MakeDuration(0,0,ToInt(Flow.delay),0,0)', undefined],
  ])('reads a wait of the expression %s', (duration, ms) => {
    const flow = readFlow(`workflow: { startActions: [{ wait: { duration: { exp: "${duration}" } } }], states: [] }`, {
      file: 'a.yaml',
    });
    expect([...flow.actions.values()][0]?.wait).toMatchObject({ ms, text: duration });
  });
});

describe('exports', () => {
  it('have the ids of the file, and no line', () => {
    const flow = read['an export'];
    expect(flow?.actions.get('act-pause')?.place).toEqual({
      file: 'order.i3WorkFlow',
      path: expect.stringContaining('Pause') as string,
    });
  });

  it('have menus as sequences with one action', () => {
    const flow = readFlow(encodeExport(hotline), { file: 'hotline.i3InboundFlow' });
    const menu = flow.actions.get('menu-main:menu');
    expect(menu).toMatchObject({ isInteractive: true, type: 'Menu' });
    expect(menu?.branches).toEqual([
      { name: 'Orders (1)', start: 'act-orders' },
      { name: 'Goodbye (2)', start: 'act-bye' },
    ]);
    expect(flow.actions.get('act-orders')).toMatchObject({ kind: 'jumpToTask', target: 'seq-1' });
    expect(flow.actions.get('act-queue')?.kind).toBe('transfer');
    expect(flow.errorHandling).toBe('queue');
  });

  it('name the outputs of a task', () => {
    expect(named(read['an export'] as Flow, 'Tell the customer').branches.map(({ name }) => name)).toEqual([
      'default',
      'Go Again',
    ]);
  });

  it('may have actions that lead to themselves', () => {
    const flow = readFlow(
      JSON.stringify({
        type: 'workflow',
        flowSequenceItemList: [
          {
            id: 's',
            startAction: 'a',
            actionList: [
              { id: 'a', nextAction: 'b' },
              { id: 'b', nextAction: 'a' },
            ],
          },
        ],
      }),
      { file: 'a.json' },
    );
    expect([...flow.actions.values()].map(({ next }) => next)).toEqual(['b', 'a']);
  });

  it('are read without a trace of the prototype', () => {
    const flow = readFlow(
      '{"type":"workflow","flowSequenceItemList":[{"id":"s","actionList":[{"id":"__proto__","__type":"DataAction",' +
        '"inputs":[{"name":"__proto__","value":{"text":"1","type":"int","config":{"lit":{"text":"1","type":"int"}}}}]}]}]}',
      { file: 'a.json' },
    );
    const inputs = flow.actions.get('__proto__')?.dataAction?.inputs ?? {};
    expect(Object.keys(inputs)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(inputs)).toBe(Object.prototype);
    expect(Object.prototype).not.toHaveProperty('value');
  });
});

describe('bytes', () => {
  it('are UTF-8, UTF-16 with a byte order mark, or UTF-8 with one', () => {
    const text = 'workflow: { name: Café, states: [] }';
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
    for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), utf16, Buffer.from(utf16).swap16()])
      expect(readFlow(bytes, { file: 'a.yaml' }).name).toBe('Café');
  });
});

describe('a file that is no flow', () => {
  const exported = (change: object): string =>
    encodeExport({
      type: 'workflow',
      flowSequenceItemList: [{ id: 's', name: 'S', actionList: [{ id: 'a' }], ...change }],
    });

  it.each<[string, string | Uint8Array, string, string]>([
    ['an empty file', '', 'NOT_A_FLOW', 'a.yaml: the file is empty'],
    ['white space', ' \n\t ', 'NOT_A_FLOW', 'a.yaml: the file is empty'],
    ['other YAML', 'version: 3\nservices: {}\n', 'NOT_A_FLOW', 'a.yaml:1:1: this is no flow'],
    ['a YAML list', '- workflow: {}\n', 'NOT_A_FLOW', 'a.yaml:1:1: this is no flow'],
    ['a flow without a body', 'workflow: yes\n', 'NOT_A_FLOW', 'a.yaml:1:1: this is no flow'],
    ['other JSON', '{"type":"workflow"}', 'NOT_A_FLOW', 'a.yaml:1:2: this is no flow'],
    [
      'base64 of other JSON',
      encodeExport({ type: 'workflow' }),
      'NOT_A_FLOW',
      'a.yaml: the export has no flowSequenceItemList',
    ],
    [
      'two documents',
      'workflow: {}\n---\nworkflow: {}\n',
      'SYNTAX',
      'a.yaml:2:1: the YAML has an error: a second document',
    ],
    ['broken YAML', 'workflow:\n  name: "a\n', 'SYNTAX', 'a.yaml:'],
    ['a tab as indent', 'workflow:\n\tname: a\n', 'SYNTAX', 'a.yaml:2:1: the YAML has an error'],
    ['a NUL character', 'workflow:\n  name: a\0', 'ENCODING', 'a.yaml:2:10: the file has a NUL character'],
    ['invalid UTF-8', Uint8Array.of(0x61, 0x0a, 0x3a, 0xff), 'ENCODING', 'a.yaml:2:2: the file is no UTF-8 text'],
    ['base64 that ends too early', 'YWJjZA=', 'ENCODING', 'a.yaml: the file is neither YAML nor JSON'],
    [
      'base64 of a bad percent sign',
      btoa('%zz'),
      'ENCODING',
      'a.yaml: the base64 of the export has no percent-encoded text',
    ],
    [
      'base64 of half a character',
      btoa('%E2%82'),
      'ENCODING',
      'a.yaml: the base64 of the export has no percent-encoded',
    ],
    ['base64 of no JSON', btoa('%7B'), 'SYNTAX', 'a.yaml: the export has no JSON'],
    [
      'the same key twice',
      'workflow:\n  name: a\n  name: b\n',
      'DUPLICATE_KEY',
      'a.yaml:3:3: the key "name" is there twice',
    ],
    [
      'an action of two types',
      'workflow: { startActions: [{ wait: {}, loop: {} }], states: [] }',
      'SHAPE',
      'a.yaml:1:28 (Task): an action',
    ],
    [
      'a task twice',
      'workflow: { tasks: [{ task: { refId: a } }, { task: { refId: a } }] }',
      'DUPLICATE_ID',
      'a.yaml:1:47 (Task): the id "tasks/task[a]"',
    ],
    [
      'sequences that are no list',
      encodeExport({ type: 'workflow', flowSequenceItemList: {} }),
      'SHAPE',
      'flowSequenceItemList: expected a list, got object',
    ],
    ['an export without a type', encodeExport({ flowSequenceItemList: [] }), 'NOT_A_FLOW', 'type: expected the type'],
    [
      'a sequence that is no object',
      encodeExport({ type: 'workflow', flowSequenceItemList: [7] }),
      'SHAPE',
      'expected objects, got number',
    ],
    [
      'actions that are no list',
      exported({ actionList: 'all' }),
      'SHAPE',
      '(Sequence "S"): actionList: expected a list, got string',
    ],
    [
      'an action that is no object',
      exported({ actionList: [null] }),
      'SHAPE',
      '(Sequence "S"): an action: expected an object, got null',
    ],
    [
      'an action without an id',
      exported({ actionList: [{ __type: 'WaitAction', name: 'Pause' }] }),
      'MISSING_ID',
      '(Sequence "S" › Wait "Pause"): id: missing',
    ],
    ['a number as id', exported({ actionList: [{ id: 3 }] }), 'SHAPE', 'id: expected a string, got number'],
    [
      'the same id twice',
      exported({ actionList: [{ id: 'a' }, { id: 'a' }] }),
      'DUPLICATE_ID',
      'the id "a" is there twice',
    ],
    ['a sequence without an id', exported({ id: null }), 'MISSING_ID', '(Sequence "S"): id: missing'],
    [
      'a link to nowhere',
      exported({ actionList: [{ id: 'a', nextAction: 'b' }] }),
      'BROKEN_REFERENCE',
      'the action "b" is not in this sequence',
    ],
    [
      'an output to nowhere',
      exported({ actionList: [{ id: 'a', paths: [{ nextActionId: 'b' }] }] }),
      'BROKEN_REFERENCE',
      'the action "b"',
    ],
    ['a start that is no id', exported({ startAction: {} }), 'SHAPE', 'startAction: expected an id, got object'],
  ])('is %s', (_, source, code, message) => {
    const error = errorOf(source);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.place.file).toBe('a.yaml');
  });

  it('names the size that is allowed', () => {
    expect(errorOf('workflow: {}', 10)).toMatchObject({
      code: 'TOO_LARGE',
      message: 'a.yaml: the file has 12 characters, maxBytes allows 10',
    });
    expect(errorOf(new Uint8Array(9_000_000)).message).toContain('9,000,000 bytes, maxBytes allows 8,388,608');
  });

  it('does not move the cursor of a terminal', () => {
    const error = errorOf(exportedName('\u001B[2J\u202Eevil\n'));
    expect(error.message).not.toMatch(/[\u0000-\u001F\u202E]/);
    expect(error.message).toContain('[2J evil');
  });

  const exportedName = (name: string): string => exported({ name, id: '' });
});

describe('a wrong argument', () => {
  it.each([
    [() => readFlow(7 as never, { file: 'a' }), 'source: expected a string or a Uint8Array, got number'],
    [() => readFlow('', {} as never), 'file: expected a string, got undefined'],
    [() => readFlow('', { file: 'a', maxBytes: 0 }), 'maxBytes: expected a number above 0, got 0'],
    [() => readFlow('', { file: 'a', maxBytes: Number.NaN }), 'maxBytes: expected a number above 0, got NaN'],
  ])('is a TypeError %#', (call, message) => {
    expect(call).toThrow(new TypeError(message));
  });
});
