import type { Flow, FlowAction, FlowValue } from './types.js';

const writesByFlow = new WeakMap<Flow, ReadonlySet<string>>();

/** Variables that any action sets, in lower case: Architect does not tell `Flow.Count` from `flow.count`. */
function writtenVariables(flow: Flow): ReadonlySet<string> {
  let writes = writesByFlow.get(flow);
  if (writes === undefined) {
    writes = new Set(
      [...flow.actions.values()].flatMap((action) => action.writes ?? []).map((name) => name.toLowerCase()),
    );
    writesByFlow.set(flow, writes);
  }
  return writes;
}

/**
 * Value that does not depend on the run: a literal, a constant expression, or a variable with a literal at the start that no action sets and
 * no caller passes in.
 *
 * @param flow - The flow that the value is from.
 * @param value - A value of one of its actions.
 * @returns The value; undefined if it depends on the run.
 *
 * @example
 * ```ts
 * import { knownValue, readFlow } from '@holdline/architect';
 *
 * const flow = readFlow('workflow: { states: [{ state: { actions: [{ loop: { loopCount: { lit: 3 } } }] } }] }', { file: 'a.yaml' });
 * for (const { loop } of flow.actions.values()) if (loop) console.log(knownValue(flow, loop.count)); // 3
 * ```
 * @public
 */
export function knownValue(flow: Flow, value: FlowValue): string | number | boolean | undefined {
  if (value.value !== undefined) return value.value;
  if (value.kind === 'literal') return undefined;
  const variable = flow.variables?.get(value.text.trim());
  if (variable?.initial?.value === undefined || variable.isInput) return undefined;
  return writtenVariables(flow).has(variable.name.toLowerCase()) ? undefined : variable.initial.value;
}

/** Turns of a loop; undefined if they depend on the run. A loop with a count below 1 makes no turn. */
export function turnsOf(flow: Flow, loop: FlowAction): number | undefined {
  const count = loop.loop === undefined ? undefined : knownValue(flow, loop.loop.count);
  return typeof count === 'number' ? Math.max(0, Math.floor(count)) : undefined;
}
