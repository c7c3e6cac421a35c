import { type Answer, answerOk } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import type { RouteRequest } from '../platform/request.js';
import { buildBadRequest, buildUri, parsePagingNumber } from './paging.js';

/** A list whose pages follow each other by a token. */
interface CursorRules {
  /** Name of the token in the query. */
  readonly token: 'after' | 'cursor' | 'nextPage';
  /** Name of the size in the query. */
  readonly size?: 'pageSize' | 'limit';
  readonly defaultSize?: number;
  readonly minSize?: number;
  readonly maxSize: number;
}

/** One page, and the token of the next one. */
export interface CursorPage<Item> {
  readonly items: readonly Item[];
  readonly pageSize: number;
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** Reads one page. An invalid size or token gives the answer 400. */
export function readCursorPage<Item extends Entity>(
  request: RouteRequest,
  all: readonly Item[],
  { token, size = 'pageSize', defaultSize = 25, minSize = 1, maxSize }: CursorRules,
): CursorPage<Item> | Answer {
  const pageSize = parsePagingNumber(request.query.get(size), defaultSize);
  if (pageSize === undefined || pageSize < minSize || pageSize > maxSize) {
    return buildBadRequest(request, `${size} must be from ${minSize} to ${maxSize}`);
  }
  const given = request.query.get(token);
  const start = given === null || given === '' ? 0 : findStart(given, request.path, all);
  if (start === undefined) return buildBadRequest(request, `${token} is invalid`);
  const items = all.slice(start, start + pageSize);
  const last = items.at(-1);
  const isLast = last === undefined || start + pageSize >= all.length;
  return { items, pageSize, next: isLast ? undefined : buildToken(request.path, start + pageSize, last.id) };
}

export function isAnswer(page: CursorPage<Entity> | Answer): page is Answer {
  return 'status' in page;
}

/** Answers a page whose next token is only in `nextUri`, as teams and divisions do. */
export function answerAfterPage(request: RouteRequest, all: readonly Entity[], maxSize: number): Answer {
  const page = readCursorPage(request, all, { token: 'after', maxSize });
  if (isAnswer(page)) return page;
  return answerOk({
    entities: page.items,
    selfUri: buildUri(request, { pageSize: String(page.pageSize) }),
    ...(page.next !== undefined && {
      nextUri: buildUri(request, { pageSize: String(page.pageSize), after: page.next }),
    }),
  });
}

/** Answers a page of a list with `nextPage`, as speech and text analytics do. */
export function answerNextPage(request: RouteRequest, all: readonly Entity[], maxSize: number): Answer {
  const page = readCursorPage(request, all, { token: 'nextPage', defaultSize: 20, maxSize });
  if (isAnswer(page)) return page;
  const pageSize = String(page.pageSize);
  return answerOk({
    entities: page.items,
    pageSize: page.pageSize,
    total: all.length,
    pageCount: Math.ceil(all.length / page.pageSize),
    selfUri: buildUri(request, { pageSize }),
    ...(page.next !== undefined && { nextUri: buildUri(request, { pageSize, nextPage: page.next }) }),
  });
}

/** A token names the last entity, so that a deletion before it does not move the next page. */
function buildToken(path: string, offset: number, lastId: string): string {
  return Buffer.from(JSON.stringify([path, offset, lastId]), 'utf8').toString('base64url');
}

function findStart(token: string, path: string, all: readonly Entity[]): number | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const [tokenPath, offset, lastId] = parsed as unknown[];
  if (tokenPath !== path || typeof offset !== 'number') return undefined;
  const index = all.findIndex(({ id }) => id === lastId);
  return index < 0 ? offset : index + 1;
}
