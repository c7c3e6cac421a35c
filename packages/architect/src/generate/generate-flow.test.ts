import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flowCycles } from '../flow/cycles.js';
import { reachableActions } from '../flow/reachability.js';
import { turnSearch } from '../flow/turns.js';
import type { Flow } from '../flow/types.js';
import { worstCase } from '../flow/worst-case.js';
import { readFlow } from '../read/read-flow.js';
import { generateFlow, type FlowTemplates } from './generate-flow.js';

const OPTIONS: FlowTemplates = {
  'data-table-cache': {
    name: 'Opening hours',
    table: 'Hours cache',
    key: 'Call.CalledAddress',
    column: 'Hours',
    read: { category: 'Shop', action: 'Get Hours', inputs: { site: { exp: 'Call.CalledAddress' } }, output: 'hours' },
    insert: { category: 'Data tables', action: 'Insert Hours' },
    update: { category: 'Data tables', action: 'Update Hours' },
    queue: 'Orders',
  },
  'bounded-retry': {
    name: 'Report an order',
    division: 'Shop',
    call: {
      category: 'Shop',
      action: 'Report Order',
      inputs: { id: { exp: 'Flow.OrderId' }, source: 'flow', urgent: true, weight: 2 },
      outputs: { number: 'Flow.Number' },
      timeoutSeconds: 20,
    },
    attempts: 5,
    waitSeconds: 60,
  },
  overflow: {
    name: 'Orders',
    call: { category: 'Shop', action: 'Find Customer', inputs: { phone: { exp: 'Call.Ani' } } },
    queue: 'Orders',
    overflow: { queue: 'Everyone' },
    announcement: 'Please hold.',
  },
};
const TEMPLATES = Object.keys(OPTIONS) as (keyof FlowTemplates)[];

const make = (template: keyof FlowTemplates, options: FlowTemplates[keyof FlowTemplates] = OPTIONS[template]): string =>
  generateFlow(template, options as never);
const read = (text: string): Flow => readFlow(text, { file: 'generated.yaml' });

describe.each(TEMPLATES)('a flow of the template %s', (template) => {
  const flow = read(make(template));

  it('is read by the reader of this package, with a bound and without a dead action', () => {
    expect(flow.type).toBe(template === 'bounded-retry' ? 'workflow' : 'inboundCall');
    expect(flow.name).toBe(OPTIONS[template].name);
    expect(flowCycles(flow)).toEqual([]);
    expect(worstCase(flow).total).toBeLessThan(100);
    expect([...flow.actions.keys()].filter((id) => !reachableActions(flow).has(id))).toEqual([]);
  });

  it('says what happens on each output of each data action', () => {
    for (const action of flow.actions.values()) {
      if (action.kind !== 'dataAction') continue;
      const empty = action.branches.filter(({ start }) => start === undefined).map(({ name }) => name);
      // A row that is written needs nothing more.
      expect(empty).toEqual(/row/.test(action.name) ? ['success'] : []);
    }
  });

  it('does not disconnect on an error', () => {
    expect(flow.errorHandling).toBe(template === 'bounded-retry' ? 'end' : 'task');
    if (flow.errorTarget !== undefined) expect(flow.sequences.map(({ id }) => id)).toContain(flow.errorTarget);
  });

  it('says in its head that Archy did not check it', () => {
    expect(make(template)).toMatch(new RegExp(`^# Made by generateFlow\\('${template}'\\)[^]*Archy was not available`));
  });

  it('has a key of YAML 1.1 only in quotes', () => {
    expect(make(template)).not.toMatch(/^\s*(?:- )?(?:yes|no|on|off|y|n):/m);
  });
});

it('the cache asks the service only when the table has no fresh answer, and keeps the new one', () => {
  const flow = read(make('data-table-cache'));
  const lookUp = flow.actions.get(flow.sequences.find(({ isEntry }) => isEntry)?.start ?? '');
  expect([lookUp?.kind, flow.actions.get(lookUp?.next ?? '')?.name]).toEqual(['dataTableLookup', 'Ask the service?']);
  const count = worstCase(flow, ({ kind }) => (kind === 'dataAction' ? 1 : 0)).total;
  expect(count).toBe(2);
  const write = [...flow.actions.values()].find(({ name }) => name === 'Add a row');
  expect(Object.keys(write?.dataAction?.inputs ?? {})).toEqual(['key', 'Hours', 'Updated']);
  expect(make('data-table-cache')).toContain('MakeDuration(0, 0, 5, 0, 0)');
});

it('the retry calls its data action a literal number of times, with a wait in each turn that goes on', () => {
  const flow = read(make('bounded-retry'));
  const loop = [...flow.actions.values()].find(({ kind }) => kind === 'loop');
  expect(loop?.loop?.count).toEqual({ kind: 'literal', text: '5', value: 5 });
  const busyTurn = turnSearch(flow, {
    through: ({ kind }) => kind === 'dataAction',
    avoiding: ({ kind }) => kind === 'wait',
  });
  expect(busyTurn(loop?.id ?? '')).toBeUndefined();
  expect(worstCase(flow, ({ wait }) => wait?.ms ?? 0).total).toBe(300_000);
  expect([...(flow.variables?.values() ?? [])].filter(({ isInput }) => isInput).map(({ name }) => name)).toEqual([
    'Flow.OrderId',
  ]);
});

it('the overflow hands the call on, to a queue or a flow, and repeats nothing', () => {
  const flow = read(make('overflow', { ...OPTIONS.overflow, overflow: { flow: 'Night flow' } }));
  const kinds = [...flow.actions.values()].map(({ kind }) => kind);
  expect(kinds).not.toContain('loop');
  expect(kinds.filter((kind) => kind === 'dataAction')).toHaveLength(1);
  expect(make('overflow')).toContain('name: Everyone');
});

/** Names as an attacker, or a careless administrator, writes them. */
const hostileName = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc.constantFrom(
      ...[
        'yes',
        'null',
        '~',
        '1',
        '0x10',
        '1e3',
        'true',
        '<<',
        '=',
        '__proto__',
        'constructor',
        '- a',
        'a: b',
        'a # b',
        '#',
        '"',
        "'",
      ],
      ...[
        '|',
        '>',
        '%TAG',
        '---',
        '...',
        '{{x}}',
        '${x}',
        '!tag',
        '&a',
        '*a',
        '[',
        '{',
        '?',
        ':',
        ' lead',
        'trail ',
        'a\n  b: c',
        '\r\n',
        '\t',
      ],
      ...['"}}\nworkflow: {}', '\u2028', '\uFEFF', '\u0085', '\0', '🙂', 'a'.repeat(256)],
    ),
  )
  .filter((name) => name.trim() !== '' && name.length <= 256);

it('names of any kind stay names', () => {
  fc.assert(
    fc.property(
      fc.array(hostileName, { minLength: 8, maxLength: 8 }),
      ([name, table, column, category, action, queue, input, text]) => {
        const inputs = Object.fromEntries([[input, text]]) as Record<string, string>;
        const cache = make('data-table-cache', {
          ...OPTIONS['data-table-cache'],
          name,
          table,
          column: `${String(column).slice(0, 200)}!`,
          queue,
          read: { category, action, inputs, output: 'answer' },
        } as FlowTemplates['data-table-cache']);
        const retry = make('bounded-retry', {
          ...OPTIONS['bounded-retry'],
          name,
          call: { category, action, inputs },
        } as never);
        const handOn = make('overflow', {
          ...OPTIONS.overflow,
          name,
          queue,
          announcement: text,
          call: { category, action, inputs },
        } as never);
        for (const [yaml, root] of [
          [cache, 'inboundCall'],
          [retry, 'workflow'],
          [handOn, 'inboundCall'],
        ] as const) {
          // What YAML gives back is the name, and nothing else has come into the file.
          const parsed = parse(yaml) as Record<string, { name: string }>;
          expect(Object.keys(parsed)).toEqual([root]);
          expect(parsed[root]?.name).toBe(name);
          expect(yaml).not.toContain('\0');
          const flow = read(yaml);
          const call = [...flow.actions.values()].find(
            ({ kind, name: own }) => kind === 'dataAction' && !/row/.test(own),
          );
          const text = (value: unknown): string => JSON.stringify(value);
          expect(text(Object.keys(call?.dataAction?.inputs ?? {}))).toBe(text(Object.keys(inputs)));
        }
      },
    ),
    { numRuns: 200 },
  );
});

describe('an option that is not allowed', () => {
  const retry =
    (change: object): (() => string) =>
    () =>
      make('bounded-retry', { ...OPTIONS['bounded-retry'], ...change } as never);
  const cache =
    (change: object): (() => string) =>
    () =>
      make('data-table-cache', { ...OPTIONS['data-table-cache'], ...change } as never);
  const handOn =
    (change: object): (() => string) =>
    () =>
      make('overflow', { ...OPTIONS.overflow, ...change } as never);

  it.each([
    [
      () => generateFlow('cache' as never, {} as never),
      'template: expected data-table-cache, bounded-retry, overflow, got "cache"',
    ],
    [() => generateFlow('constructor' as never, {} as never), 'template: expected data-table-cache'],
    [() => generateFlow('overflow', undefined as never), 'options: expected an object, got undefined'],
    [retry({ name: ' ' }), 'options.name: expected a text of 1 to 256 characters, got " "'],
    [retry({ atempts: 3 }), 'options.atempts: unknown key; allowed are name, division'],
    [retry({ attempts: 0 }), 'options.attempts: expected an integer from 1 to 100, got 0'],
    [retry({ attempts: 2.5 }), 'options.attempts: expected an integer from 1 to 100, got 2.5'],
    [retry({ waitSeconds: '3' }), 'options.waitSeconds: expected an integer from 1 to 86,400, got "3"'],
    [retry({ attempts: 100, waitSeconds: 3000 }), 'options.waitSeconds: expected at most 2592 with 100 attempts'],
    [retry({ call: { category: 'a' } }), 'options.call.action: expected a text'],
    [
      retry({ call: { category: 'a', action: 'b', inputs: { c: null } } }),
      'options.call.inputs: expected inputs by name',
    ],
    [
      retry({ call: { category: 'a', action: 'b', outputs: { c: 'x' } } }),
      'options.call.outputs: expected variables by the name',
    ],
    [cache({ maxAgeMinutes: 0 }), 'options.maxAgeMinutes: expected an integer from 1 to 1,440, got 0'],
    [cache({ column: 'key' }), 'options.column: expected another name than key and updatedColumn, got "key"'],
    [
      cache({ insert: { category: 'a', action: 'b', inputs: {} } }),
      'options.insert.inputs: unknown key; allowed are category, action',
    ],
    [cache({ read: [] }), 'options.read: expected an object, got []'],
    [handOn({ overflow: {} }), 'options.overflow.queue: expected a text'],
    [handOn({ overflow: { queue: 'a', flow: 'b' } }), 'options.overflow.queue: unknown key; allowed are flow'],
    [handOn({ overflow: null }), 'options.overflow: expected a data action'],
  ])('is a TypeError that names it %#', (call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});
