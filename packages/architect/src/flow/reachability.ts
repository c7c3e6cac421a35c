import { controlFlowOf, pointKey, type ControlFlow, type Point } from './control-flow.js';
import type { Flow, FlowAction, FlowSequence } from './types.js';

/** What a run of one sequence can reach. */
export interface SequenceReach {
  /** Actions of the sequence. */
  readonly actions: ReadonlySet<string>;
  readonly jumps: ReadonlySet<FlowSequence>;
  readonly calls: ReadonlySet<FlowSequence>;
  /** Whether the run can come to its end, or to the end of the task. */
  readonly canReturn: boolean;
}

/** Walk through a sequence. It stops at calls of sequences that cannot return, and goes on when one can. */
class SequenceWalk implements SequenceReach {
  readonly actions = new Set<string>();
  readonly jumps = new Set<FlowSequence>();
  readonly calls = new Set<FlowSequence>();
  readonly #control: ControlFlow;
  readonly #isPassable: (action: FlowAction) => boolean;
  readonly #seen = new Set<string>();
  readonly #waiting: Point[];
  /** Points after calls that do not return so far. */
  readonly #blocked = new Map<FlowSequence, Point[]>();
  #canReturn = false;

  constructor(control: ControlFlow, sequence: FlowSequence, isPassable: (action: FlowAction) => boolean) {
    this.#control = control;
    this.#isPassable = isPassable;
    this.#waiting = [control.start(sequence)];
  }

  get canReturn(): boolean {
    return this.#canReturn;
  }

  run(canReturn: (called: FlowSequence) => boolean): void {
    while (this.#waiting.length > 0) this.#visit(this.#waiting.pop() as Point, canReturn);
  }

  /** Lets the walk go on after calls of a sequence. */
  unblock(called: FlowSequence): void {
    for (const point of this.#blocked.get(called) ?? []) this.#waiting.push(point);
    this.#blocked.delete(called);
  }

  #visit(point: Point, canReturn: (called: FlowSequence) => boolean): void {
    if (point === 'end') this.#canReturn = true;
    const key = pointKey(point);
    if (point === 'end' || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.actions.add(point.action);
    const action = this.#control.flow.actions.get(point.action);
    if (action === undefined || (!point.isTurnEnd && !this.#isPassable(action))) return;
    const { points, jump, call } = this.#control.continuation(point);
    if (jump !== undefined) this.jumps.add(jump);
    if (call !== undefined) this.calls.add(call);
    if (call === undefined || canReturn(call)) for (const next of points) this.#waiting.push(next);
    else this.#blocked.set(call, [...(this.#blocked.get(call) ?? []), ...points]);
  }
}

/**
 * Walks a sequence from its start.
 *
 * @param canReturn - Whether a called sequence can return. What comes after a call that cannot is not reached.
 * @param isPassable - Whether the walk goes on after an action.
 */
export function walkSequence(
  control: ControlFlow,
  sequence: FlowSequence,
  canReturn: (called: FlowSequence) => boolean,
  isPassable: (action: FlowAction) => boolean,
): SequenceReach {
  const walk = new SequenceWalk(control, sequence, isPassable);
  walk.run(canReturn);
  return walk;
}

const reaches = new WeakMap<Flow, ReadonlyMap<FlowSequence, SequenceReach>>();

/** What each sequence reaches. A sequence that can return lets its callers go on, so all walks together visit each point once. */
export function sequenceReaches(flow: Flow): ReadonlyMap<FlowSequence, SequenceReach> {
  const known = reaches.get(flow);
  if (known !== undefined) return known;
  const control = controlFlowOf(flow);
  const walks = new Map(flow.sequences.map((sequence) => [sequence, new SequenceWalk(control, sequence, () => true)]));
  const returning = new Set<FlowSequence>();
  const callers = new Map<FlowSequence, Set<FlowSequence>>();
  const waiting = [...flow.sequences];
  while (waiting.length > 0) {
    const sequence = waiting.pop() as FlowSequence;
    const walk = walks.get(sequence);
    if (walk === undefined) continue;
    walk.run((called) => returning.has(called));
    for (const called of walk.calls) callers.set(called, (callers.get(called) ?? new Set()).add(sequence));
    if (!walk.canReturn || returning.has(sequence)) continue;
    returning.add(sequence);
    for (const caller of callers.get(sequence) ?? []) {
      walks.get(caller)?.unblock(sequence);
      waiting.push(caller);
    }
  }
  reaches.set(flow, walks);
  return walks;
}

/**
 * Actions that a run can come to, from the sequences that the platform starts and from error handling. An action after two outputs that both
 * leave the flow is not among them.
 *
 * @param flow - A flow.
 * @returns Ids of the actions.
 *
 * @example
 * ```ts
 * import { reachableActions, readFlow } from '@holdline/architect';
 *
 * const flow = readFlow('workflow: { states: [{ state: { actions: [{ endWorkflow: {} }, { updateData: {} }] } }] }', { file: 'a.yaml' });
 * console.log([...reachableActions(flow)]); // [ '1' ]
 * ```
 * @public
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
