import type { VerifyResult } from '@holdline/core';
import { contains, type ReadBack } from './read-back.js';

/** A write that a read may decide. */
export interface ReadableWrite {
  /** Path from `/api/v2/` on, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined without one. */
  readonly body: unknown;
  readonly read: ReadBack;
}

/** Decides by reading whether the platform executed a write. */
type Decide = (write: ReadableWrite, ids: readonly string[]) => Promise<VerifyResult>;

/** Largest number of entities that one decision reads. */
const MAX_READS = 10;
const PAGE_SIZE = 100;

const done = (body: unknown, status = 200): VerifyResult => ({
  executed: true,
  answer:
    body === undefined
      ? { status: 204 }
      : { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
});

/** Routes whose writes set a state or have ids of the caller, so that a second execution has the effect of one. First match wins. */
const ROUTES: readonly (readonly [method: string, path: RegExp, Decide])[] = [
  ['PATCH', /^users\/[^/]+\/presences\/[^/]+$/, decidePresence],
  ['PATCH', /^conversations\/(?:[a-z]+\/)?([^/]+)\/participants\/([^/]+)\/attributes$/, decideAttributes],
  ['PATCH', /^conversations\/(?:[a-z]+\/)?([^/]+)\/participants\/([^/]+)$/, decideParticipant],
  ['POST', /^conversations\/[a-z]+\/[^/]+\/participants\/[^/]+\/communications\/[^/]+\/wrapup$/, decideWrapup],
  ['POST', /^flows\/datatables\/[^/]+\/rows$/, decideRow],
  ['POST', /^outbound\/contactlists\/[^/]+\/contacts$/, decideContacts],
  ['POST', /^outbound\/campaigns\/([^/]+)\/(start|stop)$/, decideCampaign],
  ['POST', /^routing\/queues\/[^/]+\/members$/, decideMembers],
  ['PUT', /./, decideVersion],
  ['PATCH', /./, decideVersion],
];

/** Decides a write by its route. Undefined: no read decides it. */
export async function decideByRead(method: string, write: ReadableWrite): Promise<VerifyResult> {
  const path = write.path.slice('/api/v2/'.length);
  for (const [routeMethod, pattern, decide] of ROUTES) {
    const match = routeMethod === method ? pattern.exec(path) : null;
    if (match) return decide(write, match.slice(1));
  }
  return undefined;
}

async function decidePresence({ path, body, read }: ReadableWrite): Promise<VerifyResult> {
  const presence = await read.get(path);
  if (!isObject(presence)) return undefined;
  return contains(presence, body) ? done(presence) : false;
}

async function decideAttributes(
  { body, read }: ReadableWrite,
  [conversation, participant]: readonly string[],
): Promise<VerifyResult> {
  const { attributes } = isObject(body) ? body : {};
  const found = await readParticipant(read, conversation, participant);
  if (!found || !isObject(attributes)) return undefined;
  // The platform deletes an attribute whose value is empty.
  const wanted = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value === '' ? null : value]),
  );
  return contains(found['attributes'] ?? {}, wanted) ? done({ attributes }) : false;
}

/** Decides a wrap-up code and the end of a participation. Other changes of a participant leave no certain trace. */
async function decideParticipant(
  { body, read }: ReadableWrite,
  [conversation, participant]: readonly string[],
): Promise<VerifyResult> {
  const fields = isObject(body) ? body : {};
  const { state, wrapup } = fields;
  const isKnown = Object.keys(fields).every((key) => key === 'state' || key === 'wrapup');
  if (!isKnown || (state === undefined ? !isObject(wrapup) : state !== 'disconnected')) return undefined;
  const found = await readParticipant(read, conversation, participant);
  if (!found) return undefined;
  const isEnded = state === undefined || typeof found['endTime'] === 'string';
  return isEnded && (wrapup === undefined || contains(found['wrapup'], wrapup)) ? done(undefined) : false;
}

async function decideWrapup({ path, body, read }: ReadableWrite): Promise<VerifyResult> {
  const wrapup = await read.get(path);
  return isObject(body) && contains(wrapup, body) ? done(undefined) : false;
}

async function decideRow({ path, body, read }: ReadableWrite): Promise<VerifyResult> {
  const { KEY } = isObject(body) ? body : {};
  if (typeof KEY !== 'string') return undefined;
  const row = await read.get(`${path}/${encodeURIComponent(KEY)}`, { showbrief: 'false' });
  if (row === undefined) return false;
  return contains(row, body) ? done(row) : undefined;
}

async function decideContacts({ path, body, read }: ReadableWrite): Promise<VerifyResult> {
  const contacts = Array.isArray(body) ? (body as unknown[]) : [];
  const ids = contacts.map((contact) => (isObject(contact) ? contact['id'] : undefined));
  if (ids.length === 0 || ids.length > MAX_READS || !ids.every((id) => typeof id === 'string')) return undefined;
  const found: unknown[] = [];
  for (const [index, id] of ids.entries()) {
    const contact = await read.get(`${path}/${encodeURIComponent(id)}`);
    if (contact === undefined) return false;
    // Another write may have changed the contact since.
    if (!contains(contact, contacts[index])) return undefined;
    found.push(contact);
  }
  return done(found);
}

async function decideCampaign({ read }: ReadableWrite, [id, action]: readonly string[]): Promise<VerifyResult> {
  const campaign = await read.get(`/api/v2/outbound/campaigns/${id}`);
  const { campaignStatus: status } = isObject(campaign) ? campaign : {};
  if (action === 'start' ? status === 'on' : status === 'off' || status === 'stopping') return done(undefined);
  // A campaign that is complete may have been started before.
  return status === (action === 'start' ? 'off' : 'on') ? false : undefined;
}

async function decideMembers({ path, query, body, read }: ReadableWrite): Promise<VerifyResult> {
  const members = Array.isArray(body) ? (body as unknown[]) : [];
  const ids = members.map((member) => (isObject(member) ? member['id'] : undefined));
  if (ids.length === 0 || !ids.every((id) => typeof id === 'string')) return undefined;
  const isDelete = query.get('delete') === 'true';
  const present = new Set<unknown>();
  for (let page = 1; page <= MAX_READS; page++) {
    const list = await read.get(path, { pageSize: String(PAGE_SIZE), pageNumber: String(page) });
    const { entities } = isObject(list) ? list : {};
    if (!Array.isArray(entities)) return undefined;
    for (const entity of entities as unknown[]) if (isObject(entity)) present.add(entity['id']);
    if (entities.length === PAGE_SIZE && page < MAX_READS) continue;
    if (entities.length === PAGE_SIZE) return undefined;
    return ids.every((id) => present.has(id) !== isDelete) ? done(undefined) : false;
  }
  return undefined;
}

/** Decides a write whose body has the version that it expects: the platform executes it once, and then counts the version up. */
async function decideVersion({ path, body, read }: ReadableWrite): Promise<VerifyResult> {
  const { version } = isObject(body) ? body : {};
  if (typeof version !== 'number') return undefined;
  const entity = await read.get(path);
  const { version: current } = isObject(entity) ? entity : {};
  if (current === version) return false;
  // If a field differs, somebody else may have changed the entity too.
  return typeof current === 'number' && current > version && contains(entity, body) ? done(entity) : undefined;
}

async function readParticipant(
  read: ReadBack,
  conversationId: string | undefined,
  participantId: string | undefined,
): Promise<Record<string, unknown> | undefined> {
  const conversation = await read.get(`/api/v2/conversations/${conversationId}`);
  const { participants } = isObject(conversation) ? conversation : {};
  if (!Array.isArray(participants)) return undefined;
  return (participants as unknown[]).filter(isObject).find(({ id }) => id === participantId);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
