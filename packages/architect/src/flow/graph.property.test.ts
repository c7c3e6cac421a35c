import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowCycles } from './cycles.js';
import { callsOf, startState, step, type State } from './interpreter.fixture.js';
import { flowOf, treeFlow } from './random-flow.fixture.js';
import { reachableActions } from './reachable-actions.fixture.js';
import { strongComponents } from './strong-components.js';
import type { Flow, FlowAction } from './types.js';
import { worstCase } from './worst-case.js';

const RUNS = 1_000;

/** All states that a run can come to with a number of calls inside each other. */
function statesFrom(flow: Flow, from: State, maxCalls: number): Map<string, State> {
  const states = new Map<string, State>([[JSON.stringify(from), from]]);
  for (const state of states.values())
    for (const next of step(flow, state).next) if (callsOf(next) <= maxCalls) states.set(JSON.stringify(next), next);
  return states;
}

/** Largest sum over all runs from a state, by trying all of them. States of a cycle can be run through again and again. */
function longestRun(flow: Flow, from: State, weight: (action: FlowAction) => number): number {
  // With more calls than sequences, a sequence calls itself.
  const states = statesFrom(flow, from, flow.sequences.length);
  const steps = new Map([...states].map(([key, state]) => [key, step(flow, state)]));
  const following = (key: string): string[] => (steps.get(key)?.next ?? []).map((state) => JSON.stringify(state));
  const own = (key: string): number => {
    const { action } = steps.get(key) ?? {};
    return action === undefined ? 0 : weight(action);
  };
  const longest = new Map<string, number>();
  for (const members of strongComponents(states.keys(), (key) => following(key).filter((next) => states.has(next)))) {
    const inside = new Set(members);
    const isCycle = members.length > 1 || following(members[0] ?? '').includes(members[0] ?? '');
    const weights = members.reduce((sum, key) => sum + own(key), 0);
    const next = members.flatMap(following).filter((key) => !inside.has(key));
    // A state that is not followed has too many calls: the run calls itself without end.
    const after = Math.max(0, ...next.map((key) => longest.get(key) ?? Infinity));
    const sum = (isCycle && weights > 0 ? Infinity : weights) + after;
    for (const key of members) longest.set(key, sum);
  }
  return longest.get(JSON.stringify(from)) ?? 0;
}

it('the worst case is the longest of all runs', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees);
      const found = worstCase(flow);
      for (const { id } of flow.sequences)
        expect(found.bySequence.get(id)).toBe(longestRun(flow, startState(flow, id), () => 1));
      expect(found.total).toBe(found.bySequence.get('s0'));
    }),
    { numRuns: RUNS },
  );
});

it('the worst case of data actions alone is that of all runs, unless tasks call or jump to each other in a circle', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees);
      fc.pre(flowCycles(flow).length === 0);
      const weight = ({ kind }: FlowAction): number => (kind === 'dataAction' ? 1 : 0);
      expect(worstCase(flow, weight).total).toBe(longestRun(flow, startState(flow, 's0'), weight));
    }),
    { numRuns: RUNS },
  );
});

it('the reachable actions are those that some run executes', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees);
      const executed = new Set<string>();
      for (const state of statesFrom(flow, startState(flow, 's0'), 2 * flow.sequences.length).values()) {
        const { action } = step(flow, state);
        if (action !== undefined) executed.add(action.id);
      }
      expect([...reachableActions(flow)].sort()).toEqual([...executed].sort());
    }),
    { numRuns: RUNS },
  );
});
