import { describe, expect, it } from 'vitest';
import { flowCycles } from './cycles.js';
import { flowOf, type TreeAction } from './random-flow.fixture.js';
import { reachableActions } from './reachability.js';
import { turnPaths } from './turns.js';
import { worstCase } from './worst-case.js';

const say: TreeAction = { kind: 'other', lists: [] };
const end: TreeAction = { kind: 'endFlow', lists: [] };
const either = (...lists: (readonly TreeAction[])[]): TreeAction => ({ kind: 'decision', lists });
const loop = (turns: number | undefined, ...body: readonly TreeAction[]): TreeAction => ({
  kind: 'loop',
  lists: [body],
  turns,
});
const jump = (target: number): TreeAction => ({ kind: 'jumpToTask', lists: [], target });
const menu = (...choices: readonly TreeAction[]): TreeAction => ({
  kind: 'other',
  lists: choices.map((choice) => [choice]),
  isInteractive: true,
});

describe('the worst case', () => {
  it('multiplies loops inside each other', () => {
    expect(worstCase(flowOf([[loop(20, loop(30, say, say))]])).total).toBe(1 + 20 * (1 + 30 * 2));
  });

  it('follows two ways to the same action once, so that a thousand decisions take no time', () => {
    const decisions = Array.from({ length: 1000 }, () => either([say], [say, say]));
    expect(worstCase(flowOf([decisions])).total).toBe(3000);
  });

  it('has no bound for a loop whose turns depend on the run', () => {
    expect(worstCase(flowOf([[loop(undefined, say)]])).total).toBe(Infinity);
    expect(worstCase(flowOf([[loop(undefined, { kind: 'exitLoop', lists: [] })]])).total).toBe(2);
  });

  it('has no bound for tasks that jump to each other, unless each turn waits for the customer', () => {
    expect(
      worstCase(
        flowOf([
          [say, jump(1)],
          [say, jump(0)],
        ]),
      ).total,
    ).toBe(Infinity);
    const hotline = flowOf([[menu(jump(1), end)], [say, say, jump(0)]]);
    expect(worstCase(hotline).total).toBe(2 + 3);
    expect(flowCycles(hotline)).toEqual([{ kind: 'sequences', members: ['s0', 's1'], isInteractive: true }]);
  });

  it('is 0 for a cycle without weight', () => {
    expect(worstCase(flowOf([[say, jump(0)]]), () => 0).total).toBe(0);
  });
});

it('an action after two outputs that both leave is not reached', () => {
  expect([...reachableActions(flowOf([[either([end], [end]), say]]))]).not.toContain('s0.2');
});

it('ways through a turn are listed up to a limit', () => {
  const body = Array.from({ length: 20 }, () => either([say], [say]));
  const flow = flowOf([[loop(3, ...body)]]);
  const { paths, isComplete } = turnPaths(flow, 's0.1', 50);
  expect([paths.length, isComplete]).toEqual([50, false]);
  expect(turnPaths(flowOf([[loop(3, either([say], [end], [{ kind: 'exitLoop', lists: [] }]))]]), 's0.1')).toEqual({
    paths: [
      { actions: ['s0.2', 's0.5'], ending: 'exit' },
      { actions: ['s0.2', 's0.4'], ending: 'leave' },
      { actions: ['s0.2', 's0.3'], ending: 'turn' },
    ],
    isComplete: true,
  });
});
