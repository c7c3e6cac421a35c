import type { FlowAction, FlowValue } from '../../flow/types.js';
import { FlowFileError } from '../flow-file-error.js';
import { MAX_NESTED_VALUES } from '../limits.js';
import { durationOfExport, expressionValue } from '../values.js';
import type { Place } from '../../flow/types.js';

/** An object of JSON. Its properties have any type. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own property, so that a file cannot reach what every object inherits. */
export const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

export const ownString = (value: unknown, key: string): string | undefined => {
  const found = own(value, key);
  return typeof found === 'string' ? found : undefined;
};

export const ownArray = (value: unknown, key: string): readonly unknown[] => {
  const found = own(value, key);
  return Array.isArray(found) ? (found as unknown[]) : [];
};

/** Value of an export: `{ text, type, config }`, where `config` has one key that says what it is. undefined for no value. */
export function readExportValue(value: unknown): FlowValue | undefined {
  const text = ownString(value, 'text');
  const config = own(value, 'config');
  if (text === undefined || text === '' || own(config, 'emp') !== undefined) return undefined;
  const literal = own(config, 'lit');
  if (literal !== undefined) return readLiteral(literal, text);
  if (own(config, 'ref') !== undefined || own(config, 'sysref') !== undefined) return { kind: 'variable', text };
  return expressionValue(text);
}

function readLiteral(literal: unknown, fallback: string): FlowValue {
  const text = ownString(literal, 'text') ?? fallback;
  const value = literalValue(text, ownString(literal, 'type'));
  return { kind: 'literal', text, ...(value !== undefined && { value }) };
}

function literalValue(text: string, type: string | undefined): string | number | boolean | undefined {
  if (type === 'dur') return durationOfExport(text);
  if (type === 'bln') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type !== 'int' && type !== 'dec') return text;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : undefined;
}

/** Fields of an action that hold no values of the flow: its links, and what the editor keeps. */
const NO_VALUES = new Set(['uiMetaData', 'metaData', 'paths', 'path', 'config']);
/** Fields whose values are variables that the action sets. */
const WRITES = new Set(['outputs', 'errorBindings', 'currentIndex', 'resultData', 'askResult']);

/** Values of an action, and the variables that it sets. */
export function collectValues(action: JsonObject, place: Place): { values: FlowValue[]; writes: Set<string> } {
  const values: FlowValue[] = [];
  const writes = new Set<string>();
  // Pairs are `variable` and `expression`. Reading attributes has the name of the attribute in `variable`.
  const writeKey = ownString(action, '__type') === 'GetAttributesAction' ? 'expression' : 'variable';
  const visit = (node: unknown, isWrite: boolean, depth: number): void => {
    if (depth > MAX_NESTED_VALUES)
      throw new FlowFileError('TOO_DEEP', `more than ${MAX_NESTED_VALUES} values are inside each other`, place);
    if (Array.isArray(node)) {
      for (const item of node) visit(item, isWrite, depth + 1);
      return;
    }
    if (!isObject(node)) return;
    if (typeof node['text'] === 'string' && (isObject(node['config']) || typeof node['type'] === 'string')) {
      const value = readExportValue(node);
      if (value === undefined) return;
      values.push(value);
      if (isWrite && value.kind === 'variable') writes.add(value.text);
      return;
    }
    for (const key of Object.keys(node)) {
      if (NO_VALUES.has(key)) continue;
      visit(node[key], isWrite || WRITES.has(key) || key === writeKey, depth + 1);
    }
  };
  visit(action, false, 0);
  return { values, writes };
}

/** Data action with its inputs. */
export function readDataAction(action: JsonObject): NonNullable<FlowAction['dataAction']> {
  const inputs = ownArray(action, 'inputs').flatMap((input) => {
    const name = ownString(input, 'name');
    const value = readExportValue(own(input, 'value'));
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return {
    category: ownString(own(action, 'category'), 'name') ?? '',
    action: ownString(action, 'actionName') ?? ownString(action, 'actionId') ?? '',
    inputs: Object.fromEntries(inputs),
  };
}

/** Duration and trimming of a wait. */
export function readWait(action: JsonObject): NonNullable<FlowAction['wait']> {
  const duration = readExportValue(own(action, 'duration'));
  return {
    ms: typeof duration?.value === 'number' ? duration.value : undefined,
    text: duration?.text ?? '',
    isTrimmed: readExportValue(own(action, 'trimDurationNearMaxRunningTime'))?.value === true,
  };
}
