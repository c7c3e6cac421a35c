import { callable, type Check, number, oneOf, refuse, shape, text } from '../contract/check.js';
import { type CallContext, PRIORITIES } from '../contract/context.js';
import { isAbortSignal } from '../contract/signal.js';
import { shared } from '../runtime/process-state.js';
import { mergeContext } from './active-context.js';

/** An AbortSignal, of any realm or polyfill. */
export const signalCheck: Check<AbortSignal> = (value, key) =>
  isAbortSignal(value) ? value : refuse(key, value, 'an AbortSignal');

const keyCheck: Check<string> = (value, key) =>
  typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value)
    ? value
    : refuse(key, value, 'a string of 1 to 255 printable ASCII characters');

/** Checks a {@link CallContext}. */
export const checkContext = shape<CallContext>({
  priority: oneOf(...PRIORITIES),
  tenant: text,
  transaction: text,
  step: text,
  idempotencyKey: keyCheck,
  totalTimeoutMs: number({ above: 0, infinite: true }),
  signal: signalCheck,
  weight: number({ min: 1, integer: true }),
});

const checkFn = callable<() => unknown>();

/**
 * Runs `fn`; every call made in it carries `context`, also calls of SDK methods that take no options. Contexts nest,
 * the inner one wins key by key.
 *
 * In Node the context follows `fn` through every `await`. Browsers have nothing like AsyncLocalStorage: there it holds
 * for the synchronous part of `fn`, up to its first `await`, which is when SDKs start their request.
 *
 * @throws ConfigError if `context` has an unknown key or a wrong value.
 * @example
 * ```ts
 * import { withCall } from '@holdline/core';
 *
 * declare const users: { getUsersMe(): Promise<unknown> };
 * await withCall({ priority: 'interactive', totalTimeoutMs: 5_000 }, () => users.getUsersMe());
 * ```
 */
export function withCall<T>(context: CallContext, fn: () => T): T {
  checkFn(fn, 'the second argument of withCall');
  const outer = shared.context.get();
  return shared.context.run(mergeContext(outer, checkContext(context, 'context')), fn);
}

/** For adapters: what `withCall` says here, for what will leave later. */
export function currentContext(): CallContext {
  return shared.context.get() ?? {};
}

/**
 * `withCall({ transaction: id }, fn)`: every write in `fn` gets an idempotency key that the same `id` gives again after a
 * restart.
 *
 * @example
 * ```ts
 * import { withTransaction } from '@holdline/core';
 *
 * declare function rate(conversationId: string): Promise<unknown>;
 * await withTransaction('evaluation-4711', () => rate('c-1'));
 * ```
 */
export function withTransaction<T>(id: string, fn: () => T): T {
  return withCall({ transaction: id }, fn);
}
