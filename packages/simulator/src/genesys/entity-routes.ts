import { type Answer, answerOk } from '../http/answer.js';
import type { Collection } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import { buildErrorAnswer } from './error-answers.js';

/** The answers of the routes that read and write one entity. */

export function buildNotFound(request: RouteRequest): Answer {
  return buildErrorAnswer(404, 'not.found', 'The requested resource was not found.', request.contextId);
}

export function readId(request: RouteRequest): string {
  return request.params.id ?? '';
}

export function getEntity(request: RouteRequest, collection: Collection): Answer {
  return answerOk(collection.get(readId(request)), buildNotFound(request));
}

export function createEntity(request: RouteRequest, collection: Collection): Answer {
  return answerOk(collection.create(readFields(request)));
}

export function updateEntity(request: RouteRequest, collection: Collection): Answer {
  const entity = collection.get(readId(request));
  return entity === undefined ? buildNotFound(request) : answerOk(collection.update(entity, readFields(request)));
}

/** Updates an entity if the `version` in the body is current. On a mismatch some routes answer 409, others 400. */
export function updateVersioned(request: RouteRequest, collection: Collection, mismatchStatus: 400 | 409): Answer {
  const entity = collection.get(readId(request));
  if (entity === undefined) return buildNotFound(request);
  const { version } = readFields(request);
  if (version !== undefined && version !== entity.version) {
    const message = `The version [${String(version)}] does not match the current version [${String(entity.version)}]`;
    const code = mismatchStatus === 409 ? 'general.conflict' : 'bad.request';
    return buildErrorAnswer(mismatchStatus, code, message, request.contextId);
  }
  return answerOk(collection.update(entity, readFields(request)));
}

export function deleteEntity(request: RouteRequest, collection: Collection): Answer {
  return collection.delete(readId(request)) ? { status: 204 } : buildNotFound(request);
}
