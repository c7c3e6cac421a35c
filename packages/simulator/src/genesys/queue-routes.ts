import { BoundedMap } from '../bounded-map.js';
import { type Answer, answerOk } from '../http/answer.js';
import { MAX_ENTITIES } from '../platform/collection.js';
import { readItems, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { createEntity, deleteEntity, getEntity, readId, updateEntity } from './entity-routes.js';
import { readIds, refuseTooMany, selectEntities } from './id-lists.js';
import type { Organization } from './organization.js';
import { answerPage } from './paging.js';
import type { Fields, Publish } from './user-states.js';

const ADD_MEMBERS = 'POST /api/v2/routing/queues/:id/members';
const JOIN_MEMBERS = 'PATCH /api/v2/routing/queues/:id/members';

/** Routes of queues and of their members. */
export function createQueueRoutes(organization: Organization, publish: Publish): RouteDefinition[] {
  const { queues } = organization;
  const members = new QueueMembers(organization, publish);
  return [
    [
      'GET /api/v2/routing/queues',
      (request) => {
        const ids = readIds(request);
        if (ids === undefined) return answerPage(request, queues.list());
        const refusal = refuseTooMany(request, 'GET /api/v2/routing/queues', ids.length);
        return (
          refusal ??
          answerPage(
            request,
            selectEntities(ids, (id) => queues.get(id)),
          )
        );
      },
    ],
    ['POST /api/v2/routing/queues', (request) => createEntity(request, queues)],
    ['GET /api/v2/routing/queues/:id', (request) => getEntity(request, queues)],
    ['PUT /api/v2/routing/queues/:id', (request) => updateEntity(request, queues)],
    ['PATCH /api/v2/routing/queues/:id', (request) => updateEntity(request, queues)],
    ['DELETE /api/v2/routing/queues/:id', (request) => deleteEntity(request, queues)],
    [
      'GET /api/v2/routing/queues/:id/members',
      (request) => answerPage(request, members.list(readId(request)), { maxSize: 100 }),
    ],
    [ADD_MEMBERS, (request) => changeMembers(request, ADD_MEMBERS, () => members.addOrRemove(request))],
    [JOIN_MEMBERS, (request) => changeMembers(request, JOIN_MEMBERS, () => members.join(request))],
  ];
}

function changeMembers(request: RouteRequest, route: string, change: () => Answer): Answer {
  return refuseTooMany(request, route, readItems(request).length) ?? change();
}

/** The members of all queues. */
class QueueMembers {
  readonly #organization: Organization;
  readonly #publish: Publish;
  readonly #members = new BoundedMap<string, readonly Fields[]>(MAX_ENTITIES);

  constructor(organization: Organization, publish: Publish) {
    this.#organization = organization;
    this.#publish = publish;
  }

  /** Returns the members of a queue: at first the first five users. */
  list(queueId: string): readonly Fields[] {
    const first = this.#organization.users.list().slice(0, 5);
    return (
      this.#members.get(queueId) ??
      first.map((user) => ({ id: user.id, name: user['name'], user, ringNumber: 1, joined: true, memberBy: 'user' }))
    );
  }

  addOrRemove(request: RouteRequest): Answer {
    const queueId = readId(request);
    const ids = new Set(readItems(request).map(({ id }) => id));
    const others = this.list(queueId).filter(({ id }) => !ids.has(id));
    const isRemoval = request.query.get('delete') === 'true';
    const added = isRemoval ? [] : [...ids].map((id) => ({ id, joined: true }));
    this.#members.set(queueId, [...others, ...added]);
    for (const id of ids) this.#publishMember(queueId, id, !isRemoval);
    return { status: 204 };
  }

  /** Sets `joined` of members. As on the platform, users who are no members are disregarded. */
  join(request: RouteRequest): Answer {
    const queueId = readId(request);
    const joined = new Map(readItems(request).map((item) => [item['id'], item['joined'] === true]));
    const changed = this.list(queueId).map((member) => {
      const value = joined.get(member['id']);
      return value === undefined ? member : { ...member, joined: value };
    });
    this.#members.set(queueId, changed);
    const asked = changed.filter((member) => joined.has(member['id']));
    for (const { id, joined: isJoined } of asked) this.#publishMember(queueId, id, isJoined);
    return answerOk({ entities: asked });
  }

  #publishMember(queueId: string, id: unknown, joined: unknown): void {
    this.#publish(`v2.routing.queues.${queueId}.users`, { id, user: { id }, queueId, joined });
  }
}
