import type { BodyTemplate } from './body-template.js';
import type { OperationModels, ValueType } from './operation-models.js';

/** An answer that is a list, or has one. */
export interface OperationList {
  /** Name of the list in the answer; undefined for an answer that is a list itself. */
  readonly name: string | undefined;
  readonly items: ValueType;
  /** Names of the fields that describe the page. */
  readonly pageFields: ReadonlySet<string>;
  /** The other fields of the answer. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** Path of the entities that are the items, for their addresses. */
  readonly entityPath: string | undefined;
}

/** What is known about the answer of an operation. */
export interface AnswerShape {
  readonly type: ValueType;
  readonly noun: string;
  readonly paramNames: readonly string[];
  /** Names of the fields of the answer; undefined for an answer that is no object of a model. */
  readonly fieldNames: ReadonlySet<string> | undefined;
  /** Set when the answer is a list. */
  readonly list: OperationList | undefined;
  /** Templates of the entity or of the items, by variant. */
  readonly templates: (BodyTemplate | undefined)[];
}

/** Names of the lists of pages. A list with another name than the first has pages only beside a field that says so. */
const LIST_NAMES = ['entities', 'results', 'conversations', 'userDetails', 'members', 'items'];
const PAGE_FIELDS = [
  ...['pageSize', 'pageNumber', 'total', 'pageCount', 'totalHits', 'partNumber', 'count', 'resultCount'],
  ...['firstUri', 'lastUri', 'selfUri', 'nextUri', 'previousUri', 'cursor', 'cursors', 'after', 'before'],
];
const PAGE_SIGNS = ['pageSize', 'pageCount', 'nextUri', 'cursor', 'totalHits'];

/** Finds the list in an answer. */
export function findList(
  type: ValueType,
  models: OperationModels,
  buildRest: (index: number, without: ReadonlySet<string>) => Record<string, unknown>,
): OperationList | undefined {
  if (type.kind === 'list') {
    return { name: undefined, items: type.of, pageFields: new Set(), rest: {}, entityPath: undefined };
  }
  if (type.kind !== 'model') return undefined;
  const fields = new Map(models.get(type.index).fields.map((field) => [field.name, field.type]));
  const isPaged = PAGE_SIGNS.some((name) => fields.has(name));
  const name = LIST_NAMES.find((one) => fields.get(one)?.kind === 'list' && (one === 'entities' || isPaged));
  const list = name === undefined ? undefined : fields.get(name);
  if (name === undefined || list?.kind !== 'list') return undefined;
  // The total of a list of trends is an object, and `cursors` is the only object that describes a page.
  const pageFields = new Set(
    PAGE_FIELDS.filter((one) => fields.has(one) && (one === 'cursors' || fields.get(one)?.kind !== 'model')),
  );
  const rest = buildRest(type.index, new Set([...pageFields, name]));
  return { name, items: list.of, pageFields, rest, entityPath: undefined };
}
