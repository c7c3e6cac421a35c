import type { FlowAction } from '../flow/types.js';
import { dataActionName } from './action-kinds.js';
import type { FlowSteps } from './flow-steps.js';
import type { FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { readVariables, Writes } from './variables.js';

/** A data action whose output failure or timeout is empty. */
export const dataActionWithoutFailurePath: FlowRule = {
  id: 'data-action-without-failure-path',
  title: 'A data action has no way for failure or timeout',
  level: 'warn',
  reason:
    'A data action can end in success, failure or timeout. With an empty output, the flow goes on as if there were data, and the first expression that reads it may end in the error handling.',
  sources: [SOURCES.blueprint, SOURCES.failurePaths],
  wouldHaveCaught:
    'A call flow looks up the customer and then compares the status of the contract. The CRM is slow for ten minutes. Every caller of these minutes runs into the error handling and is disconnected, instead of reaching a queue without a lookup.',
  check(analysis, { report }) {
    for (const action of analysis.actions('dataAction')) {
      const empty = ['failure', 'timeout'].filter(
        (output) => !action.branches.some(({ name, start }) => name.toLowerCase() === output && start !== undefined),
      );
      if (empty.length === 0 || isCheckedAfterwards(analysis.steps, action)) continue;
      report({
        place: action.place,
        message: `${dataActionName(action)} does nothing on ${empty.join(' and ')}.`,
        fix: 'Say what happens on each output: go on without the data, hand on to a queue, or repeat with a bound.',
      });
    }
  },
};

/** Whether the next action is a decision about the results: it is the way for failures then. */
function isCheckedAfterwards(steps: FlowSteps, action: FlowAction): boolean {
  const { to, turnOf } = steps.exitOf(action.id);
  if (to === undefined || turnOf !== undefined) return false;
  const next = steps.action(to);
  if (next.kind !== 'decision') return false;
  return new Writes([action]).changes(readVariables(next));
}
