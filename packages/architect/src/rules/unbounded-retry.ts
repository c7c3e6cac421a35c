import type { FlowAction } from '../flow/types.js';
import { dataActionName, isSuccess, nameOf } from './action-kinds.js';
import { FlowView, type ViewOptions } from './flow-view.js';
import { Cycle } from './loops.js';
import type { FlowAnalysis, FlowRule, Problem } from './rule.js';
import { SOURCES } from './sources.js';
import { inputVariables, isLocal, variablesOf, writtenVariables } from './variables.js';

/** A failed or unanswered data action that is repeated without a limit in the file. */
export const unboundedRetry: FlowRule = {
  id: 'unbounded-retry',
  title: 'A retry has no upper bound in the file',
  level: 'error',
  reason:
    'While the service is down, nothing in the flow ends the attempts. The flow runs until the platform stops it after 10,000 actions, and every attempt counts against the limits of the organization.',
  sources: [SOURCES.blueprint, SOURCES.actionLimit],
  wouldHaveCaught:
    'The output failure of a data action jumps back to the start of its task. A certificate expires on a Friday evening. All calls of the weekend repeat the data action until they reach the limit of actions, and are then disconnected.',
  check(analysis, { report }) {
    const { steps } = analysis;
    const found = new Map<string, Problem>();
    // Circles in which nobody is asked come first: they run by themselves.
    for (const isAutomatic of [true, false]) {
      for (const { at, dataAction, isLoop } of retriesOf(analysis, isAutomatic)) {
        const key = dataAction.id;
        if (found.has(key)) continue;
        found.set(key, {
          place: at.place,
          message: messageOf(at, dataAction, isLoop, isAutomatic),
          fix: isLoop
            ? 'Give the loop a literal number of turns, and leave it after a success.'
            : 'Count the attempts and compare the counter with a literal number before the next one, or use a loop with a literal number of turns.',
          ...(!isAutomatic && { atMost: 'hint' as const }),
        });
      }
    }
    const order = new Map(steps.order.map((id, i) => [id, i]));
    const sorted = [...found].sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    for (const [, problem] of sorted) report(problem);
  },
};

function messageOf(at: FlowAction, dataAction: FlowAction, isLoop: boolean, isAutomatic: boolean): string {
  const name = dataActionName(dataAction);
  if (isLoop)
    return `The loop ${nameOf(at)} repeats ${name}, and its number of turns is the expression ${at.loop?.count.text.slice(0, 80) || 'of a variable'}.`;
  const asked = isAutomatic ? '' : ' The caller decides each time, and nothing counts the attempts.';
  return `After a failure of ${name}, ${nameOf(at)} leads back to it without a limit.${asked}`;
}

interface Retry {
  /** The loop or the jump that starts the next attempt. */
  readonly at: FlowAction;
  readonly isLoop: boolean;
  readonly dataAction: FlowAction;
}

function retriesOf({ steps }: FlowAnalysis, isAutomatic: boolean): Retry[] {
  const base: ViewOptions = {
    blocks: (id) => isAutomatic && steps.action(id).isInteractive === true,
    unrolls: (loop) => steps.turnsOf(steps.action(loop)) !== undefined,
  };
  const all = new FlowView(steps, base);
  const counters = countersOf(all);
  const view =
    counters.size === 0
      ? all
      : new FlowView(steps, { ...base, keeps: (id, step) => !counters.get(id)?.has(all.destination(step) ?? '') });
  const retries: Retry[] = [];
  for (const cycle of Cycle.in(view)) {
    for (const { dataAction, by } of cycle.dataActions()) {
      if (!isRetry(cycle, dataAction, by, isAutomatic)) continue;
      retries.push({ at: cycle.closedBy(by), isLoop: cycle.loopOf(by) !== undefined, dataAction });
    }
  }
  return retries;
}

/**
 * Whether a cycle repeats a data action because it failed, or asks the same again. A loop that does the same for each entry of a list does
 * neither: its inputs change with each turn.
 */
function isRetry(cycle: Cycle, dataAction: FlowAction, by: string, isAutomatic: boolean): boolean {
  const inputs = inputVariables(dataAction);
  // The outputs of a data action in a called task lead to the end of that task. Its own variables get their values with each call.
  if (by !== dataAction.id) return isAutomatic && ![...inputs].some(isLocal) && !cycle.writes.changes(inputs);
  if (!cycle.staysAfter(by, (output) => !isSuccess(output))) return false;
  // Where a person is asked, a cycle that goes on after a success too is a menu.
  return isAutomatic ? !cycle.writes.changes(inputs) : !cycle.staysAfter(by, isSuccess);
}

/** A comparison of a variable with a number. */
const COMPARISON = /([A-Za-z_][\w.]*)\s*(?:<=?|>=?|==)\s*\d|\d\s*(?:<=?|>=?|==)\s*([A-Za-z_][\w.]*)/g;

/**
 * Decisions that end a cycle after a number of attempts: they compare a variable with a number, the cycle changes that variable from its own
 * value, and one of their outputs leaves the cycle. The result has, for each of them, the actions through which the cycle goes on.
 */
function countersOf(view: FlowView): Map<string, Set<string>> {
  const counters = new Map<string, Set<string>>();
  for (const cycle of Cycle.in(view)) {
    const counted = countedVariables(cycle.ids.map((id) => view.flow.action(id)));
    if (counted.size === 0) continue;
    for (const id of cycle.ids) {
      const { kind, values } = view.flow.action(id);
      if (kind !== 'decision') continue;
      const compared = values.flatMap(({ text }) => [...text.slice(0, 1_000).matchAll(COMPARISON)]);
      const leaves = view.steps(id).some((step) => !cycle.has(view.destination(step)));
      if (leaves && compared.some(([, left, right]) => counted.has((left ?? right ?? '').toLowerCase())))
        counters.set(id, new Set(view.next(id).filter((to) => cycle.has(to))));
    }
  }
  return counters;
}

/** Variables that an action sets to an expression of themselves, such as `Task.attempts + 1`. */
function countedVariables(actions: readonly FlowAction[]): Set<string> {
  const counted = new Set<string>();
  for (const action of actions) {
    if (action.kind !== 'updateData') continue;
    const read = new Set(action.values.filter(({ kind }) => kind === 'expression').flatMap(variablesOf));
    for (const name of writtenVariables(action)) if (read.has(name)) counted.add(name);
  }
  return counted;
}
