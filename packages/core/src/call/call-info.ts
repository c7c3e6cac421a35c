import type { CallInfo } from '../contract/call.js';
import { shared } from '../runtime/process-state.js';

/** Remembers what became of the call that ended in `value`. */
export function noteInfo(value: unknown, info: CallInfo): void {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') shared.infos.set(value, info);
  else shared.lastBare = { value, info };
}

/**
 * What became of a call, from its result or its error.
 *
 * Some SDKs reject with a bare string or with `undefined`. Those cannot carry anything, so ask in the `catch` itself: you get
 * the last call that ended in that very value.
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
 */
export function callInfo(resultOrError: unknown): CallInfo | undefined {
  if ((typeof resultOrError === 'object' && resultOrError !== null) || typeof resultOrError === 'function') {
    return shared.infos.get(resultOrError);
  }
  return shared.lastBare?.value === resultOrError ? shared.lastBare?.info : undefined;
}
