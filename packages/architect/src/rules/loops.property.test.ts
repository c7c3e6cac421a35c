import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flowCycles } from '../flow/cycles.js';
import { hasBusyTurn } from '../flow/interpreter.fixture.js';
import { flowOf, treeFlow } from '../flow/random-flow.fixture.js';
import { turnsOf } from '../flow/known-value.js';
import { FlowAnalysis } from './rule.js';
import { dataActionLoopWithoutWait } from './data-action-loop-without-wait.js';
import { settingsOf } from '../lint/options.js';

/**
 * The rule groups actions that lead to each other. The interpreter tries all runs of a turn of one loop. Both answer whether a turn has a data
 * action and no Wait.
 */
test('the rule about loops agrees with an interpreter of the turns of each loop', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees);
      // Tasks that call each other without end never come to the next turn. The rule takes them for tasks that return.
      fc.pre(flowCycles(flow).length === 0);
      const places: string[] = [];
      dataActionLoopWithoutWait.check(new FlowAnalysis(flow), {
        settings: settingsOf({}, ''),
        report: ({ place }) => void places.push(place.path),
        leaveOut: () => undefined,
      });
      const loops = [...flow.actions.values()].filter(({ kind }) => kind === 'loop');
      const busy = loops.filter((loop) => (turnsOf(flow, loop) ?? Infinity) > 1 && hasBusyTurn(flow, loop));
      // A turn of an outer loop may be reported at an inner one.
      if (busy.length > 0) expect(places.length).toBeGreaterThan(0);
      const reported = loops.filter(({ id }) => places.includes(id));
      for (const { id } of reported) expect(busy.map((loop) => loop.id)).toContain(id);
    }),
    { numRuns: 2_000 },
  );
});
