import type { Flow, FlowBranch, Place } from '../../flow/types.js';
import { formatPath, labelOf, pathOf, type ActionPath } from '../action-path.js';
import { FlowFileError, printable } from '../flow-file-error.js';
import { FlowBuilder } from '../flow-builder.js';
import { errorHandlingOf, flowTypeOf, kindOf, titleOf } from '../kinds.js';
import { MAX_NESTED_ACTIONS } from '../limits.js';
import { UniqueNames } from '../unique-names.js';
import {
  collectValues,
  isObject,
  own,
  ownArray,
  ownString,
  readDataAction,
  readExportValue,
  readWait,
  type JsonObject,
} from './export-values.js';

/** Names of standard outputs: `__NOT_FOUND__` is `notFound`, as in Archy YAML. */
const standardName = (outputId: string): string | undefined =>
  /^__([A-Z]+(?:_[A-Z]+)*)__$/
    .exec(outputId)?.[1]
    ?.toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Keys that refer to another task, menu or state. `pathReference` of the end of a task is none of them. */
const TARGETS = ['taskReference', 'menuReference', 'stateReference'];

/** Reads the JSON of an export. */
export function readExport(json: object, file: string): Flow {
  return new ExportReader(json as JsonObject, file).read();
}

/** An action with its links. */
interface LinkedAction {
  readonly json: JsonObject;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly branches: readonly FlowBranch[];
  readonly next: string | undefined;
}

class ExportReader {
  readonly #json: JsonObject;
  readonly #file: string;
  readonly #builder: FlowBuilder;

  constructor(json: JsonObject, file: string) {
    this.#json = json;
    this.#file = file;
    const type = ownString(json, 'type');
    if (type === undefined) throw this.#error('NOT_A_FLOW', 'type: expected the type of the flow, such as "workflow"');
    this.#builder = new FlowBuilder('export', type, flowTypeOf(type));
  }

  read(): Flow {
    const list = own(this.#json, 'flowSequenceItemList');
    if (!Array.isArray(list))
      throw this.#error('SHAPE', `flowSequenceItemList: expected a list, got ${typeName(list)}`);
    const initial = ownString(this.#json, 'initialSequence');
    for (const sequence of list as unknown[]) this.#readSequence(sequence, initial);
    this.#readVariables(own(this.#json, 'variables'));
    const handling = own(this.#json, 'errorHandling');
    return this.#builder.build({
      name: ownString(this.#json, 'name') ?? '',
      place: this.#place(),
      errorHandling: errorHandlingOf(ownString(handling, 'handlingType') ?? ''),
      errorTarget: TARGETS.map((key) => ownString(handling, key)).find((target) => target !== undefined),
    });
  }

  #readSequence(sequence: unknown, initial: string | undefined): void {
    if (!isObject(sequence))
      throw this.#error('SHAPE', `flowSequenceItemList: expected objects, got ${typeName(sequence)}`);
    const type = ownString(sequence, '__type') ?? 'Sequence';
    const name = ownString(sequence, 'name') ?? '';
    const path = pathOf(labelOf(type === 'LoopTask' ? 'Task' : type, name));
    const id = this.#id(sequence, path);
    const start =
      own(sequence, 'menuChoiceList') === undefined
        ? this.#readActions(sequence, id, path)
        : this.#readMenu(sequence, id, path);
    this.#builder.addSequence({ id, name: name || id, place: this.#place(path), start, isEntry: id === initial });
    this.#readVariables(own(sequence, 'variables'));
  }

  #readActions(sequence: JsonObject, id: string, path: ActionPath): string | undefined {
    const list = own(sequence, 'actionList') ?? [];
    if (!Array.isArray(list)) throw this.#error('SHAPE', `actionList: expected a list, got ${typeName(list)}`, path);
    const actions = new Map<string, LinkedAction>();
    for (const json of list as unknown[]) {
      const action = this.#linked(json, path);
      if (actions.has(action.id)) throw this.#error('DUPLICATE_ID', `the id ${quote(action.id)} is there twice`, path);
      actions.set(action.id, action);
    }
    const start = this.#reference(sequence, 'startAction', path);
    this.#checkReference(actions, start, path);
    const paths = this.#paths(actions, start, path);
    for (const action of actions.values()) this.#add(action, id, paths.get(action.id) ?? this.#own(action, path));
    return start;
  }

  /** A menu is an action whose branches are its choices. Each choice has one action. */
  #readMenu(menu: JsonObject, id: string, path: ActionPath): string {
    const choices = ownArray(menu, 'menuChoiceList').map((choice, at) => {
      const label = `${ownString(choice, 'name') ?? 'choice'} (${at + 1})`;
      const action = this.#linked(own(choice, 'action'), path);
      this.#add({ ...action, next: undefined }, id, this.#own(action, path));
      return { name: label, start: action.id };
    });
    const menuId = `${id}:menu`;
    this.#builder.addAction({
      id: menuId,
      type: 'Menu',
      name: ownString(menu, 'name') ?? '',
      place: this.#place(path),
      sequence: id,
      branches: choices,
      next: undefined,
      values: [],
      writes: [],
      isInteractive: true,
    });
    return menuId;
  }

  #linked(json: unknown, path: ActionPath): LinkedAction {
    if (!isObject(json)) throw this.#error('SHAPE', `an action: expected an object, got ${typeName(json)}`, path);
    const type = ownString(json, '__type') ?? '';
    const name = ownString(json, 'name') ?? '';
    const inner = pathOf(labelOf(titleOf(type), name), path);
    const id = this.#id(json, inner);
    const outputs = [...ownArray(json, 'paths'), ...(own(json, 'path') === undefined ? [] : [own(json, 'path')])];
    const names = new UniqueNames();
    const branches = outputs.map((output) => {
      const outputId = ownString(output, 'outputId') ?? '';
      const wanted = standardName(outputId) ?? ownString(output, 'label') ?? outputId;
      return { name: names.take(printable(wanted)), start: this.#reference(output, 'nextActionId', inner) };
    });
    return { json, id, type, name, branches, next: this.#reference(json, 'nextAction', inner) };
  }

  #add({ json, id, type, name, branches, next }: LinkedAction, sequence: string, path: ActionPath): void {
    const place = this.#place(path);
    const kind = kindOf(type);
    const { values, writes } = collectValues(json, place);
    this.#builder.addAction({
      id,
      type,
      name,
      place,
      sequence,
      branches,
      next,
      wait: kind === 'wait' ? readWait(json) : undefined,
      loopCount: kind === 'loop' ? readExportValue(own(json, 'loopCount')) : undefined,
      dataAction: kind === 'dataAction' ? readDataAction(json) : undefined,
      target: TARGETS.map((key) => ownString(json, key)).find((target) => target !== undefined),
      values,
      writes: [...writes],
    });
  }

  /** Paths of the actions that the start leads to. Every link is checked on the way. */
  #paths(
    actions: ReadonlyMap<string, LinkedAction>,
    start: string | undefined,
    outer: ActionPath,
  ): ReadonlyMap<string, ActionPath> {
    const paths = new Map<string, ActionPath>();
    const waiting: { id: string | undefined; outer: ActionPath }[] = [{ id: start, outer }];
    for (const action of actions.values()) {
      this.#checkReference(actions, action.next, this.#own(action, outer));
      for (const branch of action.branches) this.#checkReference(actions, branch.start, this.#own(action, outer));
    }
    while (waiting.length > 0) {
      const { id, outer: around } = waiting.pop() as (typeof waiting)[number];
      const action = id === undefined ? undefined : actions.get(id);
      if (action === undefined || paths.has(action.id)) continue;
      const path = this.#own(action, around);
      if (path.depth > MAX_NESTED_ACTIONS)
        throw this.#error('TOO_DEEP', `more than ${MAX_NESTED_ACTIONS} actions are inside each other`, path);
      paths.set(action.id, path);
      waiting.push({ id: action.next, outer: around });
      for (const branch of action.branches) waiting.push({ id: branch.start, outer: path });
    }
    return paths;
  }

  #own({ type, name }: LinkedAction, outer: ActionPath): ActionPath {
    return pathOf(labelOf(titleOf(type), name), outer);
  }

  #checkReference(actions: ReadonlyMap<string, LinkedAction>, id: string | undefined, path: ActionPath): void {
    if (id !== undefined && !actions.has(id))
      throw this.#error('BROKEN_REFERENCE', `the action ${quote(id)} is not in this sequence`, path);
  }

  /** An id that refers to an action. The export leaves it out, or has null, at the end of a list. */
  #reference(json: unknown, key: string, path: ActionPath): string | undefined {
    const value = own(json, key) ?? undefined;
    if (value === undefined || typeof value === 'string') return value === '' ? undefined : value;
    throw this.#error('SHAPE', `${key}: expected an id, got ${typeName(value)}`, path);
  }

  #id(json: JsonObject, path: ActionPath): string {
    const id = own(json, 'id') ?? undefined;
    if (id === undefined || id === '') throw this.#error('MISSING_ID', 'id: missing', path);
    if (typeof id !== 'string') throw this.#error('SHAPE', `id: expected a string, got ${typeName(id)}`, path);
    return id;
  }

  #readVariables(list: unknown): void {
    if (!Array.isArray(list)) return;
    for (const variable of list as unknown[]) {
      const name = ownString(variable, 'name');
      if (name === undefined) continue;
      this.#builder.addVariable({
        name,
        initial: readExportValue(own(variable, 'initialValue')),
        isInput: own(variable, 'isInput') === true,
      });
    }
  }

  #place(path?: ActionPath): Place {
    return { file: this.#file, path: formatPath(path) };
  }

  #error(code: ConstructorParameters<typeof FlowFileError>[0], problem: string, path?: ActionPath): FlowFileError {
    return new FlowFileError(code, problem, this.#place(path));
  }
}

const quote = (text: string): string => JSON.stringify(printable(text));

const typeName = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value);
