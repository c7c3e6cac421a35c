import { flowCycles } from '../flow/cycles.js';
import type { Flow, FlowAction } from '../flow/types.js';
import { worstCase } from '../flow/worst-case.js';
import type { FlowSteps } from './flow-steps.js';

/** How a flow is weighed. */
export interface WeightOptions {
  /** Turns of a loop that depend on the run. */
  readonly loopCount: number | undefined;
  /** Whether every data action succeeds. */
  readonly succeeds?: boolean;
}

/** What is counted once, because the file does not bound how often it runs. */
export interface Uncounted {
  readonly loops: readonly FlowAction[];
  /** Jumps and calls that lead back. */
  readonly jumps: readonly FlowAction[];
}

/**
 * The largest sum of weights over all runs. Loops whose turns depend on the run make `loopCount` turns, or one; a jump or a call that leads
 * back is not followed. `Infinity` only for a damaged file.
 */
export const heaviest = (steps: FlowSteps, weight: (action: FlowAction) => number, options: WeightOptions): number =>
  worstCase(boundedFlow(steps, options), weight).total;

/** What {@link heaviest} counts once. */
export function uncounted(steps: FlowSteps, { loopCount }: WeightOptions): Uncounted {
  const isBack = backJumps(steps);
  const actions = [...steps.flow.actions.values()];
  return {
    loops:
      loopCount === undefined ? actions.filter((one) => one.kind === 'loop' && steps.turnsOf(one) === undefined) : [],
    jumps: actions.filter(isBack),
  };
}

const boundedFlows = new WeakMap<FlowSteps, Map<string, Flow>>();

/** The flow as {@link heaviest} counts it. Several rules weigh the same one. */
function boundedFlow(steps: FlowSteps, options: WeightOptions): Flow {
  const flows = boundedFlows.get(steps) ?? new Map<string, Flow>();
  boundedFlows.set(steps, flows);
  const key = `${options.loopCount ?? ''}/${options.succeeds === true}`;
  const flow = flows.get(key) ?? boundFlow(steps, options);
  flows.set(key, flow);
  return flow;
}

function boundFlow(steps: FlowSteps, { loopCount = 1, succeeds = false }: WeightOptions): Flow {
  const { flow } = steps;
  const isBack = backJumps(steps);
  const actions = new Map<string, FlowAction>();
  for (const [id, action] of flow.actions) actions.set(id, bounded(action));
  return { ...flow, actions };

  function bounded(action: FlowAction): FlowAction {
    if (action.kind === 'loop' && steps.turnsOf(action) === undefined)
      return { ...action, loop: { count: { kind: 'literal', text: String(loopCount), value: loopCount } } };
    if (action.kind === 'dataAction' && succeeds)
      return { ...action, branches: action.branches.filter(({ name }) => name === 'success') };
    if (!isBack(action)) return action;
    return { ...action, kind: action.kind === 'jumpToTask' ? 'endFlow' : 'other' };
  }
}

/** Whether an action jumps to or calls a sequence that leads back to it without asking the customer. */
function backJumps(steps: FlowSteps): (action: FlowAction) => boolean {
  const cycleOf = new Map<string, number>();
  for (const [i, { kind, members, isInteractive }] of flowCycles(steps.flow).entries()) {
    if (kind === 'sequences' && !isInteractive) for (const member of members) cycleOf.set(member, i);
  }
  return (action) => {
    if (cycleOf.size === 0 || (action.kind !== 'jumpToTask' && action.kind !== 'callTask')) return false;
    const target = steps.targetOf(action);
    const own = cycleOf.get(action.sequence);
    return own !== undefined && target !== undefined && cycleOf.get(target.id) === own;
  };
}

/** Weight of an action in all turns of the loops around it. */
export const inAllTurns = (steps: FlowSteps, { id }: FlowAction, loopCount = 1): number =>
  steps.loopsAround(id).reduce((all, loop) => all * (steps.turnsOf(steps.action(loop)) ?? loopCount), 1);
