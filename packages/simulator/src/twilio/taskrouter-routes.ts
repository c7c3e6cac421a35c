import { type Answer, answerOk } from '../http/answer.js';
import type { Collection, Entity } from '../platform/collection.js';
import type { RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { type AccountStore, renderEntity, type Workspace } from './account-data.js';
import { buildErrorAnswer } from './error-answers.js';
import { readParams } from './form.js';
import { answerPage } from './paging.js';

const WORKSPACE_PATH = '/v1/Workspaces/:workspaceSid';

/** Collections below a workspace: the last part of the path, and the name of the list in an answer. */
const COLLECTIONS = [
  ['Tasks', 'tasks', 'tasks'],
  ['Workers', 'workers', 'workers'],
  ['Activities', 'activities', 'activities'],
  ['TaskQueues', 'task_queues', 'taskQueues'],
] as const;

/** Routes of TaskRouter: workspaces, tasks, workers, reservations, activities and queues. */
export function createTaskRouterRoutes(accounts: AccountStore): RouteDefinition[] {
  return [
    [
      'GET /v1/Workspaces',
      (request) => answerPage(request, 'workspaces', accounts.get(request.token.tenant).workspaces.list()),
    ],
    [`GET ${WORKSPACE_PATH}`, (request) => answerWorkspace(accounts, request)],
    ...COLLECTIONS.flatMap(([path, key, name]) => createRoutes(accounts, path, key, name)),
    [`GET ${WORKSPACE_PATH}/Tasks/:sid/Reservations`, (request) => listReservations(accounts, request)],
    [
      `GET ${WORKSPACE_PATH}/Tasks/:taskSid/Reservations/:sid`,
      (request) => answerOne(request, findWorkspace(accounts, request).reservations),
    ],
    [`POST ${WORKSPACE_PATH}/Tasks/:taskSid/Reservations/:sid`, (request) => updateReservation(accounts, request)],
  ];
}

function createRoutes(accounts: AccountStore, path: string, key: string, name: keyof Workspace): RouteDefinition[] {
  const list = `${WORKSPACE_PATH}/${path}`;
  const collectionOf = (request: RouteRequest): Collection => findWorkspace(accounts, request)[name];
  return [
    [
      `GET ${list}`,
      (request) =>
        answerPage(
          request,
          key,
          collectionOf(request)
            .list()
            .map((one) => render(one, request, one.id)),
        ),
    ],
    [`POST ${list}`, (request) => createOne(accounts, request, name)],
    [`GET ${list}/:sid`, (request) => answerOne(request, collectionOf(request))],
    [`POST ${list}/:sid`, (request) => updateOne(request, collectionOf(request))],
    [`DELETE ${list}/:sid`, (request) => deleteOne(request, collectionOf(request))],
  ];
}

function findWorkspace(accounts: AccountStore, { token, params }: RouteRequest): Workspace {
  return accounts.get(token.tenant).getWorkspace(params['workspaceSid'] ?? '');
}

function render(entity: Entity, request: RouteRequest, below?: string): Record<string, unknown> {
  const path = below === undefined ? request.path : `${request.path}/${below}`;
  return renderEntity(entity, {
    account_sid: request.token.tenant,
    workspace_sid: request.params['workspaceSid'],
    url: `http://${request.host}${path}`,
  });
}

function answerEntity(entity: Entity, request: RouteRequest, below?: string, status = 200): Answer {
  return { status, headers: { ETag: `"${String(entity['version'])}"` }, body: render(entity, request, below) };
}

function answerMissing({ path }: RouteRequest): Answer {
  return buildErrorAnswer(404, `The requested resource ${path.replace('/v1', '')} was not found`);
}

function answerWorkspace(accounts: AccountStore, request: RouteRequest): Answer {
  const workspace = accounts.get(request.token.tenant).workspaces.get(request.params['workspaceSid'] ?? '');
  return workspace === undefined ? answerMissing(request) : answerEntity(workspace, request);
}

function createOne(accounts: AccountStore, request: RouteRequest, name: keyof Workspace): Answer {
  const workspace = findWorkspace(accounts, request);
  const now = new Date(request.wallMs).toISOString();
  const created = workspace[name].create({ ...readParams(request), date_created: now, date_updated: now });
  const [worker] = workspace.workers.list();
  // The router of the platform offers a task to a worker.
  if (name === 'tasks' && worker !== undefined) {
    workspace.reservations.create({ task_sid: created.id, worker_sid: worker.id, date_created: now });
    workspace.tasks.update(created, { assignment_status: 'reserved' });
  }
  return answerEntity(workspace[name].get(created.id) ?? created, request, created.id, 201);
}

function answerOne(request: RouteRequest, collection: Collection): Answer {
  const entity = collection.get(request.params['sid'] ?? '');
  return entity === undefined ? answerMissing(request) : answerEntity(entity, request);
}

function updateOne(request: RouteRequest, collection: Collection): Answer {
  const entity = collection.get(request.params['sid'] ?? '');
  if (entity === undefined) return answerMissing(request);
  const expected = request.headers['if-match'];
  if (expected !== undefined && expected !== `"${String(entity['version'])}"`) {
    return buildErrorAnswer(412, 'If-Match header does not match current task version');
  }
  const date_updated = new Date(request.wallMs).toISOString();
  return answerEntity(collection.update(entity, { ...readParams(request), date_updated }), request);
}

function deleteOne(request: RouteRequest, collection: Collection): Answer {
  return collection.delete(request.params['sid'] ?? '') ? { status: 204 } : answerMissing(request);
}

function listReservations(accounts: AccountStore, request: RouteRequest): Answer {
  const { reservations } = findWorkspace(accounts, request);
  const own = reservations.list().filter((one) => one['task_sid'] === request.params['sid']);
  return answerPage(
    request,
    'reservations',
    own.map((one) => render(one, request, one.id)),
  );
}

/** A worker who accepts a reservation has the task. */
function updateReservation(accounts: AccountStore, request: RouteRequest): Answer {
  const { reservations, tasks } = findWorkspace(accounts, request);
  const reservation = reservations.get(request.params['sid'] ?? '');
  if (reservation === undefined) return answerMissing(request);
  const updated = reservations.update(reservation, readParams(request));
  const task = tasks.get(request.params['taskSid'] ?? '');
  if (task !== undefined && updated['reservation_status'] === 'accepted') {
    tasks.update(task, { assignment_status: 'assigned' });
  }
  return answerOk(render(updated, request));
}
