import { type Answer, JsonText } from '../../http/answer.js';
import { readFields, type RouteRequest } from '../../platform/request.js';
import { buildBadRequest, buildUri, describePage, MAX_PAGE_SIZE, parsePagingNumber } from '../paging.js';
import type { AnswerShape, OperationList } from './answer-shape.js';
import { escapeJson } from './body-template.js';
import type { OperationBodies } from './operation-bodies.js';
import type { PageToken } from './operation-tree.js';

/** Items of a list without pages. */
const UNPAGED_ITEMS = 3;
const DEFAULT_SIZE = 25;

/** Answers one page of a list. `total` is the number of all its items. */
export function answerList(
  request: RouteRequest,
  shape: AnswerShape & { readonly list: OperationList },
  bodies: OperationBodies,
  pageToken: PageToken,
  total: number,
): Answer {
  const { name, pageFields, rest } = shape.list;
  const params = shape.paramNames.map((one) => escapeJson(request.params[one] ?? ''));
  const path = escapeJson(request.path);
  if (name === undefined) {
    return { status: 200, body: new JsonText(bodies.writeItems(shape, path, params, 0, UNPAGED_ITEMS)) };
  }
  const page = readPage(request, pageToken, total);
  if ('status' in page) return page;
  const items = bodies.writeItems(shape, path, params, page.start, page.end);
  const described = Object.entries(page.fields).filter(([field]) => pageFields.has(field));
  const others = JSON.stringify({ ...Object.fromEntries(described), ...rest });
  return { status: 200, body: new JsonText(`{"${name}":${items}${others === '{}' ? '' : ','}${others.slice(1)}`) };
}

interface Page {
  readonly start: number;
  readonly end: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function readPage(request: RouteRequest, token: PageToken, total: number): Page | Answer {
  const { query } = request;
  const body = readFields(request);
  const paging = typeof body['paging'] === 'object' && body['paging'] !== null ? body['paging'] : body;
  const read = (name: string): string | null => {
    const inBody: unknown = (paging as Record<string, unknown>)[name];
    return query.get(name) ?? (typeof inBody === 'number' ? String(inBody) : null);
  };
  const pageSize = parsePagingNumber(read('pageSize') ?? query.get('limit'), DEFAULT_SIZE);
  if (pageSize === undefined || pageSize > MAX_PAGE_SIZE) {
    return buildBadRequest(request, `pageSize must be from 1 to ${MAX_PAGE_SIZE}`);
  }
  if (token !== undefined) return readTokenPage(request, token, pageSize, total);
  const pageNumber = parsePagingNumber(read('pageNumber'), 1);
  if (pageNumber === undefined) return buildBadRequest(request, 'pageNumber must be 1 or more');
  const start = Math.min(total, (pageNumber - 1) * pageSize);
  const end = Math.min(total, start + pageSize);
  const described = describePage(request, { pageSize, pageNumber, total });
  return { start, end, fields: { ...described, totalHits: total, count: end - start, resultCount: end - start } };
}

/** A token names its path and the first item of its page. */
function readTokenPage(
  request: RouteRequest,
  token: PageToken & string,
  pageSize: number,
  total: number,
): Page | Answer {
  const given = request.query.get(token);
  const start = given === null || given === '' ? 0 : readStart(given, request.path);
  if (start === undefined) return buildBadRequest(request, `${token} is invalid`);
  const end = Math.min(total, start + pageSize);
  const next = end < total ? Buffer.from(`${request.path} ${end}`, 'utf8').toString('base64url') : undefined;
  const size = { pageSize: String(pageSize) };
  const fields = {
    pageSize,
    total,
    pageCount: Math.ceil(total / pageSize),
    count: end - start,
    selfUri: buildUri(request, size),
    cursors: { ...(next !== undefined && { after: next }) },
    ...(next !== undefined && { nextUri: buildUri(request, { ...size, [token]: next }), cursor: next, after: next }),
  };
  return { start: Math.min(start, total), end, fields };
}

function readStart(token: string, path: string): number | undefined {
  const [tokenPath, start = ''] = Buffer.from(token, 'base64url').toString('utf8').split(' ');
  return tokenPath === path && /^\d{1,9}$/.test(start) ? Number(start) : undefined;
}
