import type { PlatformRequest } from '../sdk/send-request.js';
import type { LiveCell } from './cell.js';
import type { ReadRule } from './kinds.js';
import { fillTemplate } from '../notifications/topic-names.js';

/** Ids of one request. Presences: the limit in the documentation of the SDK. Users: ours, because none is documented. */
const MAX_IDS = 50;
/** Queues of one query of observations (ours). */
const MAX_QUEUES = 100;

/** Observations of a query. The notifications of the topic have the same. */
const METRICS = [
  'oActiveUsers',
  'oAlerting',
  'oInteracting',
  'oMemberUsers',
  'oOffQueueUsers',
  'oOnQueueUsers',
  'oUserPresences',
  'oUserRoutingStatuses',
  'oWaiting',
];

/** A request that reads some cells. */
export interface ReadJob {
  readonly cells: readonly LiveCell[];
  readonly request: PlatformRequest;
  /** Whether the request has pages, whose entities are the answer together. */
  readonly isPaged?: boolean;
  /** Finds the body of each cell in the answer. Undefined: the answer lacks it. */
  read(answer: unknown): (cell: LiveCell) => unknown;
  /** The same cells in two jobs. */
  readonly split?: () => ReadJob[];
  /** Reads one cell that the answer lacks. */
  readonly alone?: (cell: LiveCell) => ReadJob;
}

type UsersRule = Extract<ReadRule, { by: 'users' }>;

const usersRule = ({ kind }: LiveCell): UsersRule => kind.read as UsersRule;

/** Plans as few requests as possible. */
export function planReads(cells: readonly LiveCell[]): ReadJob[] {
  const byRule = groupBy(cells, ({ kind }) => kind.read.by);
  const { users = [], observations = [], ...others } = Object.fromEntries(byRule);
  const alone = Object.values(others).flat();
  return [...planUsers(users), ...chunk(observations, MAX_QUEUES).map(queuesJob), ...alone.map(aloneJob)];
}

/** Users with the same expansions share requests. */
function planUsers(cells: readonly LiveCell[]): ReadJob[] {
  const byUser = groupBy(cells, ({ id }) => id);
  const bySet = groupBy([...byUser.values()], (own) =>
    own
      .map((cell) => usersRule(cell).expand)
      .sort()
      .join(),
  );
  return [...bySet].flatMap(([expands, users]) =>
    chunk(users, MAX_IDS).map((part) => (expands === 'presence' ? presencesJob(part.flat()) : usersJob(part, expands))),
  );
}

function presencesJob(cells: readonly LiveCell[]): ReadJob {
  return {
    cells,
    request: {
      method: 'GET',
      path: '/api/v2/users/presences/purecloud/bulk',
      query: { id: cells.map(({ id }) => id).join() },
    },
    read(answer) {
      const items = asList(answer) as { id?: string; userId?: string }[];
      const byId = new Map(items.map((item) => [item.userId ?? item.id, item]));
      return ({ id }) => byId.get(id);
    },
    alone: aloneJob,
    ...(cells.length > 1 && { split: () => halves(cells).map(presencesJob) }),
  };
}

function usersJob(users: readonly (readonly LiveCell[])[], expands: string): ReadJob {
  const ids = users.map(([cell]) => cell?.id);
  return {
    cells: users.flat(),
    request: {
      method: 'GET',
      path: '/api/v2/users',
      query: { id: ids.join(), expand: expands, state: 'any', pageSize: ids.length },
    },
    read(answer) {
      const { entities = [] } = (answer ?? {}) as { entities?: Record<string, unknown>[] };
      const byId = new Map(entities.map((user) => [user['id'], user]));
      return (cell) => byId.get(cell.id)?.[usersRule(cell).expand];
    },
    alone: aloneJob,
    ...(users.length > 1 && { split: () => halves(users).map((half) => usersJob(half, expands)) }),
  };
}

function queuesJob(cells: readonly LiveCell[]): ReadJob {
  const predicates = cells.map(({ id: value }) => ({
    type: 'dimension',
    dimension: 'queueId',
    operator: 'matches',
    value,
  }));
  return {
    cells,
    request: {
      method: 'POST',
      path: '/api/v2/analytics/queues/observations/query',
      body: { filter: { type: 'or', predicates }, metrics: METRICS },
    },
    read(answer) {
      const { results } = (answer ?? {}) as { results?: { group?: { queueId?: string } }[] };
      const byQueue = groupBy(results ?? [], ({ group }) => group?.queueId ?? '');
      // A queue without observations is not in the answer.
      return ({ id }) => byQueue.get(id)?.map((result) => ({ data: [], ...result })) ?? [];
    },
    ...(cells.length > 1 && { split: () => halves(cells).map(queuesJob) }),
  };
}

/** Reads one cell by its own path. */
function aloneJob(cell: LiveCell): ReadJob {
  const { read } = cell.kind;
  const path = 'path' in read ? fillTemplate(read.path, cell.parameters, encodeURIComponent) : '';
  const field = read.by === 'users' ? read.field : undefined;
  return {
    cells: [cell],
    request: { method: 'GET', path, ...(field !== undefined && { query: { expand: field } }) },
    isPaged: read.by === 'pages',
    read: (answer) => () => (field === undefined ? answer : (answer as Record<string, unknown> | undefined)?.[field]),
  };
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function halves<T>(items: readonly T[]): T[][] {
  return [items.slice(0, items.length >> 1), items.slice(items.length >> 1)];
}
