import type { OperationTable } from '../../platform/operation-table.js';

/** Type of a field or of an answer. */
export type ValueType =
  | { readonly kind: 'text' | 'number' | 'flag' | 'object' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'model'; readonly index: number }
  | { readonly kind: 'list' | 'map'; readonly of: ValueType };

/** One field of a model. */
export interface ModelField {
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: ValueType;
}

/** One model of the table. */
export interface Model {
  readonly name: string;
  readonly fields: readonly ModelField[];
}

const SIMPLE_KINDS: Readonly<Record<string, 'number' | 'flag' | 'object'>> = {
  '#': 'number',
  '?': 'flag',
  '~': 'object',
};

/** Name, mark of a required field, and type. Names contain colons, dots and dollar signs. */
const FIELD = /^([^!*%>=#?~]+)(!?)(.*)$/;

/** The models of the table. A line is parsed when its model is first used. */
export class OperationModels {
  readonly #lines: readonly string[];
  readonly #values: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #parsed = new Map<number, Model>();

  constructor({ MODELS, VALUES }: OperationTable) {
    this.#lines = splitLines(MODELS);
    this.#values = splitLines(VALUES);
    this.#indexes = new Map(this.#lines.map((line, index) => [line.split(' ', 1)[0] ?? '', index]));
  }

  get(index: number): Model {
    let model = this.#parsed.get(index);
    if (model === undefined) {
      const [name = '', ...fields] = (this.#lines[index] ?? '').split(' ');
      model = { name, fields: fields.map((field) => this.#parseField(field)) };
      this.#parsed.set(index, model);
    }
    return model;
  }

  /** Finds the number of a model by its name. */
  find(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  /** Parses the short form of a type: `*>3a` is a list of the model 3a. */
  parseType(text: string): ValueType {
    const rest = text.slice(1);
    switch (text.charAt(0)) {
      case '*':
        return { kind: 'list', of: this.parseType(rest) };
      case '%':
        return { kind: 'map', of: this.parseType(rest) };
      case '>':
        return { kind: 'model', index: Number.parseInt(rest, 36) };
      case '=':
        return { kind: 'choice', values: (this.#values[Number.parseInt(rest, 36)] ?? '').split('|') };
      default:
        return { kind: SIMPLE_KINDS[text] ?? 'text' };
    }
  }

  #parseField(token: string): ModelField {
    const [, name = '', required, type = ''] = FIELD.exec(token) ?? [];
    return { name, isRequired: required === '!', type: this.parseType(type) };
  }
}

/** Splits a text of the table. Its first and last line are empty. */
export function splitLines(text: string): string[] {
  return text.split('\n').slice(1, -1);
}
