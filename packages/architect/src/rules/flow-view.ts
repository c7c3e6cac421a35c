import { strongComponents } from '../flow/strong-components.js';
import type { FlowSteps, Step } from './flow-steps.js';

/** What a view leaves out of a flow. */
export interface ViewOptions {
  /** Actions that no path may pass. */
  blocks?(id: string): boolean;
  /** Loops whose body runs once: a turn goes on after the loop instead of back. */
  unrolls?(loop: string): boolean;
  /** Steps that a path may take. */
  keeps?(from: string, step: Step): boolean;
}

/** Whether a loop makes one turn at most, so that it repeats nothing. */
export const isSingle = (flow: FlowSteps, loop: string): boolean => (flow.turnsOf(flow.action(loop)) ?? 2) < 2;

/** Data actions of a called sequence that are collected. */
const NAMED = 20;

/** The paths of a flow that remain when some actions or steps are left out. Finds cycles in them. */
export class FlowView {
  readonly #next = new Map<string, readonly string[]>();
  /** Actions from which the sequence can come to its end. */
  readonly #ends = new Set<string>();
  readonly #dataActions = new Map<string, readonly string[]>();

  constructor(
    readonly flow: FlowSteps,
    readonly options: ViewOptions = {},
  ) {
    this.#findEnds();
  }

  /** Whether a path may pass an action. */
  has(id: string): boolean {
    return this.options.blocks?.(id) !== true;
  }

  /** Whether a called sequence can come to its end. */
  returns(start: string | undefined): boolean {
    return start === undefined || this.#ends.has(start);
  }

  /** The actions that can follow an action. */
  next(id: string): readonly string[] {
    let next = this.#next.get(id);
    if (!next) {
      next = this.#through(id, () => true);
      this.#next.set(id, next);
    }
    return next;
  }

  /** The actions of the same sequence that can follow an action. */
  nextInSequence(id: string): readonly string[] {
    return this.#through(id, ({ kind }) => kind !== 'jump' && kind !== 'call');
  }

  #through(id: string, wanted: (step: Step) => boolean): readonly string[] {
    const start = this.flow.startOf(this.flow.action(id));
    const steps = this.steps(id).filter((step) => wanted(step) && (step.kind !== 'return' || this.returns(start)));
    return [...new Set(steps.flatMap((step) => this.destination(step) ?? []))].filter((to) => this.has(to));
  }

  /** The steps of an action that the view keeps. */
  steps(id: string): readonly Step[] {
    const { keeps } = this.options;
    return keeps ? this.flow.steps(id).filter((step) => keeps(id, step)) : this.flow.steps(id);
  }

  /** The action that a step leads to; undefined at the end of a sequence. */
  destination({ to, turnOf }: Step): string | undefined {
    let place: { to: string | undefined; turnOf: string | undefined } = { to, turnOf };
    // A loop that runs once may be the last action of the body of another one that runs once.
    while (place.turnOf !== undefined && this.options.unrolls?.(place.turnOf) === true)
      place = this.flow.exitOf(place.turnOf);
    return place.to;
  }

  /** All actions that a path from these actions passes, including the actions themselves. */
  reach(from: Iterable<string>): Set<string> {
    const found = new Set([...from].filter((id) => this.has(id)));
    const open = [...found];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const to of this.next(id)) {
        if (found.has(to)) continue;
        found.add(to);
        open.push(to);
      }
    }
    return found;
  }

  /**
   * The groups of actions that lead to each other, in the order of the file. Each group is at least one cycle.
   */
  cycles(): string[][] {
    const nodes = this.flow.order.filter((id) => this.has(id));
    const groups = strongComponents(nodes, (id) => this.next(id)).filter(
      ([first = '', ...others]) => others.length > 0 || this.next(first).includes(first),
    );
    return this.#inOrder(groups);
  }

  /** Data actions that a called sequence can run on the way to its end: the first ones, because reports name only a few. */
  dataActionsOf(start: string | undefined): readonly string[] {
    if (start === undefined || !this.returns(start)) return [];
    const known = this.#dataActions.get(start);
    if (known) return known;
    // A sequence that calls itself finds nothing more in the inner call.
    this.#dataActions.set(start, []);
    const found: string[] = [];
    const seen = new Set([start]);
    const open = [start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const action = this.flow.action(id);
      if (this.#ends.has(id)) {
        if (action.kind === 'dataAction') found.push(id);
        if (action.kind === 'callTask') found.push(...this.dataActionsOf(this.flow.startOf(action)));
      }
      for (const to of this.nextInSequence(id)) {
        if (seen.has(to)) continue;
        seen.add(to);
        open.push(to);
      }
    }
    const unique = [...new Set(found)].slice(0, NAMED);
    this.#dataActions.set(start, unique);
    return unique;
  }

  #inOrder(groups: string[][]): string[][] {
    const position = new Map(this.flow.order.map((id, i) => [id, i]));
    const at = (id: string | undefined): number => position.get(id ?? '') ?? 0;
    for (const group of groups) group.sort((a, b) => at(a) - at(b));
    return groups.sort((a, b) => at(a[0]) - at(b[0]));
  }

  /** Marks, backwards from the ends of the sequences, all actions from which a sequence can come to its end. */
  #findEnds(): void {
    const before = new Map<string, string[]>();
    const callers = new Map<string, string[]>();
    const returnsTo = new Map<string, (string | undefined)[]>();
    const open: string[] = [];
    const mark = (id: string): void => {
      if (this.#ends.has(id) || !this.has(id)) return;
      this.#ends.add(id);
      open.push(id);
    };
    const add = (map: Map<string, string[]>, key: string, id: string): void => {
      const list = map.get(key);
      if (list) list.push(id);
      else map.set(key, [id]);
    };
    const comesBack = (caller: string): boolean =>
      (returnsTo.get(caller) ?? []).some((to) => to === undefined || this.#ends.has(to));
    for (const id of this.flow.order) {
      const start = this.flow.startOf(this.flow.action(id));
      for (const step of this.steps(id)) {
        const to = this.destination(step);
        // A jump never comes back to the caller of the task.
        if (step.kind === 'jump') continue;
        if (step.kind === 'call') add(callers, to ?? '', id);
        else if (step.kind === 'return' && start !== undefined) {
          const targets = returnsTo.get(id);
          if (targets) targets.push(to);
          else returnsTo.set(id, [to]);
          if (to !== undefined) add(before, to, id);
        } else if (to === undefined) mark(id);
        else add(before, to, id);
      }
    }
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const caller of callers.get(id) ?? []) if (comesBack(caller)) mark(caller);
      for (const from of before.get(id) ?? []) {
        const callee = returnsTo.has(from) ? this.flow.startOf(this.flow.action(from)) : undefined;
        if (callee === undefined || this.#ends.has(callee)) mark(from);
      }
    }
  }
}
