import { BoundedMap } from '../bounded-map.js';
import { type Answer, answerOk } from '../http/answer.js';
import { MAX_ENTITIES } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Organization } from './organization.js';
import { answerPage } from './paging.js';

type Fields = Record<string, unknown>;

/** Media whose conversations have routes of their own. */
const MEDIA = ['callbacks', 'calls', 'emails', 'messages'];

/** Routes that set a state which another route reads back. */
export function createStateRoutes(organization: Organization): RouteDefinition[] {
  const state = new WrittenState();
  const { conversations } = organization;
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
        const contacts = readList(request).map((contact) => ({
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
    [
      'GET /api/v2/outbound/campaigns/:id',
      ({ path, params }) => answerOk({ id: params.id, campaignStatus: 'off', version: 1, ...state.rows.get(path) }),
    ],
    ...(['start', 'stop'] as const).map((action): RouteDefinition => [
      `POST /api/v2/outbound/campaigns/:id/${action}`,
      ({ path }) =>
        state.write(
          path.slice(0, -action.length - 1),
          { campaignStatus: action === 'start' ? 'on' : 'off' },
          { status: 202 },
        ),
    ]),
    [
      'GET /api/v2/routing/queues/:id/members',
      (request) => answerPage(request, state.membersOf(request.path, organization)),
    ],
    [
      'POST /api/v2/routing/queues/:id/members',
      (request) => {
        const ids = new Set(readList(request).map(({ id }) => id));
        const others = state.membersOf(request.path, organization).filter(({ id }) => !ids.has(id));
        const added = request.query.get('delete') === 'true' ? [] : [...ids].map((id) => ({ id, joined: true }));
        state.members.set(request.path, [...others, ...added]);
        return { status: 204 };
      },
    ],
  ];
}

/** What clients wrote, by path. */
class WrittenState {
  readonly rows = new BoundedMap<string, Fields>(MAX_ENTITIES);
  readonly members = new BoundedMap<string, Fields[]>(MAX_ENTITIES);

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

  /** The members of a queue: at first the first five users. */
  membersOf(path: string, { users }: Organization): Fields[] {
    const first = users.list().slice(0, 5);
    return (
      this.members.get(path) ??
      first.map((user) => ({ id: user.id, name: user['name'], user, ringNumber: 1, joined: true, memberBy: 'user' }))
    );
  }
}

function readList({ body }: RouteRequest): Fields[] {
  const list: unknown[] = Array.isArray(body) ? body : [];
  return list.filter((item): item is Fields => typeof item === 'object' && item !== null);
}
