import type { Answer } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import type { RouteRequest } from '../platform/request.js';
import { buildBadRequest } from './paging.js';

/** Reads the ids of a query, as `id=a,b` and as `id=a&id=b`. Returns undefined when the query has none. */
export function readIds({ query }: RouteRequest, parameter = 'id'): readonly string[] | undefined {
  const given = query.getAll(parameter);
  if (given.length === 0) return undefined;
  return [...new Set(given.flatMap((text) => text.split(',')).filter((id) => id !== ''))];
}

/** Refuses a request with more ids or items than its route accepts. */
export function refuseTooMany(request: RouteRequest, route: string, count: number): Answer | undefined {
  const maximum = request.settings.bulk.maxItems[route];
  if (maximum === undefined || count <= maximum) return undefined;
  return buildBadRequest(request, `The request has ${count} items. The maximum is ${maximum}.`);
}

/** Returns the entities that exist, in the order of their ids and not in the order of the query. */
export function selectEntities(ids: readonly string[], get: (id: string) => Entity | undefined): Entity[] {
  return [...ids].sort().flatMap((id) => get(id) ?? []);
}
