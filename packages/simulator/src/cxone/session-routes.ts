import { type Answer, answerOk } from '../http/answer.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteFlags, RouteDefinition } from '../platform/route-table.js';
import type { AgentEvent, LiveSession } from './agent-session.js';
import { buildErrorAnswer } from './error-answers.js';
import type { CxoneTenants } from './tenants.js';
import { deriveNumber } from './token-claims.js';

const SESSIONS_PATH = '/incontactapi/services/agent-sessions';
const DEFAULT_POLL_S = 60;

/** Routes of agent sessions: start, long poll for events, state, end. They change the state of the agent in the directory too. */
export function createSessionRoutes(tenants: CxoneTenants): RouteDefinition[] {
  const { sessions } = tenants;
  const setAgentState = ({ tenant, user }: LiveSession, state: string, reason: string, wallMs: number): void =>
    tenants.getTenant(tenant).setAgentState(user, state, reason, wallMs);
  /** Defines a route of a session. It answers 404 for an unknown session and 409 for an ended one. */
  const defineRoute = (
    methodAndPath: string,
    handle: (session: LiveSession, request: RouteRequest) => Answer | Promise<Answer>,
    flags: RouteFlags = {},
  ): RouteDefinition => {
    const [method, path] = methodAndPath.split(' ');
    return [
      `${method} ${SESSIONS_PATH}/:sessionId${path}`,
      (request) => {
        const session = sessions.findInTenant(request.params.sessionId ?? '', request.token.tenant);
        if (session === undefined) return buildErrorAnswer(404, 'The agent session does not exist');
        return session.isOver ? buildEndedAnswer() : handle(session, request);
      },
      flags,
    ];
  };
  return [
    [
      `POST ${SESSIONS_PATH}`,
      ({ token, wallMs }) => {
        const session = sessions.startSession(token.tenant, token.user);
        session.pushEvents([buildStartEvent(session), buildStateEvent({ state: 'Unavailable' }, wallMs)]);
        setAgentState(session, 'Unavailable', '', wallMs);
        return { status: 202, body: { sessionId: session.id } };
      },
    ],
    [
      `POST ${SESSIONS_PATH}/join`,
      ({ token }) => {
        const session = sessions.findLiving(token.tenant, token.user);
        if (session === undefined) return buildErrorAnswer(404, 'The agent has no session');
        return { status: 202, body: { sessionId: session.id } };
      },
    ],
    defineRoute('GET /get-next-event', pollEvents),
    // Clients repeat keep-alive by design, so it does not count as a write.
    defineRoute('POST /keep-alive', () => ({ status: 202, body: {} }), { isReadOnly: true }),
    defineRoute('PUT /keep-alive', () => ({ status: 202, body: {} }), { isReadOnly: true }),
    defineRoute('POST /state', (session, request) => {
      const fields = readFields(request);
      session.pushEvents([buildStateEvent(fields, request.wallMs)]);
      setAgentState(session, String(fields.state ?? ''), String(fields.reason ?? ''), request.wallMs);
      return { status: 202, body: {} };
    }),
    defineRoute('DELETE ', (session, { wallMs }) => {
      session.end();
      setAgentState(session, 'LoggedOut', '', wallMs);
      return { status: 202, body: {} };
    }),
    ...['POST', 'PUT', 'GET'].flatMap((method) =>
      // Other actions of an agent, such as dialling, holding and muting, are accepted and have no effect.
      ['/:action', '/:action/:detail', '/:action/:contactId/:detail'].map((path) =>
        defineRoute(`${method} ${path}`, () => ({ status: 202, body: {} })),
      ),
    ),
  ];
}

function pollEvents(session: LiveSession, request: RouteRequest): Answer | Promise<Answer> {
  const { empty, maxWaitMs } = request.settings.longPoll;
  const seconds = Number(request.query.get('timeout') ?? DEFAULT_POLL_S);
  if (!(seconds >= 0)) return buildErrorAnswer(400, 'timeout must be a number of seconds');
  const events = session.takeEvents();
  if (events.length > 0) return buildEventsAnswer(session, events);
  const nothing = empty === 200 ? buildEventsAnswer(session, []) : { status: empty };
  return request.waitForAnswer(Math.min(seconds * 1000, maxWaitMs), nothing, (settle) =>
    session.waitForEvents((given) =>
      settle(given === undefined ? buildEndedAnswer() : buildEventsAnswer(session, given)),
    ),
  );
}

function buildEventsAnswer({ id }: LiveSession, events: readonly AgentEvent[]): Answer {
  return answerOk({ sessionId: id, events });
}

function buildEndedAnswer(): Answer {
  return buildErrorAnswer(409, 'The agent session has ended');
}

function buildStartEvent({ id, tenant, user }: LiveSession): AgentEvent {
  return {
    Type: 'AgentSessionStart',
    SessionId: id,
    BusNo: String(deriveNumber(tenant)),
    AgentId: String(deriveNumber(`${tenant}/${user}`)),
    StationPhoneNumber: '',
  };
}

function buildStateEvent({ state = '', reason = '' }: Readonly<Record<string, unknown>>, wallMs: number): AgentEvent {
  return {
    Type: 'AgentState',
    CurrentState: String(state),
    CurrentOutReason: String(reason),
    StartTimeUTC: new Date(wallMs).toISOString(),
    IsAcw: 'False',
    NextStates: [],
  };
}
