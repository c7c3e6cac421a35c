// The operations of the SDK whose answer is one page of a list: how to get the next page, and what limits there are.
import { models, operations } from './sdk.mjs';

/** Operations with parameters of pages that a review rejected. */
const EXCLUDED = {
  getWorkforcemanagementManagementunits: 'does not support paging any more',
  getIntegration: 'returns one entity',
  getUsageAggregatesQueryJob: 'belongs to a job',
  getUsageClientClientIdAggregatesQueryJob: 'belongs to a job',
};

/** Methods that read a list beyond the limit of another method. */
const INSTEAD = {
  getExternalcontactsContacts: 'getExternalcontactsScanContacts',
  getExternalcontactsOrganizations: 'getExternalcontactsScanOrganizations',
  getRoutingQueuesDivisionviews: 'getRoutingQueuesDivisionviewsAll',
};

const MAXIMUM =
  /(?:max(?:imum)?(?: value| page size| that will be returned)?(?: is| of|:)?|between \d+ and|pageSize <=) ?(\d+)/i;
const DEFAULT = /default(?:s)? to (\d+)/i;
/** Size that is tried where the SDK documents a smaller default and no maximum. The general maximum of the platform. */
const ASSUMED = 100;
const LAST_PAGE = /max value is (\d+)/;
const LAST_ITEM = /pageNumber \* pageSize must be <= ([\d,]+)/;

/** Key of the array in an answer. Answers of searches also have an array `types`. */
function itemsKey(answer) {
  const arrays = Object.entries(models[answer] ?? {}).filter(([, type]) => type.startsWith('Array<'));
  return ['entities', 'results', 'conversations', 'userDetails'].find((key) => arrays.some(([name]) => name === key));
}

/** The style of the pages. An operation that has page numbers beside another style answers with page numbers. */
function styleOf(names, answer) {
  const has = (name) => names.includes(name);
  if (has('pageNumber') && !(has('nextPage') && !('pageNumber' in answer))) return 'pageNumber';
  return ['cursor', 'nextPage', 'after'].find(has);
}

/** The row of an operation; undefined if its answer is no page, or names no next page. */
function toRow({ name, method, query, answer, bodyType, path }) {
  const items = itemsKey(answer);
  if (name in EXCLUDED || !items || (method === 'POST' && path.endsWith('/jobs'))) return undefined;
  const fields = models[answer];
  const body = method === 'POST' ? bodyOf(bodyType) : undefined;
  if (method === 'POST' ? !body : method !== 'GET') return undefined;
  const parameters = body?.fields ?? Object.fromEntries(query.map(({ wire, text }) => [wire, text]));
  const style = styleOf(Object.keys(parameters), fields);
  const size = ['pageSize', 'limit'].find((one) => one in parameters);
  const namesNext = ['nextUri', 'after', 'cursor', 'cursors'].some((field) => field in fields);
  if (!style || (style !== 'pageNumber' && !namesNext)) return undefined;
  const max = size && MAXIMUM.exec(parameters[size])?.[1];
  const assume = size && !max && (body || Number(DEFAULT.exec(parameters[size])?.[1]) < ASSUMED);
  const maxPage = LAST_PAGE.exec(parameters['pageNumber'] ?? '')?.[1];
  const maxItems = LAST_ITEM.exec(parameters['pageNumber'] ?? '')?.[1].replace(',', '');
  return {
    style,
    items,
    ...(size && { size }),
    ...(max && { max: Number(max) }),
    ...(assume && { assume: ASSUMED }),
    ...(maxPage && { maxPage: Number(maxPage) }),
    ...(maxItems && { maxItems: Number(maxItems) }),
    ...(INSTEAD[name] && { instead: INSTEAD[name] }),
    ...(body && { body: body.key }),
  };
}

/** The fields of a request body that select the page, and the key of the object that has them. */
function bodyOf(type) {
  const fields = models[type];
  if (!fields) return undefined;
  if (fields.paging) return { key: 'paging', fields: { pageSize: '', pageNumber: '' } };
  const known = Object.keys(fields).filter((field) => ['pageSize', 'pageNumber', 'after', 'cursor'].includes(field));
  return known.includes('pageNumber') || known.length > 1
    ? { key: '', fields: Object.fromEntries(known.map((field) => [field, ''])) }
    : undefined;
}

/** Rows of `PAGED_OPERATIONS` by method. */
export const pagedOperations = Object.fromEntries(
  operations
    .map((operation) => [operation.name, toRow(operation)])
    .filter(([, row]) => row)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
