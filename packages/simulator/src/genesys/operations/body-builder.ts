import { createRandomStream, generateUuid } from '../../random.js';
import { HOLES } from './body-template.js';
import type { ModelField, OperationModels, ValueType } from './operation-models.js';
import type { OperationTree } from './operation-tree.js';
import { type Draw, sampleNumber, sampleText } from './sample-values.js';

/** How much of a model a body shows. Fields that a model always has are shown in any case. */
export interface Extent {
  /** Most fields of the object itself, of its objects, and of their objects. */
  readonly fields: readonly number[];
  /** Most items of a list. */
  readonly items: number;
}

/** An entity alone, and an entity in a list. */
export const WHOLE: Extent = { fields: [60, 10, 4], items: 2 };
export const LISTED: Extent = { fields: [8, 3], items: 1 };

/** Deeper objects are empty, also where a model always has them: models contain themselves. */
const MAX_DEPTH = 4;

/** Fields that every thing shows which has them. */
const SHOWN: ReadonlySet<string> = new Set(['id', 'name', 'selfUri']);
/** An object counts as so many fields. */
const NESTED_COST = 2;
/** What every thing of an organization belongs to. */
const DIVISION = { field: 'division', name: 'Home', path: '/api/v2/authorization/divisions' };

/** What the values of a body depend on. */
export interface BodyContext {
  readonly seed: number;
  /** Bodies of different variants have different values. */
  readonly variant: number;
  /** The word for the thing, as in its name: `Queue`. */
  readonly noun: string;
  /** Names of the parameters of the path, in order. */
  readonly params: readonly string[];
  readonly extent: Extent;
}

/** One value and its surroundings. */
interface Place {
  readonly context: BodyContext;
  readonly noun: string;
  /** Names of the fields that lead here. */
  readonly path: string;
  readonly depth: number;
}

/** Builds values from models. Ids, addresses and parameters of the path are holes of a template. */
export class BodyBuilder {
  readonly #models: OperationModels;
  readonly #tree: OperationTree;

  constructor(models: OperationModels, tree: OperationTree) {
    this.#models = models;
    this.#tree = tree;
  }

  build(type: ValueType, context: BodyContext): unknown {
    return this.#buildValue(type, '', { context, noun: context.noun, path: '', depth: 0 });
  }

  /** Builds the fields of a model, without the given ones. */
  buildFields(index: number, without: ReadonlySet<string>, context: BodyContext): Record<string, unknown> {
    const place: Place = { context, noun: context.noun, path: '', depth: 0 };
    return this.#buildModel(
      this.#models.get(index).fields.filter(({ name }) => !without.has(name)),
      place,
    );
  }

  #buildValue(type: ValueType, name: string, place: Place): unknown {
    switch (type.kind) {
      case 'number':
        return sampleNumber(name, createDraw(place));
      case 'flag':
        return !/^(?:deleted|disabled|locked|archived|deactivated|secure)$/i.test(name) && createDraw(place)(2) === 0;
      case 'object':
      case 'map':
        return {};
      case 'choice':
        return chooseValue(type.values, createDraw(place));
      case 'model': {
        const model = this.#buildModel(this.#models.get(type.index).fields, place, type.index);
        return name === DIVISION.field ? completeDivision(model, place.context) : model;
      }
      case 'list':
        return this.#buildList(type.of, name, place);
      case 'text':
        return this.#buildText(name, place);
    }
  }

  #buildList(type: ValueType, name: string, place: Place): unknown[] {
    const isDeep = place.depth > 1;
    const most = isDeep ? 1 : place.context.extent.items;
    const count = type.kind === 'choice' ? Math.min(most, type.values.length) : most;
    return Array.from({ length: count }, (_, index) =>
      type.kind === 'choice'
        ? type.values[index]
        : this.#buildValue(type, toSingular(name), { ...place, path: `${place.path}[${index}]` }),
    );
  }

  #buildModel(fields: readonly ModelField[], place: Place, index?: number): Record<string, unknown> {
    const { context, depth } = place;
    if (depth > MAX_DEPTH) return {};
    let left = context.extent.fields[depth] ?? 0;
    const value: Record<string, unknown> = {};
    const id = depth === 0 ? HOLES.id : this.#drawId(`${place.path}.id`, context);
    for (const field of fields) {
      const { name, isRequired, type } = field;
      const isNested = isObject(type);
      if (!isRequired && !SHOWN.has(name)) {
        if (left <= 0 || (isNested && context.extent.fields[depth + 1] === undefined)) continue;
        left -= isNested ? NESTED_COST : 1;
      }
      const inner: Place = {
        context,
        noun: isNested ? toNoun(name) : place.noun,
        path: `${place.path}.${name}`,
        depth: depth + (isNested ? 1 : 0),
      };
      if (name === 'id' && type.kind === 'text') value[name] = id;
      else if (name === 'selfUri' && depth > 0) value[name] = `${this.#findCollection(index, place.path)}/${id}`;
      else if (name === 'name' && type.kind === 'text' && depth > 0)
        value[name] = `${place.noun} ${createDraw(inner)(9000) + 1000}`;
      else value[name] = this.#buildValue(type, name, inner);
    }
    return value;
  }

  #buildText(name: string, place: Place): string {
    const { params } = place.context;
    if (/^ids?$|Ids?$/.test(name) || PERSON.test(name)) {
      const param = params.indexOf(name);
      return param >= 0 && place.depth === 0 ? HOLES.param(param) : this.#drawId(place.path, place.context);
    }
    return sampleText(name, place.noun, createDraw(place));
  }

  #drawId(path: string, { seed, variant }: BodyContext): string {
    return generateUuid(createRandomStream(seed, `id ${variant} ${path}`));
  }

  /** Finds the path of the entities of a model, for the address of a nested one. A reference has the entities of what it refers to. */
  #findCollection(index: number | undefined, path: string): string {
    const name = index === undefined ? '' : this.#models.get(index).name;
    const field = toSingular(path.replace(/\[\d+\]$/, '').replace(/^.*\./, ''));
    const candidates = [name, name.replace(/(?:Entity)?(?:Ref(?:erence)?|Summary)$/, ''), toModelName(field)];
    for (const candidate of candidates) {
      const model = this.#models.find(candidate);
      const found = model === undefined ? undefined : this.#tree.findEntityPath(`>${model.toString(36)}`);
      if (found !== undefined) return found;
    }
    return `/api/v2/${field.toLowerCase()}s`;
  }
}

function createDraw({ context: { seed, variant }, path }: Place): Draw {
  const random = createRandomStream(seed, `${variant} ${path}`);
  return (range) => Math.floor(random.next() * range);
}

/** All things belong to one division. */
function completeDivision(division: Record<string, unknown>, { seed }: BodyContext): Record<string, unknown> {
  const id = generateUuid(createRandomStream(seed, DIVISION.path));
  const home: Record<string, unknown> = { id, name: DIVISION.name, selfUri: `${DIVISION.path}/${id}` };
  return Object.fromEntries(Object.entries(division).map(([name, value]) => [name, home[name] ?? value]));
}

/** The first value is the usual one. Nothing in a list is deleted. */
function chooseValue(values: readonly string[], draw: Draw): string | undefined {
  const usual = values.filter((value) => !/delete|archive|fail|error|invalid/i.test(value));
  const choices = usual.length > 0 ? usual : values;
  return choices[draw(3) === 0 ? draw(choices.length) : 0];
}

function isObject(type: ValueType): boolean {
  return type.kind === 'list' ? isObject(type.of) : type.kind === 'model';
}

/** Fields that name a person. */
const PERSON =
  /(?:^|[a-z])(?:created|modified|updated|published|deleted|submitted|reviewed)By$|^(?:manager|agent|owner|evaluator|assignee|supervisor)$/i;

function toModelName(field: string): string {
  return PERSON.test(field) ? 'User' : field.charAt(0).toUpperCase() + field.slice(1);
}

/** `queues` becomes `queue`, `entries` becomes `entry`. */
export function toSingular(word: string): string {
  if (/ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

/** `wrapupCodes` becomes `Wrapup code`: the word for the thing in a field or at the end of a path. */
export function toNoun(name: string): string {
  const words = toSingular(name)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
