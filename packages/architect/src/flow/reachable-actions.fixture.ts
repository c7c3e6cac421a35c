import { controlFlowOf } from './control-flow.js';
import { sequenceReaches } from './reachability.js';
import type { Flow, FlowSequence } from './types.js';

/**
 * Actions that a run can come to, from the sequences that the platform starts and from error handling. An action after two outputs that both
 * leave the flow is not among them.
 */
export function reachableActions(flow: Flow): ReadonlySet<string> {
  const byStart = sequenceReaches(flow);
  const found = new Set<FlowSequence>(flow.sequences.filter((sequence) => sequence.isEntry));
  const onError = flow.errorTarget === undefined ? undefined : controlFlowOf(flow).sequence(flow.errorTarget);
  if (onError !== undefined) found.add(onError);
  const actions = new Set<string>();
  // A set iterates over what is added on the way.
  for (const sequence of found) {
    const reach = byStart.get(sequence);
    for (const id of reach?.actions ?? []) actions.add(id);
    for (const target of [...(reach?.jumps ?? []), ...(reach?.calls ?? [])]) found.add(target);
  }
  return actions;
}
