import type { FlowAction, FlowValue } from '../flow/types.js';

/** Characters of an expression that are searched. The longest expression in the vendor's examples has a few hundred. */
const SEARCHED = 5_000;

/** A variable in an expression, such as `Task.customerId` or `Call.Ani`. */
const VARIABLE = /\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+/g;

/** A string in an expression. */
const TEXT = /"(?:[^"\\]|\\.)*"/g;

/** The variables that a value reads, in lower case: Architect does not tell them apart by case. */
export function variablesOf({ kind, text }: FlowValue): string[] {
  if (kind === 'literal') return [];
  if (kind === 'variable') return [text.trim().toLowerCase()];
  return [...text.slice(0, SEARCHED).replace(TEXT, '""').matchAll(VARIABLE)].map(([name]) => name.toLowerCase());
}

/** The variables that the inputs of a data action read. */
export function inputVariables({ dataAction }: FlowAction): Set<string> {
  return new Set(Object.values(dataAction?.inputs ?? {}).flatMap(variablesOf));
}

/** All variables that an action reads. */
export const readVariables = ({ values }: FlowAction): Set<string> => new Set(values.flatMap(variablesOf));

/** The variables that an action writes. */
export const writtenVariables = ({ writes = [] }: FlowAction): string[] => writes.map((name) => name.toLowerCase());

/** The names around a variable: `task.customer` and `task` for `task.customer.id`. */
function outerNames(name: string): string[] {
  const parts = name.split('.').slice(0, 10);
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'));
}

/** Variables that some actions write. */
export class Writes {
  readonly #names = new Set<string>();
  readonly #outer = new Set<string>();

  constructor(actions: Iterable<FlowAction>) {
    for (const action of actions) {
      for (const name of writtenVariables(action)) {
        this.#names.add(name);
        for (const outer of outerNames(name)) this.#outer.add(outer);
      }
    }
  }

  /** Whether one of these variables, or a part of one, is written. */
  changes(names: Iterable<string>): boolean {
    if (this.#names.size === 0) return false;
    for (const name of names) {
      if (this.#names.has(name) || this.#outer.has(name) || outerNames(name).some((outer) => this.#names.has(outer)))
        return true;
    }
    return false;
  }
}

/** Whether a variable lives only in one task or state. */
export const isLocal = (name: string): boolean => /^(?:task|state)\./.test(name);
