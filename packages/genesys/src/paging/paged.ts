import { check, ConfigError, isAbortSignal } from '@holdline/core';
import type { PagedRow, PagingStyle } from '../operations/operation-rows.js';
import { PAGED_OPERATIONS } from '../operations/paged-operations.js';
import { positionOfOptions, unboundThis } from '../sdk/sdk-method.js';
import { readCursor } from './cursor.js';
import { PageFeed, type PageSource } from './page-feed.js';
import { FedList, type PagedList } from './paged-list.js';

/**
 * The type of the items in an answer of the SDK.
 * @public
 */
export type ItemOf<Answer> = {
  [K in keyof Answer & ('entities' | 'conversations' | 'userDetails' | 'results')]: NonNullable<
    Answer[K]
  > extends readonly (infer Item)[]
    ? Item
    : never;
}[keyof Answer & ('entities' | 'conversations' | 'userDetails' | 'results')];

/**
 * Names of the methods of an API object.
 * @public
 */
export type MethodName<Api> = {
  [K in keyof Api]: Api[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Api] &
  string;

/**
 * The answer of a method of an API object.
 * @public
 */
export type AnswerOf<Method> = Method extends (...args: never[]) => infer Result ? Awaited<Result> : never;

/**
 * Options of `paged`. All are optional.
 * @public
 */
export interface PagedOptions {
  /**
   * `cursor` of an earlier list of the same method, to resume after its last item. The other arguments must be the same as then.
   * @defaultValue the start of the list
   */
  from?: string;
  /**
   * Whether the next page is requested while the items of a page are read.
   * @defaultValue true
   */
  prefetch?: boolean;
  /**
   * Field whose values are delivered once, such as `'id'`. The last 10,000 values at least are remembered.
   * @defaultValue none: items are delivered as often as the platform delivers them
   */
  unique?: string;
  /**
   * Ends the list. The pending and further calls of `next()` reject with the reason of the signal.
   * @defaultValue none
   */
  signal?: AbortSignal;
}

/**
 * Options of `paged` with a function: those of a method, and how the platform pages the list.
 * @public
 */
export interface PagedCallOptions extends PagedOptions {
  /**
   * Method of the SDK that the function calls, such as `'getUsers'`. It selects the style, the page size and the limits.
   * @defaultValue the name of a bound method
   */
  operation?: string;
  /**
   * Parameter that selects the next page. For an operation that the SDK added later than this package was written.
   * @defaultValue that of `operation`
   */
  style?: 'pageNumber' | 'after' | 'cursor' | 'nextPage';
  /**
   * Key of the array in the answer. Only with `style`.
   * @defaultValue 'entities'
   */
  items?: string;
  /**
   * Page size, sent as `pageSize`. Only with `style`.
   * @defaultValue the platform's
   */
  pageSize?: number;
}

/**
 * The parameters of one page, for the options of an SDK method.
 * @public
 */
export interface PageQuery {
  /** Page size. */
  pageSize?: number;
  /** Page size of operations that name it so. */
  limit?: number;
  /** Number of the page, from 1 on. */
  pageNumber?: number;
  /** Token of the style `after`. */
  after?: string;
  /** Token of the style `cursor`. */
  cursor?: string;
  /** Token of the style `nextPage`. */
  nextPage?: string;
}

const text = check.text;
const CHECKS = {
  from: text,
  prefetch: check.flag,
  unique: text,
  signal: (value: unknown, key: string) => (isAbortSignal(value) ? value : check.refuse(key, value, 'an AbortSignal')),
};
const checkOptions = check.shape<PagedOptions>(CHECKS);
const checkCallOptions = check.shape<PagedCallOptions>({
  ...CHECKS,
  operation: text,
  style: check.oneOf('pageNumber', 'after', 'cursor', 'nextPage'),
  items: text,
  pageSize: check.number({ min: 1, integer: true }),
});

/**
 * Reads a list of the platform page by page, with the largest page size that the platform allows, and one page ahead.
 *
 * The order is that of the platform. Lists with page numbers move while they are read: an item that is added before the current page
 * makes one item appear twice, and a deleted one makes an item be left out. `unique: 'id'` removes what appears twice. Lists with tokens
 * have no such shift, as far as the platform promises it.
 *
 * A list ends with a `PagingError` where the platform delivers no more, such as after 1,000 external contacts. The error names the
 * method that reads the whole list. The line never switches to that method itself, because it knows neither the order nor the filters
 * of the first.
 *
 * The first argument is an API object of the SDK, then come the name of a method and its arguments, and {@link PagedOptions} at the end.
 * A function may stand there too. It gets the parameters of one page ({@link PageQuery}), and {@link PagedCallOptions} follow.
 *
 * @throws ConfigError if the method is no paged operation, or an option is wrong. A method of the SDK that was given without its object
 *   is found at the first page: the list then rejects with a `ConfigError`.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { paged } from '@holdline/genesys';
 *
 * const users = new platformClient.UsersApi();
 * for await (const user of paged(users, 'getUsers', { expand: ['presence'] })) console.log(user.name);
 * for await (const user of paged((page) => users.getUsers({ ...page, state: 'any' }), { operation: 'getUsers' })) console.log(user.id);
 * ```
 * @public
 */
export function paged<Api extends object, Name extends MethodName<Api>>(
  api: Api,
  method: Name,
  ...args: Api[Name] extends (...args: infer Args extends unknown[]) => unknown
    ? [...args: Args, options?: PagedOptions]
    : never
): PagedList<ItemOf<AnswerOf<Api[Name]>>>;
/**
 * Reads a list of the platform page by page through a function that gets the parameters of each page.
 * @public
 */
export function paged<Answer>(
  call: (page: PageQuery) => Promise<Answer>,
  options?: PagedCallOptions,
): PagedList<ItemOf<Answer>>;
export function paged(first: unknown, ...rest: unknown[]): PagedList<unknown> {
  if (typeof first === 'function') return pagedCall(first as (page: PageQuery) => Promise<unknown>, rest[0]);
  if (typeof first !== 'object' || first === null) {
    throw new ConfigError('the first argument of paged must be an API object of the SDK, or a function');
  }
  const [method, ...args] = rest;
  return pagedMethod(first as Record<string, unknown>, text(method, 'the second argument of paged'), args);
}

function pagedMethod(api: Record<string, unknown>, name: string, args: unknown[]): PagedList<unknown> {
  const method = api[name];
  if (typeof method !== 'function') throw new ConfigError(`the API object given to paged has no method ${name}`);
  const row = findRow(name);
  if (!row) {
    throw new ConfigError(
      `${name} is no paged operation that is known. Give a function instead: paged((page) => api.${name}(page), { style: 'pageNumber' })`,
    );
  }
  const position = positionOfOptions(method, args);
  // The page is selected in the options of the method, or in the body before them.
  const at = row.body === undefined ? position : position - 1;
  const given = (args[at] ?? {}) as Record<string, unknown>;
  const target = row.body ? ((given[row.body] ?? {}) as Record<string, unknown>) : given;
  const source: PageSource = {
    name,
    row,
    read: (parameters) => {
      const merged = { ...target, ...parameters };
      const sent = args.slice(0, position + 1);
      sent[at] = row.body ? { ...given, [row.body]: merged } : merged;
      return (method as (...args: unknown[]) => Promise<unknown>).apply(api, sent);
    },
  };
  return listOf(source, target, checkOptions(args[position + 1] ?? {}, 'options'));
}

function pagedCall(call: (page: PageQuery) => Promise<unknown>, given: unknown): PagedList<unknown> {
  const options = checkCallOptions(given ?? {}, 'options');
  const name = options.operation ?? call.name.replace(/^bound /, '');
  const row: PagedRow | undefined = options.style
    ? { style: options.style, items: options.items ?? 'entities', size: 'pageSize' }
    : findRow(name);
  if (!row) {
    throw new ConfigError(
      "paged needs `operation`, the method of the SDK that the function calls, such as 'getUsers', or `style`",
    );
  }
  const source: PageSource = {
    name: name || 'the list',
    row,
    // An SDK method without its object fails with an error that says what to write.
    read: async (parameters) => call.call(unboundThis('paged', name) as never, parameters as PageQuery),
  };
  return listOf(source, options.pageSize === undefined ? {} : { pageSize: options.pageSize }, options);
}

/** The row of a method. */
function findRow(name: string): PagedRow | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  const whole = new RegExp(`\\s${name}\\s`);
  return PAGED_OPERATIONS.find(([, methods]) => whole.test(methods))?.[0];
}

/** @param given - Parameters that the caller set: a page size of the caller's stays, and a place of the caller's is the start. */
function listOf(source: PageSource, given: Record<string, unknown>, options: PagedOptions): PagedList<unknown> {
  const { row } = source;
  const list = findRow(source.name) ? source.name : row.style;
  const from = options.from === undefined ? undefined : readCursor(options.from, list);
  const ownSize = row.size === undefined ? undefined : (given[row.size] as number | undefined);
  const first = startOf(given[row.style], row.style);
  // A list of which no page was read resumes as a new one.
  const isNew = !from || (from.page === first && from.skip === 0 && from.size === undefined && !from.ended);
  const size = isNew ? (ownSize ?? row.max ?? row.assume) : from.size;
  const sizeIsAssumed = isNew && ownSize === undefined && row.max === undefined;
  const start = isNew ? first : from.page;
  const { prefetch = true, signal, unique } = options;
  const feed = new PageFeed(source, { start, size, sizeIsAssumed, prefetch, signal });
  const { skip = 0, ended = false } = from ?? {};
  return new FedList(feed, { list, start, size: sizeIsAssumed ? undefined : size, skip, ended, unique });
}

function startOf(given: unknown, style: PagingStyle): number | string | undefined {
  if (style === 'pageNumber') return typeof given === 'number' ? given : 1;
  return typeof given === 'string' && given !== '' ? given : undefined;
}
