import { controlFlowOf } from './control-flow.js';
import { sequenceReaches, walkSequence } from './reachability.js';
import { strongComponents } from './strong-components.js';
import type { Flow, FlowSequence } from './types.js';

/**
 * A cycle of a flow. Actions of the kind `loop` are no cycles here; they have a number of turns.
 * @public
 */
export interface FlowCycle {
  /** `sequences`: tasks, menus or states that jump to or call each other. `actions`: actions that follow each other in a circle. */
  readonly kind: 'sequences' | 'actions';
  /** Ids of the sequences or the actions. */
  readonly members: readonly string[];
  /** Whether each turn waits for the customer. Then the cycle does not spin: it makes no more turns than the customer makes answers. */
  readonly isInteractive: boolean;
}

/**
 * Cycles without a number of turns: sequences that jump to or call each other, and actions that lead to themselves. Architect makes no cycle
 * of actions; a damaged export can have one.
 *
 * @param flow - A flow.
 * @returns The cycles; none for most flows.
 *
 * @example
 * ```ts
 * import { flowCycles, readFlow } from '@holdline/architect';
 *
 * const flow = readFlow(
 *   'workflow: { tasks: [{ task: { name: Again, actions: [{ jumpToTask: { targetTaskRef: "./tasks/task[Again]" } }] } }] }',
 *   { file: 'again.yaml' },
 * );
 * console.log(flowCycles(flow)[0]?.members); // [ 'tasks/task[Again]' ]
 * ```
 * @public
 */
export function flowCycles(flow: Flow): readonly FlowCycle[] {
  return [...sequenceCycles(flow), ...actionCycles(flow)];
}

function sequenceCycles(flow: Flow): FlowCycle[] {
  const control = controlFlowOf(flow);
  const reaches = sequenceReaches(flow);
  const targets = (sequence: FlowSequence): readonly FlowSequence[] => {
    const reach = reaches.get(sequence);
    return reach === undefined ? [] : [...new Set([...reach.jumps, ...reach.calls])];
  };
  return cyclesOf(flow.sequences, targets).map((members) => {
    const inside = new Set(members);
    const canReturn = (called: FlowSequence): boolean => reaches.get(called)?.canReturn ?? true;
    // Without the jumps behind an action that waits for the customer, an interactive cycle falls apart.
    const spinning = (sequence: FlowSequence): readonly FlowSequence[] => {
      const { jumps, calls } = walkSequence(control, sequence, canReturn, (action) => action.isInteractive !== true);
      return [...jumps, ...calls].filter((target) => inside.has(target));
    };
    return {
      kind: 'sequences' as const,
      members: members.map(({ id }) => id),
      isInteractive: cyclesOf(members, spinning).length === 0,
    };
  });
}

/** Actions by their links in the file. A loop leads to its first action, and not back. */
function actionCycles(flow: Flow): FlowCycle[] {
  const links = (id: string): readonly string[] => {
    const action = flow.actions.get(id);
    if (action === undefined) return [];
    const all = [action.next, ...action.branches.map((branch) => branch.start)];
    return all.filter((link) => link !== undefined && flow.actions.has(link)) as string[];
  };
  return cyclesOf(flow.actions.keys(), links).map((members) => ({
    kind: 'actions',
    members,
    isInteractive: members.some((id) => flow.actions.get(id)?.isInteractive === true),
  }));
}

/** Strong components that are cycles. */
function cyclesOf<T>(nodes: Iterable<T>, successors: (node: T) => readonly T[]): T[][] {
  return strongComponents(nodes, successors).filter(
    (members) => members.length > 1 || successors(members[0] as T).includes(members[0] as T),
  );
}
