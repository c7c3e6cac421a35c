import type { Flow } from '../flow/types.js';
import { examineFlow, type Finding } from '../lint/lint-flow.js';
import type { LintOptions } from '../lint/options.js';
import { readFlow } from '../read/read-flow.js';
import { RULE_IDS, type RuleId } from './rule-ids.js';

/** An action as Archy YAML has it. */
export type Action = Readonly<Record<string, unknown>>;

const outputs = (lists: Readonly<Record<string, readonly Action[] | undefined>>): object =>
  Object.fromEntries(Object.entries(lists).flatMap(([name, actions]) => (actions ? [[name, { actions }]] : [])));

/** A data action. `inputs` are expressions; a number is a literal. */
export function call(
  action: string,
  {
    inputs = {},
    results = {},
    category = 'CRM',
    ...lists
  }: {
    inputs?: Readonly<Record<string, string | number>>;
    results?: Readonly<Record<string, string>>;
    category?: string;
    success?: readonly Action[];
    failure?: readonly Action[];
    timeout?: readonly Action[];
  } = {},
): Action {
  const values = Object.entries(inputs).map(([name, value]) => [
    name,
    typeof value === 'number' ? { lit: value } : { exp: value },
  ]);
  const successOutputs = Object.fromEntries(Object.entries(results).map(([name, value]) => [name, { var: value }]));
  const dataAction = { [action]: { inputs: Object.fromEntries(values) as object, successOutputs } };
  return { callData: { name: action, category: { [category]: { dataAction } }, outputs: outputs(lists) } };
}

/** A loop. A string as count is an expression. */
export const loop = (count: number | string, actions: readonly Action[], name = 'Loop'): Action => ({
  loop: {
    name,
    currentIndex: { var: 'Task.Index' },
    loopCount: typeof count === 'number' ? { lit: count } : { exp: count },
    outputs: outputs({ loop: actions }),
  },
});

export const exit: Action = { loopExit: { name: 'Leave' } };
export const next: Action = { loopNext: { name: 'Next' } };
export const disconnect: Action = { disconnect: { name: 'End' } };

export const wait = (duration: object, { trim = false, name = 'Pause' } = {}): Action => ({
  wait: { name, trimDurationNearMaxRunningTime: { lit: trim }, duration: { lit: duration } },
});

export const seconds = (count: number): Action => wait({ seconds: count });

export const decide = (condition: string, yes: readonly Action[], no?: readonly Action[]): Action => ({
  decision: { name: condition, condition: { exp: condition }, outputs: outputs({ yes, no }) },
});

export const set = (variable: string, expression: string): Action => ({
  updateData: { name: `Set ${variable}`, statements: [{ integer: { variable, value: { exp: expression } } }] },
});

export const lookup = (found: readonly Action[], notFound: readonly Action[]): Action => ({
  dataTableLookup: {
    name: 'Look up',
    lookupValue: { exp: 'Flow.Key' },
    dataTable: { Cache: { foundOutputs: {} } },
    outputs: outputs({ found, notFound }),
  },
});

export const ask: Action = { collectInput: { name: 'Ask', outputs: {} } };
export const play: Action = { playAudio: { name: 'Play' } };
export const callTask = (name: string): Action => ({
  callTask: { name: `Call ${name}`, targetTaskRef: `./tasks/task[${name}]` },
});
export const jump = (name: string): Action => ({
  jumpToTask: { name: `Jump to ${name}`, targetTaskRef: `./tasks/task[${name}]` },
});

/** A flow with a task `Main`, where it starts, and other tasks. */
export function flowOf(
  main: readonly Action[],
  {
    type = 'workflow',
    tasks = {},
    ...more
  }: { type?: string; tasks?: Readonly<Record<string, readonly Action[]>> } & Action = {},
): Flow {
  const all = Object.entries({ Main: main, ...tasks }).map(([name, actions]) => ({
    task: { name, refId: name, actions },
  }));
  // JSON is YAML.
  const text = JSON.stringify({ [type]: { name: 'Test', startUpRef: './tasks/task[Main]', tasks: all, ...more } });
  return readFlow(text, { file: 'test.yaml' });
}

/** What one rule finds, without the findings of the others. */
export function found(flow: Flow, rule: RuleId, options: LintOptions = {}): Finding[] {
  const rules = Object.fromEntries(RULE_IDS.map((id) => [id, id === rule ? options.rules?.[id] : 'off'] as const));
  const only = Object.fromEntries(Object.entries(rules).filter(([, level]) => level !== undefined));
  return [...examineFlow(flow, { ...options, rules: only as NonNullable<LintOptions['rules']> }).findings];
}

/** What one rule did not check. */
export const notes = (flow: Flow, rule: RuleId, options: LintOptions = {}): string[] =>
  examineFlow(flow, options)
    .notChecked.filter((note) => note.rule === rule)
    .map(({ note }) => note);
