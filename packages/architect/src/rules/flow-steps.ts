import { type ControlFlow, controlFlowOf, type Point } from '../flow/control-flow.js';
import type { Flow, FlowAction, FlowSequence } from '../flow/types.js';

/** Where control goes after an action and its outputs. */
interface Exit {
  /** The next action; undefined at the end of the sequence. */
  readonly to: string | undefined;
  /** The loop whose next turn starts here. `to` is then the loop itself. */
  readonly turnOf: string | undefined;
}

/** One way on from an action. */
export interface Step extends Exit {
  /**
   * `next`: through an output, or to the action that follows; `call`: into a task that returns; `return`: on after that task; `jump`: into a
   * task that does not return.
   */
  readonly kind: 'next' | 'call' | 'return' | 'jump';
  /** The output that leads there; undefined if the action has none. */
  readonly output: string | undefined;
}

const END: Exit = { to: undefined, turnOf: undefined };

const at = (action: string): Exit => ({ to: action, turnOf: undefined });

function exitAt(point: Point): Exit {
  if (point === 'end') return END;
  return { to: point.action, turnOf: point.isTurnEnd ? point.action : undefined };
}

/** The steps from each action of a flow to the actions that can follow, with the outputs that they take. */
export class FlowSteps {
  /** All actions in the order of the file. */
  readonly order: readonly string[];
  readonly #control: ControlFlow;
  readonly #steps = new Map<string, readonly Step[]>();

  constructor(readonly flow: Flow) {
    this.order = [...flow.actions.keys()];
    this.#control = controlFlowOf(flow);
  }

  /** The action with an identifier that occurs in the flow. */
  action(id: string): FlowAction {
    return this.flow.actions.get(id) as FlowAction;
  }

  /** The sequence that an action calls or jumps to; undefined if the file has none of this name. */
  targetOf(action: FlowAction): FlowSequence | undefined {
    return this.#control.targetOf(action);
  }

  /** Where an action leads that calls or jumps: the first action of the target. */
  startOf(action: FlowAction): string | undefined {
    const start = this.targetOf(action)?.start;
    return start !== undefined && this.flow.actions.has(start) ? start : undefined;
  }

  /** Turns of a loop; undefined if they depend on the run. */
  turnsOf(loop: FlowAction): number | undefined {
    return this.#control.turns(loop);
  }

  /** The innermost loop around an action. */
  loopOf(id: string): string | undefined {
    return this.#control.loopAround(id);
  }

  /** The loops around an action, the innermost one first. */
  loopsAround(id: string): string[] {
    const loops: string[] = [];
    for (let loop = this.loopOf(id); loop !== undefined; loop = this.loopOf(loop)) loops.push(loop);
    return loops;
  }

  /** Where control goes after an action and its outputs. */
  exitOf(id: string): Exit {
    return exitAt(this.#control.after(id));
  }

  /** The ways on from an action. */
  steps(id: string): readonly Step[] {
    let steps = this.#steps.get(id);
    if (!steps) {
      steps = this.#stepsOf(this.action(id));
      this.#steps.set(id, steps);
    }
    return steps;
  }

  #stepsOf(action: FlowAction): Step[] {
    const { id } = action;
    const next = (exit: Exit, output?: string): Step => ({ ...exit, kind: 'next', output });
    switch (action.kind) {
      case 'disconnect':
      case 'endFlow':
        return [];
      case 'endTask':
        return [next(END)];
      case 'jumpToTask': {
        const start = this.startOf(action);
        return start === undefined ? [] : [{ ...at(start), kind: 'jump', output: undefined }];
      }
      case 'exitLoop': {
        const loop = this.loopOf(id);
        return [next(loop === undefined ? END : this.exitOf(loop))];
      }
      case 'nextLoop': {
        const loop = this.loopOf(id);
        return [next(loop === undefined ? END : { to: loop, turnOf: loop })];
      }
      case 'loop':
        if (this.turnsOf(action) === 0) return [next(this.exitOf(id))];
        return [next(this.#enter(bodyOf(action), { to: id, turnOf: id }), 'loop'), next(this.exitOf(id))];
      case 'callTask': {
        const start = this.startOf(action);
        const after = this.#outputs(action);
        if (start === undefined) return after;
        const back = after.map((step): Step => ({ ...step, kind: 'return' }));
        return [{ ...at(start), kind: 'call', output: undefined }, ...back];
      }
      default:
        return this.#outputs(action);
    }
  }

  #outputs({ id, branches }: FlowAction): Step[] {
    const exit = this.exitOf(id);
    if (branches.length === 0) return [{ ...exit, kind: 'next', output: undefined }];
    return branches.map(({ name, start }) => ({ ...this.#enter(start, exit), kind: 'next', output: name }));
  }

  #enter(start: string | undefined, otherwise: Exit): Exit {
    return start !== undefined && this.flow.actions.has(start) ? at(start) : otherwise;
  }
}

/** First action of a turn of a loop. */
const bodyOf = ({ branches }: FlowAction): string | undefined =>
  (branches.find(({ name }) => name === 'loop') ?? branches[0])?.start;
