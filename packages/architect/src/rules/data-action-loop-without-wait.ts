import { dataActionName, hasWait, isPaced, nameOf } from './action-kinds.js';
import type { FlowSteps, Step } from './flow-steps.js';
import { FlowView, isSingle, type ViewOptions } from './flow-view.js';
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
    const view = viewWithoutWaits(steps);
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

/** The paths of a flow that do not wait. */
function viewWithoutWaits(steps: FlowSteps): FlowView {
  const options: ViewOptions = {
    unrolls: (loop) => isSingle(steps, loop),
    blocks: (id) => {
      const action = steps.action(id);
      // A common module is another file, and may wait.
      return (action.kind === 'wait' && action.wait?.ms !== 0) || action.kind === 'callModule' || isPaced(action);
    },
  };
  let view = new FlowView(steps, options);
  let known = 0;
  // A loop may call a task whose loop waits. Each round follows one more call between loops, so a bound on rounds bounds the time.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const never = loopsWithoutFullTurn(view);
    if (never.size === known) break;
    known = never.size;
    view = new FlowView(steps, { ...options, keeps: (id, { output }) => output === 'loop' || !never.has(id) });
  }
  return view;
}

const MAX_ROUNDS = 10;

/**
 * Loops with a literal number of turns of which no turn comes to its end in a view, for example because each one waits. Such a loop makes a
 * turn, so no path comes past it from its head.
 */
function loopsWithoutFullTurn(view: FlowView): ReadonlySet<string> {
  const { flow: steps } = view;
  const never = new Set<string>();
  const impassable = new Set<string>();
  const loops = steps.order.filter(
    (id) => steps.action(id).kind === 'loop' && (steps.turnsOf(steps.action(id)) ?? 0) > 0,
  );
  const depths = new Map(loops.map((id) => [id, steps.loopsAround(id).length]));
  // Inner loops first, so that each action is looked at once, in its innermost loop.
  for (const id of loops.sort((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0))) {
    const { hasTurn, hasExit } = endsOfTurn(view, id, impassable);
    if (!hasTurn) never.add(id);
    if (!hasTurn && !hasExit) impassable.add(id);
  }
  return never;
}

/** Whether a turn of a loop can come to its end, and whether it can come to an exit of the loop. */
function endsOfTurn(
  view: FlowView,
  loop: string,
  impassable: ReadonlySet<string>,
): { hasTurn: boolean; hasExit: boolean } {
  const { flow: steps } = view;
  let hasTurn = false;
  let hasExit = false;
  const seen = new Set<string>();
  const open: string[] = [];
  const follow = (id: string, wanted: (step: Step) => boolean): void => {
    const start = steps.startOf(steps.action(id));
    for (const step of steps.steps(id)) {
      const isAway = step.kind === 'jump' || step.kind === 'call' || (step.kind === 'return' && !view.returns(start));
      if (isAway || !wanted(step)) continue;
      const { to, turnOf } = step;
      if (turnOf === loop) hasTurn = true;
      else if (to !== undefined && !seen.has(to) && view.has(to) && steps.loopOf(to) === loop) {
        seen.add(to);
        open.push(to);
      }
    }
  };
  follow(loop, ({ output }) => output === 'loop');
  for (let id = open.pop(); id !== undefined && !hasTurn; id = open.pop()) {
    const { kind } = steps.action(id);
    if (kind === 'exitLoop') hasExit = true;
    else if (kind !== 'loop') follow(id, () => true);
    else if (!impassable.has(id)) follow(id, ({ output }) => output !== 'loop');
  }
  return { hasTurn, hasExit };
}
