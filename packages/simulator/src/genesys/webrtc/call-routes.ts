import { answerOk } from '../../http/answer.js';
import { readFields } from '../../platform/request.js';
import type { RouteDefinition } from '../../platform/route-table.js';
import { createEntity } from '../entity-routes.js';
import { buildErrorAnswer } from '../error-answers.js';
import type { Organization } from '../organization.js';
import type { Calls } from './calls.js';

/** Calls per second and calls at once that the control route accepts. */
const MAX_RATE = 1000;
const MAX_AT_ONCE = 10_000;

/**
 * Routes that start calls. `POST /api/v2/conversations/calls` belongs to the platform: the caller's own softphone gets
 * the call. `POST /simulator/calls` belongs to the simulator, for load generators in other processes.
 */
export function createCallRoutes(calls: Calls, organization: Organization): RouteDefinition[] {
  return [
    [
      'POST /api/v2/conversations/calls',
      (request) => {
        const id = calls.startCall(request.token.user, 'outbound');
        if (id === undefined) return createEntity(request, organization.conversations);
        return answerOk({ id, selfUri: `/api/v2/conversations/calls/${id}` });
      },
    ],
    ['GET /simulator/calls', () => answerOk(calls.stats()), { kind: 'open' }],
    [
      'POST /simulator/calls',
      (request) => {
        const { perSecond, count = perSecond === undefined ? 1 : 0, user } = readFields(request);
        const isValid =
          (perSecond === undefined || (typeof perSecond === 'number' && perSecond >= 0 && perSecond <= MAX_RATE)) &&
          Number.isInteger(count) &&
          Number(count) >= 0 &&
          Number(count) <= MAX_AT_ONCE &&
          (user === undefined || typeof user === 'string');
        if (!isValid) {
          const allowed = `perSecond: 0 to ${MAX_RATE}; count: 0 to ${MAX_AT_ONCE}; user: a name`;
          return buildErrorAnswer(400, 'bad.request', allowed, request.contextId);
        }
        if (perSecond !== undefined) calls.setRate(perSecond);
        const conversations: string[] = [];
        for (let n = 0; n < Number(count); n += 1) {
          const id = calls.startCall(user);
          if (id === undefined) break;
          conversations.push(id);
        }
        return answerOk({ conversations, ...calls.stats() });
      },
      { kind: 'open' },
    ],
  ];
}
