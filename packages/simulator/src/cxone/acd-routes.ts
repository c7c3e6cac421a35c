import { type Answer, ok } from '../http/answer.js';
import { fieldsOf, type RouteRequest } from '../platform/request.js';
import type { RouteLine } from '../platform/route-table.js';
import { cxoneError } from './error-answers.js';
import type { Tenant, World } from './tenants.js';

const ACD = '/incontactapi/services';

/** What the SDK and the examples read and write below `incontactapi/services`, besides agent sessions. */
export function acdRoutes(world: World): RouteLine[] {
  /** A line whose handler sees the tenant of the token. */
  const line = (what: string, handle: (tenant: Tenant, request: RouteRequest) => Answer): RouteLine => {
    const [method, path] = what.split(' ');
    return [`${method} ${ACD}${path}`, (request) => handle(world.tenant(request.token.tenant), request)];
  };
  const read = (path: string, body: (tenant: Tenant, request: RouteRequest) => unknown): RouteLine =>
    line(`GET ${path}`, (tenant, request) => ok(body(tenant, request)));
  return [
    read('/server-time', (_, { wallMs }) => ({ ServerTime: new Date(wallMs).toISOString() })),
    read('/timezones', () => ({ timeZones: [{ timeZoneId: 'UTC', timeZoneName: 'UTC' }] })),
    read('/business-unit', ({ name, businessUnit }) => ({
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
    read('/permissions', () => ({ permissions: [{ Key: 'cxoneagent', Value: 'true' }] })),
    read('/branding-profiles', () => ({ profileId: 1, profileName: 'Simulated' })),
    read('/agents', (tenant) => {
      const agents = Array.from({ length: 20 }, (_, index) => tenant.agent(String(index + 1)));
      return { agents, totalRecords: agents.length };
    }),
    read('/agents/client-data', ({ clientData }, { query }) => ({
      Data: clientData.get(query.get('agentId') ?? '') ?? '{}',
    })),
    line('PUT /agents/client-data', ({ clientData }, request) => {
      const { agentId = '', data = '{}' } = fieldsOf(request);
      clientData.set(String(agentId), typeof data === 'string' ? data : JSON.stringify(data));
      return { status: 204 };
    }),
    read('/agents/:agentId', (tenant, { params }) => ({ agents: [tenant.agent(params.agentId ?? '')] })),
    read('/agents/:agentId/skills', ({ skills }) => ({
      agentSkillAssignments: skills,
      totalRecords: skills.length,
    })),
    read('/agents/:agentId/agent-settings', () => ({ maxConferenceParties: 6, EnableUIQueue: false })),
    read('/agents/:agentId/indicators', () => ({ indicators: [] })),
    read('/agents/:agentId/messages', () => ({ messages: [] })),
    read('/agents/:agentId/address-books', () => ({ addressBooks: [] })),
    read('/agents/:agentId/queues', () => ({ resultSet: { agentQueues: [] } })),
    read('/agents/:agentId/scheduled-callbacks', ({ callbacks }) => ({ resultSet: { callbacks: callbacks.list() } })),
    read('/skills', ({ skills }) => ({ skills, totalRecords: skills.length })),
    read('/skills/activity', ({ skills }) => ({ resultSet: { skillActivity: skills } })),
    line('GET /skills/:skillId', ({ skills }, { params }) =>
      ok(
        skills.find(({ skillId }) => String(skillId) === params.skillId),
        cxoneError(404, 'The skill does not exist'),
      ),
    ),
    read('/skills/:skillId/dispositions', () => ({ dispositions: [] })),
    read('/skills/:skillId/tags', () => ({ tags: [] })),
    read('/cache/skills', ({ skills }, { wallMs }) => ({
      resultSet: { skills, lastPollTime: new Date(wallMs).toISOString() },
    })),
    read('/cache/agentstate', (_, { wallMs }) => ({
      resultSet: { agents: [], lastPollTime: new Date(wallMs).toISOString() },
    })),
    read('/teams', ({ teams }) => ({ teams, totalRecords: teams.length })),
    read('/teams/:teamId', ({ teams }, { params }) => ({
      teams: teams.filter(({ teamId }) => String(teamId) === params.teamId),
    })),
    read('/teams/:teamId/agents', (tenant) => ({ agents: ['1', '2', '3'].map((id) => tenant.agent(id)) })),
    read('/teams/:teamId/unavailable-codes', ({ unavailableCodes }) => ({ unavailableCodes })),
    read('/scripts', () => ({ scripts: [{ scriptId: 1, scriptName: 'Simulated' }], totalRecords: 1 })),
    read('/contacts/active', () => ({ activeContacts: [], totalRecords: 0 })),
    read('/contacts/completed', () => ({ completedContacts: [], totalRecords: 0 })),
    line('POST /scheduled-callbacks', ({ callbacks }, request) => {
      const callback = callbacks.create(fieldsOf(request));
      return { status: 202, body: { callbackId: callback.id, ...callback } };
    }),
    line('GET /scheduled-callbacks/:callbackId', ({ callbacks }, { params }) =>
      ok(callbacks.get(params.callbackId ?? ''), noCallback()),
    ),
    line('PUT /scheduled-callbacks/:callbackId', ({ callbacks }, request) => {
      const callback = callbacks.get(request.params.callbackId ?? '');
      return callback === undefined ? noCallback() : ok(callbacks.update(callback, fieldsOf(request)));
    }),
    line('DELETE /scheduled-callbacks/:callbackId', ({ callbacks }, { params }) =>
      callbacks.delete(params.callbackId ?? '') ? { status: 204 } : noCallback(),
    ),
  ];
}

function noCallback(): Answer {
  return cxoneError(404, 'The callback does not exist');
}
