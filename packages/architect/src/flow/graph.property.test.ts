import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowCycles } from './cycles.js';
import { callsOf, startState, step, type State } from './interpreter.fixture.js';
import { flowOf, treeFlow } from './random-flow.fixture.js';
import { reachableActions } from './reachability.js';
import { strongComponents } from './strong-components.js';
import { turnPaths, turnSearch } from './turns.js';
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

/** Whether some turn of a loop runs a data action, no wait, and comes to the next turn. */
function hasBusyTurn(flow: Flow, loop: FlowAction): boolean {
  const frame = { kind: 'loop', id: loop.id, left: undefined } as const;
  const start: State = [frame, { kind: 'list', id: loop.branches[0]?.start }];
  const seen = new Set<string>();
  const waiting: { state: State; isBusy: boolean }[] = [{ state: start, isBusy: false }];
  for (const { state, isBusy } of waiting) {
    const isTurnEnd = state.length === 1 && state[0]?.kind === 'loop' && state[0].id === loop.id;
    if (isTurnEnd && isBusy) return true;
    const key = `${JSON.stringify(state)}${String(isBusy)}`;
    if (isTurnEnd || seen.has(key) || callsOf(state) > 2 * flow.sequences.length) continue;
    seen.add(key);
    const { action, next } = step(flow, state);
    if (action?.kind === 'wait') continue;
    // A jump starts a new run of frames, without the loop.
    if (action?.kind === 'jumpToTask') continue;
    for (const following of next) waiting.push({ state: following, isBusy: isBusy || action?.kind === 'dataAction' });
  }
  return false;
}

it('a turn with a data action and without a wait is found if there is one', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees);
      const search = turnSearch(flow, {
        through: ({ kind }) => kind === 'dataAction',
        avoiding: ({ kind }) => kind === 'wait',
      });
      for (const loop of flow.actions.values()) {
        if (loop.kind !== 'loop') continue;
        const way = search(loop.id);
        expect(way !== undefined).toBe(hasBusyTurn(flow, loop));
        const kinds = (way ?? []).map((id) => flow.actions.get(id)?.kind);
        if (way !== undefined) expect(kinds).toContain('dataAction');
        expect(kinds).not.toContain('wait');
      }
    }),
    { numRuns: RUNS },
  );
});

it('the ways through a turn agree with the search for one', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees);
      // The listed ways do not go into called tasks.
      fc.pre([...flow.actions.values()].every(({ kind }) => kind !== 'callTask'));
      const search = turnSearch(flow, {
        through: ({ kind }) => kind === 'dataAction',
        avoiding: ({ kind }) => kind === 'wait',
      });
      for (const loop of flow.actions.values()) {
        if (loop.kind !== 'loop') continue;
        const { paths, isComplete } = turnPaths(flow, loop.id, 10_000);
        const kindsOf = (ids: readonly string[]): unknown[] => ids.map((id) => flow.actions.get(id)?.kind);
        const busy = paths.some(({ actions, ending }) => {
          const kinds = kindsOf(actions);
          return ending === 'turn' && kinds.includes('dataAction') && !kinds.includes('wait');
        });
        // A loop inside makes one turn at most in the list, and may need two in the search.
        if (busy) expect(search(loop.id)).toBeDefined();
        if (isComplete && search(loop.id) === undefined) expect(busy).toBe(false);
        for (const { actions } of paths) expect(new Set(actions).size).toBe(actions.length);
      }
    }),
    { numRuns: RUNS },
  );
});
