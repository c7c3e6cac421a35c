import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowFileError } from '../read/flow-file-error.js';
import { shortTurns } from './short-turns.js';
import { readStudioScript, type StudioScript } from './studio-script.js';

type Action = readonly [type: string, to: readonly number[], properties?: Readonly<Record<string, unknown>>];

/** A script in the form of an export. Written for the tests; it is not from a tenant. */
function scriptOf(actions: Readonly<Record<number, Action>>): object {
  const entries = Object.entries(actions);
  return {
    scriptContent: {
      header: { scriptName: 'Tests\\Poll', mediaType: 4, mediaTypeName: 'call', nextActionId: 99 },
      actions: Object.fromEntries(
        entries.map(([id, [name]]) => [
          id,
          { actionId: Number(id), libraryId: 'B333', name, version: 1, label: `No. ${id}`, x: 0, y: 0 },
        ]),
      ),
      properties: Object.fromEntries(
        entries.map(([id, [, , properties = {}]]) => [
          id,
          Object.fromEntries(Object.entries(properties).map(([name, value], at) => [at, { name, value }])),
        ]),
      ),
      branches: Object.fromEntries(
        entries.map(([id, [, to]]) => [
          id,
          to.map((target, index) => ({ to: target, label: index === 0 ? '' : 'Error', type: 'default', index })),
        ]),
      ),
      schemaVersion: '1.0.0',
    },
  };
}

const read = (actions: Readonly<Record<number, Action>>): StudioScript =>
  readStudioScript(JSON.stringify(scriptOf(actions)), { file: 'poll.json' });

const wait = (to: readonly number[], seconds: unknown): Action => ['WAIT', to, { Seconds: seconds }];

describe('a Studio script', () => {
  it('is read with its actions, properties and connectors', () => {
    const script = read({
      1: ['BEGIN', [2]],
      2: ['SNIPPET', [3, 1], { Data: 'ASSIGN a = 1', Parameters: [] }],
      3: ['END', []],
    });
    expect([script.name, script.mediaType, script.file]).toEqual(['Tests\\Poll', 'call', 'poll.json']);
    expect(script.actions.get('2')).toEqual({
      id: '2',
      type: 'SNIPPET',
      label: 'No. 2',
      properties: { Data: 'ASSIGN a = 1' },
      branches: [
        { to: '3', label: '' },
        { to: '1', label: 'Error' },
      ],
    });
  });

  it('is read in the form of the API, without scriptContent', () => {
    const { scriptContent } = scriptOf({ 1: ['BEGIN', []] }) as { scriptContent: object };
    expect(readStudioScript(JSON.stringify(scriptContent), { file: 'a.json' }).actions.size).toBe(1);
  });

  it.each([
    ['', 'NOT_A_FLOW', 'a.json: the file is empty'],
    ['<Script></Script>', 'SYNTAX', 'a.json: the XML of Desktop Studio is not read'],
    ['header: 1', 'SYNTAX', 'a.json: the file has no JSON'],
    ['{"header":{}}', 'NOT_A_FLOW', 'this is no Studio script: it has no header and actions'],
    ['[]', 'NOT_A_FLOW', 'this is no Studio script'],
    ['{"header":{},"actions":{"1":7}}', 'SHAPE', 'a.json (action 1): an action: expected an object'],
    [
      '{"header":{},"actions":{"1":{}},"branches":{"1":[{"to":2}]}}',
      'BROKEN_REFERENCE',
      'the action "2" is not in the script',
    ],
  ])('is not %s', (text, code, message) => {
    const call = (): unknown => readStudioScript(text, { file: 'a.json' });
    expect(call).toThrow(FlowFileError);
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
  });

  it('is not larger than maxBytes', () => {
    expect(() => readStudioScript('{}', { file: 'a.json', maxBytes: 1 })).toThrow(
      'a.json: the file has 2 bytes, maxBytes allows 1',
    );
  });

  it('with a value of any type in any place is read or refused with a FlowFileError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('header', 'actions', 'properties', 'branches', '1', '2', 'Seconds'),
        fc.jsonValue(),
        (key, value) => {
          const script = scriptOf({ 1: ['SNIPPET', [2]], 2: wait([1], '0.05') });
          const marked = JSON.stringify(script, (name, inner: unknown) => (name === key ? '@' : inner));
          const text = marked.replaceAll('"@"', () => JSON.stringify(value));
          try {
            shortTurns(readStudioScript(text, { file: 'fuzz' }));
          } catch (error) {
            expect(error).toBeInstanceOf(FlowFileError);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('a loop of a Studio script', () => {
  it.each<[string, Readonly<Record<number, Action>>, readonly string[] | undefined, number]>([
    ['without a wait', { 1: ['SNIPPET', [2]], 2: ['IF', [1, 3]], 3: ['END', []] }, ['1', '2'], 0],
    ['of one action', { 1: ['SNIPPET', [1]] }, ['1'], 0],
    ['with 50 ms', { 1: ['SNIPPET', [2]], 2: wait([1], '0.05') }, ['2', '1'], 50],
    ['with two waits of 40 ms', { 1: wait([2], '.04'), 2: wait([1], 0.04) }, ['1', '2'], 80],
    ['with 100 ms', { 1: ['SNIPPET', [2]], 2: wait([1], '0.1') }, undefined, 0],
    ['with two waits of 50 ms', { 1: wait([2], '0.05'), 2: wait([1], '0.05') }, undefined, 0],
    ['with a wait of a variable', { 1: ['SNIPPET', [2]], 2: wait([1], '{pause}') }, undefined, 0],
    ['with a wait without seconds', { 1: ['SNIPPET', [2]], 2: wait([1], '') }, undefined, 0],
    ['that plays music', { 1: ['MUSIC', [2]], 2: ['SNIPPET', [1]] }, undefined, 0],
    ['with a wait on one of two ways', { 1: ['IF', [2, 3]], 2: wait([1], '5'), 3: ['SNIPPET', [1]] }, ['1', '3'], 0],
    [
      'with the shorter of two waits',
      { 1: ['IF', [2, 3]], 2: wait([1], '0.09'), 3: wait([1], '0.02') },
      ['3', '1'],
      20,
    ],
    ['that does not come back', { 1: ['SNIPPET', [2]], 2: ['END', []] }, undefined, 0],
  ])('%s', (_, actions, expected, waitMs) => {
    const turns = shortTurns(read(actions));
    expect(turns.map((turn) => turn.actions)).toEqual(expected === undefined ? [] : [expected]);
    expect(turns[0]?.waitMs ?? 0).toBe(waitMs);
  });

  it('is counted if a LOOP in it has a number of repeats', () => {
    const turn = (repeat: string): boolean | undefined =>
      shortTurns(read({ 1: ['LOOP', [2], { Repeat: repeat }], 2: ['SNIPPET', [1]] }))[0]?.isCounted;
    expect([turn('5'), turn('{count}'), turn('')]).toEqual([true, false, false]);
  });

  it('is found if there is one, and with its least wait', () => {
    /** Least wait of all ways from an action back to it, by trying all ways without a repeat. */
    const leastTurn = (script: StudioScript): number => {
      let least = Infinity;
      const ms = (id: string): number => Number(script.actions.get(id)?.properties['Seconds'] ?? 0) * 1000;
      const go = (start: string, id: string, sum: number, met: readonly string[]): void => {
        for (const { to } of script.actions.get(id)?.branches ?? []) {
          if (to === start) least = Math.min(least, sum);
          else if (!met.includes(to)) go(start, to, sum + ms(to), [...met, to]);
        }
      };
      for (const id of script.actions.keys()) go(id, id, ms(id), [id]);
      return Math.round(least);
    };
    const size = 6;
    const action = fc.record({
      seconds: fc.constantFrom(undefined, '0.01', '0.02', '0.05', '0.09', '0.1', '3'),
      to: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(action, { minLength: size, maxLength: size }), (drawn) => {
        const script = read(
          Object.fromEntries(
            drawn.map(({ seconds, to }, id): [number, Action] => [
              id,
              seconds === undefined ? ['SNIPPET', to] : wait(to, seconds),
            ]),
          ),
        );
        const least = leastTurn(script);
        const found = Math.min(Infinity, ...shortTurns(script).map(({ waitMs }) => waitMs));
        expect(found).toBe(least < 100 ? least : Infinity);
      }),
      { numRuns: 2_000 },
    );
  });
});
