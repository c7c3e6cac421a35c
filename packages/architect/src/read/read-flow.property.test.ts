import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowCycles } from '../flow/cycles.js';
import { reachableActions } from '../flow/reachability.js';
import { turnPaths, turnSearch } from '../flow/turns.js';
import { worstCase } from '../flow/worst-case.js';
import { encodeExport, hotline, orderStatus } from './fixtures/export.fixture.js';
import { HOTLINE } from './fixtures/hotline.fixture.js';
import { FlowFileError } from './flow-file-error.js';
import { readFlow } from './read-flow.js';

const RUNS = 2_000;

const texts = [
  readFileSync(new URL('./fixtures/order-status.yaml', import.meta.url), 'utf8'),
  readFileSync(new URL('./fixtures/while-waiting.yaml', import.meta.url), 'utf8'),
  HOTLINE,
  encodeExport(orderStatus),
  JSON.stringify(orderStatus),
];

/** Reads a file and asks all questions about it. Only a FlowFileError may come out. */
function readAll(source: string | Uint8Array): void {
  let flow;
  try {
    flow = readFlow(source, { file: 'fuzz' });
  } catch (error) {
    if (error instanceof FlowFileError) {
      expect(error.message).toMatch(/^fuzz/);
      return;
    }
    throw error;
  }
  const { total } = worstCase(flow);
  expect(total).toBeGreaterThanOrEqual(0);
  for (const id of reachableActions(flow)) expect(flow.actions.has(id)).toBe(true);
  for (const { members } of flowCycles(flow)) expect(members.length).toBeGreaterThan(0);
  const search = turnSearch(flow, {
    through: ({ kind }) => kind === 'dataAction',
    avoiding: ({ kind }) => kind === 'wait',
  });
  for (const action of flow.actions.values()) {
    expect(action.place.file).toBe('fuzz');
    if (action.kind !== 'loop') continue;
    search(action.id);
    turnPaths(flow, action.id, 20);
  }
}

const part = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '- ',
      ': ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|\n',
      '>\n',
      '&a ',
      '*a',
      '!!str ',
      '? ',
      '---\n',
      '#',
      '\n',
      '\t',
      '{{a}}',
      '%',
      '<<: ',
    ],
    ...[
      'null',
      '~',
      '1e999',
      '__proto__',
      'actions:',
      'outputs:',
      'lit:',
      'choices:',
      'startUpRef:',
      '\uFFFD',
      '\uD800',
      '\0',
      '\r',
    ],
  ),
);

it('a text with random changes is read or refused with a FlowFileError', () => {
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat({ max: 30 }), text: part });
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 6 }), (text, changes) => {
      readAll(
        changes.reduce((changed, { at, length, text: put }) => {
          const from = Math.floor(at * changed.length);
          return changed.slice(0, from) + put + changed.slice(from + length);
        }, text),
      );
    }),
    { numRuns: RUNS },
  );
});

it('random bytes are read or refused with a FlowFileError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readAll(bytes)),
    { numRuns: RUNS },
  );
});

it('base64 of random text, with and without percent signs, is read or refused with a FlowFileError', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'%0123456789ABCDEF{}[]":,') }), (text) => readAll(btoa(text))),
    { numRuns: RUNS },
  );
});

/** Replaces one value of a tree by another, wherever it stands. */
function replaceAt(tree: unknown, at: number, value: unknown): unknown {
  let count = 0;
  const copy = (node: unknown): unknown => {
    if (count++ === at) return value;
    if (Array.isArray(node)) return node.map(copy);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, copy(inner)]));
  };
  return copy(tree);
}

it('an export with a value of any type in any place is read or refused with a FlowFileError', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('act-loop', 'act-get', 'seq-start', '__proto__', 'constructor', null, {}, []),
  );
  fc.assert(
    fc.property(
      fc.constantFrom<object>(orderStatus, hotline),
      fc.array(fc.record({ at: fc.nat({ max: 400 }), value: anything }), { minLength: 1, maxLength: 4 }),
      (flow, changes) => {
        const changed = changes.reduce<unknown>((tree, { at, value }) => replaceAt(tree, at, value), flow);
        readAll(encodeExport(changed));
        readAll(JSON.stringify(changed));
      },
    ),
    { numRuns: RUNS },
  );
});
