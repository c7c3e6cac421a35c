import { type Answer, answerOk } from '../http/answer.js';
import type { RouteRequest } from '../platform/request.js';
import { buildErrorAnswer } from './error-answers.js';

/** The page sizes of a list. */
export interface PageRules {
  readonly defaultSize?: number;
  /** A larger size is refused with 400. */
  readonly maxSize?: number;
  /** A larger size is accepted, and this many entities come. */
  readonly mostReturned?: number;
  /** Largest product of page number and size. */
  readonly maxReach?: number;
}

/** Largest size of a page where a list has no rule of its own. */
export const MAX_PAGE_SIZE = 500;

/** Answers one page of a list in the platform's format. */
export function answerPage(request: RouteRequest, all: readonly unknown[], rules: PageRules = {}): Answer {
  const { defaultSize = 25, maxSize = MAX_PAGE_SIZE, mostReturned = Infinity, maxReach = Infinity } = rules;
  const asked = parsePagingNumber(request.query.get('pageSize'), defaultSize);
  const pageNumber = parsePagingNumber(request.query.get('pageNumber'), 1);
  if (asked === undefined || asked > maxSize) return buildBadRequest(request, `pageSize must be from 1 to ${maxSize}`);
  if (pageNumber === undefined) return buildBadRequest(request, 'pageNumber must be 1 or more');
  const pageSize = Math.min(asked, mostReturned);
  if (pageNumber * pageSize > maxReach) {
    return buildBadRequest(request, `pageNumber * pageSize must be at most ${maxReach}`);
  }
  return answerOk({
    entities: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    ...describePage(request, { pageSize, pageNumber, total: all.length }),
  });
}

/** Describes one page of a list by number: its place, and the addresses of the other pages. */
export function describePage(
  request: RouteRequest,
  { pageSize, pageNumber, total }: { pageSize: number; pageNumber: number; total: number },
): Record<string, unknown> {
  const pageCount = Math.ceil(total / pageSize);
  const uri = (number: number): string => buildUri(request, { pageSize: String(pageSize), pageNumber: String(number) });
  return {
    pageSize,
    pageNumber,
    total,
    pageCount,
    firstUri: uri(1),
    lastUri: uri(Math.max(1, pageCount)),
    selfUri: uri(pageNumber),
    ...(pageNumber < pageCount && { nextUri: uri(pageNumber + 1) }),
    ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
  };
}

/** Builds the address of another page: this request with other values in its query. */
export function buildUri({ path, query }: RouteRequest, values: Readonly<Record<string, string>>): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) changed.set(name, value);
  return `${path}?${changed.toString()}`;
}

export function parsePagingNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

export function buildBadRequest(request: RouteRequest, message: string): Answer {
  return buildErrorAnswer(400, 'bad.request', message, request.contextId);
}
