import { BoundedMap } from '../bounded-map.js';
import { answerOk } from '../http/answer.js';
import { MAX_ENTITIES } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import type { Organization } from './organization.js';
import type { Fields } from './user-states.js';

type Metrics = Readonly<Record<string, number>>;

/** What every queue shows until a test sets something else. */
const INITIAL_METRICS: Metrics = { oWaiting: 0, oInteracting: 0, oOnQueueUsers: 0, oOffQueueUsers: 5 };
/** Length of the interval that an event names, ms. */
const INTERVAL_MS = 1000;

/** The observations of queues. Each change is published. */
export class QueueObservations {
  readonly #metrics = new BoundedMap<string, Metrics>(MAX_ENTITIES);
  readonly #publish: (topic: string, body: unknown) => number;
  readonly #wall: () => number;

  constructor(publish: (topic: string, body: unknown) => number, wall: () => number) {
    this.#publish = publish;
    this.#wall = wall;
  }

  get(queueId: string): Metrics {
    return this.#metrics.get(queueId) ?? INITIAL_METRICS;
  }

  /** Sets metrics of a queue, publishes them, and returns the number of sockets. The other metrics stay. */
  set(queueId: string, metrics: Metrics): number {
    this.#metrics.set(queueId, { ...this.get(queueId), ...metrics });
    const end = this.#wall();
    const interval = `${new Date(end - INTERVAL_MS).toISOString()}/${new Date(end).toISOString()}`;
    return this.#publish(`v2.analytics.queues.${queueId}.observations`, {
      group: buildGroup(queueId),
      data: [{ interval, metrics: describeMetrics(metrics) }],
    });
  }
}

/** The route that reads observations. */
export function createObservationRoutes({ queues }: Organization, observations: QueueObservations): RouteDefinition[] {
  return [
    [
      'POST /api/v2/analytics/queues/observations/query',
      (request) => {
        const { metrics } = readFields(request);
        const wanted = Array.isArray(metrics) ? new Set<unknown>(metrics) : undefined;
        const known = readQueueIds(request).filter((id) => queues.get(id) !== undefined);
        return answerOk({
          results: known.map((id) => {
            const entries = Object.entries(observations.get(id)).filter(([name]) => wanted?.has(name) ?? true);
            return { group: buildGroup(id), data: describeMetrics(Object.fromEntries(entries)) };
          }),
        });
      },
    ],
  ];
}

function buildGroup(queueId: string): Record<string, string> {
  return { queueId, mediaType: 'voice' };
}

function describeMetrics(metrics: Metrics): Fields[] {
  return Object.entries(metrics).map(([metric, count]) => ({ metric, stats: { count } }));
}

/** Reads the queues of a filter: its own predicates, and those of its clauses. */
function readQueueIds(request: RouteRequest): string[] {
  const filter = (readFields(request)['filter'] ?? {}) as { predicates?: unknown; clauses?: unknown };
  const toList = (value: unknown): Fields[] => (Array.isArray(value) ? (value as Fields[]) : []);
  const predicates = [filter, ...toList(filter.clauses)].flatMap((part) => toList(part.predicates));
  const ids = predicates.filter(({ dimension }) => dimension === 'queueId').map(({ value }) => String(value));
  return [...new Set(ids)];
}
