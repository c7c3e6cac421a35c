import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flowOf, type TreeAction, treeFlow } from '../flow/random-flow.fixture.js';
import { turnSearch } from '../flow/turns.js';
import { turnsOf } from '../flow/known-value.js';
import { FlowAnalysis } from './rule.js';
import { dataActionLoopWithoutWait } from './data-action-loop-without-wait.js';
import { settingsOf } from '../lint/options.js';

/**
 * Leaves out the number of turns. The search knows that a loop with a number makes a turn; the rule also follows the way past the loop.
 */
const withoutTurns = ({ lists, turns, ...action }: TreeAction): TreeAction => ({
  ...action,
  lists: lists.map((list) => list.map(withoutTurns)),
  turns: turns === 0 ? 0 : undefined,
});

/**
 * The rule groups actions that lead to each other. `turnSearch` walks the turns of one loop. Both answer whether a turn has a data action and
 * no Wait.
 */
test('the rule about loops agrees with a search through the turns of each loop', () => {
  fc.assert(
    fc.property(treeFlow, (trees) => {
      const flow = flowOf(trees.map((list) => list.map(withoutTurns)));
      const places: string[] = [];
      dataActionLoopWithoutWait.check(new FlowAnalysis(flow), {
        settings: settingsOf({}, ''),
        report: ({ place }) => void places.push(place.path),
        leaveOut: () => undefined,
      });
      const busyTurn = turnSearch(flow, {
        through: ({ kind }) => kind === 'dataAction',
        avoiding: ({ kind }) => kind === 'wait',
      });
      const loops = [...flow.actions.values()].filter(({ kind }) => kind === 'loop');
      const busy = loops.filter((loop) => turnsOf(flow, loop) !== 0 && busyTurn(loop.id) !== undefined);
      // A turn of an outer loop may be reported at an inner one.
      if (busy.length > 0) expect(places.length).toBeGreaterThan(0);
      const reported = loops.filter(({ id }) => places.includes(id));
      for (const { id } of reported) expect(busy.map((loop) => loop.id)).toContain(id);
    }),
    { numRuns: 2_000 },
  );
});
