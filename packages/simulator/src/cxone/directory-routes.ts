import { type Answer, answerOk } from '../http/answer.js';
import type { RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { FIRST_AGENTS } from './agent-states.js';
import { buildErrorAnswer } from './error-answers.js';
import { cutPage, readUpdatedSince, searchItems, selectFields } from './list-parameters.js';
import type { Tenant, CxoneTenants } from './tenants.js';

const ACD_PATH = '/incontactapi/services';

/**
 * Routes of directories: agents and their states, skills, teams, address books, dispositions. The shapes are those that the SDK 25.1.2
 * reads. Its polls send `updatedSince` with the `lastPollTime` of the answer before. No page of the vendor documents cache headers, so the
 * answers have none.
 */
export function createDirectoryRoutes(tenants: CxoneTenants): RouteDefinition[] {
  /** Defines a read route whose handler gets the tenant of the token. */
  const defineRoute = (path: string, handle: (tenant: Tenant, request: RouteRequest) => Answer): RouteDefinition => [
    `GET ${path}`,
    (request) => handle(tenants.getTenant(request.token.tenant), request),
  ];
  const defineAcdRoute = (path: string, handle: (tenant: Tenant, request: RouteRequest) => Answer): RouteDefinition =>
    defineRoute(`${ACD_PATH}${path}`, handle);
  return [
    defineAcdRoute('/agents', (tenant) => {
      const agents = Array.from({ length: FIRST_AGENTS }, (_, index) => tenant.buildAgent(String(index + 1)));
      return answerOk({ agents, totalRecords: agents.length });
    }),
    defineAcdRoute('/agents/:agentId', (tenant, { params, query }) =>
      answerOk({ agents: selectFields([tenant.buildAgent(params.agentId ?? '')], query) }),
    ),
    defineAcdRoute('/agents/:agentId/skills', ({ skills }, { query }) =>
      answerOk({ agentSkillAssignments: selectFields(skills, query), totalRecords: skills.length }),
    ),
    defineAcdRoute('/agents/:agentId/address-books', ({ addressBooks }, { query, wallMs }) => {
      const isWhole = query.get('includeEntries') === 'true';
      const listed = addressBooks.map(({ addressBookEntries, ...book }) =>
        isWhole ? { ...book, addressBookEntries } : book,
      );
      return answerChanges(query, wallMs, () => ({ addressBooks: listed }));
    }),
    defineAcdRoute('/agents/:agentId/queues', (_, { query, wallMs }) =>
      answerChanges(query, wallMs, () => ({ queues: [] }), true),
    ),
    defineAcdRoute('/address-books/:addressBookId/entries', ({ addressBooks }, { params, query }) => {
      const book = addressBooks.find(({ addressBookId }) => String(addressBookId) === params.addressBookId);
      if (book === undefined) return buildErrorAnswer(404, 'The address book does not exist');
      const found = searchItems(book.addressBookEntries, query, ['firstName', 'lastName', 'phone', 'email']);
      return answerOk({
        totalRecords: found.length,
        addressBook: { ...book, addressBookEntries: cutPage(found, query) },
      });
    }),
    defineAcdRoute('/cache/agentstate', ({ states }, { query, wallMs }) =>
      answerChanges(
        query,
        wallMs,
        (sinceMs) => ({ agentState: selectFields(states.listChangedSince(sinceMs), query) }),
        true,
      ),
    ),
    defineAcdRoute('/skills', ({ skills }, { query }) => {
      const found = searchItems(skills, query, ['skillName']);
      return answerOk({ skills: selectFields(cutPage(found, query), query), totalRecords: found.length });
    }),
    defineAcdRoute('/skills/activity', ({ skills }, { query, wallMs }) =>
      answerChanges(query, wallMs, () => ({ skillActivity: selectFields(skills, query) })),
    ),
    defineAcdRoute('/skills/:skillId', (tenant, request) => answerOfSkill(tenant, request, (skill) => answerOk(skill))),
    defineAcdRoute('/skills/:skillId/dispositions', (tenant, request) =>
      answerOfSkill(tenant, request, () => answerOk({ dispositions: tenant.dispositions })),
    ),
    defineAcdRoute('/skills/:skillId/tags', (tenant, request) =>
      answerOfSkill(tenant, request, ({ skillId }) => answerOk({ resultSet: { skillId, tags: [] } })),
    ),
    defineAcdRoute('/teams', ({ teams }, { query, wallMs }) =>
      answerChanges(query, wallMs, () => ({ teams: selectFields(teams, query), totalRecords: teams.length })),
    ),
    defineAcdRoute('/teams/:teamId', (tenant, request) =>
      answerOfTeam(tenant, request, (team) => answerOk({ teams: [team] })),
    ),
    defineAcdRoute('/teams/:teamId/agents', (tenant, request) =>
      answerOfTeam(tenant, request, (team) => {
        const agents = ['1', '2', '3'].map((id) => tenant.buildAgent(id));
        return answerOk({ teams: [{ ...team, agents }] });
      }),
    ),
    defineAcdRoute('/teams/:teamId/unavailable-codes', (tenant, request) =>
      answerOfTeam(tenant, request, () => answerOk({ unavailableCodes: tenant.unavailableCodes })),
    ),
    defineRoute('/dfo/3.0/routing-queues', ({ skills }) =>
      answerOk({
        hits: skills.length,
        data: skills.map(({ skillId, skillName }) => ({ id: String(skillId), name: skillName, skillId })),
      }),
    ),
    defineRoute('/rtd/v1/agents/:agentId/directories', (_, { params, query }) => {
      const directories = [{ directoryId: 'd1', directoryName: 'Simulated', partners: [], status: 'ACTIVE' }];
      return answerOk({ agentId: params.agentId, totalRecords: 1, directories: cutPage(directories, query) });
    }),
  ];
}

/** Answers a poll: the items, and the time that the client sends back as `updatedSince`. */
function answerChanges(
  query: URLSearchParams,
  wallMs: number,
  build: (sinceMs: number) => Record<string, unknown>,
  isInResultSet = false,
): Answer {
  const since = readUpdatedSince(query);
  if (typeof since !== 'number') return since;
  const body = { ...build(since), lastPollTime: new Date(wallMs).toISOString() };
  return answerOk(isInResultSet ? { resultSet: body } : body);
}

function answerOfSkill(
  { skills }: Tenant,
  { params }: RouteRequest,
  answer: (skill: Readonly<Record<string, unknown>>) => Answer,
): Answer {
  const skill = skills.find(({ skillId }) => String(skillId) === params.skillId);
  return skill === undefined ? buildErrorAnswer(404, 'The skill does not exist') : answer(skill);
}

function answerOfTeam(
  { teams }: Tenant,
  { params }: RouteRequest,
  answer: (team: Readonly<Record<string, unknown>>) => Answer,
): Answer {
  const team = teams.find(({ teamId }) => String(teamId) === params.teamId);
  return team === undefined ? buildErrorAnswer(404, 'The team does not exist') : answer(team);
}
