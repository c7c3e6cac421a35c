import { type Answer, answerOk } from '../http/answer.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Tenant, CxoneTenants } from './tenants.js';

const ACD_PATH = '/incontactapi/services';

/** Routes below `incontactapi/services` that the SDK and the examples call, without agent sessions. */
export function createAcdRoutes(tenants: CxoneTenants): RouteDefinition[] {
  /** Defines a route whose handler gets the tenant of the token. */
  const defineRoute = (
    methodAndPath: string,
    handle: (tenant: Tenant, request: RouteRequest) => Answer,
  ): RouteDefinition => {
    const [method, path] = methodAndPath.split(' ');
    return [`${method} ${ACD_PATH}${path}`, (request) => handle(tenants.getTenant(request.token.tenant), request)];
  };
  const defineReadRoute = (path: string, body: (tenant: Tenant, request: RouteRequest) => unknown): RouteDefinition =>
    defineRoute(`GET ${path}`, (tenant, request) => answerOk(body(tenant, request)));
  return [
    defineReadRoute('/server-time', (_, { wallMs }) => ({ ServerTime: new Date(wallMs).toISOString() })),
    defineReadRoute('/timezones', () => ({ timeZones: [{ timeZoneId: 'UTC', timeZoneName: 'UTC' }] })),
    defineReadRoute('/business-unit', ({ name, businessUnit }) => ({
      businessUnits: [
        {
          businessUnitId: businessUnit,
          businessUnitName: name,
          features: [],
          maxConferenceParties: 6,
          fileExtensions: [],
          isMultiContactHandling: true,
          isUnifiedRoutingEnabled: false,
        },
      ],
    })),
    defineReadRoute('/permissions', () => ({ permissions: [{ Key: 'cxoneagent', Value: 'true' }] })),
    defineReadRoute('/branding-profiles', () => ({ profileId: 1, profileName: 'Simulated' })),
    defineReadRoute('/agents/client-data', ({ clientData }, { query }) => ({
      Data: clientData.get(query.get('agentId') ?? '') ?? '{}',
    })),
    defineRoute('PUT /agents/client-data', ({ clientData }, request) => {
      const { agentId = '', data = '{}' } = readFields(request);
      clientData.set(String(agentId), typeof data === 'string' ? data : JSON.stringify(data));
      return { status: 204 };
    }),
    defineReadRoute('/agents/:agentId/agent-settings', () => ({ maxConferenceParties: 6, EnableUIQueue: false })),
    defineReadRoute('/agents/:agentId/indicators', () => ({ indicators: [] })),
    defineReadRoute('/agents/:agentId/messages', () => ({ messages: [] })),
    defineReadRoute('/agents/:agentId/scheduled-callbacks', ({ callbacks }) => ({
      resultSet: { callbacks: callbacks.list() },
    })),
    defineReadRoute('/cache/skills', ({ skills }, { wallMs }) => ({
      resultSet: { skills, lastPollTime: new Date(wallMs).toISOString() },
    })),
    defineReadRoute('/scripts', () => ({ scripts: [{ scriptId: 1, scriptName: 'Simulated' }], totalRecords: 1 })),
    defineReadRoute('/contacts/active', () => ({ activeContacts: [], totalRecords: 0 })),
    defineReadRoute('/contacts/completed', () => ({ completedContacts: [], totalRecords: 0 })),
    defineRoute('POST /scheduled-callbacks', ({ callbacks }, request) => {
      const callback = callbacks.create(readFields(request));
      return { status: 202, body: { callbackId: callback.id, ...callback } };
    }),
    defineRoute('GET /scheduled-callbacks/:callbackId', ({ callbacks }, { params }) =>
      answerOk(callbacks.get(params.callbackId ?? ''), buildCallbackNotFound()),
    ),
    defineRoute('PUT /scheduled-callbacks/:callbackId', ({ callbacks }, request) => {
      const callback = callbacks.get(request.params.callbackId ?? '');
      return callback === undefined
        ? buildCallbackNotFound()
        : answerOk(callbacks.update(callback, readFields(request)));
    }),
    defineRoute('DELETE /scheduled-callbacks/:callbackId', ({ callbacks }, { params }) =>
      callbacks.delete(params.callbackId ?? '') ? { status: 204 } : buildCallbackNotFound(),
    ),
  ];
}

function buildCallbackNotFound(): Answer {
  return buildErrorAnswer(404, 'The callback does not exist');
}
