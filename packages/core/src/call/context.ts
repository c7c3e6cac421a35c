import {
  callable,
  type Check,
  count,
  positiveOrInfinite,
  matching,
  oneOf,
  refuse,
  shape,
  text,
} from '../contract/check.js';
import type { Call } from '../contract/call.js';
import { type CallContext, PRIORITIES } from '../contract/context.js';
import { isAbortSignal } from '../contract/signal.js';
import { activeContext, type ActiveContext, type ApartContext, mergeContext, runApart } from './active-context.js';

/** Checks an AbortSignal of any realm or polyfill. */
export const signalCheck: Check<AbortSignal> = (value, key) =>
  isAbortSignal(value) ? value : refuse(key, value, 'an AbortSignal');

const keyCheck = matching(/^[\x20-\x7e]{1,255}$/, 'a string of 1 to 255 printable ASCII characters');

/**
 * Checks a {@link CallContext}.
 * @public
 */
export const checkContext = shape<CallContext>({
  priority: oneOf(...PRIORITIES),
  tenant: text,
  transaction: text,
  step: text,
  idempotencyKey: keyCheck,
  totalTimeoutMs: positiveOrInfinite,
  signal: signalCheck,
  weight: count,
});

const checkFn = callable<() => unknown>();

/**
 * Runs `fn` and applies `context` to every call made in it, including calls of SDK methods without options. Contexts nest, and the
 * inner context has precedence key by key.
 *
 * In Node the context follows `fn` through every `await`. Browsers have no AsyncLocalStorage. There the context holds for the
 * synchronous part of `fn`, up to its first `await`; SDKs start their request in that part.
 *
 * @throws ConfigError if `context` has an unknown key or a wrong value.
 * @example
 * ```ts
 * import { withCall } from '@holdline/core';
 *
 * declare const users: { getUsersMe(): Promise<unknown> };
 * await withCall({ priority: 'high', totalTimeoutMs: 5_000 }, () => users.getUsersMe());
 * ```
 * @public
 */
export function withCall<T>(context: CallContext, fn: () => T): T {
  checkFn(fn, 'the second argument of withCall');
  const outer = activeContext.get();
  return activeContext.run(mergeContext(outer, checkContext(context, 'context')), fn);
}

/**
 * Runs `fn` apart from the context of the caller. Work for several callers then has no budget, signal or transaction of one of them.
 * @internal
 */
export function withOwnContext<T>(context: ApartContext, fn: () => T): T {
  return runApart(context, fn);
}

/**
 * Equals {@link withOwnContext}, and the reads of `fn` pass by the cache, coalescing and bulk reads of the line.
 * @internal
 */
export function withOwnReads<T>(context: ApartContext, fn: () => T): T {
  return runApart({ ...context, without: 'all' }, fn);
}

/**
 * Runs `fn`, and tells `onLetter` of each call in it whose dead letter is written. The promise settles without the store: it says whether
 * the letter has all parts of the call, so that a replay can send it. The error of the call comes later than `onLetter`.
 * @internal
 */
export function withLetters<T>(onLetter: (isComplete: Promise<boolean>) => void, fn: () => T): T {
  return activeContext.run({ ...activeContext.get(), onLetter }, fn);
}

/**
 * Whether a call comes from {@link withOwnReads}, or is another read that the line makes for several callers.
 * @internal
 */
export function isOwnRead({ context }: Call): boolean {
  return (context as ActiveContext | undefined)?.without === 'all';
}

/**
 * For adapters: the active context of `withCall`, to keep for a call that is sent later.
 * @public
 */
export function currentContext(): CallContext {
  return activeContext.get() ?? {};
}

/**
 * Equals `withCall({ transaction: id }, fn)`. Every write in `fn` gets an idempotency key. After a restart, the same `id` gives the
 * same keys.
 *
 * @example
 * ```ts
 * import { withTransaction } from '@holdline/core';
 *
 * declare function rate(conversationId: string): Promise<unknown>;
 * await withTransaction('evaluation-4711', () => rate('c-1'));
 * ```
 * @public
 */
export function withTransaction<T>(id: string, fn: () => T): T {
  return withCall({ transaction: id }, fn);
}
