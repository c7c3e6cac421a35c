import type { Node } from 'yaml';
import type { FlowAction, FlowValue } from '../../flow/types.js';
import { durationOfParts, expressionValue } from '../values.js';
import { hasPlaceholder, type ArchyDocument } from './archy-document.js';

/** Value such as `{ lit: 5 }`, `{ exp: Flow.Count + 1 }` or `{ var: Flow.Count }`; undefined for another node and for `noValue`. */
export function readValue(document: ArchyDocument, node: Node | undefined): FlowValue | undefined {
  if (!document.isMap(node)) return undefined;
  for (const { key, value } of document.entries(node)) {
    if (key === 'lit') return literal(document, value);
    if (key === 'exp') return expressionValue(document.text(value) ?? '');
    if (key === 'var') return { kind: 'variable', text: document.text(value) ?? '' };
  }
  return undefined;
}

function literal(document: ArchyDocument, node: Node | undefined): FlowValue {
  if (document.isMap(node)) return compoundLiteral(document, node);
  const text = document.text(node) ?? '';
  const value = document.scalar(node);
  // What Terraform puts in for a placeholder is not known here.
  return { kind: 'literal', text, ...(value !== undefined && !hasPlaceholder(text) && { value }) };
}

/** Literal with parts: a duration `{ minutes: 5 }`, or a reference `{ name: Services }`. */
function compoundLiteral(document: ArchyDocument, node: Node): FlowValue {
  const parts = document.entries(node).map(({ key, value }) => [key, document.scalar(value)] as const);
  const text = parts.map(([key, value]) => `${key}: ${String(value ?? '')}`).join(', ');
  const value = durationOfParts(parts) ?? parts.find(([key]) => key === 'name')?.[1];
  return { kind: 'literal', text, ...(value !== undefined && !hasPlaceholder(text) && { value }) };
}

/** Duration and trimming of a wait. */
export function readWait(document: ArchyDocument, body: Node | undefined): NonNullable<FlowAction['wait']> {
  const duration = readValue(document, document.get(body, 'duration'));
  const trim = readValue(document, document.get(body, 'trimDurationNearMaxRunningTime'));
  return {
    ms: typeof duration?.value === 'number' ? duration.value : undefined,
    text: duration?.text ?? '',
    isTrimmed: trim?.value === true,
  };
}

/** Data action `category: { NAME: { dataAction: { NAME: { inputs } } } }`. */
export function readDataAction(document: ArchyDocument, body: Node | undefined): NonNullable<FlowAction['dataAction']> {
  const category = document.entries(document.get(body, 'category'))[0];
  const action = document.entries(document.get(category?.value, 'dataAction'))[0];
  const inputs = document.entries(document.get(action?.value, 'inputs')).flatMap(({ key, value }) => {
    const input = readValue(document, value);
    return input === undefined ? [] : [[key, input] as const];
  });
  // `fromEntries` defines properties, so an input named `__proto__` is one like the others.
  return { category: category?.key ?? '', action: action?.key ?? '', inputs: Object.fromEntries(inputs) };
}
