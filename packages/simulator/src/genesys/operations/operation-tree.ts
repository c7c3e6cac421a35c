import { splitLines } from './operation-models.js';

/** How a list continues: by the number of the page, or by a token of this name in the query. */
export type PageToken = 'cursor' | 'nextPage' | 'after' | undefined;

/** One operation of the table. */
export interface Operation {
  readonly method: string;
  /** Segments of the path. A parameter has the form `:userId`. */
  readonly segments: readonly string[];
  /** The short form of the type of the answer; undefined for an answer without a body. */
  readonly answer: string | undefined;
  /** The platform only accepts the request, with 202. */
  readonly isAccepted: boolean;
  readonly pageToken: PageToken;
}

const PAGE_TOKENS: Readonly<Record<string, PageToken>> = { c: 'cursor', x: 'nextPage', a: 'after' };

/** The short form of an answer: accepted or not, its type, and the letter of the token. */
const ANSWER = /^(\+?)([^.]*)(?:\.([cxa]))?$/;

interface Node {
  readonly children: Map<string, Node>;
  parameter: Node | undefined;
  readonly operations: Map<string, Operation>;
}

/** All operations of the platform, by path. A literal segment is preferred to a parameter. */
export class OperationTree {
  readonly #root = createNode();
  /** Paths with one parameter, at their end, by the short form of the answer of their GET. */
  readonly #entityPaths = new Map<string, string>();

  /** @param paths - Text `PATHS` of the table. */
  constructor(paths: string) {
    let before: string[] = [];
    for (const line of splitLines(paths)) {
      const [path = '', ...answers] = line.split(' ');
      const shared = before.slice(0, Number.parseInt(path.charAt(0), 36));
      before = [...shared, ...path.slice(1).split('/')];
      this.#addPath(
        before.map((segment) => segment.replace(/^\{(.*)\}$/, ':$1')),
        answers,
      );
    }
  }

  /** Finds the operations of a path by method; undefined for an unknown path. */
  find(segments: readonly string[]): ReadonlyMap<string, Operation> | undefined {
    return findOperations(this.#root, segments, 0);
  }

  /** Finds the path of the entities that have this model: `/api/v2/users` for a user. */
  findEntityPath(answer: string): string | undefined {
    return this.#entityPaths.get(answer);
  }

  #addPath(segments: readonly string[], answers: readonly string[]): void {
    let node = this.#root;
    for (const segment of segments) node = addChild(node, segment);
    for (let index = 0; index < answers.length; index += 2) {
      const method = answers[index] ?? '';
      const operation = parseOperation(method, segments, answers[index + 1] ?? '');
      node.operations.set(method, operation);
      if (method === 'GET') this.#addEntityPath(operation);
    }
  }

  #addEntityPath({ segments, answer }: Operation): void {
    if (answer === undefined || segments.findIndex((segment) => segment.startsWith(':')) !== segments.length - 1)
      return;
    const path = `/${segments.slice(0, -1).join('/')}`;
    const known = this.#entityPaths.get(answer);
    if (known === undefined || path.length < known.length) this.#entityPaths.set(answer, path);
  }
}

function createNode(): Node {
  return { children: new Map(), parameter: undefined, operations: new Map() };
}

function addChild(node: Node, segment: string): Node {
  if (segment.startsWith(':')) return (node.parameter ??= createNode());
  let child = node.children.get(segment);
  if (child === undefined) node.children.set(segment, (child = createNode()));
  return child;
}

function findOperations(node: Node, segments: readonly string[], depth: number): Map<string, Operation> | undefined {
  if (depth === segments.length) return node.operations.size > 0 ? node.operations : undefined;
  const child = node.children.get(segments[depth] ?? '');
  const found = child === undefined ? undefined : findOperations(child, segments, depth + 1);
  if (found !== undefined || node.parameter === undefined || segments[depth] === '') return found;
  return findOperations(node.parameter, segments, depth + 1);
}

function parseOperation(method: string, segments: readonly string[], text: string): Operation {
  const [, accepted, answer = '', token = ''] = ANSWER.exec(text) ?? [];
  return {
    method,
    segments,
    answer: answer === '' || answer === '-' ? undefined : answer,
    isAccepted: accepted === '+',
    pageToken: PAGE_TOKENS[token],
  };
}
