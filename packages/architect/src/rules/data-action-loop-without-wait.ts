import { dataActionName, hasWait, isPaced, nameOf } from './action-kinds.js';
import { FlowView, isSingle } from './flow-view.js';
import { Cycle } from './loops.js';
import type { FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { inputVariables } from './variables.js';
import { listed } from './words.js';

/** A loop or a circle of jumps that can call a data action again and again without a Wait. */
export const dataActionLoopWithoutWait: FlowRule = {
  id: 'data-action-loop-without-wait',
  title: 'A loop calls a data action without a Wait',
  level: 'error',
  reason:
    'The next turn starts as soon as the answer is there. A service that refuses at once is asked many times a second, and the data actions of the whole organization share 2,500 a minute.',
  sources: [SOURCES.blueprint, SOURCES.wait],
  wouldHaveCaught:
    'A workflow asks the CRM for a ticket until the ticket exists. The CRM goes down and answers 503 in 20 ms. Each workflow now calls it 50 times a second, until a limit refuses the data actions of all other flows too.',
  check({ flow, steps }, { report, leaveOut }) {
    const waits = hasWait(flow.type);
    const view = new FlowView(steps, {
      unrolls: (loop) => isSingle(steps, loop),
      blocks: (id) => {
        const action = steps.action(id);
        // A common module is another file, and may wait.
        return (action.kind === 'wait' && action.wait?.ms !== 0) || action.kind === 'callModule' || isPaced(action);
      },
    });
    const groups = new Map<string, { isBounded: boolean; isLoop: boolean; names: string[] }>();
    for (const cycle of Cycle.in(view)) {
      for (const { dataAction, by } of cycle.dataActions()) {
        const loop = cycle.loopOf(by);
        const { id } = cycle.closedBy(by);
        // The length of a list bounds a loop over that list: its data action has other inputs on each turn.
        const group = groups.get(id) ?? {
          isBounded:
            loop !== undefined &&
            (steps.turnsOf(loop) !== undefined || cycle.writes.changes(inputVariables(dataAction))),
          isLoop: loop !== undefined,
          names: [],
        };
        group.names.push(dataActionName(dataAction));
        groups.set(id, group);
      }
    }
    if (groups.size > 0 && waits === undefined) {
      leaveOut(`The vendor's page of Wait does not say whether flows of the type ${flow.typeText} have it.`);
      return;
    }
    for (const [id, { isBounded: hasBound, isLoop, names }] of groups) {
      const at = steps.action(id);
      const what = isLoop ? `The loop ${nameOf(at)}` : `The circle through ${nameOf(at)}`;
      report({
        place: at.place,
        message: waits
          ? `${what} can call ${listed(names)} again without a Wait.`
          : `${what} can call ${listed(names)} again at once. Flows of this type have no Wait.`,
        fix: waits
          ? 'Put a Wait on every way that leads to the next turn, also on the outputs failure and timeout.'
          : 'Do not repeat the call here: pass the caller on, for example to a queue, or ask the caller before the next attempt.',
        ...(hasBound && { atMost: 'warn' as const }),
      });
    }
  },
};
