import { BoundedMap } from '../bounded-map.js';
import { type Answer, answerOk } from '../http/answer.js';
import { MAX_ENTITIES } from '../platform/collection.js';
import { readFields, readItems, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import type { Configuration } from './configuration.js';
import { buildNotFound, readId } from './entity-routes.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Organization } from './organization.js';
import type { Fields, Publish } from './user-states.js';

/** Media whose conversations have routes of their own. */
const MEDIA = ['callbacks', 'calls', 'emails', 'messages'];

/** Routes that set a state which another route reads back. */
export function createStateRoutes(
  organization: Organization,
  configuration: Configuration,
  publish: Publish,
  hangUp: (conversationId: string) => void,
): RouteDefinition[] {
  const state = new WrittenState();
  const { conversations } = organization;
  const campaigns = configuration.collection('outbound/campaigns');
  const participantOf = ({ params }: RouteRequest): Fields => {
    const participants = conversations.get(params.id ?? '')?.['participants'] as Fields[] | undefined;
    const found = participants?.find(({ id }) => id === params.participantId);
    return found ?? { id: params.participantId, purpose: 'agent' };
  };
  const changeParticipant = (request: RouteRequest, change: Fields): void => {
    const conversation = conversations.get(request.params.id ?? '');
    if (!conversation) return;
    const changed = { ...participantOf(request), ...change };
    const others = (conversation['participants'] as Fields[]).filter(({ id }) => id !== changed['id']);
    conversations.update(conversation, { participants: [...others, changed] });
  };
  const patchAttributes = (request: RouteRequest): Answer => {
    const { attributes } = readFields(request);
    const before = participantOf(request)['attributes'] as Fields | undefined;
    const merged = Object.entries({ ...before, ...(attributes as Fields) }).filter(([, value]) => value !== '');
    changeParticipant(request, { attributes: Object.fromEntries(merged) });
    return answerOk({ attributes });
  };
  const patchParticipant = (request: RouteRequest): Answer => {
    const { state: newState, ...fields } = readFields(request);
    const endTime = new Date(request.wallMs).toISOString();
    changeParticipant(request, { ...fields, ...(newState === 'disconnected' && { endTime }) });
    if (newState === 'disconnected') hangUp(request.params.id ?? '');
    return { status: 204 };
  };
  const media = ['', ...MEDIA.map((name) => `${name}/`)];
  return [
    ...media.flatMap((prefix): RouteDefinition[] => [
      [`PATCH /api/v2/conversations/${prefix}:id/participants/:participantId/attributes`, patchAttributes],
      [`PATCH /api/v2/conversations/${prefix}:id/participants/:participantId`, patchParticipant],
    ]),
    ...MEDIA.flatMap((name): RouteDefinition[] => {
      const path = `/api/v2/conversations/${name}/:id/participants/:participantId/communications/:communicationId/wrapup`;
      return [
        [`GET ${path}`, (request) => state.answer(request, request.path)],
        [`POST ${path}`, (request) => state.write(request.path, readFields(request), { status: 204 })],
      ];
    }),
    [
      'POST /api/v2/flows/datatables/:id/rows',
      (request) => {
        const row = readFields(request);
        const path = `${request.path}/${encodeURIComponent(String(row['KEY']))}`;
        if (!state.rows.has(path)) return state.write(path, row, answerOk(row));
        return buildErrorAnswer(409, 'flows.datatables.row.exists', 'The row exists already.', request.contextId);
      },
    ],
    ['GET /api/v2/flows/datatables/:id/rows/:rowId', (request) => state.answer(request, request.path)],
    [
      'POST /api/v2/outbound/contactlists/:id/contacts',
      (request) => {
        const contacts = readItems(request).map((contact) => ({
          ...contact,
          id: contact['id'] ?? organization.newId(),
        }));
        for (const contact of contacts)
          state.write(`${request.path}/${encodeURIComponent(String(contact.id))}`, contact);
        return answerOk(contacts.map((contact) => ({ contactListId: request.params.id, callable: true, ...contact })));
      },
    ],
    [
      'GET /api/v2/outbound/contactlists/:id/contacts/:contactId',
      (request) => state.answer(request, request.path, { contactListId: request.params.id, callable: true }),
    ],
    ...(['start', 'stop'] as const).map((action): RouteDefinition => [
      `POST /api/v2/outbound/campaigns/:id/${action}`,
      (request) => {
        const campaign = campaigns.get(readId(request));
        if (campaign === undefined) return buildNotFound(request);
        const changed = campaigns.update(campaign, { campaignStatus: action === 'start' ? 'on' : 'off' });
        publish(`v2.outbound.campaigns.${campaign.id}`, changed);
        return { status: 202 };
      },
    ]),
  ];
}

/** What clients wrote, by path. */
class WrittenState {
  readonly rows = new BoundedMap<string, Fields>(MAX_ENTITIES);

  write(path: string, fields: Fields, answer: Answer = { status: 200 }): Answer {
    this.rows.set(path, fields);
    return answer;
  }

  answer({ contextId }: RouteRequest, path: string, defaults: Fields = {}): Answer {
    const row = this.rows.get(path);
    return row
      ? answerOk({ ...defaults, ...row })
      : buildErrorAnswer(404, 'not.found', 'The requested resource was not found.', contextId);
  }
}
