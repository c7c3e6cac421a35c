import fc from 'fast-check';
import type { ActionKind, Flow, FlowAction, FlowBranch, FlowSequence } from './types.js';

/** An action with the lists of its outputs. */
export interface TreeAction {
  readonly kind: ActionKind;
  /** Lists of its outputs. */
  readonly lists: readonly (readonly TreeAction[])[];
  /** Turns of a loop; undefined for a count that depends on the run. */
  readonly turns?: number | undefined;
  /** Number of the sequence that it jumps to or calls. */
  readonly target?: number;
  readonly isInteractive?: boolean;
}

/** Sequences of a flow. The first is where it starts. */
export type TreeFlow = readonly (readonly TreeAction[])[];

/** Makes a flow of trees. Ids are `s0.1`, `s0.2`, … in the order of the file. */
export function flowOf(trees: TreeFlow): Flow {
  const actions = new Map<string, FlowAction>();
  const sequences = trees.map((list, number): FlowSequence => {
    const sequence = `s${number}`;
    let count = 0;
    const addList = (items: readonly TreeAction[]): string | undefined => {
      const ids = items.map(() => `${sequence}.${++count}`);
      items.forEach((item, at) => {
        const id = ids[at] as string;
        const names = item.kind === 'loop' ? ['loop'] : item.lists.map((_, output) => `output ${output}`);
        const branches = item.lists.map((inner, output): FlowBranch => ({
          name: names[output] ?? '',
          start: addList(inner),
        }));
        const text = String(item.turns ?? 'Flow.Count');
        actions.set(id, {
          id,
          kind: item.kind,
          type: item.kind,
          name: id,
          place: { file: 'random', path: id },
          sequence,
          branches,
          next: ids[at + 1],
          values: [],
          ...(item.kind === 'loop' && {
            loop: {
              count:
                item.turns === undefined ? { kind: 'expression', text } : { kind: 'literal', text, value: item.turns },
            },
          }),
          ...(item.target !== undefined && { target: `s${item.target}` }),
          ...(item.isInteractive === true && { isInteractive: true }),
        });
      });
      return ids[0];
    };
    const start = addList(list);
    return { id: sequence, name: sequence, place: { file: 'random', path: sequence }, start, isEntry: number === 0 };
  });
  return {
    format: 'archy',
    type: 'workflow',
    typeText: 'workflow',
    name: 'random',
    place: { file: 'random', path: '' },
    sequences,
    actions,
    errorHandling: 'disconnect',
  };
}

const leaf = (kind: ActionKind): fc.Arbitrary<TreeAction> => fc.constant({ kind, lists: [] });

/** Random flows of up to three sequences with loops, jumps and calls. */
export const treeFlow: fc.Arbitrary<TreeFlow> = fc.integer({ min: 1, max: 3 }).chain((count) => {
  const target = fc.integer({ min: 0, max: count - 1 });
  const { list } = fc.letrec<{ list: readonly TreeAction[]; action: TreeAction }>((tie) => {
    const lists = (minLength: number, maxLength: number): fc.Arbitrary<(readonly TreeAction[])[]> =>
      fc.array(tie('list'), { minLength, maxLength });
    return {
      list: fc.array(tie('action'), { maxLength: 3, size: 'max' }),
      action: fc.oneof(
        { maxDepth: 4, depthSize: 'max' },
        { weight: 3, arbitrary: leaf('other') },
        { weight: 2, arbitrary: leaf('wait') },
        { weight: 2, arbitrary: leaf('dataAction') },
        { weight: 1, arbitrary: leaf('exitLoop') },
        { weight: 1, arbitrary: leaf('nextLoop') },
        { weight: 1, arbitrary: leaf('endTask') },
        { weight: 1, arbitrary: leaf('endFlow') },
        {
          weight: 1,
          arbitrary: target.map((number): TreeAction => ({ kind: 'jumpToTask', lists: [], target: number })),
        },
        {
          weight: 2,
          arbitrary: fc.record({ kind: fc.constant('callTask' as const), lists: lists(0, 2), target }),
        },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('decision' as const), lists: lists(2, 2) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('transfer' as const), lists: lists(0, 1) }) },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant('loop' as const),
            lists: lists(1, 1),
            turns: fc.constantFrom(0, 1, 2, 3, undefined),
          }),
        },
      ),
    };
  });
  // The number of states that the tests try grows fast.
  return fc.array(list, { minLength: count, maxLength: count }).filter((trees) => flowOf(trees).actions.size <= 25);
});
