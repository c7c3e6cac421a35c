// The reads of one entity that the platform also answers in bulk, from the operations of the SDK.
import { models, operations, toPattern } from './sdk.mjs';

/** Lists whose path is not that of the single read without its last parameter. */
const LISTS = {
  '/api/v2/flows/{flowId}': '/api/v2/flows/lookup',
  '/api/v2/analytics/conversations/{conversationId}/details': '/api/v2/analytics/conversations/details',
  '/api/v2/businessrules/decisiontables/{tableId}': '/api/v2/businessrules/decisiontables/search',
  '/api/v2/integrations/actions/{actionId}/draft': '/api/v2/integrations/actions/drafts',
  '/api/v2/quality/forms/evaluations/{formId}': '/api/v2/quality/forms/evaluations/bulk',
  '/api/v2/quality/forms/surveys/{formId}': '/api/v2/quality/forms/surveys/bulk',
  '/api/v2/users/{userId}/presences/purecloud': '/api/v2/users/presences/purecloud/bulk',
  '/api/v2/users/{userId}/presences/{sourceId}': '/api/v2/users/presences/{sourceId}/bulk',
};

/** Candidates that a review rejected. A candidate whose list has another model than the single read needs no entry. */
const EXCLUDED = {
  '/api/v2/gamification/profiles/{profileId}/metrics/{metricId}': 'the list gives a field only with `expand`',
  '/api/v2/journey/views/{viewId}': 'the list gives fields only with `expand`',
  '/api/v2/businessrules/decisiontables/{tableId}': 'the search gives fields only with `expand`',
};

/** Items of another model that were reviewed: they lack the named fields of the single read, and have the named fields besides. */
const OTHER_MODELS = new Set([
  '/api/v2/users/{userId}/presences/purecloud',
  '/api/v2/users/{userId}/presences/{sourceId}',
]);

/** Field of an item with the id, where it is not `id`. */
const KEYS = {
  '/api/v2/analytics/conversations/{conversationId}/details': 'conversationId',
  '/api/v2/users/{userId}/presences/purecloud': 'userId',
  '/api/v2/users/{userId}/presences/{sourceId}': 'userId',
};

/** Further query of a list, without which the list leaves out entities that the single read gives. */
const QUERIES = { '/api/v2/integrations/actions/{actionId}': { includeAuthActions: 'true' } };

/** Parameters that both reads have, but with another meaning or another limit. */
const NOT_PASSED = {
  '/api/v2/users/{userId}': ['userCustomAttributeSchemaIds'],
  '/api/v2/authorization/roles/{roleId}': ['expand'],
};

/** Parameters of pages. A single read that has one ignores it. */
const PAGING = /^(page(Size|Number)|sort(By|Order)|(next|previous)Page|after|before)$/;
const MAXIMUM = /(?:max|max(?:imum|imum number of ids allowed in this list is| of)?|limit(?: of)?) (?:of )?(\d+)/i;
const UNDOCUMENTED_MAX = 50;
/** Page size of a list that takes no page size together with ids. */
const DEFAULT_PAGE_SIZE = 25;

const gets = new Map(operations.filter(({ method }) => method === 'GET').map((one) => [one.path, one]));

/** The parameter of a list that takes ids of the entities, if it has one that is not deprecated. */
function idParameter(single, list) {
  const own = `${/\{(\w+)\}$/.exec(single.path)?.[1].toLowerCase()}s`;
  return list.query.find(
    ({ wire, text }) => (/^ids?$/.test(wire) || wire.toLowerCase() === own) && !/deprecated/i.test(text),
  );
}

/** Values that stand in the place of the id in the path of another operation, such as `me` in `/api/v2/users/me`. */
function otherPaths(single, list) {
  const segments = single.path.split('/');
  const id = segments.findIndex((segment) => segment.startsWith('{') && !list.path.includes(segment));
  const others = [...gets.keys()]
    .map((path) => path.split('/'))
    .filter(
      (other) =>
        other.length === segments.length &&
        !other[id].startsWith('{') &&
        segments.every((segment, at) => segment.startsWith('{') || segment === other[at]),
    );
  return [...new Set(others.map((other) => other[id]))].sort();
}

/** Key of the array in an answer, and the model of its items. */
function itemsOf(answer) {
  const whole = /^Array<(.*)>$/.exec(answer)?.[1];
  if (whole) return ['', whole];
  const [items, type] = Object.entries(models[answer] ?? {}).find(([, type]) => type.startsWith('Array<Models.')) ?? [];
  return items ? [items, type.slice('Array<'.length, -1)] : undefined;
}

/** The row of a single read; undefined without a list that fits. */
function toRow(single) {
  const path = LISTS[single.path] ?? /^(.*)\/\{\w+\}$/.exec(single.path)?.[1];
  const list = gets.get(path);
  const parameter = list && idParameter(single, list);
  const items = parameter && itemsOf(list.answer);
  if (!items || single.path in EXCLUDED) return undefined;
  const isOther = items[1] !== single.answer;
  if (isOther && !OTHER_MODELS.has(single.path)) return undefined;

  const has = (query, name) => query.some(({ wire }) => wire === name);
  const passes = single.query
    .map(({ wire }) => wire)
    .filter((name) => has(list.query, name) && !PAGING.test(name) && !NOT_PASSED[single.path]?.includes(name));
  const isAlone = /not compatible with pag|cannot be used with|do not use with/i.test(parameter.text);
  const documented = MAXIMUM.exec(parameter.text)?.[1];
  const takesPageSize = !isAlone && has(list.query, 'pageSize');
  const cap = !isAlone || documented ? UNDOCUMENTED_MAX : DEFAULT_PAGE_SIZE;
  const except = otherPaths(single, list);
  const [own, other] = [models[single.answer], models[items[1]]];
  return {
    list: toPattern(path),
    parameter: parameter.wire,
    max: documented ? Number(documented) : cap,
    items: items[0],
    key: KEYS[single.path] ?? 'id',
    ...(QUERIES[single.path] && { query: QUERIES[single.path] }),
    ...(takesPageSize && { pageSize: 'pageSize' }),
    passes,
    ...(passes.includes('expand') && { expands: ['expand'] }),
    ...(except.length > 0 && { except }),
    ...(isOther && { lacks: Object.keys(own).filter((field) => !(field in other)) }),
    documented: documented !== undefined,
  };
}

/** Rows of `BULK_READS` by pattern. */
export const bulkReads = Object.fromEntries(
  [...gets.values()]
    .map((single) => [`GET ${toPattern(single.path)}`, toRow(single)])
    .filter(([, row]) => row)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
