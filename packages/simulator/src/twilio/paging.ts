import { type Answer, answerOk } from '../http/answer.js';
import type { RouteRequest } from '../platform/request.js';
import { buildErrorAnswer } from './error-answers.js';

/** The sizes that the list methods of the SDK document. */
const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/** Answers one page of a list. The address of the next page has a token, which clients send back unchanged. */
export function answerPage(request: RouteRequest, key: string, all: readonly object[]): Answer {
  const pageSize = Number(request.query.get('PageSize') ?? DEFAULT_PAGE_SIZE);
  const page = Number(request.query.get('Page') ?? 0);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE || !Number.isInteger(page) || page < 0) {
    return buildErrorAnswer(400, 'Page size must be from 1 to 1000', 20_006);
  }
  const urlOf = (number: number): string => {
    const query = new URLSearchParams(request.query);
    query.set('PageSize', String(pageSize));
    query.set('Page', String(number));
    if (number > 0) query.set('PageToken', `PT${number}`);
    return `http://${request.host}${request.path}?${query.toString()}`;
  };
  const isLast = (page + 1) * pageSize >= all.length;
  return answerOk({
    [key]: all.slice(page * pageSize, (page + 1) * pageSize),
    meta: {
      first_page_url: urlOf(0),
      key,
      next_page_url: isLast ? null : urlOf(page + 1),
      page,
      page_size: pageSize,
      previous_page_url: page === 0 ? null : urlOf(page - 1),
      url: urlOf(page),
    },
  });
}
