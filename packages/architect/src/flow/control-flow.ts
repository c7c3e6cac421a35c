import { turnsOf } from './known-value.js';
import type { Flow, FlowAction, FlowSequence } from './types.js';

/** A place in a run: before an action, or at the end of a turn of a loop. `end` is the end of the sequence. */
export type Point = { readonly action: string; readonly isTurnEnd: boolean } | 'end';

/** What can happen after a point. */
export interface Continuation {
  /** Points in the same sequence. */
  readonly points: readonly Point[];
  /** Whether the run may leave the flow here: its end, a disconnect, a transfer that works. */
  readonly isLeaving: boolean;
  /** Sequence that the run jumps to. */
  readonly jump: FlowSequence | undefined;
  /** Sequence that runs before the points. */
  readonly call: FlowSequence | undefined;
}

const before = (action: string): Point => ({ action, isTurnEnd: false });

/** Text of a point, to compare points. */
export const pointKey = (point: Point): string =>
  point === 'end' ? 'end' : point.isTurnEnd ? `turn:${point.action}` : `at:${point.action}`;

/**
 * Where a run goes from each action. A flow is lists of actions inside the outputs of actions. After the last action of a list, the run goes
 * on after the action that the list belongs to; at the end of the list of a loop, the loop decides on the next turn.
 */
export class ControlFlow {
  readonly #sequences = new Map<string, FlowSequence>();
  /** The action that the list of an action belongs to. */
  readonly #owners = new Map<string, string>();
  readonly #afters = new Map<string, Point>();
  readonly #turns = new Map<string, number | undefined>();

  constructor(readonly flow: Flow) {
    // A target may be the name of a sequence. Ids win.
    for (const sequence of flow.sequences)
      if (!this.#sequences.has(sequence.name)) this.#sequences.set(sequence.name, sequence);
    for (const sequence of flow.sequences) this.#sequences.set(sequence.id, sequence);
    for (const sequence of flow.sequences) this.#findOwners(sequence.start);
  }

  /** The sequence that an action jumps to or calls; undefined if the flow has none of that name. */
  targetOf(action: FlowAction): FlowSequence | undefined {
    return action.target === undefined ? undefined : this.#sequences.get(action.target);
  }

  sequence(idOrName: string): FlowSequence | undefined {
    return this.#sequences.get(idOrName);
  }

  start(sequence: FlowSequence): Point {
    return this.#enter(sequence.start, 'end');
  }

  /** Turns of a loop; undefined if they depend on the run. */
  turns(loop: FlowAction): number | undefined {
    if (!this.#turns.has(loop.id)) this.#turns.set(loop.id, turnsOf(this.flow, loop));
    return this.#turns.get(loop.id);
  }

  /** The loop around an action; undefined outside of loops. */
  loopAround(id: string): string | undefined {
    const seen = new Set<string>();
    let owner = this.#owners.get(id);
    while (owner !== undefined && !seen.has(owner)) {
      if (this.flow.actions.get(owner)?.kind === 'loop') return owner;
      seen.add(owner);
      owner = this.#owners.get(owner);
    }
    return undefined;
  }

  /** First point of a turn of a loop. */
  turnStart(loop: FlowAction): Point {
    const body = loop.branches.find((branch) => branch.name === 'loop') ?? loop.branches[0];
    return this.#enter(body?.start, { action: loop.id, isTurnEnd: true });
  }

  /** Where the run goes on when an action and its outputs have ended. */
  after(id: string): Point {
    const chain: string[] = [];
    let current = id;
    let point: Point | undefined;
    while (point === undefined) {
      point = this.#afters.get(current);
      if (point !== undefined) break;
      chain.push(current);
      const next = this.flow.actions.get(current)?.next;
      const owner = this.#owners.get(current);
      if (next !== undefined && this.flow.actions.has(next)) point = before(next);
      else if (owner === undefined || chain.length > this.flow.actions.size) point = 'end';
      else if (this.flow.actions.get(owner)?.kind === 'loop') point = { action: owner, isTurnEnd: true };
      else current = owner;
    }
    for (const link of chain) this.#afters.set(link, point);
    return point;
  }

  continuation(point: Point): Continuation {
    const nothing: Continuation = { points: [], isLeaving: false, jump: undefined, call: undefined };
    const action = point === 'end' ? undefined : this.flow.actions.get(point.action);
    if (point === 'end' || action === undefined) return nothing;
    if (point.isTurnEnd) return { ...nothing, points: this.#afterTurn(action) };
    switch (action.kind) {
      case 'disconnect':
      case 'endFlow':
        return { ...nothing, isLeaving: true };
      case 'endTask':
        return { ...nothing, points: ['end'] };
      case 'jumpToTask':
        return { ...nothing, isLeaving: true, jump: this.targetOf(action) };
      case 'exitLoop': {
        const loop = this.loopAround(action.id);
        return { ...nothing, points: [loop === undefined ? 'end' : this.after(loop)] };
      }
      case 'nextLoop': {
        const loop = this.loopAround(action.id);
        return { ...nothing, points: [loop === undefined ? 'end' : { action: loop, isTurnEnd: true }] };
      }
      case 'loop':
        return { ...nothing, points: this.#intoLoop(action) };
      case 'callTask':
        return { ...nothing, points: this.#throughBranches(action), call: this.targetOf(action) };
      case 'transfer':
        return { ...nothing, points: this.#throughBranches(action), isLeaving: true };
      default:
        return { ...nothing, points: this.#throughBranches(action) };
    }
  }

  #throughBranches(action: FlowAction): readonly Point[] {
    const after = this.after(action.id);
    if (action.branches.length === 0) return [after];
    return unique(action.branches.map((branch) => this.#enter(branch.start, after)));
  }

  #intoLoop(loop: FlowAction): readonly Point[] {
    const turns = this.turns(loop);
    if (turns === 0) return [this.after(loop.id)];
    return turns === undefined ? [this.turnStart(loop), this.after(loop.id)] : [this.turnStart(loop)];
  }

  #afterTurn(loop: FlowAction): readonly Point[] {
    return this.turns(loop) === 1 ? [this.after(loop.id)] : [this.turnStart(loop), this.after(loop.id)];
  }

  #enter(start: string | undefined, otherwise: Point): Point {
    return start !== undefined && this.flow.actions.has(start) ? before(start) : otherwise;
  }

  /** Every action belongs to the first list that leads to it. Files of Architect have no action in two lists. */
  #findOwners(start: string | undefined): void {
    const seen = new Set<string>();
    const waiting: (readonly [string | undefined, string | undefined])[] = [[start, undefined]];
    while (waiting.length > 0) {
      const [id, owner] = waiting.pop() as (typeof waiting)[number];
      const action = id === undefined || seen.has(id) ? undefined : this.flow.actions.get(id);
      if (action === undefined) continue;
      seen.add(action.id);
      if (owner !== undefined && !this.#owners.has(action.id)) this.#owners.set(action.id, owner);
      waiting.push([action.next, owner]);
      for (const branch of action.branches) waiting.push([branch.start, action.id]);
    }
  }
}

function unique(points: readonly Point[]): readonly Point[] {
  const byKey = new Map(points.map((point) => [pointKey(point), point]));
  return [...byKey.values()];
}

const controlFlows = new WeakMap<Flow, ControlFlow>();

/** The control flow of a flow. It is built once per flow. */
export function controlFlowOf(flow: Flow): ControlFlow {
  let control = controlFlows.get(flow);
  if (control === undefined) {
    control = new ControlFlow(flow);
    controlFlows.set(flow, control);
  }
  return control;
}
