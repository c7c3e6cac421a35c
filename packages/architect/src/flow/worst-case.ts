import { controlFlowOf, type ControlFlow } from './control-flow.js';
import { flowCycles } from './cycles.js';
import { sequenceReaches } from './reachability.js';
import { strongComponents } from './strong-components.js';
import type { Flow, FlowAction, FlowSequence } from './types.js';

/**
 * Largest sums over all runs of a flow.
 * @public
 */
export interface WorstCase {
  /** Of the sequences that the platform starts, the largest. `Infinity` if there is no bound. */
  readonly total: number;
  /** By the id of the sequence, from its start to the end of the flow, with all that it jumps to and calls. */
  readonly bySequence: ReadonlyMap<string, number>;
}

/** Largest sum per way in which a list of actions can end. `IMPOSSIBLE` for a way that it cannot. */
interface Outcome {
  /** The run goes on after the list. */
  readonly end: number;
  /** The run leaves the loop. */
  readonly exit: number;
  /** The run goes on with the next turn of the loop. */
  readonly turn: number;
  /** The run returns to the caller of the task. */
  readonly back: number;
  /** The run is over, or goes on in another sequence. */
  readonly leave: number;
}

const IMPOSSIBLE = -Infinity;
const NEVER: Outcome = { end: IMPOSSIBLE, exit: IMPOSSIBLE, turn: IMPOSSIBLE, back: IMPOSSIBLE, leave: IMPOSSIBLE };
const NOTHING: Outcome = { ...NEVER, end: 0 };

/** What a jump to, or a call of, a sequence adds. */
interface SequenceSum {
  readonly back: number;
  readonly leave: number;
}

/**
 * Largest sum of weights over all runs, with loops multiplied by their turns. By default each action weighs 1, which is how the platform
 * counts towards its 10,000 actions per invocation: each entry of a menu, each action of a menu, each action of a task. Entering a task counts
 * nothing (https://help.mypurecloud.com/faqs/how-many-actions-can-i-run-in-a-flow/, read on 30 November 2026).
 *
 * A loop weighs 1 and its turns; the page does not say whether the loop itself counts per turn. A loop whose turns depend on the run has no
 * bound, nor has a cycle of sequences, unless each of its turns waits for the customer: the sequences of such a cycle count once each. The
 * function looks at each action once, so that two ways to the same action are not followed twice.
 *
 * @param flow - A flow.
 * @param weight - Weight of an action, 0 or more: 1 for actions, the milliseconds of a wait for the longest wait, 1 for a data action and 0 for
 * others for the number of data actions.
 * @returns The largest sums.
 *
 * @example
 * ```ts
 * import { readFlow, worstCase } from '@holdline/architect';
 *
 * const flow = readFlow(
 *   'workflow: { states: [{ state: { actions: [{ loop: { loopCount: { lit: 20 }, outputs: { loop: { actions: [{ wait: {} }] } } } }] } }] }',
 *   { file: 'a.yaml' },
 * );
 * console.log(worstCase(flow).total); // 21
 * ```
 * @public
 */
export function worstCase(flow: Flow, weight: (action: FlowAction) => number = () => 1): WorstCase {
  return new WorstCaseSearch(flow, weight).run();
}

class WorstCaseSearch {
  readonly #flow: Flow;
  readonly #weight: (action: FlowAction) => number;
  readonly #control: ControlFlow;
  readonly #circular: ReadonlySet<string>;
  /** What a circle of actions adds: `Infinity`, or 0 if no action in a circle has a weight. */
  readonly #circleSum: number;
  readonly #lists = new Map<string, Outcome>();
  readonly #sums = new Map<FlowSequence, SequenceSum>();
  /** Sequences of the cycle that is being counted. A jump between them adds nothing. */
  #cycle: ReadonlySet<FlowSequence> = new Set();

  constructor(flow: Flow, weight: (action: FlowAction) => number) {
    this.#flow = flow;
    this.#weight = weight;
    this.#control = controlFlowOf(flow);
    const cycles = flowCycles(flow).filter((cycle) => cycle.kind === 'actions');
    this.#circular = new Set(cycles.flatMap((cycle) => cycle.members));
    this.#circleSum = [...this.#circular].some((id) => this.#weightOf(flow.actions.get(id)) > 0) ? Infinity : 0;
  }

  run(): WorstCase {
    const flow = this.#flow;
    const reaches = sequenceReaches(flow);
    const targets = (sequence: FlowSequence): readonly FlowSequence[] => {
      const reach = reaches.get(sequence);
      return reach === undefined ? [] : [...new Set([...reach.jumps, ...reach.calls])];
    };
    const cycles = flowCycles(flow).filter((cycle) => cycle.kind === 'sequences');
    const spinning = new Set(cycles.filter((cycle) => !cycle.isInteractive).flatMap((cycle) => cycle.members));
    // A component comes after those that it leads to, so the sums that it needs are there.
    for (const members of strongComponents(flow.sequences, targets)) this.#addSums(members, targets, spinning);
    const bySequence = new Map<string, number>();
    for (const sequence of flow.sequences) bySequence.set(sequence.id, total(this.#sums.get(sequence)));
    const entries = flow.sequences.filter((sequence) => sequence.isEntry).map(({ id }) => bySequence.get(id) ?? 0);
    return { total: Math.max(0, ...entries), bySequence };
  }

  #addSums(
    members: readonly FlowSequence[],
    targets: (sequence: FlowSequence) => readonly FlowSequence[],
    spinning: ReadonlySet<string>,
  ): void {
    const [first] = members;
    if (first === undefined) return;
    const isCycle = members.length > 1 || targets(first).includes(first);
    this.#cycle = new Set(isCycle ? members : []);
    const own = members.map((sequence) => this.#sum(sequence));
    if (!isCycle) {
      this.#sums.set(first, own[0] as SequenceSum);
      return;
    }
    const isSpinning = members.some(({ id }) => spinning.has(id));
    const sum = own.reduce((rest, one) => rest + total(one), 0);
    // Runs without any weight stay without weight however often they turn.
    const bound = isSpinning && sum > 0 ? Infinity : sum;
    for (const sequence of members) this.#sums.set(sequence, { back: bound, leave: bound });
  }

  #sum(sequence: FlowSequence): SequenceSum {
    const { end, exit, turn, back, leave } = this.#list(sequence.start);
    // Outside of a loop, what leaves it or goes on with it comes to the end of the sequence.
    return { back: Math.max(end, exit, turn, back), leave };
  }

  /** Outcome of the list that begins with an action. Lists are followed in a loop, since they are long; outputs by recursion. */
  #list(start: string | undefined): Outcome {
    const chain: FlowAction[] = [];
    let id = start;
    let outcome: Outcome = NOTHING;
    while (id !== undefined) {
      const known = this.#lists.get(id);
      const action = this.#flow.actions.get(id);
      if (known !== undefined) outcome = known;
      else if (action !== undefined && this.#circular.has(id)) outcome = this.#circle(action);
      else if (action !== undefined) {
        chain.push(action);
        id = action.next;
        continue;
      }
      break;
    }
    for (const action of chain.reverse()) {
      outcome = followedBy(this.#action(action), outcome);
      this.#lists.set(action.id, outcome);
    }
    return outcome;
  }

  /** An action on a circle of actions, which Architect does not make. Nothing bounds its turns. */
  #circle(action: FlowAction): Outcome {
    const sum = this.#circleSum;
    const outcome: Outcome = { end: sum, exit: sum, turn: sum, back: sum, leave: sum };
    this.#lists.set(action.id, outcome);
    return outcome;
  }

  #weightOf(action: FlowAction | undefined): number {
    return action === undefined ? 0 : Math.max(0, this.#weight(action) || 0);
  }

  #action(action: FlowAction): Outcome {
    return plus(this.#weightOf(action), this.#inside(action));
  }

  #inside(action: FlowAction): Outcome {
    switch (action.kind) {
      case 'disconnect':
      case 'endFlow':
        return { ...NEVER, leave: 0 };
      case 'endTask':
        return { ...NEVER, back: 0 };
      case 'exitLoop':
        return { ...NEVER, exit: 0 };
      case 'nextLoop':
        return { ...NEVER, turn: 0 };
      case 'jumpToTask':
        return { ...NEVER, leave: Math.max(0, total(this.#sumOf(action))) };
      case 'callTask':
        return this.#call(action);
      case 'loop':
        return this.#loop(action);
      case 'transfer': {
        const failed = this.#branches(action);
        return { ...failed, leave: Math.max(0, failed.leave) };
      }
      default:
        return this.#branches(action);
    }
  }

  /** Sum of the target; undefined inside of a cycle that is being counted, and for a target that the flow does not have. */
  #sumOf(action: FlowAction): SequenceSum | undefined {
    const target = this.#control.targetOf(action);
    return target === undefined || this.#cycle.has(target) ? undefined : this.#sums.get(target);
  }

  #call(action: FlowAction): Outcome {
    const { back, leave } = this.#sumOf(action) ?? { back: 0, leave: IMPOSSIBLE };
    const after = plus(back, this.#branches(action));
    return { ...after, leave: Math.max(after.leave, leave) };
  }

  #branches(action: FlowAction): Outcome {
    if (action.branches.length === 0) return NOTHING;
    return action.branches.map((branch) => this.#list(branch.start)).reduce(either);
  }

  #loop(loop: FlowAction): Outcome {
    const turns = this.#control.turns(loop);
    if (turns === 0) return NOTHING;
    const body = loop.branches.find((branch) => branch.name === 'loop') ?? loop.branches[0];
    const turn = this.#list(body?.start);
    const again = Math.max(turn.end, turn.turn);
    // The last turn may end in another way than those before it.
    const before = again === IMPOSSIBLE ? 0 : times((turns ?? Infinity) - 1, again);
    const all = again === IMPOSSIBLE ? IMPOSSIBLE : times(turns ?? Infinity, again);
    const noTurn = turns === undefined ? 0 : IMPOSSIBLE;
    return {
      end: Math.max(all, noTurn, add(before, turn.exit)),
      exit: IMPOSSIBLE,
      turn: IMPOSSIBLE,
      back: add(before, turn.back),
      leave: add(before, turn.leave),
    };
  }
}

const total = (sum: SequenceSum | undefined): number => (sum === undefined ? 0 : Math.max(0, sum.back, sum.leave));

/** `Infinity * 0` is 0 here: turns without weight add nothing. */
const times = (turns: number, weight: number): number => (turns === 0 || weight === 0 ? 0 : turns * weight);

const plus = (weight: number, outcome: Outcome): Outcome => ({
  end: add(weight, outcome.end),
  exit: add(weight, outcome.exit),
  turn: add(weight, outcome.turn),
  back: add(weight, outcome.back),
  leave: add(weight, outcome.leave),
});

/** What is impossible stays so, also after a part without a bound. */
const add = (first: number, second: number): number =>
  first === IMPOSSIBLE || second === IMPOSSIBLE ? IMPOSSIBLE : first + second;

const either = (one: Outcome, other: Outcome): Outcome => ({
  end: Math.max(one.end, other.end),
  exit: Math.max(one.exit, other.exit),
  turn: Math.max(one.turn, other.turn),
  back: Math.max(one.back, other.back),
  leave: Math.max(one.leave, other.leave),
});

/** An outcome whose end goes on with a list. */
const followedBy = (first: Outcome, rest: Outcome): Outcome => {
  if (first.end === IMPOSSIBLE) return first;
  const then = plus(first.end, rest);
  return either({ ...first, end: IMPOSSIBLE }, then);
};
