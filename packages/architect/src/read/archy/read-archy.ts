import type { Node } from 'yaml';
import type { ErrorHandling, Flow } from '../../flow/types.js';
import { labelOf, pathOf, type ActionPath } from '../action-path.js';
import { FlowBuilder } from '../flow-builder.js';
import { errorHandlingOf, flowTypeOf } from '../kinds.js';
import { ArchyActions, targetOf } from './archy-actions.js';
import { ArchyDocument, type Entry } from './archy-document.js';
import { readValue } from './archy-values.js';

/** Keys that only the body of a flow has. They tell a flow of a type that this version does not know from other YAML. */
const FLOW_KEYS = ['startUpRef', 'startUpTaskActions', 'states', 'tasks', 'menus', 'bots', 'settingsErrorHandling'];

const TITLES: Readonly<Record<string, string>> = {
  task: 'Task',
  state: 'State',
  menu: 'Menu',
  bot: 'Bot',
  intent: 'Intent',
};

/** Reads Archy YAML. */
export function readArchy(text: string, file: string): Flow {
  return new ArchyReader(new ArchyDocument(text, file)).read();
}

class ArchyReader {
  readonly #document: ArchyDocument;
  #builder!: FlowBuilder;
  #actions!: ArchyActions;
  #start: string | undefined;

  constructor(document: ArchyDocument) {
    this.#document = document;
  }

  read(): Flow {
    const document = this.#document;
    const root = this.#rootEntry();
    const body = root.value;
    this.#builder = new FlowBuilder('archy', root.key, flowTypeOf(root.key));
    this.#actions = new ArchyActions(document, this.#builder);
    const startUpRef = document.text(document.get(body, 'startUpRef'));
    this.#start = startUpRef === undefined ? undefined : targetOf(startUpRef);
    for (const entry of document.entries(body)) this.#readPart(entry, undefined);
    const [errorHandling, errorTarget] = this.#readErrorHandling(body);
    return this.#builder.build({
      name: document.text(document.get(body, 'name')) ?? '',
      place: document.place(root.keyNode),
      errorHandling,
      errorTarget,
    });
  }

  #rootEntry(): Entry {
    const document = this.#document;
    const root = document.root;
    const entries = document.entries(root);
    const [entry] = entries;
    const problem =
      'this is no flow: Archy YAML has one key at its root, such as `workflow`, and an export has a flowSequenceItemList';
    if (entry === undefined || entries.length > 1) throw document.error('NOT_A_FLOW', problem, root);
    if (!document.isMap(entry.value)) throw document.error('NOT_A_FLOW', problem, entry.keyNode);
    const keys = new Set(document.entries(entry.value).map(({ key }) => key));
    if (flowTypeOf(entry.key) === 'unknown' && !FLOW_KEYS.some((key) => keys.has(key)))
      throw document.error('NOT_A_FLOW', problem, entry.keyNode);
    return entry;
  }

  /** Reads a list of sequences, a list of actions, or a sequence. Settings and texts are neither. */
  #readPart({ key, keyNode, value }: Entry, outer: ActionPath | undefined): void {
    if (value === undefined || key.startsWith('settings')) return;
    if (key === 'variables') return this.#readVariables(value);
    const items = this.#document.items(value);
    if (items === undefined) {
      if (this.#hasActions(value)) this.#readSequence(key, key, value, keyNode, outer, /^start/i.test(key));
      return;
    }
    if (key.endsWith('Actions')) return this.#readActionList(key, keyNode, value);
    for (const item of items) {
      const [entry] = this.#document.entries(item);
      if (entry === undefined || !this.#document.isMap(entry.value)) continue;
      if (!this.#hasActions(entry.value) && this.#document.get(entry.value, 'refId') === undefined) continue;
      const body = entry.value;
      const name = this.#document.text(this.#document.get(body, 'name')) ?? '';
      const refId = this.#document.text(this.#document.get(body, 'refId')) ?? name;
      const id = `${key}/${entry.key}[${refId}]`;
      // The platform starts the answer to an intent; no action refers to it.
      this.#readSequence(id, entry.key, body, entry.keyNode, outer, outer !== undefined);
    }
  }

  #hasActions(node: Node): boolean {
    return this.#document.entries(node).some(({ key }) => key === 'actions' || key === 'choices');
  }

  /** The task of an in-queue flow stands in the flow as a list. */
  #readActionList(key: string, keyNode: Node | undefined, list: Node): void {
    const path = pathOf('Task');
    const start = this.#actions.readList(list, key, path);
    const place = this.#document.place(keyNode, path);
    this.#builder.addSequence({ id: key, name: key, place, start, isEntry: true });
  }

  #readSequence(
    id: string,
    key: string,
    body: Node,
    keyNode: Node | undefined,
    outer: ActionPath | undefined,
    isStarted: boolean,
  ): void {
    const document = this.#document;
    const name = document.text(document.get(body, 'name')) ?? '';
    const path = pathOf(labelOf(TITLES[key] ?? key, name), outer);
    const start =
      document.get(body, 'choices') === undefined
        ? this.#actions.readList(document.get(body, 'actions'), id, path)
        : this.#actions.readMenu(body, id, path, keyNode);
    this.#builder.addSequence({
      id,
      name: name || id,
      place: document.place(keyNode, path),
      start,
      isEntry: isStarted || id === this.#start,
    });
    for (const entry of document.entries(body))
      if (entry.key !== 'actions' && entry.key !== 'choices') this.#readPart(entry, path);
  }

  #readVariables(list: Node): void {
    const document = this.#document;
    for (const item of document.items(list) ?? []) {
      const variable = document.entries(item)[0]?.value;
      const name = document.text(document.get(variable, 'name'));
      if (name === undefined) continue;
      this.#builder.addVariable({
        name,
        initial: readValue(document, document.get(variable, 'initialValue')),
        isInput: document.scalar(document.get(variable, 'isInput')) === true,
      });
    }
  }

  #readErrorHandling(body: Node | undefined): [ErrorHandling, string | undefined] {
    const document = this.#document;
    const settings = document.get(body, 'settingsErrorHandling');
    const [handling] = document.entries(document.get(settings, 'errorHandling'));
    if (handling === undefined) return ['unknown', undefined];
    const reference = document.entries(handling.value).find(({ key }) => /^target(?:Task|Menu|State)Ref$/.test(key));
    const target = reference === undefined ? undefined : document.text(reference.value);
    return [errorHandlingOf(handling.key), target === undefined ? undefined : targetOf(target)];
  }
}
