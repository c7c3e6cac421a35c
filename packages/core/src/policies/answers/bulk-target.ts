import type { ActiveCall } from '../../call/call.js';
import { targetOf } from '../../http/url.js';
import type { ResolvedBulk } from './bulk-options.js';
import { CONDITIONS } from './key.js';

/** The list that can answer a single read. */
export interface BulkTarget {
  /** The id, decoded. */
  readonly id: string;
  /** URL of the list without its query. */
  readonly url: string;
  /** The query that the list takes over from the call, in the order of its names. */
  readonly passed: readonly string[];
  /** Names of the fields that the item must have. */
  readonly fields: readonly string[];
}

/** Scheme and authority. A URL with a user in it is not read in bulk. */
const HEAD = /^[a-z][a-z\d+.-]*:\/\/[^/?#@]*(?=[/?#]|$)/i;

/** What a list of ids, joined by commas, cannot carry. */
const NOT_JOINED = /[,\s]/;

/** Makes a function that finds the list for a call. Undefined: the call must be sent itself. */
export function targetReader(options: ResolvedBulk): (call: ActiveCall) => BulkTarget | undefined {
  const { endpoint, list, parameter, pageSize, query = {}, passes = [], expands = [] } = options;
  const { segments } = endpoint;
  const names = segments.map((segment) => (segment.startsWith(':') ? segment.slice(1) : undefined));
  const idAt = options.id === undefined ? names.lastIndexOf(names.filter(Boolean).at(-1)) : names.indexOf(options.id);
  const except = new Set(options.except?.map((value) => value.toLowerCase()));
  const own = new Set([parameter, pageSize]);
  const template = list.split('/').map((part) => {
    const name = /^(?::(.+)|\{(.+)\})$/.exec(part);
    return name ? names.indexOf(name[1] ?? name[2]) : part;
  });

  return (call) => {
    const head = HEAD.exec(call.url)?.[0];
    if (head === undefined || !isPlainRead(call)) return undefined;
    const [path = '', search = ''] = splitOnce(targetOf(call.url), '?');
    const parts = path.replace(/\/$/, '').split('/');
    // A gateway may put a prefix before the pattern.
    const start = parts.length - segments.length;
    if (start < 1) return undefined;
    const bound = parts.slice(start);
    const isOther = bound.some((part, i) => isFixed(segments[i]) && !isEqual(part, segments[i] as string));
    const id = decode(bound[idAt] ?? '');
    if (isOther || !id || NOT_JOINED.test(id) || except.has(id.toLowerCase())) return undefined;
    const passed = readQuery(search);
    if (!passed || passed.some(({ name }) => !passes.includes(name) || own.has(name))) return undefined;
    const listPath = template.map((part) => (typeof part === 'string' ? part : bound[part])).join('/');
    const fixed = Object.entries(query).filter(([name]) => !passed.some((pair) => pair.name === name));
    return {
      id,
      url: head + parts.slice(0, start).join('/') + listPath,
      passed: [...passed.map(({ text }) => text), ...fixed.map((pair) => pair.map(encodeURIComponent).join('='))],
      fields: passed.flatMap(({ name, value }) => (expands.includes(name) ? value.split(',').filter(Boolean) : [])),
    };
  };
}

/** Whether nothing about a call needs a request of its own. */
function isPlainRead({ method, context = {}, request, replay }: ActiveCall): boolean {
  const { headers } = request;
  if (method !== 'GET' || context.without === 'all' || context.granting || replay) return false;
  if (context.transaction !== undefined || context.idempotencyKey !== undefined) return false;
  if (!request.variant || !request.answerBody || !request.restoreAnswer) return false;
  if (request.source || request.payload?.() !== undefined) return false;
  return CONDITIONS.every((name) => headers.get(name) === undefined);
}

function isFixed(segment: string | undefined): boolean {
  return segment !== undefined && segment !== '*' && !segment.startsWith(':');
}

function isEqual(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** One pair of a query: as sent, and decoded. */
interface QueryPair {
  readonly text: string;
  readonly name: string;
  readonly value: string;
}

/** Returns the pairs of a query by name. Values of one name keep their order. Undefined: the query is malformed. */
function readQuery(query: string): QueryPair[] | undefined {
  const pairs: QueryPair[] = [];
  for (const text of query.split('&')) {
    const [name, value] = splitOnce(text.replace(/\+/g, ' '), '=').map(decode);
    if (name === undefined || (text.includes('=') && value === undefined)) return undefined;
    if (text !== '') pairs.push({ text, name, value: value ?? '' });
  }
  return pairs.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
