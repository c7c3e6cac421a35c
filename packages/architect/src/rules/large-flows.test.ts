import { describe, expect, test } from 'vitest';
import { flowOf, type TreeAction, type TreeFlow } from '../flow/random-flow.fixture.js';
import type { Flow, FlowAction } from '../flow/types.js';
import { examineFlow } from '../lint/lint-flow.js';

const OPTIONS = { callsPerMinute: 100, p95Ms: 500, loopCount: 10 };
const N = 2_000;

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const read: TreeAction = { kind: 'dataAction', lists: [] };
const exit: TreeAction = { kind: 'exitLoop', lists: [] };
const loop = (actions: readonly TreeAction[]): TreeAction => ({ kind: 'loop', lists: [actions] });
const decide = (...lists: TreeAction[][]): TreeAction => ({ kind: 'decision', lists });
const callTask = (target: number): TreeAction => ({ kind: 'callTask', lists: [], target });
const jump = (target: number): TreeAction => ({ kind: 'jumpToTask', lists: [], target });

/** An action in an action in an action. */
const nested = (depth: number, inner: TreeAction): TreeAction =>
  times(depth, (i) => i).reduce((action, i) => (i % 2 === 0 ? loop([action]) : decide([action], [])), inner);

/** A flow of which every data action asks the platform for one of `names` things. */
function flowWith(trees: TreeFlow, names: number): Flow {
  const flow = flowOf(trees);
  const actions = [...flow.actions].map(([id, action], i): [string, FlowAction] => [
    id,
    action.kind !== 'dataAction'
      ? action
      : {
          ...action,
          branches: ['success', 'failure', 'timeout'].map((name) => ({ name, start: undefined })),
          dataAction: {
            category: 'Genesys Cloud Data Actions',
            action: `Get presence ${i % names}`,
            inputs: { id: { kind: 'expression', text: `Flow.Id${i % names}` } },
          },
          writes: [`Flow.Result${i % names}`],
        },
  ]);
  return { ...flow, actions: new Map(actions) };
}

/**
 * A rule that looks at each action a few times takes less than a second. A rule that looks at each pair of actions takes minutes. The limit
 * is far from both.
 */
describe('a large flow is checked in bounded time', () => {
  test.each<[string, () => TreeFlow]>([
    ['data actions in a row', () => [times(N, () => read)]],
    ['data actions in one loop', () => [[loop(times(N, () => read))]]],
    ['decisions in a row', () => [times(N / 2, () => decide([read], [exit]))]],
    ['loops in loops', () => [times(N / 200, () => nested(190, read))]],
    ['tasks that call each other in a line', () => times(N / 2, (i) => [read, callTask(i + 1)])],
    ['tasks that jump in a circle', () => times(N / 2, (i) => [read, decide([jump((i + 1) % (N / 2))], [])])],
    ['tasks that call each other in a circle', () => times(N / 2, (i) => [read, callTask((i + 1) % (N / 2))])],
    ['one task that is called everywhere', () => [times(N / 2, () => callTask(1)), times(N / 2, () => read)]],
    [
      'a loop that calls one task everywhere',
      () => [[loop(times(N / 2, () => callTask(1)))], times(N / 2, () => read)],
    ],
  ])('%s', (_, trees) => {
    for (const names of [1, N]) {
      const flow = flowWith(trees(), names);
      const start = performance.now();
      const { findings } = examineFlow(flow, OPTIONS);
      expect(performance.now() - start).toBeLessThan(20_000);
      expect(findings.length).toBeGreaterThan(0);
    }
  });
});
