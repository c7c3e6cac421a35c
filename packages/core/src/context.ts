import type { Cancellation } from './call.js';
import { callable, number, oneOf, refuse, shape, text, type Check } from './check.js';
import type { Replaying } from './dead-letters/replay.js';
import { shared } from './registry.js';
import { isAbortSignal } from './signal.js';

/** Importance of a call, most important first. */
export const PRIORITIES = ['interactive', 'normal', 'batch', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What the user may say about a call, around it or on it. */
export interface CallContext {
  /**
   * Who goes first when calls wait.
   * @defaultValue 'normal', or what the endpoint says
   */
  priority?: Priority;
  /**
   * Whose call it is; tenants share a queue fairly, and quotas may be scoped by tenant.
   * @defaultValue none
   */
  tenant?: string;
  /**
   * The business operation this call belongs to. Idempotency keys derive from it.
   * @defaultValue none
   */
  transaction?: string;
  /**
   * The step within the transaction.
   * @defaultValue method, URL and how many times both were called before in the transaction
   */
  step?: string;
  /**
   * Sends this exact idempotency key, whatever the route declares.
   * @defaultValue none: derived where the call is in a transaction, random where its route is `keyed`
   */
  idempotencyKey?: string;
  /**
   * Budget for the whole call, waiting and all attempts included, in ms. Overrides `deadline.totalTimeoutMs`.
   * @defaultValue that of the endpoint or line
   */
  totalTimeoutMs?: number;
  /**
   * Gives the call up, wherever it is.
   * @defaultValue none
   */
  signal?: AbortSignal;
  /**
   * Permits this call costs.
   * @defaultValue 1, or what the endpoint says
   */
  weight?: number;
}

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

/** A context in force, with what belongs to it alone. */
export interface ActiveContext extends CallContext {
  /** How often each method and URL was called in this transaction, for the default step. */
  readonly steps?: Map<string, number>;
  /** The grant it is part of: such a call must not wait for the token that it fetches. */
  readonly granting?: Cancellation;
  /** The dead letter that is being replayed. */
  readonly replay?: Replaying;
}

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

/** `inner` over `outer`, key by key. Another transaction counts its own steps. */
export function mergeContext(outer: ActiveContext | undefined, inner: CallContext): ActiveContext {
  const { transaction } = inner;
  if (outer === undefined && transaction === undefined) return inner;
  if (transaction === undefined || transaction === outer?.transaction) return { ...outer, ...inner };
  return { ...outer, ...inner, steps: new Map<string, number>() };
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
