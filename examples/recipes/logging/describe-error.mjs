// The fields of an error that are safe to log.
import { callInfo, isHoldlineError } from '@holdline/core';

/** A serializer for `err`. A native error of axios has headers and bodies, so only these fields of it are logged. */
export function describeError(error) {
  const { route, attempts, waitedMs, status, headers } = callInfo(error) ?? {};
  const known = { type: error?.name, code: error?.code, route, attempts, waitedMs, status };
  // The headers of `callInfo` are those about throttling and correlation.
  const correlation = headers?.['inin-correlation-id'];
  // A HoldlineError has no secret in its message and its stack.
  return isHoldlineError(error) ? { ...known, message: error.message, stack: error.stack } : { ...known, correlation };
}
