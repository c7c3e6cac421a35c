import { BoundedMap } from '../../bounded-map.js';
import type { OperationTable } from '../../platform/operation-table.js';
import { createRandomStream, generateUuid, hashText } from '../../random.js';
import { type AnswerShape, findList } from './answer-shape.js';
import { type BodyContext, BodyBuilder, type Extent, LISTED, toNoun, WHOLE } from './body-builder.js';
import { BodyTemplate, escapeJson } from './body-template.js';
import { OperationModels, type ValueType } from './operation-models.js';
import type { Operation, OperationTree } from './operation-tree.js';

/** Bodies of one operation that differ in their values. The id of an entity selects one of them. */
const VARIANTS = 8;
/** Operations whose templates are kept, each about 4 kB for each variant. The oldest are built again. */
const MAX_OPERATIONS = 2000;

/** Ends of the names of models that are no part of the word for a thing. */
const NO_NOUN = /(?:Entity|Response|Result|Info|Dto|Ref|Reference)+$/;

/** The thing that a body describes. */
export interface Subject {
  readonly id: string;
  /** Its address, without the host. */
  readonly path: string;
  /** Parameters of the path, in order. */
  readonly params: readonly string[];
}

/** The bodies of all operations: templates, built on first use and filled for each request. */
export class OperationBodies {
  readonly #seed: number;
  readonly #tree: OperationTree;
  readonly #models: OperationModels;
  readonly #builder: BodyBuilder;
  readonly #shapes = new BoundedMap<Operation, AnswerShape>(MAX_OPERATIONS);

  constructor(seed: number, table: OperationTable, tree: OperationTree) {
    this.#seed = seed;
    this.#tree = tree;
    this.#models = new OperationModels(table);
    this.#builder = new BodyBuilder(this.#models, tree);
  }

  /** Returns the shape of an answer; undefined for an operation that answers without a body. */
  getShape(operation: Operation): AnswerShape | undefined {
    if (operation.answer === undefined) return undefined;
    let shape = this.#shapes.get(operation);
    if (shape === undefined) {
      shape = this.#createShape(operation, operation.answer === '$' ? '' : operation.answer);
      this.#shapes.set(operation, shape);
    }
    return shape;
  }

  /** Writes one entity, or one item of a list. */
  writeEntity(shape: AnswerShape, { id, path, params }: Subject): string {
    const hash = hashText(id);
    const variant = hash % VARIANTS;
    const template = (shape.templates[variant] ??= this.#createTemplate(shape, variant));
    return template.fill({ id, path, number: String(1000 + (hash % 9000)), params });
  }

  /** Writes the items of a list with the numbers from `start` to before `end`. */
  writeItems(shape: AnswerShape, path: string, params: readonly string[], start: number, end: number): string {
    const base = shape.list?.entityPath ?? path;
    let text = '';
    for (let index = start; index < end; index += 1) {
      const id = this.drawId(`${path} ${index}`);
      text += `${index === start ? '' : ','}${this.writeEntity(shape, { id, path: `${base}/${id}`, params })}`;
    }
    return `[${text}]`;
  }

  /** Returns the id that belongs to a name, always the same one. */
  drawId(name: string): string {
    return generateUuid(createRandomStream(this.#seed, name));
  }

  #createShape(operation: Operation, answer: string): AnswerShape {
    const type = this.#models.parseType(answer);
    const paramNames = operation.segments.filter((segment) => segment.startsWith(':')).map((name) => name.slice(1));
    const list = findList(type, this.#models, (index, without) =>
      this.#builder.buildFields(index, without, this.#createContext(0, '', paramNames, LISTED)),
    );
    const noun = this.#findNoun(list?.items ?? type, operation);
    const entityPath = list && this.#findEntityPath(list.items);
    return {
      type,
      noun,
      paramNames,
      fieldNames:
        type.kind === 'model' ? new Set(this.#models.get(type.index).fields.map(({ name }) => name)) : undefined,
      list: list && { ...list, entityPath },
      templates: [],
    };
  }

  #createTemplate({ type, noun, paramNames, list }: AnswerShape, variant: number): BodyTemplate {
    const extent = list === undefined ? WHOLE : LISTED;
    const context = this.#createContext(variant, noun, paramNames, extent);
    return new BodyTemplate(this.#builder.build(list?.items ?? type, context));
  }

  #createContext(variant: number, noun: string, params: readonly string[], extent: Extent): BodyContext {
    return { seed: this.#seed, variant, noun, params, extent };
  }

  /** The word for a thing is the name of its model, or the last word of its path. */
  #findNoun(type: ValueType, { segments }: Operation): string {
    const name = type.kind === 'model' ? this.#models.get(type.index).name.replace(NO_NOUN, '') : '';
    return toNoun(name !== '' ? name : (segments.filter((segment) => !segment.startsWith(':')).at(-1) ?? ''));
  }

  #findEntityPath(items: ValueType): string | undefined {
    return items.kind === 'model' ? this.#tree.findEntityPath(`>${items.index.toString(36)}`) : undefined;
  }
}

/** Prepares the values of a path for templates. */
export function toSubject(id: string, path: string, params: readonly string[]): Subject {
  return { id: escapeJson(id), path: escapeJson(path), params: params.map(escapeJson) };
}
