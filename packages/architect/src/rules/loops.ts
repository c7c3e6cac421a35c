import type { FlowAction } from '../flow/types.js';
import type { FlowView } from './flow-view.js';
import { Writes } from './variables.js';

/** A data action that a cycle runs. */
export interface RunInCycle {
  readonly dataAction: FlowAction;
  /** The action of the cycle that runs it: the data action itself, or a call of the task that has it. */
  readonly by: string;
}

/** A group of actions that lead to each other, in a view of a flow. */
export class Cycle {
  readonly #members: ReadonlySet<string>;
  readonly #turns = new Map<string, ReadonlySet<string>>();
  #writes: Writes | undefined;
  #jump: FlowAction | undefined | null = null;

  constructor(
    readonly view: FlowView,
    readonly ids: readonly string[],
  ) {
    this.#members = new Set(ids);
  }

  /** All cycles of a view, in the order of the file. */
  static in(view: FlowView): Cycle[] {
    return view.cycles().map((ids) => new Cycle(view, ids));
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#members.has(id);
  }

  /** The variables that the cycle writes. */
  get writes(): Writes {
    return (this.#writes ??= new Writes(this.ids.map((id) => this.view.flow.action(id))));
  }

  /** The data actions of the cycle: those in it, and those of the tasks that it calls and comes back from. */
  *dataActions(): Generator<RunInCycle> {
    const { view } = this;
    const known = new Set<string>();
    for (const id of this.ids) {
      const action = view.flow.action(id);
      if (action.kind !== 'dataAction') continue;
      known.add(id);
      yield { dataAction: action, by: id };
    }
    for (const id of this.ids) {
      const action = view.flow.action(id);
      const comesBack = action.kind === 'callTask' && view.nextInSequence(id).some((to) => this.has(to));
      if (!comesBack) continue;
      for (const inner of view.dataActionsOf(view.flow.startOf(action))) {
        if (known.has(inner)) continue;
        known.add(inner);
        yield { dataAction: view.flow.action(inner), by: id };
      }
    }
  }

  /** Whether an output of an action that `wanted` accepts stays in the cycle. */
  staysAfter(id: string, wanted: (output: string | undefined) => boolean): boolean {
    return this.view.steps(id).some((step) => wanted(step.output) && this.has(this.view.destination(step)));
  }

  /** The innermost loop whose turns pass an action; undefined if jumps or calls close the cycle. */
  loopOf(id: string): FlowAction | undefined {
    const { flow } = this.view;
    for (let loop = flow.loopOf(id); loop !== undefined; loop = flow.loopOf(loop)) {
      if (this.has(loop) && this.#turnsOf(loop).has(id)) return flow.action(loop);
    }
    return undefined;
  }

  /** What closes the cycle at an action: its loop, or else a jump or a call. */
  closedBy(id: string): FlowAction {
    return this.loopOf(id) ?? this.#closingJump() ?? this.view.flow.action(id);
  }

  #closingJump(): FlowAction | undefined {
    if (this.#jump === null) {
      const actions = this.ids.map((id) => this.view.flow.action(id));
      this.#jump = actions.find(({ kind }) => kind === 'jumpToTask') ?? actions.find(({ kind }) => kind === 'callTask');
    }
    return this.#jump;
  }

  /** The actions in the body of a loop that a turn can pass and come to the next turn from. */
  #turnsOf(loop: string): ReadonlySet<string> {
    const known = this.#turns.get(loop);
    if (known) return known;
    const { view } = this;
    const passed = new Set<string>();
    const before = new Map<string, string[]>();
    const forward = [loop];
    for (let at = forward.pop(); at !== undefined; at = forward.pop()) {
      for (const to of view.nextInSequence(at)) {
        if (to !== loop && !this.#isInside(to, loop)) continue;
        const list = before.get(to);
        if (list) list.push(at);
        else before.set(to, [at]);
        if (to === loop || passed.has(to)) continue;
        passed.add(to);
        forward.push(to);
      }
    }
    const turns = new Set<string>();
    const backward = [loop];
    for (let at = backward.pop(); at !== undefined; at = backward.pop()) {
      for (const from of before.get(at) ?? []) {
        if (from === loop || turns.has(from)) continue;
        turns.add(from);
        backward.push(from);
      }
    }
    this.#turns.set(loop, turns);
    return turns;
  }

  #isInside(id: string, loop: string): boolean {
    const { flow } = this.view;
    for (let outer = flow.loopOf(id); outer !== undefined; outer = flow.loopOf(outer)) if (outer === loop) return true;
    return false;
  }
}
