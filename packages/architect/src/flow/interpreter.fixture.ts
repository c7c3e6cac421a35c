import type { Flow, FlowAction } from './types.js';

/** What the interpreter does next: go on in a list, decide on a turn of a loop, or return to a call. */
type Frame =
  | { readonly kind: 'list'; readonly id: string | undefined }
  | { readonly kind: 'loop'; readonly id: string; readonly left: number | undefined }
  | { readonly kind: 'call'; readonly id: string };

/** Frames from outside to inside. */
export type State = readonly Frame[];

/** An action that runs, and the states that may follow. Without an action, only the frames change. */
export interface Step {
  readonly action: FlowAction | undefined;
  readonly next: readonly State[];
}

/** Number of calls inside each other. */
export const callsOf = (state: State): number => state.filter(({ kind }) => kind === 'call').length;

export const startState = (flow: Flow, sequence: string): State => [
  { kind: 'list', id: flow.sequences.find(({ id }) => id === sequence)?.start },
];

/** Interprets a flow step by step, with a stack as a machine would. It shares nothing with the search that it checks. */
export function step(flow: Flow, state: State): Step {
  const top = state.at(-1);
  const below = state.slice(0, -1);
  if (top === undefined) return { action: undefined, next: [] };
  if (top.kind === 'call') return { action: undefined, next: branches(flow.actions.get(top.id) as FlowAction, below) };
  if (top.kind === 'loop')
    return { action: undefined, next: turns(flow.actions.get(top.id) as FlowAction, top.left, below) };
  if (top.id === undefined) return { action: undefined, next: [below] };
  const action = flow.actions.get(top.id) as FlowAction;
  const rest: State = [...below, { kind: 'list', id: action.next }];
  return { action, next: run(flow, action, rest) };
}

function run(flow: Flow, action: FlowAction, rest: State): readonly State[] {
  const target = flow.sequences.find(({ id }) => id === action.target)?.start;
  switch (action.kind) {
    case 'disconnect':
    case 'endFlow':
      return [];
    case 'endTask':
      return [toFrame(rest, 'call')];
    case 'exitLoop': {
      const loop = inLoop(rest);
      return [loop === undefined ? toFrame(rest, 'call') : loop.slice(0, -1)];
    }
    case 'nextLoop':
      return [inLoop(rest) ?? toFrame(rest, 'call')];
    case 'jumpToTask':
      return [[{ kind: 'list', id: target }]];
    case 'callTask':
      return [[...rest, { kind: 'call', id: action.id }, { kind: 'list', id: target }]];
    case 'loop': {
      const { value } = action.loop?.count ?? {};
      return [[...rest, { kind: 'loop', id: action.id, left: typeof value === 'number' ? value : undefined }]];
    }
    default:
      return branches(action, rest);
  }
}

const branches = (action: FlowAction, rest: State): readonly State[] =>
  action.branches.length === 0
    ? [rest]
    : action.branches.map((branch): State => [...rest, { kind: 'list', id: branch.start }]);

function turns(loop: FlowAction, left: number | undefined, below: State): readonly State[] {
  const turn: State = [
    ...below,
    { kind: 'loop', id: loop.id, left: left === undefined ? undefined : left - 1 },
    { kind: 'list', id: loop.branches[0]?.start },
  ];
  if (left === undefined) return [below, turn];
  return left > 0 ? [turn] : [below];
}

/** Frames down to the nearest one of a kind. Without one, the run is over. */
function toFrame(state: State, kind: Frame['kind']): State {
  const at = state.findLastIndex((frame) => frame.kind === kind);
  return state.slice(0, at + 1);
}

/** Frames down to the loop around an action; undefined outside of loops of this task. */
function inLoop(state: State): State | undefined {
  const loop = state.findLastIndex((frame) => frame.kind === 'loop');
  const call = state.findLastIndex((frame) => frame.kind === 'call');
  return loop > call ? state.slice(0, loop + 1) : undefined;
}
