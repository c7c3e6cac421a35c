import { nameOf } from './action-kinds.js';
import type { FlowAction } from '../flow/types.js';
import type { FlowSteps } from './flow-steps.js';
import type { FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { heaviest, inAllTurns, uncounted } from './weights.js';
import { count, counted, listed } from './words.js';

/** More actions on the longest path than one invocation may run. */
export const tooManyActions: FlowRule = {
  id: 'too-many-actions',
  title: 'One invocation can run more actions than the platform allows',
  level: 'error',
  reason:
    'An invocation runs 10,000 actions at most, and the actions of each turn of a loop count. Above that the flow enters its error handling, which is a disconnect by default. A menu or a task for error handling gets 1,000 more; after them the platform disconnects silently.',
  sources: [SOURCES.actionLimit],
  wouldHaveCaught:
    'A workflow goes through a list of 300 skills for each of 20 queues, with two actions each. It worked with 12 queues. With the 20th it ends in the middle, without an error that anybody sees.',
  check({ flow, steps }, { settings, report, leaveOut }) {
    const { loopCount, limits, actionShare } = settings;
    const total = heaviest(steps, () => 1, { loopCount });
    const { loops, jumps } = uncounted(steps, { loopCount });
    if (loops.length > 0)
      leaveOut(
        `Loops without a literal number of turns counted once: ${listed(loops.map(nameOf))}. Set loopCount to count them.`,
      );
    if (jumps.length > 0)
      leaveOut(`What is repeated by ${listed(jumps.map(nameOf))} counted once: the file does not bound it.`);
    if (total === Infinity) {
      leaveOut('Actions were not counted: the file has actions that follow each other in a circle.');
      return;
    }
    if (total < limits.actions * actionShare) return;
    const largest = largestLoop(steps, loopCount);
    report({
      place: largest?.place ?? flow.place,
      message: `The longest path runs ${counted(total, 'action')}; the limit is ${count(limits.actions)}.${largest ? ` The largest loop is ${nameOf(largest)}.` : ''}`,
      fix: 'Do the work of the loop in fewer actions or turns: one data action that handles the whole list, or expressions on collections.',
      ...(total <= limits.actions && { atMost: 'warn' as const }),
    });
  },
};

/** The loop that runs the most actions, if all of them run in all turns. The innermost one of several. */
function largestLoop(steps: FlowSteps, loopCount: number | undefined): FlowAction | undefined {
  const runs = new Map<string, number>();
  for (const action of steps.flow.actions.values()) {
    const all = inAllTurns(steps, action, loopCount);
    for (const loop of steps.loopsAround(action.id)) runs.set(loop, (runs.get(loop) ?? 0) + all);
  }
  let largest: string | undefined;
  for (const [loop, own] of runs) if (own > (runs.get(largest ?? '') ?? 0)) largest = loop;
  return largest === undefined ? undefined : steps.action(largest);
}
