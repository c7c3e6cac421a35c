import { callInfo } from '@holdline/core';

/** Statuses of a request with a topic that is wrong or belongs to another user. */
const REFUSALS = [400, 403];

/** Errors of requests that make a channel. They say nothing about a topic. */
const creationErrors = new WeakSet();

/** The platform has accepted a request, and refused some of its topics. */
export class TopicRejectedError extends Error {
  override name = 'TopicRejectedError';
}

/** Records that the error comes from a request that makes a channel, such as the 403 of a user without notifications. */
export function noteCreationError(error: unknown): void {
  if (typeof error === 'object' && error !== null) creationErrors.add(error);
}

/** Whether the platform refused a topic, so that a request with fewer topics may succeed. */
export function isTopicRefusal(error: unknown): boolean {
  if (error instanceof TopicRejectedError) return true;
  if (typeof error === 'object' && error !== null && creationErrors.has(error)) return false;
  return REFUSALS.includes(callInfo(error)?.status ?? 0);
}
