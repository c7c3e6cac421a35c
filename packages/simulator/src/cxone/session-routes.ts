import { type Answer, ok } from '../http/answer.js';
import { fieldsOf, type RouteRequest } from '../platform/request.js';
import type { RouteFlags, RouteLine } from '../platform/route-table.js';
import type { AgentEvent, Session } from './agent-session.js';
import type { Sessions } from './agent-sessions.js';
import { cxoneError } from './error-answers.js';
import { numberOf } from './token-claims.js';

const SESSIONS = '/incontactapi/services/agent-sessions';
const DEFAULT_POLL_S = 60;

/** Agent sessions: start, events by long poll, state, end. */
export function sessionRoutes(sessions: Sessions): RouteLine[] {
  /** A line for a session that must be there and alive: 404 and 409 otherwise. */
  const line = (
    what: string,
    handle: (session: Session, request: RouteRequest) => Answer | Promise<Answer>,
    flags: RouteFlags = {},
  ): RouteLine => {
    const [method, path] = what.split(' ');
    return [
      `${method} ${SESSIONS}/:sessionId${path}`,
      (request) => {
        const session = sessions.find(request.params.sessionId ?? '', request.token.tenant);
        if (session === undefined) return cxoneError(404, 'The agent session does not exist');
        return session.isOver ? hasEnded() : handle(session, request);
      },
      flags,
    ];
  };
  return [
    [
      `POST ${SESSIONS}`,
      ({ token, wallMs }) => {
        const session = sessions.start(token.tenant, token.user);
        session.push([startEvent(session), stateEvent({ state: 'Unavailable' }, wallMs)]);
        return { status: 202, body: { sessionId: session.id } };
      },
    ],
    [
      `POST ${SESSIONS}/join`,
      ({ token }) => {
        const session = sessions.of(token.tenant, token.user);
        if (session === undefined) return cxoneError(404, 'The agent has no session');
        return { status: 202, body: { sessionId: session.id } };
      },
    ],
    line('GET /get-next-event', nextEvent),
    // Sent again and again by design, so not counted among writes.
    line('POST /keep-alive', () => ({ status: 202, body: {} }), { isRead: true }),
    line('PUT /keep-alive', () => ({ status: 202, body: {} }), { isRead: true }),
    line('POST /state', (session, request) => {
      session.push([stateEvent(fieldsOf(request), request.wallMs)]);
      return { status: 202, body: {} };
    }),
    line('DELETE ', (session) => {
      session.end();
      return { status: 202, body: {} };
    }),
    ...['POST', 'PUT', 'GET'].flatMap((method) =>
      // Dialling, holding, muting and what else an agent does: accepted, and without effect here.
      ['/:action', '/:action/:detail', '/:action/:contactId/:detail'].map((path) =>
        line(`${method} ${path}`, () => ({ status: 202, body: {} })),
      ),
    ),
  ];
}

function nextEvent(session: Session, request: RouteRequest): Answer | Promise<Answer> {
  const { empty, maxWaitMs } = request.settings.longPoll;
  const seconds = Number(request.query.get('timeout') ?? DEFAULT_POLL_S);
  if (!(seconds >= 0)) return cxoneError(400, 'timeout must be a number of seconds');
  const events = session.take();
  if (events.length > 0) return eventsAnswer(session, events);
  const nothing = empty === 200 ? eventsAnswer(session, []) : { status: empty };
  return request.hold(Math.min(seconds * 1000, maxWaitMs), nothing, (settle) =>
    session.wait((given) => settle(given === undefined ? hasEnded() : eventsAnswer(session, given))),
  );
}

function eventsAnswer({ id }: Session, events: readonly AgentEvent[]): Answer {
  return ok({ sessionId: id, events });
}

function hasEnded(): Answer {
  return cxoneError(409, 'The agent session has ended');
}

function startEvent({ id, tenant, user }: Session): AgentEvent {
  return {
    Type: 'AgentSessionStart',
    SessionId: id,
    BusNo: String(numberOf(tenant)),
    AgentId: String(numberOf(`${tenant}/${user}`)),
    StationPhoneNumber: '',
  };
}

function stateEvent({ state = '', reason = '' }: Readonly<Record<string, unknown>>, wallMs: number): AgentEvent {
  return {
    Type: 'AgentState',
    CurrentState: String(state),
    CurrentOutReason: String(reason),
    StartTimeUTC: new Date(wallMs).toISOString(),
    IsAcw: 'False',
    NextStates: [],
  };
}
