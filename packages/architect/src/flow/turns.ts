import { controlFlowOf, pointKey, type ControlFlow, type Point } from './control-flow.js';
import { flowCycles } from './cycles.js';
import { sequenceReaches } from './reachability.js';
import { strongComponents } from './strong-components.js';
import type { Flow, FlowAction, FlowSequence } from './types.js';

/**
 * What {@link turnSearch} looks for.
 * @public
 */
export interface TurnConditions {
  /** The way goes through at least one such action. */
  readonly through: (action: FlowAction) => boolean;
  /** The way goes through no such action. */
  readonly avoiding: (action: FlowAction) => boolean;
}

/**
 * Finds ways through a turn of a loop that lead to the next turn: for example one with a data action and without a wait. Tasks that the turn
 * calls are part of the way; the result lists the actions of one of them, the first with an action that the search wants. Each action is
 * looked at twice at most, so the number of ways does not matter.
 *
 * @param flow - A flow.
 * @param conditions - What the way goes through, and what not.
 * @returns A function from the id of a loop to the ids of the actions on the way, in order; undefined if there is no such way.
 *
 * @example
 * ```ts
 * import { readFlow, turnSearch } from '@holdline/architect';
 *
 * const flow = readFlow(
 *   'workflow: { states: [{ state: { actions: [{ loop: { outputs: { loop: { actions: [{ callData: {} }] } } } }] } }] }',
 *   { file: 'a.yaml' },
 * );
 * const busyTurn = turnSearch(flow, {
 *   through: (action) => action.kind === 'dataAction',
 *   avoiding: (action) => action.kind === 'wait',
 * });
 * console.log(busyTurn('1')); // [ '2' ]
 * ```
 * @public
 */
export function turnSearch(flow: Flow, conditions: TurnConditions): (loop: string) => readonly string[] | undefined {
  const search = new TurnSearch(flow, conditions);
  return (loop) => search.find(loop);
}

/** Ways with and without an action that the search wants. */
interface Ways {
  readonly plain: readonly string[] | undefined;
  readonly wanted: readonly string[] | undefined;
}

/** How the search came to a point. */
interface Step {
  readonly point: Point;
  readonly isWanted: boolean;
  readonly previous: Step | undefined;
  /** Actions since the previous step. */
  readonly actions: readonly string[];
  /** Actions of a called task after them. */
  readonly called: readonly string[];
}

const NO_WAYS: Ways = { plain: undefined, wanted: undefined };

/** Rounds for tasks that call each other. Each round follows one more call between them, so a bound on rounds bounds the time. */
const MAX_ROUNDS = 20;

const NO_ACTIONS: readonly string[] = [];

class TurnSearch {
  readonly #control: ControlFlow;
  readonly #conditions: TurnConditions;
  #calls: Map<FlowSequence, Ways> | undefined;

  constructor(
    readonly flow: Flow,
    conditions: TurnConditions,
  ) {
    this.#control = controlFlowOf(flow);
    this.#conditions = conditions;
  }

  find(loopId: string): readonly string[] | undefined {
    const loop = this.flow.actions.get(loopId);
    if (loop?.kind !== 'loop') return undefined;
    return this.#ways(this.#control.turnStart(loop), pointKey({ action: loopId, isTurnEnd: true }), loopId).wanted;
  }

  /** Ways from a point to a goal. `loop` is the loop that the ways do not leave. */
  #ways(start: Point, goal: string, loop: string | undefined): Ways {
    const seen = new Set<string>();
    const waiting: Step[] = [
      { point: start, isWanted: false, previous: undefined, actions: NO_ACTIONS, called: NO_ACTIONS },
    ];
    let plain: Step | undefined;
    for (const step of waiting) {
      const key = pointKey(step.point);
      if (key === goal) {
        if (step.isWanted) return { plain: plain && actionsOf(plain), wanted: actionsOf(step) };
        plain ??= step;
        continue;
      }
      const action = step.point === 'end' ? undefined : this.flow.actions.get(step.point.action);
      const state = `${key}:${String(step.isWanted)}`;
      if (action === undefined || seen.has(state)) continue;
      seen.add(state);
      waiting.push(...this.#steps(step, action, loop));
    }
    return { plain: plain && actionsOf(plain), wanted: undefined };
  }

  #steps(step: Step, action: FlowAction, loop: string | undefined): Step[] {
    const { point } = step;
    const isTurnEnd = point !== 'end' && point.isTurnEnd;
    if (!isTurnEnd && this.#conditions.avoiding(action)) return [];
    // Leaving the loop is no way to its next turn.
    if (action.kind === 'exitLoop' && loop !== undefined && this.#control.loopAround(action.id) === loop) return [];
    const { points, call } = this.#control.continuation(point);
    const actions = isTurnEnd ? NO_ACTIONS : [action.id];
    const isWanted = step.isWanted || (!isTurnEnd && this.#conditions.through(action));
    const next = (point: Point, isWanted: boolean, called = NO_ACTIONS): Step => ({
      point,
      isWanted,
      previous: step,
      actions,
      called,
    });
    if (call === undefined) return points.map((to) => next(to, isWanted));
    const { plain, wanted } = this.#callWays(call);
    return points.flatMap((to) => [
      ...(plain === undefined ? [] : [next(to, isWanted)]),
      // One task with an action that the search wants is enough. Listing all tasks of all calls would have no bound.
      ...(wanted === undefined ? [] : [next(to, true, isWanted ? NO_ACTIONS : wanted)]),
    ]);
  }

  /** Ways through a called task. */
  #callWays(called: FlowSequence): Ways {
    if (this.#calls === undefined) {
      const reaches = sequenceReaches(this.flow);
      this.#calls = new Map();
      const callees = (sequence: FlowSequence): readonly FlowSequence[] => [...(reaches.get(sequence)?.calls ?? [])];
      // Called tasks come before those that call them.
      for (const members of strongComponents(this.flow.sequences, callees)) this.#addCalls(members);
    }
    return this.#calls.get(called) ?? NO_WAYS;
  }

  /** Tasks that call each other need some rounds, since one finds its ways only with those of the others. */
  #addCalls(members: readonly FlowSequence[]): void {
    const calls = this.#calls as Map<FlowSequence, Ways>;
    let isChanged = true;
    for (let round = 0; isChanged && round < MAX_ROUNDS; round++) {
      isChanged = false;
      for (const member of members) {
        const known = calls.get(member) ?? NO_WAYS;
        const found = this.#ways(this.#control.start(member), 'end', undefined);
        // A way that is known stays. A new one might go through the task itself.
        calls.set(member, { plain: known.plain ?? found.plain, wanted: known.wanted ?? found.wanted });
        isChanged ||= (!known.plain && !!found.plain) || (!known.wanted && !!found.wanted);
      }
    }
  }
}

function actionsOf(last: Step): readonly string[] {
  const parts: (readonly string[])[] = [];
  for (let step: Step | undefined = last; step !== undefined; step = step.previous)
    parts.push(step.called, step.actions);
  return parts.reverse().flat();
}

/**
 * A way through a turn of a loop.
 * @public
 */
export interface TurnPath {
  /** Ids of the actions in order, without those of called tasks. */
  readonly actions: readonly string[];
  /** How the turn ends: with the next turn, after the loop, at the end of the task, or out of the flow or sequence. */
  readonly ending: 'turn' | 'exit' | 'return' | 'leave';
}

/**
 * Ways through a turn of a loop, one by one. A loop inside of it makes at most one turn. The number of ways doubles with each decision, so
 * only some are listed; {@link turnSearch} answers questions about all of them.
 *
 * @param flow - A flow.
 * @param loopId - Id of a loop.
 * @param limit - Largest number of ways. Default: 1,000.
 * @returns The ways, and whether these are all.
 *
 * @example
 * ```ts
 * import { readFlow, turnPaths } from '@holdline/architect';
 *
 * const flow = readFlow(
 *   'workflow: { states: [{ state: { actions: [{ loop: { outputs: { loop: { actions: [{ decision: {} }] } } } }] } }] }',
 *   { file: 'a.yaml' },
 * );
 * console.log(turnPaths(flow, '1')); // { paths: [ { actions: [ '2' ], ending: 'turn' } ], isComplete: true }
 * ```
 * @public
 */
export function turnPaths(
  flow: Flow,
  loopId: string,
  limit = 1000,
): { readonly paths: readonly TurnPath[]; readonly isComplete: boolean } {
  const loop = flow.actions.get(loopId);
  if (loop?.kind !== 'loop') return { paths: [], isComplete: true };
  const control = controlFlowOf(flow);
  const goal = pointKey({ action: loopId, isTurnEnd: true });
  const circular = new Set(flowCycles(flow).flatMap(({ kind, members }) => (kind === 'actions' ? members : [])));
  const paths: TurnPath[] = [];
  const waiting: Trail[] = [{ point: control.turnStart(loop), previous: undefined }];
  // Each way has at most all actions and their turn ends; a walk that only meets itself lists nothing.
  let steps = limit * 1000;
  while (waiting.length > 0) {
    const trail = waiting.pop() as Trail;
    const { point } = trail;
    if (paths.length >= limit || steps-- <= 0) return { paths, isComplete: false };
    if (pointKey(point) === goal) paths.push({ actions: trailActions(trail), ending: 'turn' });
    else if (point === 'end') paths.push({ actions: trailActions(trail), ending: 'return' });
    else if (!mayRepeat(trail, circular) || !hasMet(trail)) waiting.push(...nextTrails(control, trail, loopId, paths));
  }
  return { paths, isComplete: true };
}

interface Trail {
  readonly point: Point;
  readonly previous: Trail | undefined;
}

/** Goes on from a point. Ways that end there are added to `paths`. */
function nextTrails(control: ControlFlow, trail: Trail, loopId: string, paths: TurnPath[]): Trail[] {
  const { point } = trail;
  const action = point === 'end' ? undefined : control.flow.actions.get(point.action);
  if (action === undefined) return [];
  if (action.kind === 'exitLoop' && control.loopAround(action.id) === loopId) {
    paths.push({ actions: trailActions(trail), ending: 'exit' });
    return [];
  }
  const { points, isLeaving } = control.continuation(point);
  if (isLeaving) paths.push({ actions: trailActions(trail), ending: 'leave' });
  return points.map((next) => ({ point: next, previous: trail }));
}

/** Only a further turn of a loop inside, or a circle of actions, leads to a point that the way has met. */
function mayRepeat({ point, previous }: Trail, circular: ReadonlySet<string>): boolean {
  if (point === 'end') return false;
  const isAfterTurn = previous !== undefined && previous.point !== 'end' && previous.point.isTurnEnd;
  return point.isTurnEnd || isAfterTurn || circular.has(point.action);
}

function hasMet(trail: Trail): boolean {
  const key = pointKey(trail.point);
  for (let step = trail.previous; step !== undefined; step = step.previous)
    if (pointKey(step.point) === key) return true;
  return false;
}

function trailActions(last: Trail): readonly string[] {
  const actions: string[] = [];
  for (let step: Trail | undefined = last; step !== undefined; step = step.previous)
    if (step.point !== 'end' && !step.point.isTurnEnd) actions.push(step.point.action);
  return actions.reverse();
}
