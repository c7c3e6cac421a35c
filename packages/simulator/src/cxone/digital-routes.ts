import { type Answer, answerOk } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Tenant, CxoneTenants } from './tenants.js';
import { deriveNumber } from './token-claims.js';

const DIGITAL_PATH = '/dfo/3.0';

/** Routes of Digital Engagement: contacts, inbound and outbound messages. */
export function createDigitalRoutes(tenants: CxoneTenants): RouteDefinition[] {
  const defineRoute = (
    methodAndPath: string,
    handle: (tenant: Tenant, request: RouteRequest) => Answer,
  ): RouteDefinition => {
    const [method, path] = methodAndPath.split(' ');
    return [`${method} ${DIGITAL_PATH}${path}`, (request) => handle(tenants.getTenant(request.token.tenant), request)];
  };
  const defineContactRoute = (
    methodAndPath: string,
    handle: (contact: Entity, tenant: Tenant, request: RouteRequest) => Answer,
  ) =>
    defineRoute(methodAndPath, (tenant, request) => {
      const contact = tenant.contacts.get(request.params.contactId ?? '');
      return contact === undefined
        ? buildErrorAnswer(404, 'The contact does not exist')
        : handle(contact, tenant, request);
    });
  const update = (contact: Entity, { contacts }: Tenant, request: RouteRequest): Entity =>
    contacts.update(contact, readFields(request));
  return [
    defineRoute('GET /me', ({ name }, { token }) =>
      answerOk({ user: { id: deriveNumber(`${name}/${token.user}`), nickname: token.user, tenantId: name } }),
    ),
    defineRoute('GET /channels', () => answerOk([{ id: 'chat_simulated', name: 'Simulated chat', isPrivate: true }])),
    defineRoute('POST /channels/:channelId/outbound', (tenant, request) =>
      answerOk(storeMessage(tenant, request, 'outbound')),
    ),
    defineRoute('POST /channels/:channelId/messages', (tenant, request) =>
      answerOk(storeMessage(tenant, request, 'inbound')),
    ),
    defineRoute('GET /contacts', ({ contacts }) => {
      const data = contacts.list();
      return answerOk({ hits: data.length, data });
    }),
    defineContactRoute('GET /contacts/:contactId', (contact) => answerOk(contact)),
    defineContactRoute('GET /contacts/:contactId/detail', (contact) => answerOk({ contact, messages: [] })),
    defineContactRoute('PUT /contacts/:contactId', (contact, tenant, request) =>
      answerOk(update(contact, tenant, request)),
    ),
    defineContactRoute('PATCH /contacts/:contactId', (contact, tenant, request) =>
      answerOk(update(contact, tenant, request)),
    ),
    ...['status', 'inbox-assignment', 'routing-queue', 'custom-fields'].map((part) =>
      defineContactRoute(`PUT /contacts/:contactId/${part}`, (contact, tenant, request) => {
        update(contact, tenant, request);
        return { status: 204 };
      }),
    ),
    defineRoute('GET /messages/:messageId', ({ messages }, { params }) =>
      answerOk(messages.get(params.messageId ?? ''), buildErrorAnswer(404, 'The message does not exist')),
    ),
  ];
}

/** Stores a message. It belongs to the contact that is named or that has the same thread, else to a new contact. */
function storeMessage({ messages, contacts }: Tenant, request: RouteRequest, direction: string): Entity {
  const fields = readFields(request);
  const { channelId = '' } = request.params;
  const { idOnExternalPlatform: threadId } = asObject(fields.thread);
  const { id: contactId } = asObject(fields.contact);
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

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
