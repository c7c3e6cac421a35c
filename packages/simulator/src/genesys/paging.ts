import { type Answer, answerOk } from '../http/answer.js';
import type { RouteRequest } from '../platform/request.js';
import { buildErrorAnswer } from './error-answers.js';

/** Answers one page of a list in the platform's format. */
export function answerPage(request: RouteRequest, all: readonly unknown[]): Answer {
  const pageSize = parsePagingNumber(request.query.get('pageSize'), 25);
  const pageNumber = parsePagingNumber(request.query.get('pageNumber'), 1);
  if (pageSize === undefined || pageSize > 500) return buildBadRequest(request, 'pageSize must be from 1 to 500');
  if (pageNumber === undefined) return buildBadRequest(request, 'pageNumber must be 1 or more');
  const pageCount = Math.ceil(all.length / pageSize);
  const uri = (number: number): string => {
    const query = new URLSearchParams(request.query);
    query.set('pageSize', String(pageSize));
    query.set('pageNumber', String(number));
    return `${request.path}?${query.toString()}`;
  };
  return answerOk({
    entities: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageSize,
    pageNumber,
    total: all.length,
    pageCount,
    firstUri: uri(1),
    lastUri: uri(Math.max(1, pageCount)),
    selfUri: uri(pageNumber),
    ...(pageNumber < pageCount && { nextUri: uri(pageNumber + 1) }),
    ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
  });
}

function parsePagingNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function buildBadRequest(request: RouteRequest, message: string): Answer {
  return buildErrorAnswer(400, 'bad.request', message, request.contextId);
}
