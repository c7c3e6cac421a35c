import { type Answer, answerOk } from '../http/answer.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { isAnswer, readCursorPage } from './cursor-paging.js';
import { createEntity, deleteEntity, getEntity, updateEntity } from './entity-routes.js';
import { refuseTooMany } from './id-lists.js';
import type { Organization } from './organization.js';
import { answerPage, buildUri } from './paging.js';
import type { Fields } from './user-states.js';

const CONTACTS = '/api/v2/externalcontacts/contacts';
const BULK = '/api/v2/externalcontacts/bulk/contacts';
const READ_ONLY = { isReadOnly: true };
const BULK_FETCH = `POST ${BULK}`;
const BULK_ADD = `POST ${BULK}/add`;
const BULK_UPDATE = `POST ${BULK}/update`;
const BULK_REMOVE = `POST ${BULK}/remove`;
const BULK_ENRICH = `POST ${BULK}/enrich`;
/** The list reaches the first 1,000 contacts only. Clients read the others with the scan. */
const LIST_PAGES = { defaultSize: 20, maxReach: 1000 };

/** Routes of external contacts: one, by page, by scan and in bulk. */
export function createContactRoutes(organization: Organization): RouteDefinition[] {
  const { contacts } = organization;
  return [
    [`GET ${CONTACTS}`, (request) => answerPage(request, contacts.list(), LIST_PAGES)],
    [`POST ${CONTACTS}`, (request) => createEntity(request, contacts)],
    [`GET ${CONTACTS}/:id`, (request) => getEntity(request, contacts)],
    [`PUT ${CONTACTS}/:id`, (request) => updateEntity(request, contacts)],
    [`DELETE ${CONTACTS}/:id`, (request) => deleteEntity(request, contacts)],
    ['GET /api/v2/externalcontacts/scan/contacts', (request) => scanContacts(request, organization)],
    [BULK_FETCH, (request) => answerBulk(request, BULK_FETCH, ({ id }) => fetchContact(organization, id)), READ_ONLY],
    [BULK_ADD, (request) => answerBulk(request, BULK_ADD, (fields) => addContact(organization, fields))],
    [BULK_UPDATE, (request) => answerBulk(request, BULK_UPDATE, (fields) => updateContact(organization, fields))],
    [BULK_REMOVE, (request) => answerBulk(request, BULK_REMOVE, (fields) => removeContact(organization, fields))],
    [
      BULK_ENRICH,
      (request) => answerBulk(request, BULK_ENRICH, (fields) => enrichContact(request, organization, fields)),
    ],
  ];
}

function scanContacts(request: RouteRequest, { contacts }: Organization): Answer {
  const page = readCursorPage(request, contacts.list(), {
    token: 'cursor',
    size: 'limit',
    defaultSize: 100,
    minSize: 10,
    maxSize: 200,
  });
  if (isAnswer(page)) return page;
  const limit = String(page.pageSize);
  return answerOk({
    entities: page.items,
    selfUri: buildUri(request, { limit }),
    cursors: page.next === undefined ? {} : { after: page.next },
    ...(page.next !== undefined && { nextUri: buildUri(request, { limit, cursor: page.next }) }),
  });
}

/** The result of one item of a bulk request. */
interface ItemResult {
  readonly id?: unknown;
  readonly success: boolean;
  readonly status: number;
  readonly entity?: Fields;
  readonly error?: Fields;
}

/** Answers a bulk request with a result for each item, in order. */
function answerBulk(request: RouteRequest, route: string, handle: (item: Fields) => ItemResult): Answer {
  const { entities } = readFields(request);
  const items = (Array.isArray(entities) ? (entities as unknown[]) : []).filter(
    (item): item is Fields => typeof item === 'object' && item !== null,
  );
  const refusal = refuseTooMany(request, route, items.length);
  if (refusal !== undefined) return refusal;
  const results = items.map(handle);
  const errorIndexes = results.flatMap((result, index) => (result.success ? [] : [index]));
  return answerOk({ results, errorCount: errorIndexes.length, errorIndexes });
}

/** An item with `firstName: 'invalid'` fails, so that a test can get a result of each kind. */
const INVALID_NAME = 'invalid';

function fail(item: Fields, status: number, code: string, message: string, id: unknown = item['id']): ItemResult {
  const error = { code, message, status, retryable: status >= 500, details: [], entity: item };
  return { ...(id !== undefined && { id }), success: false, status, error };
}

function failUnlessValid(item: Fields, fields: Fields | undefined): ItemResult | undefined {
  if (fields?.['firstName'] !== INVALID_NAME) return undefined;
  return fail(item, 400, 'bad.request', 'The firstName of the contact is invalid.');
}

function failAsUnknown(item: Fields): ItemResult {
  return fail(item, 404, 'not.found', 'The requested resource was not found.');
}

function fetchContact({ contacts }: Organization, id: unknown): ItemResult {
  const entity = contacts.get(String(id));
  return entity === undefined ? failAsUnknown({ id }) : { id, success: true, status: 200, entity };
}

function addContact({ contacts }: Organization, fields: Fields): ItemResult {
  const failure = failUnlessValid(fields, fields);
  if (failure !== undefined) return failure;
  const entity = contacts.create(fields);
  return { id: entity.id, success: true, status: 201, entity };
}

function updateContact({ contacts }: Organization, fields: Fields): ItemResult {
  const failure = failUnlessValid(fields, fields);
  if (failure !== undefined) return failure;
  const entity = contacts.get(String(fields['id']));
  if (entity === undefined) return failAsUnknown(fields);
  return { id: entity.id, success: true, status: 200, entity: contacts.update(entity, fields) };
}

function removeContact({ contacts }: Organization, fields: Fields): ItemResult {
  const { id } = fields;
  return contacts.delete(String(id)) ? { id, success: true, status: 204 } : failAsUnknown(fields);
}

/**
 * Updates the contact that has one of the identifiers, or creates one. The simulator compares identifiers only with the
 * `identifiers` of contacts.
 */
function enrichContact(request: RouteRequest, { contacts }: Organization, item: Fields): ItemResult {
  const contact = (item['contact'] ?? {}) as Fields;
  const identifiers = item['matchingIdentifiers'];
  if (!Array.isArray(identifiers) || identifiers.length === 0) {
    return fail(item, 400, 'bad.request', 'matchingIdentifiers must name at least one identifier.');
  }
  const failure = failUnlessValid(item, contact);
  if (failure !== undefined) return failure;
  const wanted = new Set(identifiers.map(nameIdentifier));
  const known = contacts
    .list()
    .find((entity) => ((entity['identifiers'] ?? []) as unknown[]).some((one) => wanted.has(nameIdentifier(one))));
  const isDryRun = request.query.get('dryRun') === 'true';
  if (known !== undefined) {
    const entity = isDryRun ? { ...known, ...contact, id: known.id } : contacts.update(known, contact);
    return { id: known.id, success: true, status: 200, entity };
  }
  const fields = { ...contact, identifiers };
  const entity = isDryRun ? fields : contacts.create(fields);
  return { id: item['id'], success: true, status: 201, entity };
}

function nameIdentifier(identifier: unknown): string {
  const { type, value } = (identifier ?? {}) as Fields;
  return `${String(type)} ${String(value)}`;
}
