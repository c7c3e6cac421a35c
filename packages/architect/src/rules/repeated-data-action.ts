import type { FlowAction } from '../flow/types.js';
import { dataActionName, isSuccess, isWrite } from './action-kinds.js';
import type { FlowAnalysis, FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { inputVariables, isLocal, Writes } from './variables.js';

/** Actions that the search passes in one flow. */
const MAX_STEPS = 200_000;

/** The same data action with the same inputs twice on one path, although nothing changed in between. */
export const repeatedDataAction: FlowRule = {
  id: 'repeated-data-action',
  title: 'A data action is called twice with the same inputs',
  level: 'warn',
  reason:
    'The platform does not cache the answers of data actions. The second call costs time and counts against the limits, for an answer that the flow has already.',
  sources: [SOURCES.blueprint],
  wouldHaveCaught:
    'The main task looks the caller up by number, and the billing task, written by someone else, looks the caller up again. Half of the data actions of the busiest hour ask for what the flow knows.',
  check(analysis, { report, leaveOut }) {
    const times = new Map<string, number>();
    for (const action of analysis.actions('dataAction')) {
      const key = keyOf(action);
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    const search = new RepetitionSearch(analysis);
    const reported = new Set<string>();
    for (const first of analysis.actions('dataAction')) {
      if (isWrite(first) || times.get(keyOf(first)) === 1) continue;
      const second = search.find(first);
      if (!second || reported.has(second.id)) continue;
      reported.add(second.id);
      const line = first.place.line === undefined ? '' : `, in line ${first.place.line}`;
      report({
        place: second.place,
        message: `${dataActionName(second)} was called with the same inputs before: ${first.place.path}${line}.`,
        fix: 'Keep the first answer in a variable of the flow (Flow.…), which every task can read.',
      });
    }
    if (search.isPartial) leaveOut('Not all paths were searched for repeated data actions: the flow is too large.');
  },
};

/** Looks on the paths after a data action for the same data action. */
class RepetitionSearch {
  /** What called tasks do, by their starts. */
  readonly #called = new Map<string, { writes: Writes; mayChange: boolean }>();
  #steps = 0;

  constructor(readonly analysis: FlowAnalysis) {}

  /** Whether the search ended early, because the flow is too large. */
  get isPartial(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** The first action after the success of `first` that asks the same again. */
  find(first: FlowAction): FlowAction | undefined {
    const { steps, view } = this.analysis;
    const inputs = inputVariables(first);
    const key = keyOf(first);
    // Variables of a task with the same name are others in another task.
    const isBound = [...inputs].some(isLocal);
    const changes = (action: FlowAction): boolean => mayChange(action) || new Writes([action]).changes(inputs);
    // A call whose answer goes to its own inputs asks for something else the next time.
    if (new Writes([first]).changes(inputs)) return undefined;
    const seen = new Set([first.id]);
    const open = view
      .steps(first.id)
      .filter(({ output }) => isSuccess(output))
      .flatMap((step) => view.destination(step) ?? []);
    for (let id = open.pop(); id !== undefined && !this.isPartial; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      this.#steps += 1;
      const action = steps.action(id);
      const isSame = action.kind === 'dataAction' && (!isBound || action.sequence === first.sequence);
      if (isSame && keyOf(action) === key) return action;
      if (changes(action)) continue;
      const start = action.kind === 'callTask' ? steps.startOf(action) : undefined;
      const called = start === undefined ? undefined : this.#effectOf(start);
      // Past a call only if nothing in the called task changes the inputs.
      const isBarrier = called !== undefined && (called.mayChange || called.writes.changes(inputs));
      open.push(...view.next(id).filter((to) => !isBarrier || to === start));
    }
    return undefined;
  }

  #effectOf(start: string): { writes: Writes; mayChange: boolean } {
    let effect = this.#called.get(start);
    if (!effect) {
      const actions = [...this.analysis.view.reach([start])].map((id) => this.analysis.steps.action(id));
      this.#steps += actions.length;
      effect = { writes: new Writes(actions), mayChange: actions.some(mayChange) };
      this.#called.set(start, effect);
    }
    return effect;
  }
}

/** Whether the same question may have another answer after an action: time passes, another file runs, or something is changed. */
const mayChange = (action: FlowAction): boolean =>
  action.kind === 'wait' || action.kind === 'callModule' || (action.kind === 'dataAction' && isWrite(action));

/** The action that is called and its inputs, as one text. */
function keyOf({ dataAction }: FlowAction): string {
  const inputs = Object.entries(dataAction?.inputs ?? {})
    .map(([name, { kind, text }]) => [name, kind === 'literal' ? 'literal' : 'read', text.trim()])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return JSON.stringify([dataAction?.category, dataAction?.action, inputs]);
}
