import { type Answer, answerOk } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import type { AnalyticsJobs } from './analytics-jobs.js';
import { isAnswer, readCursorPage } from './cursor-paging.js';
import { buildNotFound, readId } from './entity-routes.js';
import type { Organization } from './organization.js';
import { buildBadRequest } from './paging.js';

/** The details that can be queried at once and by a job. */
interface DetailKind {
  readonly path: string;
  /** Name of the list in the answer. */
  readonly list: string;
  readonly entities: () => readonly Entity[];
  readonly describe: (entity: Entity) => Record<string, unknown>;
}

/** Routes of analytics: details by query and by job. */
export function createAnalyticsRoutes(organization: Organization, jobs: AnalyticsJobs): RouteDefinition[] {
  const kinds: readonly DetailKind[] = [
    {
      path: '/api/v2/analytics/conversations/details',
      list: 'conversations',
      entities: () => organization.conversations.list(),
      describe: ({ id, startTime }) => ({ conversationId: id, conversationStart: startTime, participants: [] }),
    },
    {
      path: '/api/v2/analytics/users/details',
      list: 'userDetails',
      entities: () => organization.users.list(),
      describe: ({ id }) => ({ userId: id, primaryPresence: [], routingStatus: [] }),
    },
  ];
  return kinds.flatMap((kind) => [defineQuery(kind), ...defineJobs(kind, jobs)]);
}

function defineQuery({ path, list, entities, describe }: DetailKind): RouteDefinition {
  return [
    `POST ${path}/query`,
    (request) => {
      const all = entities();
      const { pageSize, pageNumber } = readBodyPaging(request);
      const page = all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
      return answerOk({ [list]: page.map(describe), totalHits: all.length });
    },
  ];
}

function readBodyPaging(request: RouteRequest): { pageSize: number; pageNumber: number } {
  const paging = (readFields(request).paging ?? {}) as { pageSize?: unknown; pageNumber?: unknown };
  const read = (value: unknown, fallback: number): number =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : fallback;
  return { pageSize: Math.min(100, read(paging.pageSize, 25)), pageNumber: read(paging.pageNumber, 1) };
}

/** The platform documents no size of a page of results. These are ours. */
const RESULT_PAGES = { token: 'cursor', defaultSize: 100, maxSize: 1000 } as const;

function defineJobs({ path, list, entities, describe }: DetailKind, jobs: AnalyticsJobs): RouteDefinition[] {
  const withJob =
    (handle: (request: RouteRequest, job: NonNullable<ReturnType<AnalyticsJobs['find']>>) => Answer) =>
    (request: RouteRequest): Answer => {
      const job = jobs.find(path, readId(request));
      return job === undefined ? buildNotFound(request) : handle(request, job);
    };
  return [
    [`POST ${path}/jobs`, ({ now, wallMs }) => ({ status: 202, body: { jobId: jobs.submit(path, now, wallMs) } })],
    [
      `GET ${path}/jobs/availability`,
      ({ wallMs }) => answerOk({ dataAvailabilityDate: new Date(wallMs).toISOString() }),
    ],
    [`GET ${path}/jobs/:id`, withJob((request, job) => answerOk(jobs.describe(job, request.now)))],
    [
      `GET ${path}/jobs/:id/results`,
      withJob((request, job) => {
        const state = jobs.getState(job, request.now);
        if (state !== 'FULFILLED') return buildBadRequest(request, `The job has no results. Its state is ${state}.`);
        const page = readCursorPage(request, entities(), RESULT_PAGES);
        if (isAnswer(page)) return page;
        return answerOk({
          [list]: page.items.map(describe),
          ...(page.next !== undefined && { cursor: page.next }),
          dataAvailabilityDate: new Date(request.wallMs).toISOString(),
        });
      }),
    ],
    [
      `DELETE ${path}/jobs/:id`,
      withJob((request, job) => {
        jobs.cancel(readId(request), job, request.now);
        return { status: 204 };
      }),
    ],
  ];
}
