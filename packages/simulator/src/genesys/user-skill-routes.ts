import { type Answer, answerOk } from '../http/answer.js';
import { readFields, readItems, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import type { Configuration } from './configuration.js';
import { buildNotFound, readId } from './entity-routes.js';
import { refuseTooMany } from './id-lists.js';
import type { Organization } from './organization.js';
import { answerPage, buildBadRequest } from './paging.js';
import type { Fields, UserStates } from './user-states.js';

type AssignmentKind = 'skills' | 'languages';

/** Routes of the routing skills and languages of users: one and many at once. */
export function createUserSkillRoutes(
  organization: Organization,
  configuration: Configuration,
  states: UserStates,
): RouteDefinition[] {
  const define = (kind: AssignmentKind): RouteDefinition[] => {
    const path = `/api/v2/users/:id/routing${kind}`;
    const known = configuration.collection(`routing/${kind}`);
    const withUser = (handle: (request: RouteRequest, userId: string) => Answer) => (request: RouteRequest) => {
      const userId = readId(request);
      return organization.users.get(userId) === undefined ? buildNotFound(request) : handle(request, userId);
    };
    /** Describes an assignment with the name of its skill; undefined for a skill that does not exist. */
    const describe = ({ id, proficiency = 0 }: Fields): Fields | undefined => {
      const found = known.get(String(id));
      if (id === undefined || found === undefined) return undefined;
      return { id: found.id, name: found['name'], proficiency, state: 'active' };
    };
    /** Assigns all items or none: the platform's answer has no result for each item. */
    const assign = (userId: string, items: readonly Fields[], isReplacing: boolean) => {
      const assigned = items.map(describe);
      const unknown = assigned.indexOf(undefined);
      if (unknown >= 0) return `The item ${unknown} names no known ${kind === 'skills' ? 'skill' : 'language'}`;
      const ids = new Set(assigned.map((item) => item?.['id']));
      const kept = isReplacing ? [] : states.getAssignments(userId, kind).filter(({ id }) => !ids.has(id));
      states.setAssignments(userId, kind, [...kept, ...assigned.filter((item) => item !== undefined)]);
      return undefined;
    };
    const assignMany = (route: string, isReplacing: boolean): RouteDefinition => [
      route,
      withUser((request, userId) => {
        const items = readItems(request);
        const refusal = refuseTooMany(request, route, items.length);
        if (refusal !== undefined) return refusal;
        const problem = assign(userId, items, isReplacing);
        if (problem !== undefined) return buildBadRequest(request, problem);
        return answerPage(request, states.getAssignments(userId, kind));
      }),
    ];
    const assignOne = (method: string, itemPath: string, read: (request: RouteRequest) => Fields): RouteDefinition => [
      `${method} ${path}${itemPath}`,
      withUser((request, userId) => {
        const item = read(request);
        const problem = assign(userId, [item], false);
        if (problem !== undefined) return buildNotFound(request);
        return answerOk(states.getAssignments(userId, kind).find(({ id }) => id === item['id']));
      }),
    ];
    const readItem = (request: RouteRequest): Fields => ({ ...readFields(request), id: request.params.itemId });
    return [
      assignMany(`PATCH ${path}/bulk`, false),
      ...(kind === 'skills' ? [assignMany(`PUT ${path}/bulk`, true)] : []),
      [`GET ${path}`, withUser((request, userId) => answerPage(request, states.getAssignments(userId, kind)))],
      assignOne('POST', '', readFields),
      assignOne(kind === 'skills' ? 'PUT' : 'PATCH', '/:itemId', readItem),
      [
        `DELETE ${path}/:itemId`,
        withUser((request, userId) => {
          const before = states.getAssignments(userId, kind);
          const after = before.filter(({ id }) => id !== request.params.itemId);
          if (after.length === before.length) return buildNotFound(request);
          states.setAssignments(userId, kind, after);
          return { status: 204 };
        }),
      ],
    ];
  };
  return [...define('skills'), ...define('languages')];
}
