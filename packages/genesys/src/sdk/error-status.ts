import { callInfo } from '@holdline/core';

/**
 * HTTP status of a failed call. The SDK rejects with the body of the answer, which has the status in the errors of the platform. The line
 * knows it also where a proxy answered. Undefined if nobody knows it.
 */
export function errorStatus(error: unknown): number | undefined {
  const known = callInfo(error)?.status;
  if (known !== undefined || typeof error !== 'object' || error === null) return known;
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}
