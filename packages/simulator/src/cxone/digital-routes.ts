import { type Answer, ok } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import { fieldsOf, type RouteRequest } from '../platform/request.js';
import type { RouteLine } from '../platform/route-table.js';
import { cxoneError } from './error-answers.js';
import type { Tenant, World } from './tenants.js';
import { numberOf } from './token-claims.js';

const DIGITAL = '/dfo/3.0';

/** Digital Engagement: contacts, messages both ways. */
export function digitalRoutes(world: World): RouteLine[] {
  const line = (what: string, handle: (tenant: Tenant, request: RouteRequest) => Answer): RouteLine => {
    const [method, path] = what.split(' ');
    return [`${method} ${DIGITAL}${path}`, (request) => handle(world.tenant(request.token.tenant), request)];
  };
  const contactLine = (what: string, handle: (contact: Entity, tenant: Tenant, request: RouteRequest) => Answer) =>
    line(what, (tenant, request) => {
      const contact = tenant.contacts.get(request.params.contactId ?? '');
      return contact === undefined ? cxoneError(404, 'The contact does not exist') : handle(contact, tenant, request);
    });
  const update = (contact: Entity, { contacts }: Tenant, request: RouteRequest): Entity =>
    contacts.update(contact, fieldsOf(request));
  return [
    line('GET /me', ({ name }, { token }) =>
      ok({ user: { id: numberOf(`${name}/${token.user}`), nickname: token.user, tenantId: name } }),
    ),
    line('GET /channels', () => ok([{ id: 'chat_simulated', name: 'Simulated chat', isPrivate: true }])),
    line('POST /channels/:channelId/outbound', (tenant, request) => ok(storeMessage(tenant, request, 'outbound'))),
    line('POST /channels/:channelId/messages', (tenant, request) => ok(storeMessage(tenant, request, 'inbound'))),
    line('GET /contacts', ({ contacts }) => {
      const data = contacts.list();
      return ok({ hits: data.length, data });
    }),
    contactLine('GET /contacts/:contactId', (contact) => ok(contact)),
    contactLine('GET /contacts/:contactId/detail', (contact) => ok({ contact, messages: [] })),
    contactLine('PUT /contacts/:contactId', (contact, tenant, request) => ok(update(contact, tenant, request))),
    contactLine('PATCH /contacts/:contactId', (contact, tenant, request) => ok(update(contact, tenant, request))),
    ...['status', 'inbox-assignment', 'routing-queue', 'custom-fields'].map((part) =>
      contactLine(`PUT /contacts/:contactId/${part}`, (contact, tenant, request) => {
        update(contact, tenant, request);
        return { status: 204 };
      }),
    ),
    line('GET /messages/:messageId', ({ messages }, { params }) =>
      ok(messages.get(params.messageId ?? ''), cxoneError(404, 'The message does not exist')),
    ),
  ];
}

/** A message belongs to a contact: the one its thread was given before, else a new one. */
function storeMessage({ messages, contacts }: Tenant, request: RouteRequest, direction: string): Entity {
  const fields = fieldsOf(request);
  const { channelId = '' } = request.params;
  const { idOnExternalPlatform: threadId } = objectOf(fields.thread);
  const { id: contactId } = objectOf(fields.contact);
  const known =
    typeof contactId === 'string'
      ? contacts.get(contactId)
      : contacts.list().find((contact) => threadId !== undefined && contact.threadId === threadId);
  const contact = known ?? contacts.create({ channelId, threadId, createdAt: new Date(request.wallMs).toISOString() });
  return messages.create({
    ...fields,
    channelId,
    direction,
    contactId: contact.id,
    createdAt: new Date(request.wallMs).toISOString(),
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
