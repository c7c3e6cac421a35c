import type { Node } from 'yaml';
import type { FlowBranch, FlowValue } from '../../flow/types.js';
import { labelOf, pathOf, type ActionPath } from '../action-path.js';
import type { FlowBuilder } from '../flow-builder.js';
import { kindOf, titleOf } from '../kinds.js';
import { MAX_NESTED_ACTIONS, MAX_NESTED_VALUES } from '../limits.js';
import { UniqueNames } from '../unique-names.js';
import type { ArchyDocument, Entry } from './archy-document.js';
import { readDataAction, readValue, readWait } from './archy-values.js';

/** What the body of an action has besides its standard parts. */
interface BodyScan {
  readonly branches: { name: string; list: Node; isChoice: boolean }[];
  readonly emptyBranches: string[];
  readonly values: FlowValue[];
  readonly writes: Set<string>;
  target: string | undefined;
}

/** Keys that refer to another part of the flow: `targetTaskRef: "/workflow/tasks/task[Look up_12]"`. */
const TARGET = /^target(?:Task|Menu|State)Ref$/;

/** `tasks/task[Look up_12]` for `/workflow/tasks/task[Look up_12]` and `./tasks/task[Look up_12]`. */
export function targetOf(reference: string): string {
  return reference.replace(/^\.?\/(?:[A-Za-z]+\/)?(?=[A-Za-z]+\/[A-Za-z]+\[)/, '');
}

/** Reads lists of actions of Archy YAML into a builder. Ids are numbers in the order of the file. */
export class ArchyActions {
  readonly #document: ArchyDocument;
  readonly #builder: FlowBuilder;
  #lastId = 0;

  constructor(document: ArchyDocument, builder: FlowBuilder) {
    this.#document = document;
    this.#builder = builder;
  }

  /** Id of the next action that is read. */
  #nextId(): string {
    return String(this.#lastId + 1);
  }

  #takeId(): string {
    this.#lastId += 1;
    const id = String(this.#lastId);
    this.#builder.reserve(id);
    return id;
  }

  /** Reads a list. Returns the id of the first action; undefined for an empty list. */
  readList(list: Node | undefined, sequence: string, path: ActionPath, depth = 0): string | undefined {
    const items = this.#document.items(list) ?? [];
    if (items.length === 0) return undefined;
    if (depth > MAX_NESTED_ACTIONS)
      throw this.#document.error(
        'TOO_DEEP',
        `more than ${MAX_NESTED_ACTIONS} actions are inside each other`,
        list,
        path,
      );
    const first = this.#nextId();
    items.forEach((item, at) => this.#readItem(item ?? list, at + 1 < items.length, sequence, path, depth));
    return first;
  }

  #readItem(item: Node | undefined, hasNext: boolean, sequence: string, path: ActionPath, depth: number): void {
    const entries = this.#document.entries(item);
    const [entry] = entries;
    if (entry === undefined || entries.length > 1)
      throw this.#document.error('SHAPE', 'an action is a mapping with one key, its type', item, path);
    this.#readAction(entry, hasNext, sequence, path, depth);
  }

  #readAction(
    { key: type, keyNode, value: body }: Entry,
    hasNext: boolean,
    sequence: string,
    path: ActionPath,
    depth: number,
  ): void {
    const document = this.#document;
    const id = this.#takeId();
    const name = document.text(document.get(body, 'name')) ?? '';
    const own = pathOf(labelOf(titleOf(type), name), path);
    const scan = this.#scan(body, own);
    const branches: FlowBranch[] = [];
    const names = new UniqueNames();
    for (const { name: wanted, list, isChoice } of scan.branches) {
      const start = isChoice
        ? this.#readChoice(list, sequence, own, depth + 1)
        : this.readList(list, sequence, own, depth + 1);
      branches.push({ name: names.take(wanted), start });
    }
    for (const wanted of scan.emptyBranches) branches.push({ name: names.take(wanted), start: undefined });
    const kind = kindOf(type);
    this.#builder.addAction({
      id,
      type,
      name,
      place: document.place(keyNode, own),
      sequence,
      branches,
      // The actions inside have their ids now, so the next one is that of the next action of the list.
      next: hasNext ? this.#nextId() : undefined,
      wait: kind === 'wait' ? readWait(document, body) : undefined,
      loopCount: kind === 'loop' ? readValue(document, document.get(body, 'loopCount')) : undefined,
      dataAction: kind === 'dataAction' ? readDataAction(document, body) : undefined,
      target: scan.target,
      values: scan.values,
      writes: [...scan.writes],
    });
  }

  /** A choice of a menu: an action of its own, after which the menu is left. */
  #readChoice(item: Node, sequence: string, path: ActionPath, depth: number): string {
    if (depth > MAX_NESTED_ACTIONS)
      throw this.#document.error(
        'TOO_DEEP',
        `more than ${MAX_NESTED_ACTIONS} actions are inside each other`,
        item,
        path,
      );
    const id = this.#nextId();
    this.#readItem(item, false, sequence, path, depth);
    return id;
  }

  /** Reads a menu as an action whose branches are its choices. */
  readMenu(menu: Node | undefined, sequence: string, path: ActionPath, keyNode: Node | undefined): string {
    const id = this.#takeId();
    const scan = this.#scan(menu, path);
    const choices = scan.branches.map(({ name, list, isChoice }) => ({
      name,
      start: isChoice ? this.#readChoice(list, sequence, path, 1) : this.readList(list, sequence, path, 1),
    }));
    this.#builder.addAction({
      id,
      type: 'menu',
      name: this.#document.text(this.#document.get(menu, 'name')) ?? '',
      place: this.#document.place(keyNode, path),
      sequence,
      branches: choices.map((choice, at) => ({ ...choice, name: `${choice.name} (${at + 1})` })),
      next: undefined,
      values: scan.values,
      writes: [...scan.writes],
      isInteractive: true,
    });
    return id;
  }

  /**
   * Finds lists of actions, values and written variables in the body of an action, whatever its type, so that an action of a later version
   * keeps its branches.
   */
  #scan(body: Node | undefined, path: ActionPath): BodyScan {
    const scan: BodyScan = { branches: [], emptyBranches: [], values: [], writes: new Set(), target: undefined };
    this.#scanMap(body, [], scan, path);
    return scan;
  }

  #scanMap(node: Node | undefined, trail: readonly string[], scan: BodyScan, path: ActionPath): void {
    const document = this.#document;
    if (trail.length > MAX_NESTED_VALUES)
      throw document.error(
        'TOO_DEEP',
        `more than ${MAX_NESTED_VALUES} mappings are inside each other in an action`,
        node,
        path,
      );
    for (const { key, value } of document.entries(node)) {
      if (value === undefined) continue;
      const inner = [...trail, key];
      if (key === 'actions' && this.#isActionList(value)) {
        scan.branches.push({ name: this.#branchName(node, trail), list: value, isChoice: false });
      } else if (key === 'choices' && this.#isActionList(value)) {
        for (const choice of document.items(value) ?? []) this.#scanChoice(choice, scan);
      } else if (TARGET.test(key)) scan.target ??= targetOf(document.text(value) ?? '');
      else if (key === 'variable') this.#addWrite(document.text(value), scan);
      else if (key === 'slot' && trail.length === 0)
        this.#addWrite(slotVariable(document.text(document.get(value, 'name'))), scan);
      else if (key === 'outputs' && trail.length === 0) this.#scanOutputs(value, inner, scan, path);
      else this.#scanValue(value, inner, scan, path);
    }
  }

  #scanValue(node: Node, trail: readonly string[], scan: BodyScan, path: ActionPath): void {
    const found = readValue(this.#document, node);
    if (found !== undefined) {
      scan.values.push(found);
      // Archy writes `var` where an action puts a result. What it reads is an expression.
      if (found.kind === 'variable') this.#addWrite(found.text, scan);
      return;
    }
    const items = this.#document.items(node);
    if (items === undefined) this.#scanMap(node, trail, scan, path);
    else items.forEach((item, at) => this.#scanMap(item, [...trail, String(at + 1)], scan, path));
  }

  /** Outputs without actions are branches too, unless they are switched off. */
  #scanOutputs(outputs: Node, trail: readonly string[], scan: BodyScan, path: ActionPath): void {
    for (const { key, value } of this.#document.entries(outputs)) {
      const before = scan.branches.length;
      if (value !== undefined) this.#scanValue(value, [...trail, key], scan, path);
      const isOff = this.#document.scalar(this.#document.get(value, 'enabled')) === false;
      if (scan.branches.length === before && !isOff) scan.emptyBranches.push(key);
    }
  }

  #scanChoice(choice: Node | undefined, scan: BodyScan): void {
    const [entry] = this.#document.entries(choice);
    if (choice === undefined || entry === undefined) return;
    const name = this.#document.text(this.#document.get(entry.value, 'name'));
    scan.branches.push({ name: name ?? entry.key, list: choice, isChoice: true });
  }

  #addWrite(name: string | undefined, scan: BodyScan): void {
    if (name !== undefined && name !== '') scan.writes.add(name);
  }

  /** Whether a node is a list of mappings with one key each. An empty list is one too. */
  #isActionList(node: Node): boolean {
    const items = this.#document.items(node);
    return items !== undefined && items.every((item) => this.#document.isMap(item));
  }

  /** `success` for `outputs/success`, the name or `Case 2` for `cases/2/case`, `default` for `firstTrue/default`. */
  #branchName(node: Node | undefined, trail: readonly string[]): string {
    const last = trail.at(-1) ?? 'actions';
    const position = trail.at(-2);
    if (position === undefined || !/^\d+$/.test(position)) return last;
    const name = this.#document.text(this.#document.get(node, 'name'));
    return name ?? `${last.charAt(0).toUpperCase()}${last.slice(1)} ${position}`;
  }
}

/** Variable of a slot of a bot. */
const slotVariable = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : `Slot.${name}`;
