import type { CallInfo } from '../contract/call.js';
import { shared } from '../runtime/process-state.js';

/**
 * Stores the info of a call under its result or error, for {@link callInfo}.
 * @internal
 */
export function noteInfo(value: unknown, info: CallInfo): void {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') shared.infos.set(value, info);
  else shared.lastBare = { value, info };
}

/**
 * Returns facts about a call, found by its result or error.
 *
 * Some SDKs reject with a string or with `undefined`, which do not identify a call. For such a value the result belongs to the last
 * call that ended with an equal value, so read the info directly in the `catch` block.
 *
 * @example
 * ```ts
 * import { callInfo } from '@holdline/core';
 *
 * declare const users: { getUsersMe(): Promise<object> };
 * try {
 *   console.log(callInfo(await users.getUsersMe())?.attempts);
 * } catch (error) {
 *   console.log(callInfo(error)?.status, callInfo(error)?.retryAt);
 * }
 * ```
 * @public
 */
export function callInfo(resultOrError: unknown): CallInfo | undefined {
  if ((typeof resultOrError === 'object' && resultOrError !== null) || typeof resultOrError === 'function') {
    return shared.infos.get(resultOrError);
  }
  return shared.lastBare?.value === resultOrError ? shared.lastBare?.info : undefined;
}
