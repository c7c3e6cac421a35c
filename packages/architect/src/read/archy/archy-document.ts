import { Composer, isAlias, isMap, isNode, isPair, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import type { Alias, Document, Node, YAMLMap } from 'yaml';
import type { Place } from '../../flow/types.js';
import { formatPath, type ActionPath } from '../action-path.js';
import { FlowFileError, printable, type FlowFileErrorCode } from '../flow-file-error.js';
import { MAX_TOKENS, MAX_VISITS } from '../limits.js';

/** An entry of a mapping. */
export interface Entry {
  readonly key: string;
  readonly keyNode: Node | undefined;
  readonly value: Node | undefined;
}

/**
 * Braces of `{{placeholder}}`, which Terraform and Archy replace before they read a file. YAML would read them as mappings, or not at all, so
 * private characters of the same length stand in for them while it is parsed. Columns stay right.
 */
const PLACEHOLDER = /\{\{([ \t]{0,10}[\w.-]{1,200}[ \t]{0,10})\}\}/g;
const OPEN = '\uE000\uE001';
const CLOSE = '\uE001\uE000';

const maskPlaceholders = (text: string): string => text.replace(PLACEHOLDER, `${OPEN}$1${CLOSE}`);
const unmask = (text: string): string =>
  text.includes(OPEN) ? text.replaceAll(OPEN, '{{').replaceAll(CLOSE, '}}') : text;

/** Whether a text depends on values that Terraform or Archy put in later. */
export const hasPlaceholder = (text: string): boolean => text.includes('{{') || text.includes('${');

/**
 * A parsed YAML file. All reading goes through it, so that each node has its place, aliases are followed, and the sum of visits is bounded.
 */
export class ArchyDocument {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #root: Node | undefined;
  #visits = 0;
  #aliases: Map<Alias, Node> | undefined;

  constructor(text: string, file: string) {
    this.#file = file;
    const masked = maskPlaceholders(text);
    this.#countTokens(masked);
    const document = this.#parse(masked);
    const error = document?.errors[0];
    if (error !== undefined) throw this.#syntaxError(error.code, error.message, error.pos[0]);
    this.#root = document?.contents ?? undefined;
  }

  get root(): Node | undefined {
    return this.#root;
  }

  place(node: Node | undefined, path?: ActionPath): Place {
    return this.#placeAt(node?.range?.[0], formatPath(path));
  }

  error(code: FlowFileErrorCode, problem: string, node: Node | undefined, path?: ActionPath): FlowFileError {
    return new FlowFileError(code, problem, this.place(node, path));
  }

  /** Entries of a mapping; none for another node. A key that is there twice is an error. */
  entries(node: Node | undefined): readonly Entry[] {
    const map = this.#follow(node);
    if (!isMap(map)) return [];
    this.#count(map.items.length, map);
    const keys = new Set<string>();
    return map.items.map((pair) => {
      const keyNode = isNode(pair.key) ? pair.key : undefined;
      const key = this.#keyText(keyNode);
      if (keys.has(key))
        throw this.error('DUPLICATE_KEY', `the key ${JSON.stringify(printable(key))} is there twice`, keyNode);
      keys.add(key);
      return { key, keyNode, value: this.#follow(isNode(pair.value) ? pair.value : undefined) };
    });
  }

  /** Value of a key of a mapping; undefined without the key. */
  get(node: Node | undefined, key: string): Node | undefined {
    return this.entries(node).find((entry) => entry.key === key)?.value;
  }

  /** Items of a list; undefined for another node. */
  items(node: Node | undefined): readonly (Node | undefined)[] | undefined {
    const list = this.#follow(node);
    if (!isSeq(list)) return undefined;
    this.#count(list.items.length, list);
    return list.items.map((item) => this.#follow(isNode(item) ? item : undefined));
  }

  isMap(node: Node | undefined): node is YAMLMap {
    return isMap(this.#follow(node));
  }

  /** Text of a scalar as it stands in the file without quotes; undefined for another node. */
  text(node: Node | undefined): string | undefined {
    const scalar = this.#follow(node);
    if (!isScalar(scalar)) return undefined;
    return unmask(scalar.source ?? (scalar.value === null ? '' : String(scalar.value)));
  }

  /** Value of a scalar; undefined for another node and for null. */
  scalar(node: Node | undefined): string | number | boolean | undefined {
    const scalar = this.#follow(node);
    if (!isScalar(scalar)) return undefined;
    const { value } = scalar;
    if (typeof value === 'string') return unmask(value);
    return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
  }

  #keyText(node: Node | undefined): string {
    const text = this.text(node);
    if (text !== undefined) return text;
    // A key that is no scalar has no text of bounded size. Architect writes none.
    return `?${node?.range?.[0] ?? ''}`;
  }

  /** Node that an alias stands for; the node itself otherwise. */
  #follow(node: Node | undefined): Node | undefined {
    let current = node;
    for (let step = 0; current !== undefined && isAlias(current); step++) {
      if (step > 100) throw this.error('TOO_DEEP', 'an alias leads to itself', node);
      this.#aliases ??= this.#resolveAliases();
      current = this.#aliases.get(current);
    }
    return current;
  }

  /**
   * Nodes of all aliases, in one walk. The library searches the document once per alias. An alias means the last anchor of its name before
   * it.
   */
  #resolveAliases(): Map<Alias, Node> {
    const anchors = new Map<string, Node>();
    const aliases = new Map<Alias, Node>();
    const waiting: unknown[] = [this.#root];
    while (waiting.length > 0) {
      const node = waiting.pop();
      if (isPair(node)) waiting.push(node.value, node.key);
      else if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) aliases.set(node, target);
      } else if (isNode(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        if (isMap(node) || isSeq(node))
          for (let at = node.items.length - 1; at >= 0; at--) waiting.push(node.items[at]);
      }
    }
    return aliases;
  }

  #count(visits: number, node: Node): void {
    this.#visits += visits + 1;
    if (this.#visits > MAX_VISITS)
      throw this.error('TOO_LARGE', 'the aliases of the YAML repeat its parts too often', node);
  }

  /** The first document. The parser is left at the first token that is wrong: an error per token would need more memory than the file. */
  #parse(text: string): Document.Parsed | undefined {
    const parser = new Parser(this.#lines.addNewLine);
    const composer = new Composer({
      // The check of the library compares each key with all keys before it. Reading a mapping checks its keys in linear time.
      uniqueKeys: false,
      strict: true,
      version: '1.2',
      schema: 'core',
      logLevel: 'silent',
    });
    let first: Document.Parsed | undefined;
    const keep = (documents: Iterable<Document.Parsed>): void => {
      for (const document of documents) {
        if (first !== undefined)
          throw this.#syntaxError('MULTIPLE_DOCS', 'a second document follows', document.range[0]);
        first = document;
      }
    };
    for (const token of parser.parse(text)) {
      if (token.type === 'error') throw this.#syntaxError('UNEXPECTED_TOKEN', token.message, token.offset);
      keep(composer.next(token));
    }
    keep(composer.end());
    return first;
  }

  #syntaxError(code: string, message: string, offset: number): FlowFileError {
    const isDepth = code === 'RESOURCE_EXHAUSTION';
    const problem = `the YAML has an error: ${printable(unmask(message), 200)}`;
    const place = this.#placeAt(offset, '');
    return new FlowFileError(
      isDepth ? 'TOO_DEEP' : 'SYNTAX',
      isDepth ? 'the YAML is nested too deeply' : problem,
      place,
    );
  }

  /** Refuses a file that would need too much memory when parsed. The lexer keeps one token at a time. */
  #countTokens(text: string): void {
    let tokens = 0;
    let offset = 0;
    for (const token of new Lexer().lex(text)) {
      tokens += 1;
      offset += token.length;
      if (tokens > MAX_TOKENS)
        throw new FlowFileError(
          'TOO_LARGE',
          `the YAML has more than ${MAX_TOKENS.toLocaleString('en')} tokens, after ${offset.toLocaleString('en')} characters`,
          { file: this.#file, path: '' },
        );
    }
  }

  #placeAt(offset: number | undefined, path: string): Place {
    if (offset === undefined) return { file: this.#file, path };
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? { file: this.#file, path } : { file: this.#file, line, column: col, path };
  }
}
